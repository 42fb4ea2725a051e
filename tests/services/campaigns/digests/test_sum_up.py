"""Summaries: once a day, what is new, nothing where nothing is; figures and ids, no names."""

from datetime import datetime, time, timedelta

import pytest

from services.campaigns.clock import tell_ahead
from services.campaigns.digests.choice import Choice
from services.campaigns.digests.choose_digest import choose_digest
from services.campaigns.digests.read import find_digests
from services.campaigns.digests.sum_up import sum_up
from services.campaigns.edge import Edge
from services.campaigns.offers.register_pupils import register_pupils
from shared.advance_notices import MorningSummed, Newcomers, PupilsSummed
from shared.database import transaction
from shared.french_dates import PARIS
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import events
from tests.world import a_member, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

# a Tuesday, a Wednesday, and the Monday after
TUESDAY = datetime(2027, 4, 6, 7, 30, tzinfo=PARIS)
WEDNESDAY, MONDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=6)


@pytest.fixture
async def week(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, now=TUESDAY - timedelta(days=100))
        await a_member(connection, week.organisation_id)
        # who only reads gets no summary
        await a_member(connection, week.organisation_id, role="viewer", email="lecture@federation.example")
        # nothing is missing: the organiser receives itself
        await connection.execute("UPDATE campaigns.sessions SET host_id = $1", week.organisation_id)
    return week


async def register(pool, settings, week, number, now):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number)],
            signer=Signer(settings.secret_keys),
            now=now,
        )


async def tick(pool, settings, now):
    await tell_ahead(Edge(settings, pool), now=now)


async def test_a_planner_hears_in_the_morning_who_registered_and_nothing_when_nobody_did(pool, settings, week):
    await tick(pool, settings, TUESDAY)
    assert await events(pool, MorningSummed) == []
    await register(pool, settings, week, 1, TUESDAY + timedelta(hours=2))
    await tick(pool, settings, WEDNESDAY - timedelta(minutes=1))
    assert await events(pool, MorningSummed) == []
    for later in range(3):
        await tick(pool, settings, WEDNESDAY + timedelta(minutes=later))
    (told,) = await events(pool, MorningSummed)
    assert told.newcomers == (Newcomers(offer="Semaine à Pont-Audemer", slug=week.slug, registered=1),)
    assert len(told.recipients) == 1
    assert "Dupré" not in await pool.fetchval("SELECT body::text FROM contract.events WHERE tag = 'morning.summed'")
    # nobody since
    await tick(pool, settings, WEDNESDAY + timedelta(days=1))
    assert len(await events(pool, MorningSummed)) == 1


async def test_what_is_still_missing_is_not_said_every_morning_but_on_mondays(pool, settings, week):
    await pool.execute(
        """
        INSERT INTO campaigns.host_requests (id, session_id, organisation_id, person_id, asked_at, answer_by)
        SELECT gen_random_uuid(), $1, $2, person_id, $3, $4 FROM campaigns.members LIMIT 1
        """,
        week.sessions[0],
        week.organisation_id,
        TUESDAY,
        TUESDAY + timedelta(days=20),
    )
    for day in range(7):
        await tick(pool, settings, TUESDAY + timedelta(days=day))
    told = await events(pool, MorningSummed)
    assert [each.occurred_at.astimezone(PARIS).date() for each in told] == [TUESDAY.date(), MONDAY.date()]
    assert [(need.kind, need.count) for need in told[0].needs] == [("host_awaited", 1)]


async def test_two_clocks_make_one_summary_and_who_left_gets_none(pool, settings, week):
    await register(pool, settings, week, 1, TUESDAY - timedelta(hours=2))
    async with transaction(pool) as connection:
        ((member_id, what),) = await find_digests(connection, now=TUESDAY)
        assert await sum_up(connection, member_id=member_id, what=what, now=TUESDAY)
        assert not await sum_up(connection, member_id=member_id, what=what, now=TUESDAY)
        assert await find_digests(connection, now=TUESDAY) == []
        await connection.execute("DELETE FROM campaigns.members")
        assert not await sum_up(connection, member_id=member_id, what=what, now=WEDNESDAY)


async def test_a_teacher_hears_on_mondays_who_has_nothing_and_who_is_where(pool, settings, week):
    async with transaction(pool) as connection:
        school_id = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")
        teacher = await a_member(connection, school_id, role="teacher", email="aurele@lycee.example")
    await tick(pool, settings, MONDAY)
    assert await events(pool, PupilsSummed) == []
    await register(pool, settings, week, 1, TUESDAY)
    await register(pool, settings, week, 2, TUESDAY)
    await pool.execute(
        "UPDATE campaigns.registrations SET enrolled_by = $1, enrolled_for = $2", teacher.person_id, school_id
    )
    pupils = await pool.fetch("SELECT id, pupil_id FROM campaigns.registrations ORDER BY rank")
    await pool.execute("UPDATE campaigns.registrations SET status = 'withdrawn' WHERE id = $1", pupils[1]["id"])
    await tick(pool, settings, MONDAY + timedelta(days=1))
    assert await events(pool, PupilsSummed) == []
    await tick(pool, settings, MONDAY + timedelta(days=7))
    (told,) = await events(pool, PupilsSummed)
    assert told.recipients == (teacher.person_id,)
    assert told.without == (pupils[1]["pupil_id"],)
    assert [(placed.offer, placed.pupil_ids) for placed in told.placed] == [
        ("Semaine à Pont-Audemer", (pupils[0]["pupil_id"],))
    ]
    assert set(told.pupil_ids) == {row["pupil_id"] for row in pupils}


async def test_each_person_chooses_on_a_page_and_is_heard(pool, settings, week, sign_in):
    planner = await sign_in(week.organisation_id, email="planificatrice@federation.example")
    page = (await planner.get("/compte/messages")).text
    assert "Résumé de la planification" in page
    assert "Résumé de vos élèves" not in page
    assert '<option value="daily" selected>' in page
    # the button of a mail was pressed once
    await pool.execute(
        "INSERT INTO contract.unwanted (person_id, message, since) VALUES ($1, 'planner_digest', now())",
        planner.member.person_id,
    )
    assert '<option value="off" selected>' in (await planner.get("/compte/messages")).text
    answer = await planner.post("/compte/messages", {"planning-rythme": "weekly", "planning-heure": "09:00"})
    assert answer.status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM contract.unwanted") == 0
    assert "C’est noté." in (await planner.get("/compte/messages?fait=oui")).text
    assert (
        await planner.post("/compte/messages", {"planning-rythme": "hourly", "planning-heure": "9"})
    ).status_code == 422
    await register(pool, settings, week, 1, TUESDAY)
    await tick(pool, settings, WEDNESDAY + timedelta(hours=2))
    await tick(pool, settings, MONDAY)
    assert await events(pool, MorningSummed) == []
    await tick(pool, settings, MONDAY + timedelta(minutes=90))
    (told,) = await events(pool, MorningSummed)
    assert told.edition == "weekly"
    await planner.post("/compte/messages", {"planning-rythme": "off", "planning-heure": "09:00"})
    await register(pool, settings, week, 2, MONDAY + timedelta(days=1))
    await tick(pool, settings, MONDAY + timedelta(days=7, minutes=90))
    assert len(await events(pool, MorningSummed)) == 1


async def test_who_is_not_due_takes_nobody_s_turn(pool, week):
    async with transaction(pool) as connection:
        await a_member(connection, week.organisation_id, email="deuxieme@federation.example")
        members = await connection.fetch(
            "SELECT id, person_id FROM campaigns.members WHERE role <> 'viewer' ORDER BY id"
        )
        first, second = members[0], members[-1]
        assert first["id"] != second["id"]
        assert await find_digests(connection, now=WEDNESDAY, most=1) == [(first["id"], "planning")]
        for choice in (Choice(what="planning", rhythm="weekly"), Choice(what="planning", rhythm="daily", at=time(9))):
            await choose_digest(connection, person_id=first["person_id"], choice=choice)
            assert await find_digests(connection, now=WEDNESDAY, most=1) == [(second["id"], "planning")]
        saturday = TUESDAY + timedelta(days=4)
        assert await find_digests(connection, now=saturday) == []
