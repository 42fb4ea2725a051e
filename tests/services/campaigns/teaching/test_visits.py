"""A teacher's plan of visits: ticked, moved, taken back; it follows the sessions; nobody is at two places at once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from asyncpg import Connection

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from services.campaigns.teaching.visits.calendar import sessions_of
from services.campaigns.teaching.visits.plan_visit import plan_visit
from services.campaigns.teaching.visits.read import list_announced, list_visits, read_visits
from services.campaigns.teaching.visits.remove_visit import remove_old_visits, remove_visit
from services.campaigns.teaching.visits.visit import (
    UnknownVisit,
    VisitChangedMeanwhile,
    VisitClash,
    VisitOff,
    VisitOutside,
)
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.teaching.conftest import PUPILS, lines
from tests.world import NOW, Week, a_week, at

pytestmark = pytest.mark.anyio

VISITS = f"{PUPILS}/visites"


@pytest.fixture
async def week(pool, teacher) -> Week:
    """A week with two pupils of the teacher in it."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await enrol(teacher, week)
    return week


async def enrol(teacher, week, count=2, name="Nom"):
    fields = {"list": lines(count, name=name), "class_name": "2nde 4", "key": f"liste-{week.slug}"}
    assert (await teacher.post(f"/planification/classes/{week.slug}", fields)).status_code == 303


async def plan(connection: Connection, teacher, session_id, **given):
    return await plan_visit(
        connection,
        organisation_id=teacher.member.organisation_id,
        teacher_id=teacher.member.person_id,
        session_id=session_id,
        now=NOW,
        **given,
    )


async def mine(pool, teacher):
    async with pool.acquire() as connection:
        return await list_visits(
            connection, organisation_id=teacher.member.organisation_id, teacher_id=teacher.member.person_id
        )


async def test_a_teacher_ticks_a_session_moves_the_visit_and_takes_it_back(pool, teacher, week):
    page = await teacher.get(VISITS)
    assert "Aucune visite prévue" in page.text
    assert "Nom aa Élève, Nom ab Élève" in page.text
    one = week.sessions[2]
    # the journal is in French, whatever page was written on
    assert (await teacher.post(f"/en{VISITS}", {"seance": [str(one)]})).status_code == 303
    (visit,) = await mine(pool, teacher)
    assert (visit.starts_at, visit.ends_at) == (at(1, 9), at(1, 9, 30))
    move = {"heure": "10:15", "duree": "45", "note": "Voir la tutrice", "annoncee": "oui"}
    assert (await teacher.post(f"/en{VISITS}/{one}", move)).status_code == 303
    (visit,) = await mine(pool, teacher)
    assert (visit.starts_at, visit.ends_at, visit.note) == (at(1, 10, 15), at(1, 11), "Voir la tutrice")
    assert (await teacher.get(PUPILS)).text.count("Votre visite : mardi 15 juin à 10 h 15") == 2
    page = await teacher.get(VISITS)
    assert "Une visite prévue" in page.text
    assert "10 h 15–11 h" in page.text
    assert "Votre venue est dite sur la page de l’entreprise" in page.text
    for _ in range(2):
        assert (await teacher.post(f"/en{VISITS}/{one}/retrait")).status_code == 303
    assert await mine(pool, teacher) == []
    audit = await pool.fetch("SELECT detail FROM campaigns.audit WHERE action LIKE '%visit%' ORDER BY id")
    assert [row["detail"] for row in audit] == ["1 visite prévue.", "Une visite changée.", "Une visite retirée."]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"heure": "08:45", "duree": "30"}, "La visite doit tenir dans la séance : mardi 15 juin, 9 h–12 h."),
        ({"heure": "11:45", "duree": "30"}, "La visite doit tenir dans la séance"),
        ({"heure": "25:99", "duree": "30"}, "Indiquez une heure et une durée"),
        ({"heure": "10:00", "duree": "9"}, "Indiquez une heure et une durée"),
        ({"heure": "10:00", "duree": "9" * 40}, "Indiquez une heure et une durée"),
        ({"heure": "10:00", "duree": "30", "note": "=cmd"}, "ne peut pas commencer"),
        ({}, "Indiquez une heure et une durée"),
    ],
)
async def test_a_visit_that_does_not_fit_is_refused_in_words_and_nothing_changes(pool, teacher, week, change, sentence):
    one = week.sessions[2]
    await teacher.post(VISITS, {"seance": [str(one)]})
    before = await mine(pool, teacher)
    answer = await teacher.post(f"{VISITS}/{one}", change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert await mine(pool, teacher) == before


async def test_nobody_visits_where_none_of_their_pupils_is(pool, teacher, colleague, head, week):
    one = str(week.sessions[0])
    await teacher.post(VISITS, {"seance": [one]})
    for somebody in (colleague, head):
        assert (await somebody.post(VISITS, {"seance": [one]})).status_code == 404
        assert (await somebody.post(f"{VISITS}/{one}", {"heure": "10:00", "duree": "30"})).status_code == 404
        assert (await somebody.post(f"{VISITS}/{one}/retrait")).status_code == 404
        assert "Visite 1.1" not in (await somebody.get(VISITS)).text
    assert len(await mine(pool, teacher)) == 1
    assert (await teacher.post(VISITS, {"seance": ["rien", "'; DROP TABLE"]})).status_code == 303


async def test_a_group_s_session_is_visited_by_who_has_a_pupil_in_the_group(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9, groups=("A", "B"))
    await enrol(teacher, week, count=1)
    group = await pool.fetchval("SELECT group_id FROM campaigns.registrations")
    mine, others = (week.sessions[half] for half in (week.groups.index(group), 1 - week.groups.index(group)))
    async with transaction(pool) as connection:
        await plan(connection, teacher, mine)
        with pytest.raises(UnknownVisit):
            await plan(connection, teacher, others)


async def test_a_visit_follows_its_session(pool, teacher, week):
    one = week.sessions[0]
    async with transaction(pool) as connection:
        before = await plan(connection, teacher, one, starts_at=at(0, 11), lasts=timedelta(minutes=45))
    async with transaction(pool) as connection:
        await change_session(
            connection, session_id=one, change=SessionChange(starts_at=at(0, 9, 30), ends_at=at(0, 11)), now=NOW
        )
    (after,) = await mine(pool, teacher)
    # it begins as long after the session's start, and is within the session still
    assert (after.starts_at, after.ends_at) == (at(0, 10, 15), at(0, 11))
    assert after.id == before.id
    assert after.sequence > before.sequence


async def test_a_cancelled_session_cancels_the_visit_in_the_calendar_too(pool, teacher, week):
    one = week.sessions[0]
    async with transaction(pool) as connection:
        await plan(connection, teacher, one)
    async with transaction(pool) as connection:
        await cancel_session(connection, session_id=one, now=NOW + timedelta(minutes=1))
    page = await teacher.get(VISITS)
    assert "Annulé" in page.text
    assert "Aucune visite prévue" in page.text
    async with pool.acquire() as connection:
        (visit,) = await read_visits(connection, teacher.member.person_id)
    (entry,) = sessions_of([visit], base_url="http://quinzaine.example")
    assert (entry.session.status, entry.session.changed_at) == ("cancelled", NOW + timedelta(minutes=1))
    assert (await teacher.post(f"{VISITS}/{one}", {"heure": "10:00", "duree": "30"})).status_code == 409
    assert (await teacher.post(f"{VISITS}/{one}/retrait")).status_code == 303
    assert "Annulé" not in (await teacher.get(VISITS)).text


async def test_a_visit_and_the_cancelling_of_its_session_at_once_leave_no_visit_standing(pool, teacher, week):
    """Whichever is first, the other knows of it: the visit is refused, or stands as cancelled."""

    async def visit(session_id):
        async with transaction(pool) as connection:
            return await plan(connection, teacher, session_id)

    async def cancel(session_id):
        async with transaction(pool) as connection:
            await cancel_session(connection, session_id=session_id, now=NOW)

    for session_id in week.sessions[:6]:
        planned, _ = await asyncio.gather(visit(session_id), cancel(session_id), return_exceptions=True)
        assert not isinstance(planned, Exception) or isinstance(planned, VisitOff)
    assert all(not one.planned for one in await mine(pool, teacher))
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE status = 'cancelled'") == 6


async def test_of_two_visits_at_once_one_is_refused_by_name(pool, teacher, week):
    async with transaction(pool) as connection:
        other = await a_week(connection, seats=9, slug="autre-semaine")
    await enrol(teacher, other, name="Autre")

    async def visit(session_id):
        async with transaction(pool) as connection:
            return await plan(connection, teacher, session_id, starts_at=at(0, 10))

    outcomes = await asyncio.gather(
        visit(week.sessions[0]), visit(other.sessions[0]), visit(week.sessions[0]), return_exceptions=True
    )
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert len(refused) in (1, 2)
    assert all(isinstance(one, VisitClash) for one in refused)
    assert "Vous êtes déjà attendu chez Chantiers de la Risle, lundi 14 juin, 10 h–10 h 30." in str(refused[0].sentence)
    (only,) = await mine(pool, teacher)
    # after the one, the other is possible
    async with transaction(pool) as connection:
        session_id = other.sessions[0] if only.session_id == week.sessions[0] else week.sessions[0]
        await plan(connection, teacher, session_id, starts_at=at(0, 10, 30))
    assert len(await mine(pool, teacher)) == 2


async def test_visits_too_far_apart_are_told(pool, teacher, week):
    await pool.execute(
        """
        UPDATE campaigns.sites SET latitude = 49.494, longitude = 0.108
        WHERE organisation_id = (SELECT host_id FROM campaigns.sessions WHERE id = $1)
        """,
        week.sessions[1],
    )
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], starts_at=at(0, 11, 30))
        await plan(connection, teacher, week.sessions[1], starts_at=at(0, 13))
    page = await teacher.get(VISITS)
    assert "33 km depuis Chantiers de la Risle : il faut 50 min à 40 km/h" not in page.text
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], starts_at=at(0, 11), lasts=timedelta(hours=1))
        await connection.execute(
            "UPDATE campaigns.sessions SET starts_at = $2 WHERE id = $1", week.sessions[1], at(0, 12, 15)
        )
    page = await teacher.get(VISITS)
    assert re.search(r"33 km depuis Chantiers de la Risle : il faut \d+ min à 40 km/h, et il y a 15 min\.", page.text)


async def test_the_same_plan_again_changes_nothing_and_an_old_version_is_refused(pool, teacher, week):
    async with transaction(pool) as connection:
        first = await plan(connection, teacher, week.sessions[0])
        again = await plan(connection, teacher, week.sessions[0])
        assert again == first
        for far in (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)):
            with pytest.raises(VisitOutside):
                await plan(connection, teacher, week.sessions[0], starts_at=far)
        moved = await plan(connection, teacher, week.sessions[0], starts_at=at(0, 10), version=1)
        assert (moved.version, moved.starts_at) == (2, at(0, 10))
        with pytest.raises(VisitChangedMeanwhile):
            await plan(connection, teacher, week.sessions[0], starts_at=at(0, 11), version=1)
        with pytest.raises(VisitChangedMeanwhile):
            await plan(connection, teacher, week.sessions[2], version=1)


async def test_a_session_that_is_over_cannot_be_visited(pool, teacher, week):
    with pytest.raises(VisitOff):
        async with transaction(pool) as connection:
            await plan_visit(
                connection,
                organisation_id=teacher.member.organisation_id,
                teacher_id=teacher.member.person_id,
                session_id=week.sessions[0],
                now=at(0, 12),
            )
    with pytest.raises(VisitOutside):
        async with transaction(pool) as connection:
            await plan(connection, teacher, week.sessions[0], lasts=timedelta(minutes=5))


async def test_a_removed_visit_stays_cancelled_in_calendars_and_comes_back_as_itself(pool, teacher, week):
    key = {
        "organisation_id": teacher.member.organisation_id,
        "teacher_id": teacher.member.person_id,
        "session_id": week.sessions[0],
    }
    async with transaction(pool) as connection:
        first = await plan(connection, teacher, week.sessions[0])
        assert await remove_visit(connection, **key, now=NOW)
        assert not await remove_visit(connection, **key, now=NOW)
        (off,) = await read_visits(connection, teacher.member.person_id)
        assert (off.id, off.status, off.sequence) == (first.id, "cancelled", first.sequence + 1)
        back = await plan(connection, teacher, week.sessions[0])
        assert (back.id, back.status, back.sequence) == (first.id, "planned", first.sequence + 2)
        await remove_visit(connection, **key, now=NOW)
        assert await remove_old_visits(connection, now=NOW + timedelta(days=89)) == 0
        assert await remove_old_visits(connection, now=NOW + timedelta(days=90)) == 1
        assert await read_visits(connection, teacher.member.person_id) == []


async def test_a_visit_and_its_note_are_forgotten_a_year_later(pool, teacher, week):
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], note="Voir la tutrice")
        assert await remove_old_visits(connection, now=at(0, 12) + timedelta(days=395)) == 0
        assert await remove_old_visits(connection, now=at(0, 12) + timedelta(days=396)) == 1


async def test_the_file_holds_the_visits_and_no_pupil_s_name(teacher, week):
    await teacher.post(VISITS, {"seance": [str(week.sessions[0]), str(week.sessions[2])]})
    answer = await teacher.get(f"{VISITS}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "Nom" not in answer.text
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [at(0, 9), at(1, 9)]
    assert "Visite : Chantiers de la Risle" in str(events[0]["summary"])


async def test_what_is_announced_can_be_told_to_the_host(pool, teacher, week):
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], starts_at=at(0, 10), announced=True)
        await plan(connection, teacher, week.sessions[2], announced=False)
        told = await list_announced(connection, week.sessions)
    ((session_id, (one,)),) = told.items()
    assert (session_id, one.school, one.starts_at) == (week.sessions[0], "Lycée Prévert", at(0, 10))


@pytest.mark.usefixtures("week")
async def test_a_proposed_plan_is_kept_as_it_was_ticked(pool, teacher):
    page = await teacher.get(f"{VISITS}/proposition")
    assert "Une visite proposée" in page.text
    fields = dict(re.findall(r'name="(debut\.[^"]+)" value="([^"]+)"', page.text))
    ticked = re.findall(r'name="seance" type="checkbox" value="([^"]+)" checked', page.text)
    assert (await teacher.post(VISITS, {**fields, "seance": ticked})).status_code == 303
    (visit,) = await mine(pool, teacher)
    assert visit.starts_at == at(0, 9, 15)
    assert "Rien à ajouter à votre plan" in (await teacher.get(f"{VISITS}/proposition")).text


async def test_the_host_s_page_says_who_comes_as_long_as_the_visit_stands(pool, teacher, week, sign_in):
    host = await pool.fetchval("SELECT host_id FROM campaigns.sessions WHERE id = $1", week.sessions[0])
    company = await sign_in(host, role="host")
    async with transaction(pool) as connection:
        request_id = await connection.fetchval(
            """
            INSERT INTO campaigns.host_requests
                (id, session_id, organisation_id, person_id, status, asked_at, answer_by, answered_at)
            VALUES ($1, $2, $3, $4, 'confirmed', $5, $6, $5) RETURNING id
            """,
            new_id(),
            week.sessions[0],
            host,
            company.member.person_id,
            NOW,
            at(0, 0),
        )
    path = f"/planification/accueils/{request_id}"
    assert "Visite d’un professeur" not in (await company.get(path)).text
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], starts_at=at(0, 10))
    assert "Visite d’un professeur" not in (await company.get(path)).text
    async with transaction(pool) as connection:
        await plan(connection, teacher, week.sessions[0], announced=True)
    assert "Maud Ferrand, Lycée Prévert : lundi 14 juin, 10 h–10 h 30" in (await company.get(path)).text
    await teacher.post(f"{VISITS}/{week.sessions[0]}/retrait")
    assert "Visite d’un professeur" not in (await company.get(path)).text
