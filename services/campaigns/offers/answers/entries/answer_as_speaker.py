"""Answer an invitation to testify as a calendar says: like the speaker's page, with a line in the journal."""

from datetime import datetime

from services.campaigns.audit import write_audit
from services.campaigns.offers.answers.entries.entry_answer import EntryAnswer, Outcome, speaker_says
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.lock_invitation import lock_invitation
from services.campaigns.offers.speakers.testimony.read import read_testimony
from shared.database import Connection


async def answer_as_speaker(connection: Connection, *, given: EntryAnswer, now: datetime) -> Outcome:
    """What it came to. Raises the refusals of the page."""
    _, invitation = await lock_invitation(connection, given.entry_id)
    theirs = invitation.person_id == given.person_id
    says = speaker_says(given.answer, invitation.status, invitation.sequence) if theirs else "ended"
    match says:
        case "noted" | "outdated" | "ended":
            return says
    await answer_invitation(connection, request_id=invitation.id, answer=says, by_calendar=True, now=now)
    testimony = await read_testimony(connection, invitation.id)
    detail = testimony.say_answer(says)
    await write_audit(
        connection, testimony.linked_actor, "answer_invitation", detail, now=now, offer_id=testimony.offer_id
    )
    if says == "confirmed":
        return "promise_confirmed"
    return "promise_withdrawn" if invitation.status == "confirmed" else "promise_declined"
