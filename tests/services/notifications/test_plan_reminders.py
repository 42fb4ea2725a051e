"""Reminders as rows with a due time: planned with the seat, moved with the programme, dropped with either."""

from datetime import datetime, timedelta

import msgspec
import pytest

from services.notifications.claim_deliveries import claim_deliveries
from services.notifications.facts import Facts
from services.notifications.plan_events import plan_events
from services.notifications.samples.letters import NOW, OFFER, a_programme, session_id
from services.notifications.samples.notices import NOTICES
from shared.database import Pool, transaction
from shared.events import (
    AnyEvent,
    FieldChange,
    OfferCancelled,
    RegistrationConfirmed,
    RegistrationHeld,
    RegistrationWithdrawn,
    SessionCancelled,
    SessionChanged,
)
from shared.french_dates import PARIS
from shared.identifiers import new_id
from shared.outbox import append_events
from tests.services.notifications.facts_of_tests import enrol, offer_fact, write_programme

pytestmark = pytest.mark.anyio

WEEK, EVE = datetime(2027, 6, 7, 9, tzinfo=PARIS), datetime(2027, 6, 13, 17, tzinfo=PARIS)
STARTS = datetime(2027, 6, 14, 9, tzinfo=PARIS)


async def plan(pool: Pool, settings, *events: AnyEvent, now: datetime = NOW) -> None:
    async with transaction(pool) as connection:
        await append_events(connection, events)
        await plan_events(connection, [event.id for event in events], settings=settings, now=now)


async def reminders(pool: Pool, state: str = "due") -> dict[str, datetime]:
    """The reminders in a state, each message once, and when they are due."""
    rows = await pool.fetch(
        "SELECT message, due_at FROM notifications.deliveries WHERE message LIKE 'reminder%' AND state = $1", state
    )
    return {row["message"]: row["due_at"] for row in rows}


async def claim(pool: Pool, now: datetime) -> list[str]:
    """What would be sent now."""
    rows = await pool.fetch("SELECT id FROM notifications.deliveries WHERE state = 'due' AND due_at <= $1", now)
    async with transaction(pool) as connection:
        claim = await claim_deliveries(connection, [row["id"] for row in rows], most=50, facts=Facts(), now=now)
    return [each.letter.message for each in claim.letters]


async def sent(pool: Pool, message: str) -> None:
    await pool.execute(
        "UPDATE notifications.deliveries SET state = 'sent', sent_at = due_at, mail = '' WHERE message = $1", message
    )


def moved(version: int, concerned, starts_at: datetime, *, occurred_at: datetime = NOW):
    """Monday's first session begins at another time; with the programme after it."""
    programme = a_programme(version)
    monday = programme.days[0]
    first = msgspec.structs.replace(monday.sessions[0], starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    monday = msgspec.structs.replace(monday, date=starts_at.date(), sessions=(first,))
    event = SessionChanged(
        **{**offer_fact(version, programme=version), "occurred_at": occurred_at},
        session_id=session_id(0, 0),
        changes=(FieldChange(field="starts_at", before=STARTS.isoformat(), after=starts_at.isoformat()),),
        audience=(concerned,),
    )
    return msgspec.structs.replace(programme, days=(monday, *programme.days[1:])), event


@pytest.fixture
async def pupil(pool, settings):
    """A pupil with a guardian, who has a seat since 10 May."""
    await write_programme(pool)
    pupil = await enrol(pool, 1, guardian_email="parent@famille.example")
    await plan(pool, settings, RegistrationConfirmed(**pupil.fact(1), how="registered"))
    return pupil


async def test_who_has_a_seat_and_the_guardian_are_reminded_a_week_and_a_day_before(pool, pupil):
    rows = await pool.fetch(
        "SELECT message, recipient_id, due_at FROM notifications.deliveries WHERE message LIKE 'reminder%'"
    )
    assert {tuple(row) for row in rows} == {
        (message, person, due_at)
        for message, due_at in (("reminder_week", WEEK), ("reminder_eve", EVE))
        for person in (pupil.pupil_id, pupil.guardian_id)
    }
    await sent(pool, "registered_confirmed")
    assert await claim(pool, WEEK - timedelta(seconds=1)) == []
    assert await claim(pool, WEEK) == ["reminder_week"] * 2


async def test_who_comes_late_is_not_reminded_of_what_is_past(pool, settings):
    await write_programme(pool)
    pupil = await enrol(pool)
    late = WEEK + timedelta(hours=1)
    # planned a day later still: the worker was away
    event = RegistrationConfirmed(**pupil.fact(1, occurred_at=late), how="registered")
    await plan(pool, settings, event, now=late + timedelta(days=1))
    assert await reminders(pool) == {"reminder_eve": EVE}
    # who registered just before the time is, although the worker planned it after
    another = await enrol(pool, 2)
    before = RegistrationConfirmed(**another.fact(1, occurred_at=WEEK - timedelta(minutes=1)), how="registered")
    await plan(pool, settings, before, now=WEEK + timedelta(minutes=1))
    assert await reminders(pool) == {"reminder_week": WEEK, "reminder_eve": EVE}


async def test_who_waits_or_has_not_answered_is_reminded_of_nothing(pool, settings):
    await write_programme(pool)
    pupil = await enrol(pool)
    held = RegistrationHeld(**pupil.fact(1), held_for="promotion", deadline=NOW + timedelta(days=1))
    await plan(pool, settings, held)
    assert await reminders(pool) == {}
    await plan(pool, settings, RegistrationConfirmed(**pupil.fact(2), how="accepted"))
    assert await reminders(pool) == {"reminder_week": WEEK, "reminder_eve": EVE}


async def test_the_reminders_move_with_the_first_session(pool, settings, pupil):
    programme, event = moved(2, pupil.concerned(), STARTS + timedelta(hours=2, days=-2))
    await write_programme(pool, programme)
    await plan(pool, settings, event)
    assert await reminders(pool) == {
        "reminder_week": WEEK - timedelta(days=2),
        "reminder_eve": EVE - timedelta(days=2),
    }
    assert await reminders(pool, "superseded") == {}
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE message LIKE 'reminder%'") == 4


async def test_who_was_reminded_of_a_day_is_again_only_of_another_day(pool, settings, pupil):
    await sent(pool, "reminder_week")
    at_ten = WEEK + timedelta(hours=1)
    later_that_day, event = moved(2, pupil.concerned(), STARTS + timedelta(hours=1), occurred_at=at_ten)
    await write_programme(pool, later_that_day)
    await plan(pool, settings, event, now=at_ten)
    assert await reminders(pool) == {"reminder_eve": EVE}
    another_day, event = moved(3, pupil.concerned(), STARTS + timedelta(days=1), occurred_at=at_ten)
    await write_programme(pool, another_day)
    await plan(pool, settings, event, now=at_ten)
    # the week goes on on the Tuesday: the first session is Tuesday's now
    assert await reminders(pool) == {
        "reminder_week": WEEK + timedelta(days=1),
        "reminder_eve": EVE + timedelta(days=1),
    }


async def test_a_first_day_that_is_cancelled_leaves_the_reminders_to_the_next_and_no_day_to_none(pool, settings, pupil):
    programme = a_programme(2)
    await write_programme(pool, msgspec.structs.replace(programme, days=programme.days[1:]))
    gone = SessionCancelled(**offer_fact(2, programme=2), session_id=session_id(0, 0), audience=(pupil.concerned(),))
    await plan(pool, settings, gone)
    assert await reminders(pool) == {
        "reminder_week": WEEK + timedelta(days=1),
        "reminder_eve": EVE + timedelta(days=1),
    }
    await write_programme(pool, msgspec.structs.replace(a_programme(3), days=()))
    nothing_left = SessionCancelled(
        **offer_fact(3, programme=3), session_id=session_id(1, 0), audience=(pupil.concerned(),)
    )
    await plan(pool, settings, nothing_left)
    assert await reminders(pool) == {}
    assert set(await reminders(pool, "superseded")) == {"reminder_week", "reminder_eve"}


@pytest.mark.parametrize("end", ["withdrawn", "offer_cancelled"])
async def test_who_left_and_what_is_cancelled_is_reminded_of_by_nothing(pool, settings, pupil, end):
    if end == "withdrawn":
        await plan(pool, settings, RegistrationWithdrawn(**pupil.fact(2), had_seat=True))
    else:
        await plan(pool, settings, OfferCancelled(**offer_fact(2), audience=(pupil.concerned(),)))
    assert await reminders(pool) == {}


@pytest.mark.usefixtures("pupil")
async def test_a_reminder_that_the_end_overtakes_on_its_way_is_not_sent(pool):
    await sent(pool, "registered_confirmed")
    await pool.execute("UPDATE notifications.calendars SET status = 'withdrawn'")
    assert await claim(pool, WEEK) == []
    assert await reminders(pool, "superseded") == {"reminder_week": WEEK}


@pytest.mark.usefixtures("pupil")
async def test_a_worker_that_was_away_sends_only_what_is_not_too_late(pool):
    await sent(pool, "registered_confirmed")
    for _ in range(2):
        # one letter for a person at a time: the other is settled with the next
        claimed = await claim(pool, EVE + timedelta(hours=1))
        await sent(pool, "reminder_eve")
        assert claimed in (["reminder_eve"] * 2, [])
    assert set(await reminders(pool, "sent")) == {"reminder_eve"}
    assert set(await reminders(pool, "superseded")) == {"reminder_week"}
    await pool.execute("UPDATE notifications.deliveries SET state = 'due' WHERE message = 'reminder_eve'")
    assert await claim(pool, STARTS) == []
    assert await reminders(pool) == {}


async def test_a_reminder_says_no_change_for_another_mail(pool, settings, pupil):
    """It may stand on the fact of a change; that the change was told is said by its own mail alone."""
    programme, event = moved(2, pupil.concerned(), STARTS + timedelta(days=1))
    await write_programme(pool, programme)
    await pool.execute("DELETE FROM notifications.deliveries")
    await plan(pool, settings, event)
    await sent(pool, "reminder_week")
    assert await claim(pool, NOW + timedelta(hours=1)) == ["changed"] * 2


@pytest.mark.usefixtures("pupil")
async def test_planning_again_changes_nothing(pool, settings):
    before = await pool.fetch("SELECT * FROM notifications.deliveries ORDER BY id")
    event_id = await pool.fetchval("UPDATE contract.events SET planned_at = NULL RETURNING id")
    async with transaction(pool) as connection:
        await plan_events(connection, [event_id], settings=settings, now=NOW)
    assert await pool.fetch("SELECT * FROM notifications.deliveries ORDER BY id") == before


async def test_who_does_not_come_on_the_first_day_is_not_reminded_of_it_the_day_before(pool, settings, pupil):
    await sent(pool, "registered_confirmed")
    sample = NOTICES["absence_foreseen"]
    day = msgspec.structs.replace(sample.appointment, starts_at=STARTS, ends_at=STARTS + timedelta(hours=3))

    def foreseen(**fields):
        fields = {"offer_id": OFFER, "pupil_id": pupil.pupil_id, "recipients": (), "appointment": day, **fields}
        return msgspec.structs.replace(sample, id=new_id(), **fields)

    # of another day, of somebody else, and taken back
    tuesday = msgspec.structs.replace(day, starts_at=STARTS + timedelta(days=1))
    await plan(pool, settings, foreseen(appointment=tuesday), foreseen(pupil_id=new_id()))
    await plan(pool, settings, foreseen(), foreseen(taken_back=True))
    await pool.execute("DELETE FROM notifications.deliveries WHERE message = 'reminder_week'")
    assert set(await claim(pool, EVE)) == {"reminder_eve"}
    await pool.execute("UPDATE notifications.deliveries SET state = 'due' WHERE message = 'reminder_eve'")
    await plan(pool, settings, foreseen())
    assert await claim(pool, EVE) == []
    assert set(await reminders(pool, "superseded")) == {"reminder_eve"}
