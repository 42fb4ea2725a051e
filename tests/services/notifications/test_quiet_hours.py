"""The night is quiet: what nobody waits for comes in the morning, in Paris, also when the clocks change."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.plan_events import plan_events
from services.notifications.quiet_hours import morning_to_wait_for
from services.notifications.reactions import REACTIONS, NoticeReaction
from services.notifications.samples.letters import session_id
from services.notifications.samples.notices import NOTICES
from shared.database import transaction
from shared.events import FieldChange, RegistrationConfirmed, RegistrationHeld, RegistrationWithdrawn, SessionChanged
from shared.french_dates import PARIS
from shared.notices import HostReleased, SignInRequested
from shared.outbox import append_events
from tests.services.notifications.facts_of_tests import enrol, offer_fact, write_programme

NIGHT = (20, 7)


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("due", "morning"),
    [
        (paris(2027, 5, 10, 19, 59), None),
        (paris(2027, 5, 10, 20, 0), paris(2027, 5, 11, 7)),
        (paris(2027, 5, 10, 23, 30), paris(2027, 5, 11, 7)),
        (paris(2027, 5, 11, 0, 10), paris(2027, 5, 11, 7)),
        (paris(2027, 5, 11, 6, 59), paris(2027, 5, 11, 7)),
        (paris(2027, 5, 11, 7, 0), None),
        # the night that is an hour shorter, and the one that is an hour longer
        (paris(2027, 3, 27, 22), datetime(2027, 3, 28, 5, tzinfo=UTC)),
        (paris(2027, 10, 30, 22), datetime(2027, 10, 31, 6, tzinfo=UTC)),
        # the hour that comes twice, its second time
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), datetime(2027, 10, 31, 6, tzinfo=UTC)),
    ],
)
def test_who_would_be_written_to_by_night_is_written_to_at_seven(due, morning):
    found = morning_to_wait_for(due.astimezone(UTC), quiet=NIGHT, starts=(), now=due)
    assert found == morning


def test_what_is_within_a_day_waits_for_no_morning():
    due = paris(2027, 6, 14, 22)
    assert morning_to_wait_for(due, quiet=NIGHT, starts=[paris(2027, 6, 15, 9)], now=due) is None
    assert morning_to_wait_for(due, quiet=NIGHT, starts=[paris(2027, 6, 16, 9)], now=due) == paris(2027, 6, 15, 7)
    # what is past is no reason to hurry
    assert morning_to_wait_for(due, quiet=NIGHT, starts=[paris(2027, 6, 14, 9)], now=due) == paris(2027, 6, 15, 7)


def test_an_installation_may_have_no_quiet_hours_or_others():
    due = paris(2027, 5, 10, 22)
    assert morning_to_wait_for(due, quiet=None, starts=(), now=due) is None
    assert morning_to_wait_for(due, quiet=(1, 6), starts=(), now=due) is None
    assert morning_to_wait_for(paris(2027, 5, 11, 5), quiet=(1, 6), starts=(), now=due) == paris(2027, 5, 11, 6)


def test_what_somebody_waits_for_never_waits_itself():
    notices = {line.message: kind for kind, line in REACTIONS.items() if isinstance(line, NoticeReaction)}
    at_any_hour = {message for message, kind in notices.items() if not REACTIONS[kind].waits(None)}
    assert at_any_hour == {
        "sign_in_link",
        "class_enrolled",
        "personal_links",
        "fresh_link",
        "calendar_address",
        "absence_announced",
        "absence_lifted",
        "follow_up_booked",
        "follow_up_cancelled",
        "question_asked",
        "promise_given",
        "promise_noted",
        "promise_taken_back",
        # at the hour its reader chose
        "planner_digest",
        "teacher_digest",
    }


async def planned(pool, settings, now, *events):
    """The messages of these facts, planned at a time: until when the night holds them back, and when they are due."""
    patient = msgspec.structs.replace(settings, quiet_hours=NIGHT, coalescing_seconds=120)
    async with transaction(pool) as connection:
        await append_events(connection, events)
        await plan_events(connection, [event.id for event in events], settings=patient, now=now)
    rows = await pool.fetch(
        "SELECT message, quiet_until, due_at FROM notifications.deliveries WHERE event_id = ANY($1::uuid[])",
        [event.id for event in events],
    )
    return {row["message"]: (row["quiet_until"], row["due_at"]) for row in rows}


@pytest.mark.anyio
async def test_a_night_s_facts_wait_or_go_as_the_table_says(pool, settings):
    await write_programme(pool)
    one = await enrol(pool)
    night, morning = paris(2027, 5, 10, 22), paris(2027, 5, 11, 7)
    change = SessionChanged(
        **offer_fact(2),
        session_id=session_id(1, 0),
        changes=(FieldChange(field="place", before="ici", after="là"),),
        audience=(one.concerned(),),
    )
    found = await planned(
        pool,
        settings,
        night,
        RegistrationConfirmed(**one.fact(1), how="registered"),
        change,
        RegistrationHeld(**one.fact(3), held_for="promotion", deadline=paris(2027, 5, 11, 12)),
        RegistrationWithdrawn(**one.fact(4), had_seat=True),
    )
    assert found == {
        "registered_confirmed": (None, night),
        "changed": (morning, morning),
        "seat_offered": (None, night),
        "withdrawn": (None, night),
    }
    by_others = RegistrationWithdrawn(**one.fact(5), had_seat=True, why="swapped")
    assert await planned(pool, settings, night, by_others) == {"withdrawn": (morning, morning)}
    # the evening before the session, and of one that was to be tomorrow
    evening = paris(2027, 6, 14, 21)
    again = msgspec.structs.replace(change, id=one.pupil_id, revision=6)
    assert (await planned(pool, settings, evening, again))["changed"][0] is None
    was_tomorrow = msgspec.structs.replace(
        change,
        id=one.registration_id,
        revision=7,
        session_id=session_id(4, 0),
        changes=(
            FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-18T09:00:00+02:00"),
        ),
    )
    assert (await planned(pool, settings, evening, was_tomorrow))["changed"][0] is None


@pytest.mark.anyio
async def test_a_notice_waits_too_unless_its_session_is_near_or_somebody_sits_before_a_screen(pool, settings):
    one = await enrol(pool)
    released = msgspec.structs.replace(NOTICES["host_released.replaced"], recipients=(one.pupil_id,))
    assert isinstance(released, HostReleased)
    night = paris(2027, 5, 10, 22)
    assert (await planned(pool, settings, night, released))["host_released"] == (
        paris(2027, 5, 11, 7),
        paris(2027, 5, 11, 7),
    )
    near = msgspec.structs.replace(released, id=one.pupil_id)
    evening = released.appointment.starts_at.astimezone(PARIS).replace(hour=0, minute=30)
    assert (await planned(pool, settings, evening, near))["host_released"] == (None, evening)
    link = SignInRequested(
        occurred_at=night, recipients=(one.pupil_id,), sign_in_id=one.pupil_id, expires_at=paris(2027, 5, 10, 23)
    )
    assert (await planned(pool, settings, night, link))["sign_in_link"] == (None, night)


@pytest.mark.anyio
async def test_what_is_about_the_next_24_hours_is_more_urgent_than_what_is_in_three_weeks(pool, settings):
    await write_programme(pool)
    one = await enrol(pool)
    evening = paris(2027, 6, 14, 18)
    changes = (FieldChange(field="place", before="ici", after="là"),)
    tomorrow, thursday = (
        SessionChanged(
            **offer_fact(revision), session_id=session_id(day, 0), changes=changes, audience=(one.concerned(),)
        )
        for revision, day in ((2, 1), (3, 3))
    )
    released = msgspec.structs.replace(NOTICES["host_released.replaced"], recipients=(one.pupil_id,))
    later = msgspec.structs.replace(released, id=one.registration_id)
    await planned(pool, settings, evening, tomorrow, thursday)
    await planned(pool, settings, released.appointment.starts_at - timedelta(hours=20), released)
    await planned(pool, settings, released.appointment.starts_at - timedelta(days=21), later)
    rows = await pool.fetch(
        "SELECT event_id, priority FROM notifications.deliveries WHERE message NOT LIKE 'reminder%'"
    )
    assert {row["event_id"]: row["priority"] for row in rows} == {
        tomorrow.id: 1,
        thursday.id: 4,
        released.id: 1,
        later.id: 2,
    }
