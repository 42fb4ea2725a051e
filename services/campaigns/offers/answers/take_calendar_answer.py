"""Take a calendar's answer: the one place where it becomes an act on a seat."""

from contextlib import suppress
from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import structs

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.answers.calendar_answer import Act, CalendarAnswer, Standing, act_of
from services.campaigns.offers.answers.keep_seat import keep_seat
from services.campaigns.offers.answers.leave_seat import leave_seat
from services.campaigns.offers.answers.note_absence import note_absence, take_back_absence
from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.registration import SeatNoLongerHeld
from shared.database import Connection

Outcome = Literal[
    "refused", "confirmed", "leaving", "kept", "absent", "expected", "noted", "overtaken", "ended", "unknown_day"
]


async def take_calendar_answers(
    connection: Connection, *, registration_id: UUID, answer: CalendarAnswer, now: datetime
) -> list[Outcome]:
    """What it came to, for each day that it is about.

    From one day on is each of these days; from the first on is all there is, and an answer to the seat. Raises
    `UnknownRegistration`.
    """
    if answer.day is None or not answer.following:
        return [await take_calendar_answer(connection, registration_id=registration_id, answer=answer, now=now)]
    await lock_registration(connection, registration_id)
    days = await _read_days(connection, registration_id)
    meant: list[Date | None] = [day for day in days if day >= answer.day]
    if days and meant == days:
        meant = [None]
    return [
        await take_calendar_answer(
            connection,
            registration_id=registration_id,
            answer=structs.replace(answer, day=day, following=False),
            now=now,
        )
        for day in meant
    ] or ["unknown_day"]


async def take_calendar_answer(
    connection: Connection, *, registration_id: UUID, answer: CalendarAnswer, now: datetime
) -> Outcome:
    """What it came to. The same answer again changes nothing, nor does one that is older than the last valid one.

    Raises `UnknownRegistration`.
    """
    _, registration = await lock_registration(connection, registration_id)
    standing = Standing(
        registration=registration,
        last=await _read_last(connection, registration_id, answer),
        leaving=await _is_leaving(connection, registration_id),
        over=await _is_over(connection, registration.offer_id, now),
    )
    act = act_of(answer, standing)
    if act in ("overtaken", "ended"):
        return act
    outcome = await _carry_out(connection, registration_id, answer, act, now)
    if outcome not in ("unknown_day", "ended"):
        await _note(connection, registration_id, answer, now)
    return outcome


async def _carry_out(
    connection: Connection, registration_id: UUID, answer: CalendarAnswer, act: Act, now: datetime
) -> Outcome:
    match act:
        case "refuse":
            await refuse_seat(connection, registration_id=registration_id, now=now)
            return "refused"
        case "accept":
            with suppress(SeatNoLongerHeld):
                await accept_seat(connection, registration_id=registration_id, now=now)
                return "confirmed"
            return "ended"
        case "leave":
            await leave_seat(connection, registration_id=registration_id, now=now)
            return "leaving"
        case "keep":
            await keep_seat(connection, registration_id=registration_id, now=now)
            return "kept"
        case "miss" if answer.day is not None:
            known = await note_absence(connection, registration_id=registration_id, day=answer.day, now=now)
            return "absent" if known else "unknown_day"
        case "come" if answer.day is not None:
            known = await take_back_absence(connection, registration_id=registration_id, day=answer.day, now=now)
            return "expected" if known else "unknown_day"
    return "noted"


async def _read_days(connection: Connection, registration_id: UUID) -> list[Date]:
    """The days of the pupil's invitation, as it numbers them."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT d.instance_on
        FROM campaigns.registrations r
        JOIN campaigns.days d ON d.offer_id = r.offer_id AND d.instance_on IS NOT NULL
        JOIN campaigns.sessions s ON s.day_id = d.id AND s.status = 'planned'
             AND (s.group_id IS NULL OR r.group_id IS NULL OR r.group_id = s.group_id)
        WHERE r.id = $1 ORDER BY d.instance_on
        """,
        registration_id,
    )
    return [row["instance_on"] for row in rows]


async def _read_last(connection: Connection, registration_id: UUID, answer: CalendarAnswer) -> CalendarAnswer | None:
    row = await connection.fetchrow(
        """
        SELECT answer, day, sequence, stamp FROM campaigns.calendar_answers
        WHERE registration_id = $1 AND day IS NOT DISTINCT FROM $2
        """,
        registration_id,
        answer.day,
    )
    return CalendarAnswer(**row) if row else None


async def _is_leaving(connection: Connection, registration_id: UUID) -> bool:
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.leavings WHERE registration_id = $1)", registration_id
    )
    return found


async def _is_over(connection: Connection, offer_id: UUID, now: datetime) -> bool:
    over: bool = await connection.fetchval(
        "SELECT coalesce(upper(busy) <= $2, false) FROM campaigns.offers WHERE id = $1", offer_id, now
    )
    return over


async def _note(connection: Connection, registration_id: UUID, answer: CalendarAnswer, now: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.calendar_answers (registration_id, day, answer, sequence, stamp, noted_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (registration_id, day) DO UPDATE
        SET answer = excluded.answer, sequence = excluded.sequence, stamp = excluded.stamp, noted_at = excluded.noted_at
        """,
        registration_id,
        answer.day,
        answer.answer,
        answer.sequence,
        answer.stamp,
        now,
    )
