"""Answer a request to host as a calendar says: like the company's page, with a line in the journal."""

from datetime import datetime

from services.campaigns.audit import write_audit
from services.campaigns.offers.answers.entries.entry_answer import EntryAnswer, Outcome, host_says
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.company.read import read_hosting
from services.campaigns.offers.hosts.host_request import GivenAnswer
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from shared.database import Connection

_OUTCOMES: dict[str, Outcome] = {
    "confirmed": "promise_confirmed",
    "declined": "promise_declined",
    "withdrawn": "promise_withdrawn",
}


async def answer_as_host(connection: Connection, *, given: EntryAnswer, now: datetime) -> Outcome:
    """What it came to: nothing from who was asked before somebody else. Raises the refusals of the page."""
    _, request = await lock_host_request(connection, given.entry_id)
    theirs = request.person_id == given.person_id
    says = host_says(given.answer, request.status, request.sequence) if theirs else "ended"
    match says:
        case "noted" | "outdated" | "ended":
            return says
    await answer_host_request(
        connection, request_id=request.id, given=GivenAnswer(answer=says), by_calendar=True, now=now
    )
    hosting = await read_hosting(connection, request.id)
    detail = hosting.say_answer(says)
    await write_audit(
        connection, hosting.linked_actor, "answer_host_request", detail, now=now, offer_id=hosting.offer_id
    )
    return _OUTCOMES[says]
