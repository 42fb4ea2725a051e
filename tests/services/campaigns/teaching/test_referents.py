"""A referent teacher follows whom they confirmed: the seat they were named for, and the others if the pupil is sure."""

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.teaching.conftest import PUPILS, SCHOOL_UAI
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

VISITS = f"{PUPILS}/visites"


async def a_named_teacher(pool, week, *, status, person_id=None, email="aurele@lycee.example"):
    """A pupil who registered alone and named a teacher, by the address where nobody has an account."""
    async with transaction(pool) as connection:
        (registered,) = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1, school_name="Un autre lycée")],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
        if person_id is None:
            person_id = new_id()
            await connection.execute(
                "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', '', $2)",
                person_id,
                email,
            )
        await connection.execute(
            "INSERT INTO campaigns.referents (person_id, mark) VALUES ($1, $2)", person_id, person_id.bytes
        )
        await connection.execute(
            """
            INSERT INTO campaigns.referent_teachers
                (pupil_id, teacher_id, registration_id, status, asked_at, answered_at)
            SELECT pupil_id, $2, id, $3, $4, CASE WHEN $3 = 'asked' THEN NULL ELSE $4::timestamptz END
            FROM campaigns.registrations WHERE id = $1
            """,
            registered.id,
            person_id,
            status,
            NOW,
        )
    return registered.id


@pytest.fixture
async def week(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, seats=9)


@pytest.mark.parametrize("status", ["confirmed", "corrected"])
async def test_who_confirmed_a_pupil_sees_where_they_are_and_may_visit(pool, teacher, colleague, week, status):
    await a_named_teacher(pool, week, status=status, person_id=teacher.member.person_id)
    page = await teacher.get(PUPILS)
    assert "Dupré b Camille" in page.text
    assert "Place confirmée" in page.text
    assert "camille.b@eleve.example" not in page.text
    assert (await teacher.post(VISITS, {"seance": [str(week.sessions[0])]})).status_code == 303
    assert "Dupré" not in (await colleague.get(PUPILS)).text
    assert (await colleague.post(VISITS, {"seance": [str(week.sessions[0])]})).status_code == 404


@pytest.mark.parametrize("status", ["asked", "unknown"])
async def test_to_be_named_is_not_enough(pool, teacher, week, status):
    """A pupil may name anybody, and who does not know the pupil is told nothing."""
    await a_named_teacher(pool, week, status=status, person_id=teacher.member.person_id)
    assert "Dupré" not in (await teacher.get(PUPILS)).text
    assert (await teacher.post(VISITS, {"seance": [str(week.sessions[0])]})).status_code == 404


async def test_a_teacher_named_before_they_had_an_account_is_known_by_the_address(pool, teacher, colleague, week):
    await a_named_teacher(pool, week, status="confirmed", email="Aurele@lycee.example")
    assert "Dupré b Camille" in (await teacher.get(PUPILS)).text
    assert "Dupré" not in (await colleague.get(PUPILS)).text


async def test_the_head_sees_a_pupil_of_the_school_whom_a_teacher_of_it_confirmed(pool, teacher, head, week):
    await a_named_teacher(pool, week, status="confirmed", person_id=teacher.member.person_id)
    assert "Dupré" not in (await head.get(PUPILS)).text
    await pool.execute("UPDATE campaigns.pupils SET school_uai = $1", SCHOOL_UAI)
    assert "Dupré b Camille" in (await head.get(PUPILS)).text


@pytest.fixture
async def other_week(pool):
    """Where the same pupil registered before, without a teacher."""
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
        await register_pupils(
            connection,
            offer_id=other.offer_id,
            requests=[a_pupil(1, school_name="Un autre lycée")],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
        await connection.execute("UPDATE campaigns.offers SET title = 'Semaine secrète' WHERE id = $1", other.offer_id)
        # as if the two were at different times
        await connection.execute("DELETE FROM campaigns.pupil_times")
    return other


async def test_who_registers_a_pupil_to_be_named_learns_of_nothing_else(pool, teacher, head, week, other_week):
    """Whoever types a pupil's name may name themselves as the teacher, and confirm it."""
    await a_named_teacher(pool, week, status="confirmed", person_id=teacher.member.person_id)
    await pool.execute("UPDATE campaigns.pupils SET school_uai = $1", SCHOOL_UAI)
    for reader in (teacher, head):
        page = await reader.get(PUPILS)
        assert "Dupré b Camille" in page.text
        assert "secrète" not in page.text
        for day in range(14, 19):
            assert "secrète" not in (await reader.get(f"{PUPILS}/jour?date=2027-06-{day}")).text
    assert "secrète" not in (await teacher.get(VISITS)).text
    assert (await teacher.post(VISITS, {"seance": [str(week.sessions[0])]})).status_code == 303
    assert (await teacher.post(VISITS, {"seance": [str(other_week.sessions[0])]})).status_code == 404


@pytest.mark.parametrize(("state", "seen"), [
    ("link_by_mail = true", True),
    ("link_by_mail = true, under_15 = true, status = 'held', held_for = 'consent', deadline = now()", True),
    ("link_by_mail = true, status = 'held', held_for = 'address', deadline = now()", False),
    ("link_by_mail = true, status = 'held', held_for = 'promotion', deadline = now()", False),
    ("link_by_mail = true, status = 'waiting'", False),
    ("link_by_mail = true, enrolled_for = (SELECT id FROM campaigns.organisations LIMIT 1)", False),
])  # fmt: skip
async def test_all_of_a_pupil_is_seen_once_the_pupil_s_own_mail_has_answered(
    pool, teacher, week, other_week, state, seen
):
    registration_id = await a_named_teacher(pool, week, status="confirmed", person_id=teacher.member.person_id)
    await pool.execute(f"UPDATE campaigns.registrations SET {state} WHERE id = $1", registration_id)  # noqa: S608
    assert ("secrète" in (await teacher.get(PUPILS)).text) is seen
    visit = await teacher.post(VISITS, {"seance": [str(other_week.sessions[0])]})
    assert visit.status_code == (303 if seen else 404)
