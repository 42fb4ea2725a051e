"""Note a calendar's answer to an entry that changes nothing: its owner is sent how things stand, and the page."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.answers.entries.entry_answer import EntryKind
from services.campaigns.offers.hosts.host_request import UnknownHostRequest
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from services.campaigns.offers.kinds.follow_up.read import read_booked_slots
from services.campaigns.offers.speakers.lock_invitation import lock_invitation
from services.campaigns.offers.speakers.speaker import UnknownInvitation
from shared.answer_notices import Why
from shared.database import Connection
from shared.notices import FollowUpBooked
from shared.outbox import append_events
from shared.promises import PromiseAnswerNoted


async def note_entry_answer(
    connection: Connection, *, kind: EntryKind, entry_id: UUID, person_id: UUID, why: Why, now: datetime
) -> bool:
    """Whether anything is sent: what is over, or somebody else's by now, is told to nobody."""
    fact: PromiseAnswerNoted | FollowUpBooked | None
    match kind:
        case "host":
            fact = await _of_host(connection, entry_id, person_id, why, now)
        case "speaker":
            fact = await _of_speaker(connection, entry_id, person_id, why, now)
        case "slot":
            fact = await _of_slot(connection, entry_id, person_id, now)
    if fact is None:
        return False
    await append_events(connection, [fact])
    return True


async def _of_host(
    connection: Connection, request_id: UUID, person_id: UUID, why: Why, now: datetime
) -> PromiseAnswerNoted | None:
    try:
        offer, request = await lock_host_request(connection, request_id)
    except UnknownHostRequest:
        return None
    alive = request.status != "replaced" and request.host_id == request.organisation_id
    if not alive or request.person_id != person_id or request.session_status != "planned" or request.starts_at <= now:
        return None
    spaces = await read_space_versions(connection, [person_id])
    appointments = await read_appointments(connection, [request.session_id])
    return PromiseAnswerNoted(
        occurred_at=now,
        recipients=(person_id,),
        offer_id=offer.id,
        request_id=request_id,
        token_version=request.token_version,
        space_version=spaces[person_id],
        keeper="host",
        promised_by=await connection.fetchval(
            "SELECT name FROM campaigns.organisations WHERE id = $1", request.organisation_id
        ),
        appointment=appointments[request.session_id],
        sequence=request.sequence if request.in_calendar else 0,
        why=why,
        standing=request.status,
    )


async def _of_speaker(
    connection: Connection, request_id: UUID, person_id: UUID, why: Why, now: datetime
) -> PromiseAnswerNoted | None:
    try:
        offer, invitation = await lock_invitation(connection, request_id)
    except UnknownInvitation:
        return None
    alive = invitation.status != "withdrawn" and invitation.session_status == "planned" and invitation.starts_at > now
    if not alive or invitation.person_id != person_id:
        return None
    appointments = await read_appointments(connection, [invitation.session_id])
    return PromiseAnswerNoted(
        occurred_at=now,
        recipients=(person_id,),
        offer_id=offer.id,
        request_id=request_id,
        token_version=invitation.token_version,
        keeper="speaker",
        promised_by=invitation.speaker,
        appointment=appointments[invitation.session_id],
        sequence=invitation.sequence if invitation.in_calendar else 0,
        why=why,
        standing=invitation.status,
    )


async def _of_slot(connection: Connection, slot_id: UUID, person_id: UUID, now: datetime) -> FollowUpBooked | None:
    """Who has an appointment is told of it again: there is nothing else to say of a slot."""
    booked = await read_booked_slots(connection, [slot_id])
    if not booked or person_id not in booked[0].recipients or booked[0].starts_at <= now:
        return None
    fact = booked[0].booked(now)
    return FollowUpBooked(
        occurred_at=now,
        recipients=(person_id,),
        offer_id=fact.offer_id,
        slot_id=fact.slot_id,
        pupil_id=fact.pupil_id,
        appointment=fact.appointment,
        sequence=fact.sequence,
    )
