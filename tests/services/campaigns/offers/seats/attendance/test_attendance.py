"""Who came: noted on a phone, perhaps hours before it is sent; an absence is told at once, and once."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.attendance.note_attendance import note_attendance
from services.campaigns.offers.seats.attendance.read import read_sheet
from services.campaigns.offers.seats.attendance.sheet import Mark, filled_in_at, nearest_day
from services.campaigns.offers.seats.enrolment import Enrolment
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from shared.notices import AbsenceAnnounced, AbsenceLifted
from shared.signed_links import Signer
from tests.world import MONDAY, NOW, a_member, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))
MORNING = at(0, 9, 10)


async def filled(pool, pupils=2, *, groups=(), slug="semaine-pont-audemer", first=0, **given):
    """A week whose pupils have a guardian and were enrolled by a teacher."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=10, groups=groups, slug=slug)
        school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")
        teacher = await a_member(connection, school, role="teacher", email="professeur@lycee.example")
        requests = [
            a_pupil(
                number,
                **{"guardian_name": "Anne Dupré", "guardian_email": f"anne.{number}@famille.example", **given},
            )
            for number in range(first, first + pupils)
        ]
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=requests,
            signer=SIGNER,
            now=NOW,
            enrolment=Enrolment(person_id=teacher.person_id, organisation_id=school),
        )
    return week, [outcome.id for outcome in outcomes], teacher


async def note(pool, week, *marks, filled_at=MORNING, now=MORNING, day=MONDAY):
    async with transaction(pool) as connection:
        return await note_attendance(
            connection,
            offer_id=week.offer_id,
            day=day,
            marks=[Mark(*mark) for mark in marks],
            noted_by=None,
            filled_at=filled_at,
            now=now,
        )


async def states(pool):
    rows = await pool.fetch("SELECT session_id, registration_id, state FROM campaigns.attendance")
    return {(row["session_id"], row["registration_id"]): row["state"] for row in rows}


async def announced(pool):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'absence.announced' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


async def test_an_absence_is_told_at_once_to_guardian_and_teacher_once_a_day(pool):
    week, ids, teacher = await filled(pool)
    await pool.execute("UPDATE campaigns.days SET emergency_phone = '02 35 00 00 00'")
    morning, afternoon = week.sessions[:2]
    await note(pool, week, (morning, ids[0], "absent"), (morning, ids[1], "present"))
    await note(pool, week, (morning, ids[0], "absent"), (afternoon, ids[0], "absent"))
    (notice,) = await announced(pool)
    assert isinstance(notice, AbsenceAnnounced)
    guardian, pupil = await pool.fetchrow(
        "SELECT guardian_id, pupil_id FROM campaigns.registrations WHERE id = $1", ids[0]
    )
    assert set(notice.recipients) == {guardian, teacher.person_id}
    assert (notice.pupil_id, notice.emergency_phone) == (pupil, "02 35 00 00 00")
    assert notice.appointment.title == "Visite 1.1"
    await note(
        pool,
        week,
        (week.sessions[2], ids[0], "absent"),
        now=at(1, 9),
        filled_at=at(1, 9),
        day=MONDAY + timedelta(days=1),
    )
    assert len(await announced(pool)) == 2


async def lifted(pool):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'absence.lifted' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


@pytest.mark.parametrize("state", ["present", "late"])
async def test_a_wrongly_announced_absence_is_taken_back_once_from_who_was_told(pool, sign_in, state):
    week, ids, _ = await filled(pool)
    mark = (week.sessions[0], ids[0])
    await note(pool, week, (*mark, "absent"), (week.sessions[0], ids[1], "absent"))
    await pool.execute("UPDATE campaigns.registrations SET guardian_id = NULL WHERE id = $1", ids[0])
    for minute in (20, 30):
        await note(pool, week, (*mark, state), filled_at=at(0, 9, minute), now=at(0, 9, minute))
    (notice,) = await lifted(pool)
    assert isinstance(notice, AbsenceLifted)
    told = {each.pupil_id: each for each in await announced(pool)}[notice.pupil_id]
    assert (notice.recipients, notice.appointment) == (told.recipients, told.appointment)
    assert len(notice.recipients) == 2
    planner = await sign_in(week.organisation_id)
    text = (await planner.get(f"/planification/{week.slug}/presences/2027-06-14")).text
    assert text.count("absence annoncée à") == 2, "of the other pupil, at both sessions of the day"


async def test_an_absence_is_not_taken_back_while_another_of_the_day_stands_nor_for_coming_later(pool):
    week, ids, _ = await filled(pool)
    morning, afternoon = ((session, ids[0]) for session in week.sessions[:2])
    await note(pool, week, (*morning, "absent"))
    await note(pool, week, (*afternoon, "present"), filled_at=at(0, 14), now=at(0, 14))
    assert await lifted(pool) == [], "the morning was missed"
    await note(pool, week, (*afternoon, "absent"), filled_at=at(0, 14, 10), now=at(0, 14, 10))
    await note(pool, week, (*morning, "present"), filled_at=at(0, 14, 20), now=at(0, 14, 20))
    assert await lifted(pool) == [], "the afternoon is missed"
    await note(pool, week, (*afternoon, "late"), filled_at=at(0, 14, 30), now=at(0, 14, 30))
    assert len(await lifted(pool)) == 1


async def test_an_absence_corrected_on_another_day_is_noted_and_not_told(pool):
    week, ids, _ = await filled(pool)
    mark = (week.sessions[0], ids[0])
    await note(pool, week, (*mark, "absent"))
    assert await note(pool, week, (*mark, "present"), filled_at=at(1, 9), now=at(1, 9)) == 1
    assert await lifted(pool) == []


async def test_who_was_there_after_all_and_is_missed_later_is_told_of_again(pool):
    week, ids, _ = await filled(pool)
    morning, afternoon = ((session, ids[0]) for session in week.sessions[:2])
    await note(pool, week, (*morning, "absent"))
    await note(pool, week, (*morning, "present"), filled_at=at(0, 9, 20), now=at(0, 9, 20))
    await note(pool, week, (*afternoon, "absent"), filled_at=at(0, 14), now=at(0, 14))
    assert [each.appointment.session_id for each in await announced(pool)] == [morning[0], afternoon[0]]
    assert len(await lifted(pool)) == 1


@pytest.mark.parametrize("state", ["present", "late", "excused"])
async def test_who_is_not_absent_worries_nobody(pool, state):
    week, ids, _ = await filled(pool)
    await note(pool, week, (week.sessions[0], ids[0], state))
    assert await announced(pool) == []


async def test_an_absence_sent_on_another_day_is_noted_and_not_told(pool):
    week, ids, _ = await filled(pool)
    assert await note(pool, week, (week.sessions[0], ids[0], "absent"), now=at(1, 9)) == 1
    assert await announced(pool) == []


async def test_the_last_word_by_its_own_time_wins_whatever_the_order_of_arrival(pool):
    week, ids, _ = await filled(pool)
    mark = (week.sessions[0], ids[0])
    assert await note(pool, week, (*mark, "late"), filled_at=at(0, 9, 30), now=at(0, 9, 30)) == 1
    # filled in before without a network, sent after
    assert await note(pool, week, (*mark, "absent"), filled_at=at(0, 9, 5), now=at(0, 9, 40)) == 0
    assert (await states(pool))[mark] == "late"
    assert await announced(pool) == []
    assert await note(pool, week, (*mark, "present"), filled_at=at(0, 9, 35), now=at(0, 9, 50)) == 1
    assert (await states(pool))[mark] == "present"


async def test_two_phones_at_once_leave_the_newer_word_and_one_notice(pool):
    week, ids, _ = await filled(pool)
    mark = (week.sessions[0], ids[0])
    await asyncio.gather(
        *(note(pool, week, (*mark, "absent"), filled_at=at(0, 9, minute), now=at(0, 10)) for minute in range(6)),
        note(pool, week, (*mark, "late"), filled_at=at(0, 9, 30), now=at(0, 10)),
    )
    assert (await states(pool))[mark] == "late"
    assert len(await announced(pool)) <= 1


async def test_marks_of_who_left_of_another_day_and_of_another_offer_stay_out(pool):
    week, ids, _ = await filled(pool)
    other, other_ids, _ = await filled(pool, slug="ailleurs", first=5)
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=ids[1], now=NOW)
    marks = [
        (week.sessions[0], ids[1], "absent"),
        (week.sessions[2], ids[0], "absent"),
        (other.sessions[0], ids[0], "absent"),
        (week.sessions[0], other_ids[0], "absent"),
        (new_id(), ids[0], "absent"),
    ]
    assert await note(pool, week, *marks) == 0
    assert await states(pool) == {}


async def test_a_pupil_is_expected_in_the_sessions_of_the_own_group(pool):
    week, _, _ = await filled(pool, 2, groups=("A", "B"))
    async with pool.acquire() as connection:
        sheet = await read_sheet(connection, week.offer_id, MONDAY)
    groups = [[pupil.group_id for pupil in sheet.expected(session)] for session in sheet.sessions]
    assert groups == [[week.groups[0]], [week.groups[1]]]


async def test_who_has_neither_guardian_nor_teacher_is_shown_to_the_planner(pool, sign_in):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=10)
        (outcome,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil()], signer=SIGNER, now=NOW
        )
    await note(pool, week, (week.sessions[0], outcome.id, "absent"))
    assert await announced(pool) == []
    planner = await sign_in(week.organisation_id)
    text = (await planner.get(f"/planification/{week.slug}/presences/2027-06-14")).text
    assert "personne à prévenir" in text


# --- the page


async def test_the_sheet_is_filled_in_on_a_phone(pool, sign_in):
    week, ids, _ = await filled(pool)
    planner = await sign_in(week.organisation_id)
    go = await planner.client.get(
        f"/planification/{week.slug}/presences", headers=planner.cookies, follow_redirects=False
    )
    assert go.headers["location"] == f"/planification/{week.slug}/presences/2027-06-14"
    path = f"/planification/{week.slug}/presences/2027-06-14"
    page = await planner.get(path)
    assert page.text.count('type="radio"') == 2 * 2 * 4
    morning = week.sessions[0]
    answer = await planner.post(f"/en{path}", {f"{morning}.{ids[0]}": "absent", "tous": str(morning)})
    assert answer.status_code == 303
    assert await states(pool) == {(morning, ids[0]): "absent", (morning, ids[1]): "present"}
    kept = await pool.fetchval("SELECT detail FROM campaigns.audit WHERE action = 'note_attendance'")
    assert kept == "Présences du lundi 14 juin : 2 notée(s).", "the journal is French, whatever page it was done on"
    assert "1 présent, 1 absent" in (await planner.get(path)).text
    # the whole form again, as the page holds it: nothing in it is new
    before = await pool.fetch("SELECT * FROM campaigns.attendance ORDER BY registration_id")
    again = {f"{morning}.{ids[0]}": "absent", f"avant.{morning}.{ids[0]}": "absent", "tous": str(morning)}
    assert (await planner.post(path, again)).status_code == 303
    assert await pool.fetch("SELECT * FROM campaigns.attendance ORDER BY registration_id") == before
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'note_attendance'") == 1


async def test_a_form_says_when_it_was_filled_in(pool, sign_in):
    week, ids, _ = await filled(pool)
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/presences/2027-06-14"
    await planner.get(path)
    name = f"{week.sessions[0]}.{ids[0]}"
    filled_at = datetime.now(UTC) - timedelta(hours=3)
    await planner.post(path, {name: "late", "filled_at": filled_at.isoformat()})
    assert await pool.fetchval("SELECT noted_at FROM campaigns.attendance") == filled_at
    await planner.post(path, {name: "absent", "filled_at": (filled_at - timedelta(hours=1)).isoformat()})
    assert (await states(pool))[(week.sessions[0], ids[0])] == "late"


@pytest.mark.parametrize("wrong", ["", "hier", "2099-01-01T00:00:00Z", "2027-06-14T09:00"])
def test_a_time_that_cannot_be_is_now(wrong):
    assert filled_in_at(wrong, MORNING) == MORNING


def test_the_sheet_of_today_comes_first_then_the_next_then_the_last():
    days = [date(2027, 6, 14), date(2027, 6, 15), date(2027, 6, 18)]
    for hour_of, nearest in ((NOW, days[0]), (at(1, 8), days[1]), (at(2, 8), days[2]), (at(20, 8), days[2])):
        assert nearest_day(days, hour_of) == nearest
    assert nearest_day([], NOW) is None


@pytest.mark.parametrize("day", ["2027-06-20", "2027-13-01", "lundi"])
async def test_a_day_without_sessions_has_no_sheet(pool, sign_in, day):
    week, _, _ = await filled(pool)
    planner = await sign_in(week.organisation_id)
    assert (await planner.get(f"/planification/{week.slug}/presences/{day}")).status_code == 404


async def test_conventions_are_signed_with_a_date(pool, sign_in):
    week, ids, _ = await filled(pool)
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/conventions"
    assert "0 signée sur 2" in (await planner.get(path)).text
    signed = {f"date.{ids[0]}": "2026-01-12", f"date.{ids[1]}": ""}
    for _ in range(2):
        assert (await planner.post(path, signed)).status_code == 303
    assert "1 signée sur 2" in (await planner.get(path)).text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'sign_conventions'") == 1
    for wrong in ("2999-01-01", "1999-12-31", "demain"):
        answer = await planner.post(path, {f"date.{ids[0]}": "2026-01-13", f"date.{ids[1]}": wrong})
        assert answer.status_code == 422
        assert "Rien n’a été enregistré" in answer.text
    rows = await pool.fetch("SELECT convention_signed_on FROM campaigns.registrations ORDER BY rank")
    assert [row["convention_signed_on"] for row in rows] == [date(2026, 1, 12), None]
    # somebody who did not touch a date does not write it over another's
    await planner.post(path, {f"date.{ids[0]}": "", f"avant.{ids[0]}": "", f"date.{ids[1]}": "2026-01-14"})
    rows = await pool.fetch("SELECT convention_signed_on FROM campaigns.registrations ORDER BY rank")
    assert [row["convention_signed_on"] for row in rows] == [date(2026, 1, 12), date(2026, 1, 14)]


async def test_another_organisation_s_days_do_not_exist(pool, sign_in):
    week, ids, _ = await filled(pool)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre")
    stranger = await sign_in(other)
    await stranger.get("/compte")
    for path in ("presences", "presences/2027-06-14", "conventions"):
        assert (await stranger.get(f"/planification/{week.slug}/{path}")).status_code == 404
    fields = {f"{week.sessions[0]}.{ids[0]}": "absent", f"date.{ids[0]}": "2026-01-12"}
    for path in ("presences/2027-06-14", "conventions"):
        assert (await stranger.post(f"/planification/{week.slug}/{path}", fields)).status_code == 404
    assert await states(pool) == {}


async def test_a_viewer_neither_notes_nor_reads(pool, sign_in):
    week, _, _ = await filled(pool)
    viewer = await sign_in(week.organisation_id, role="viewer")
    for path in ("presences/2027-06-14", "conventions"):
        assert (await viewer.get(f"/planification/{week.slug}/{path}")).status_code == 403
