"""What could not go by day (a server away, « later », a pause) does not go by night; what is near or asked for does."""

from datetime import timedelta

import msgspec
import pytest

from services.notifications.claim_deliveries import claim_deliveries
from services.notifications.claim_notices import claim_notices
from services.notifications.facts import Facts
from services.notifications.hold_back import Brakes
from services.notifications.plan_events import plan_events
from services.notifications.samples.letters import session_id
from services.notifications.samples.notices import NOTICES
from shared.database import transaction
from shared.events import FieldChange, RegistrationConfirmed, RegistrationHeld, SessionChanged
from shared.identifiers import new_id
from shared.outbox import append_events
from tests.services.notifications.facts_of_tests import enrol, offer_fact, write_programme
from tests.services.notifications.test_notices import a_person
from tests.services.notifications.test_quiet_hours import NIGHT, paris

pytestmark = pytest.mark.anyio

BRAKES = Brakes(quiet=NIGHT)
# the programme of these tests begins on 14 June
DAY, LATE, MORNING = paris(2027, 5, 10, 19, 30), paris(2027, 5, 10, 20, 5), paris(2027, 5, 11, 7)


async def plan(pool, settings, now, *events):
    by_night = msgspec.structs.replace(settings, quiet_hours=NIGHT)
    async with transaction(pool) as connection:
        await append_events(connection, events)
        await plan_events(connection, [event.id for event in events], settings=by_night, now=now)


async def claim(pool, now, *, notices=False):
    """What one worker takes at a time of day, by message."""
    verb = claim_notices if notices else claim_deliveries
    rows = await pool.fetch(
        "SELECT id, message FROM notifications.deliveries WHERE state = 'due' AND due_at <= $1", now
    )
    async with transaction(pool) as connection:
        found = await verb(connection, [row["id"] for row in rows], most=50, facts=Facts(), now=now, brakes=BRAKES)
    return sorted(each.letter.message for each in found.letters)


async def waiting(pool, message):
    row = await pool.fetchrow(
        "SELECT state, attempts, due_at, quiet_until FROM notifications.deliveries WHERE message = $1", message
    )
    return tuple(row)


def moved(pupil, session, revision=2):
    change = FieldChange(field="place", before="ici", after="là")
    return SessionChanged(**offer_fact(revision), session_id=session, changes=(change,), audience=(pupil.concerned(),))


async def test_news_that_comes_due_by_night_after_all_waits_for_the_morning_and_it_costs_no_attempt(pool, settings):
    await write_programme(pool)
    told, offered = await enrol(pool, 1), await enrol(pool, 2)
    await plan(
        pool,
        settings,
        DAY,
        RegistrationConfirmed(**told.fact(1), how="registered"),
        moved(told, session_id(1, 0)),
        RegistrationHeld(**offered.fact(1), held_for="promotion", deadline=paris(2027, 5, 11, 12)),
    )
    # a worker that was away all the while: the answer to one's own act and the seat go, the change does not
    assert await claim(pool, LATE) == ["registered_confirmed", "seat_offered"]
    await pool.execute("UPDATE notifications.deliveries SET state = 'sent' WHERE state = 'sending'")
    assert await claim(pool, LATE) == []
    assert await waiting(pool, "changed") == ("due", 0, MORNING, MORNING)
    assert await claim(pool, MORNING - timedelta(seconds=1)) == []
    assert await claim(pool, MORNING) == ["changed"]


async def test_by_day_it_goes_however_late_it_is(pool, settings):
    await write_programme(pool)
    pupil = await enrol(pool)
    await plan(pool, settings, DAY, moved(pupil, session_id(1, 0), 1))
    assert await claim(pool, DAY + timedelta(minutes=10)) == ["changed"]


async def test_what_has_come_near_meanwhile_goes_by_night(pool, settings):
    await write_programme(pool)
    pupil = await enrol(pool)
    evening = paris(2027, 6, 13, 19, 30)
    tuesday, monday = moved(pupil, session_id(1, 0), 1), moved(pupil, session_id(0, 0), 2)
    await plan(pool, settings, evening, tuesday)
    await pool.execute("DELETE FROM notifications.deliveries WHERE message = 'reminder_eve'")
    assert await claim(pool, paris(2027, 6, 13, 20, 30)) == []
    await plan(pool, settings, evening, monday)
    # one mail, with what waited for the morning in it
    assert await claim(pool, paris(2027, 6, 13, 20, 31)) == ["changed"]


async def test_a_reminder_of_the_week_waits_for_the_morning_and_one_of_tomorrow_does_not(pool, settings):
    await write_programme(pool)
    pupil = await enrol(pool)
    occurred = paris(2027, 5, 10, 12)
    await plan(pool, settings, occurred, RegistrationConfirmed(**pupil.fact(1, occurred_at=occurred), how="registered"))
    await pool.execute("UPDATE notifications.deliveries SET state = 'sent' WHERE message = 'registered_confirmed'")
    week = await pool.fetchval("SELECT due_at FROM notifications.deliveries WHERE message = 'reminder_week'")
    assert await claim(pool, week + timedelta(hours=12)) == []
    assert (await waiting(pool, "reminder_week"))[1:3] == (0, week.astimezone(week.tzinfo) + timedelta(hours=22))
    await pool.execute("UPDATE notifications.deliveries SET state = 'superseded' WHERE message = 'reminder_week'")
    eve = await pool.fetchval("SELECT due_at FROM notifications.deliveries WHERE message = 'reminder_eve'")
    assert await claim(pool, eve + timedelta(hours=4)) == ["reminder_eve"]


async def test_notices_wait_too_and_a_summary_goes_by_night_only_where_its_reader_chose_so(pool, settings):
    def fact(name, occurred_at):
        return msgspec.structs.replace(NOTICES[name], id=new_id(), recipients=(people.pop(),), occurred_at=occurred_at)

    people = [await a_person(pool) for _ in range(5)]
    early = paris(2027, 5, 10, 6)
    await plan(pool, settings, early, fact("planner_digest", early))
    assert await claim(pool, early, notices=True) == ["planner_digest"]
    await pool.execute("DELETE FROM notifications.deliveries")
    await plan(
        pool,
        settings,
        DAY,
        fact("planner_digest", DAY),
        fact("host_requested", DAY),
        fact("class_enrolled", DAY),
        fact("absence_announced", DAY),
    )
    assert await claim(pool, LATE, notices=True) == ["absence_announced", "class_enrolled"]
    assert await waiting(pool, "host_requested") == ("due", 0, MORNING, MORNING)
    assert await claim(pool, MORNING, notices=True) == ["host_requested", "planner_digest"]


@pytest.mark.parametrize("name", ["offers_announced", "campaign_published"])
async def test_offers_of_a_campaign_that_is_cancelled_by_night_are_not_told_of_in_the_morning(pool, settings, name):
    ids = {slug: new_id() for slug in ("annulee", "maintenue")}
    for slug, campaign_id in ids.items():
        await pool.execute(
            """
            INSERT INTO campaigns.campaigns (id, slug, title, period)
            VALUES ($1, $2, 'Deux semaines pour découvrir', '[2027-06-14,2027-06-26)')
            """,
            campaign_id,
            slug,
        )
    people = {slug: await a_person(pool, email=f"{slug}@lycee.example") for slug in ids}
    facts = [
        msgspec.structs.replace(
            NOTICES[name], id=new_id(), recipients=(people[slug],), occurred_at=LATE, campaign_id=campaign_id
        )
        for slug, campaign_id in ids.items()
    ]
    # one that is older than the field says no campaign, and goes
    people["ancienne"] = await a_person(pool, email="ancienne@lycee.example")
    older = msgspec.structs.replace(NOTICES[name], id=new_id(), recipients=(people["ancienne"],), occurred_at=LATE)
    await plan(pool, settings, LATE, *facts, older)
    assert await claim(pool, LATE, notices=True) == []
    await pool.execute("UPDATE campaigns.campaigns SET cancelled_at = $2 WHERE id = $1", ids["annulee"], LATE)
    assert await claim(pool, MORNING, notices=True) == [name, name]
    rows = await pool.fetch("SELECT recipient_id, state FROM notifications.deliveries")
    states = {row["recipient_id"]: row["state"] for row in rows}
    assert {slug: states[person] for slug, person in people.items()} == {
        "annulee": "superseded",
        "maintenue": "sending",
        "ancienne": "sending",
    }
