"""One pupil of a class for another before the deadline: the seat does not go to the queue."""

import asyncio
import re

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def teacher(pool, sign_in):
    async with transaction(pool) as connection:
        school_id = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Jacques Prévert")
    return await sign_in(school_id, role="teacher")


@pytest.fixture
async def week(pool, teacher):
    """Two seats taken and two places in the queue of the class, a stranger last."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2, groups=("A", "B"))
    text = "\n".join(f"Nom {letter};Élève;{letter}@eleve.example" for letter in "abcd")
    await teacher.post(f"/planification/classes/{week.slug}", {"list": text, "class_name": "2nde 4", "key": "k"})
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
    return week


async def standing(pool, week):
    rows = await pool.fetch(
        """
        SELECT person.last_name AS name, r.status, r.id, r.group_id, r.rank FROM campaigns.registrations r
        JOIN contract.people person ON person.id = r.pupil_id WHERE r.offer_id = $1 ORDER BY r.rank
        """,
        week.offer_id,
    )
    offer = await pool.fetchrow("SELECT taken, waiting FROM campaigns.offers WHERE id = $1", week.offer_id)
    states = [row["status"] for row in rows]
    assert offer["taken"] == sum(state in ("held", "confirmed") for state in states)
    assert offer["waiting"] == states.count("waiting")
    return {row["name"]: row for row in rows}


def a_form(**given):
    return {"last_name": "Nouveau", "first_name": "Jo", "email": "jo@eleve.example", "key": "un-échange", **given}


async def swap(teacher, week, registration, **given):
    return await teacher.post(
        f"/planification/classes/{week.slug}/{registration['id']}/echange", given or a_form(key="cle")
    )


async def test_a_seat_passes_to_a_new_pupil_of_the_class_and_not_to_the_queue(pool, teacher, week):
    before = await standing(pool, week)
    page = await teacher.get(f"/planification/classes/{week.slug}/{before['Nom a']['id']}/echange")
    assert "Qui prend la place de Élève Nom a" in page.text
    assert (await swap(teacher, week, before["Nom a"])).status_code == 303
    after = await standing(pool, week)
    assert after["Nom a"]["status"] == "withdrawn"
    assert after["Nouveau"]["status"] == "confirmed"
    assert after["Nouveau"]["group_id"] == before["Nom a"]["group_id"]
    assert after["Nouveau"]["rank"] == before["Nom a"]["rank"]
    assert [after[name]["status"] for name in ("Nom c", "Nom d")] == ["waiting", "waiting"]
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id DESC LIMIT 2")
    came, went = (decode_event(row["body"]) for row in rows)
    assert (went.why, went.had_seat, came.how) == ("swapped", True, "given")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'swap_pupil'") == 1
    assert await pool.fetchval("SELECT class_name FROM campaigns.pupils ORDER BY id DESC LIMIT 1") == "2nde 4"


async def test_a_seat_passes_to_one_of_the_class_who_waits(pool, teacher, week):
    before = await standing(pool, week)
    answer = await swap(teacher, week, before["Nom b"], waiting=str(before["Nom d"]["id"]))
    assert answer.status_code == 303
    after = await standing(pool, week)
    assert after["Nom d"]["status"] == "confirmed"
    assert after["Nom c"]["status"] == "waiting"
    assert after["Nom b"]["status"] == "withdrawn"


async def test_a_place_in_the_queue_passes_with_its_rank(pool, teacher, week):
    before = await standing(pool, week)
    assert (await swap(teacher, week, before["Nom c"])).status_code == 303
    after = await standing(pool, week)
    assert after["Nouveau"]["status"] == "waiting"
    assert after["Nouveau"]["rank"] == before["Nom c"]["rank"] < after["Nom d"]["rank"]


async def test_the_same_swap_twice_is_one(pool, teacher, week):
    before = await standing(pool, week)
    answers = await asyncio.gather(*(swap(teacher, week, before["Nom a"]) for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {303, 404, 409}
    after = await standing(pool, week)
    assert len(after) == 6
    assert after["Nouveau"]["status"] == "confirmed"


async def test_two_swaps_of_one_seat_at_once_seat_one_pupil(pool, teacher, week):
    before = await standing(pool, week)
    answers = await asyncio.gather(
        *(swap(teacher, week, before["Nom a"], **a_form(email=f"{n}@eleve.example", key=str(n))) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) in ([303, 409, 409], [303, 404, 409], [303, 404, 404])
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT taken FROM campaigns.offers WHERE id = $1", week.offer_id) == 2


async def test_a_pupil_who_is_elsewhere_takes_no_seat(pool, teacher, week):
    async with transaction(pool) as connection:
        other = await a_week(connection, seats=3, slug="ailleurs")
    await pool.execute("UPDATE campaigns.offers SET title = 'Semaine au Havre' WHERE slug = 'ailleurs'")
    await teacher.post(
        f"/planification/classes/{other.slug}",
        {"list": "Nouveau;Jo;jo@eleve.example", "class_name": "2nde 4", "key": "x"},
    )
    before = await standing(pool, week)
    answer = await swap(teacher, week, before["Nom a"])
    assert answer.status_code == 409
    assert "déjà une place dans « Semaine au Havre »" in answer.text
    assert (await standing(pool, week)) == before


async def test_faults_are_told_beside_their_fields(pool, teacher, week):
    before = await standing(pool, week)
    answer = await swap(teacher, week, before["Nom a"], **a_form(email="", first_name=""))
    assert answer.status_code == 422
    assert "Le prénom manque." in answer.text
    assert "Indiquez l’adresse e-mail" in answer.text
    assert re.search(r'value="Nouveau"', answer.text)


async def test_nobody_swaps_another_s_pupil(pool, teacher, week, sign_in):
    before = await standing(pool, week)
    colleague = await sign_in(teacher.member.organisation_id, role="teacher", email="autre@lycee.example")
    stranger = await sign_in(week.organisation_id, role="planner")
    own = next(row for name, row in before.items() if name.startswith("Dupré"))
    for somebody, registration in ((colleague, before["Nom a"]), (stranger, before["Nom a"]), (teacher, own)):
        assert (await swap(somebody, week, registration)).status_code == 404
        path = f"/planification/classes/{week.slug}/{registration['id']}/echange"
        assert (await somebody.get(path)).status_code == 404
    assert (await standing(pool, week)) == before


async def test_after_the_deadline_there_is_no_swap(pool, teacher, week):
    before = await standing(pool, week)
    await pool.execute("UPDATE campaigns.offers SET closes_at = now() - interval '1 minute'")
    assert (await swap(teacher, week, before["Nom a"])).status_code == 409
    assert (await standing(pool, week)) == before
    assert "Mettre un autre élève" not in (await teacher.get("/planification/classes")).text
