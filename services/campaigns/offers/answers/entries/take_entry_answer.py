"""Take a calendar's answer to the entry of a host, a speaker or a slot: the one place where it becomes an act."""

from datetime import datetime

from services.campaigns.offers.answers.calendar_answer import CalendarAnswer
from services.campaigns.offers.answers.entries.answer_as_host import answer_as_host
from services.campaigns.offers.answers.entries.answer_as_speaker import answer_as_speaker
from services.campaigns.offers.answers.entries.answer_slot import answer_slot
from services.campaigns.offers.answers.entries.entry_answer import EntryAnswer, EntryKind, Outcome
from services.campaigns.offers.hosts.host_request import HostingOver, HostReleasedAlready, UnknownHostRequest
from services.campaigns.offers.hosts.lock_host_request import lock_host_request
from services.campaigns.offers.kinds.follow_up.lock_slot import lock_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotPassed, UnknownSlot
from services.campaigns.offers.speakers.lock_invitation import lock_invitation
from services.campaigns.offers.speakers.speaker import NothingToAnswer, UnknownInvitation
from shared.database import Connection

_LOCKS = {"host": lock_host_request, "speaker": lock_invitation, "slot": lock_slot}
_OVER = (
    HostReleasedAlready,
    HostingOver,
    UnknownHostRequest,
    NothingToAnswer,
    UnknownInvitation,
    UnknownSlot,
    SlotPassed,
)


async def take_entry_answer(connection: Connection, *, given: EntryAnswer, now: datetime) -> Outcome:
    """What it came to. The same answer again changes nothing, nor does one that is older than the last valid one."""
    try:
        # whoever answers at the same time waits here: the order is decided under the offer's lock
        await _LOCKS[given.kind](connection, given.entry_id)
        last = await _read_last(connection, given)
        answer = given.answer
        if last is not None and (answer.sequence, answer.stamp) < (last.sequence, last.stamp):
            return "overtaken"
        outcome = await _act(connection, given, given.kind, now)
    except _OVER:
        return "ended"
    if outcome not in ("ended", "outdated"):
        await _note(connection, given, now)
    return outcome


async def _act(connection: Connection, given: EntryAnswer, kind: EntryKind, now: datetime) -> Outcome:
    match kind:
        case "host":
            return await answer_as_host(connection, given=given, now=now)
        case "speaker":
            return await answer_as_speaker(connection, given=given, now=now)
        case "slot":
            return await answer_slot(connection, given=given, now=now)


async def _read_last(connection: Connection, given: EntryAnswer) -> CalendarAnswer | None:
    row = await connection.fetchrow(
        "SELECT answer, sequence, stamp FROM campaigns.entry_answers WHERE entry_id = $1 AND person_id = $2",
        given.entry_id,
        given.person_id,
    )
    return CalendarAnswer(**row) if row else None


async def _note(connection: Connection, given: EntryAnswer, now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.entry_answers (entry_id, person_id, answer, sequence, stamp, noted_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (entry_id, person_id) DO UPDATE
        SET answer = excluded.answer, sequence = excluded.sequence, stamp = excluded.stamp, noted_at = excluded.noted_at
        """,
        given.entry_id,
        given.person_id,
        given.answer.answer,
        given.answer.sequence,
        given.answer.stamp,
        now,
    )
