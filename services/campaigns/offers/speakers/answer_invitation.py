"""Answer an invitation to testify: the speaker confirms, or declines and has the time back."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.hosts.read import planners_of, read_appointments
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.speakers.lock_invitation import lock_invitation
from services.campaigns.offers.speakers.speaker import SpeakerAnswer
from services.campaigns.offers.speakers.take_time_again import take_time_again
from shared.database import Connection
from shared.notices import SpeakerAnswered
from shared.outbox import append_events
from shared.promises import PromiseGiven, PromiseTakenBack


async def answer_invitation(
    connection: Connection,
    *,
    request_id: UUID,
    answer: SpeakerAnswer,
    word: str = "",
    contact_again: bool | None = None,
    by_calendar: bool = False,
    now: datetime,
) -> None:
    """Write the answer and tell the planners; the programme shows a speaker from the yes on, and no longer than that.

    `contact_again` is what the speaker agrees to from now on; None leaves it. The same answer again tells nobody again.
    `by_calendar`: deleting an entry declines, too. Raises `UnknownInvitation`, `NothingToAnswer`, and `SpeakerTaken`
    where who had declined cannot come back to it.
    """
    offer, invitation = await lock_invitation(connection, request_id)
    changes = invitation.take(answer, now=now)
    if contact_again is not None and contact_again != invitation.contact_again:
        await connection.execute(
            "UPDATE campaigns.speakers SET contact_again_at = $2 WHERE id = $1",
            invitation.speaker_id,
            now if contact_again else None,
        )
    if not changes:
        return
    if invitation.status == "declined":
        await take_time_again(connection, invitation)
    in_calendar = answer == "confirmed"
    entry = in_calendar or invitation.in_calendar
    await connection.execute(
        """
        UPDATE campaigns.speaker_requests
        SET status = $2, word = $3, answered_at = $4, sequence = sequence + $5, in_calendar = $6 WHERE id = $1
        """,
        request_id,
        answer,
        word,
        now,
        int(entry),
        in_calendar,
    )
    if answer == "declined":
        await connection.execute(
            "DELETE FROM campaigns.session_speakers WHERE session_id = $1 AND speaker_id = $2",
            invitation.session_id,
            invitation.speaker_id,
        )
    else:
        await connection.execute(
            "UPDATE campaigns.session_speakers SET confirmed = true WHERE session_id = $1 AND speaker_id = $2",
            invitation.session_id,
            invitation.speaker_id,
        )
    if "confirmed" in (answer, invitation.status) and offer.status != "draft":
        await record_programme(connection, offer_id=offer.id, now=now)
    appointments = await read_appointments(connection, [invitation.session_id])
    await append_events(
        connection,
        [
            SpeakerAnswered(
                occurred_at=now,
                recipients=await planners_of(connection, offer.organisation_id),
                offer_id=offer.id,
                request_id=request_id,
                token_version=invitation.token_version,
                speaker=invitation.speaker,
                appointment=appointments[invitation.session_id],
                word=word,
                offer_slug=offer.slug,
                answer=answer,
                by_calendar=by_calendar,
            )
        ],
    )
    if entry and invitation.person_id is not None:
        told = (PromiseGiven if in_calendar else PromiseTakenBack)(
            occurred_at=now,
            recipients=(invitation.person_id,),
            offer_id=offer.id,
            request_id=request_id,
            token_version=invitation.token_version,
            keeper="speaker",
            promised_by=invitation.speaker,
            appointment=appointments[invitation.session_id],
            sequence=invitation.sequence + 1,
        )
        if isinstance(told, PromiseTakenBack):
            told = structs.replace(told, by_calendar=by_calendar)
        await append_events(connection, [told])
