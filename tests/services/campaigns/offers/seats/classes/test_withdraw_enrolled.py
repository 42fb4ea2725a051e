"""A teacher takes a pupil of the class out of an offer: asked first, and the next in the queue moves up."""

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import RegistrationHeld, RegistrationWithdrawn, decode_event
from shared.signed_links import Signer
from tests.services.campaigns.offers.seats.classes.test_swap_pupil import standing
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


@pytest.fixture
async def teacher(pool, sign_in):
    async with transaction(pool) as connection:
        school_id = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Jacques Prévert")
    return await sign_in(school_id, role="teacher")


@pytest.fixture
async def week(pool, teacher):
    """Two seats taken by the class, whose third pupil waits; a stranger last."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2)
    text = "\n".join(f"Nom {letter};Élève;{letter}@eleve.example" for letter in "abc")
    await teacher.post(f"/planification/classes/{week.slug}", {"list": text, "class_name": "2nde 4", "key": "k"})
    async with transaction(pool) as connection:
        await register_pupils(connection, offer_id=week.offer_id, requests=[a_pupil(1)], signer=SIGNER, now=NOW)
    return week


def path(week, registration) -> str:
    return f"/planification/classes/{week.slug}/{registration['id']}/retrait"


async def facts(pool, kind):
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
    return [fact for row in rows if isinstance(fact := decode_event(row["body"]), kind)]


async def test_a_teacher_is_asked_and_the_seat_goes_to_the_next_in_the_queue(pool, teacher, week):
    before = await standing(pool, week)
    classes = await teacher.get("/planification/classes")
    assert path(week, before["Nom a"]) in classes.text
    page = await teacher.get(path(week, before["Nom a"]))
    assert "Retirer Élève Nom a de cette offre\u00a0?" in page.text
    assert "proposée à l’élève suivant" in page.text
    assert (await standing(pool, week))["Nom a"]["status"] == "confirmed", "looking changes nothing"
    done = await teacher.post(path(week, before["Nom a"]))
    assert (done.status_code, done.headers["location"]) == (303, "/planification/classes")
    after = await standing(pool, week)
    assert [after[name]["status"] for name in ("Nom a", "Nom b", "Nom c")] == ["withdrawn", "confirmed", "held"]
    (gone,) = await facts(pool, RegistrationWithdrawn)
    assert (gone.registration_id, gone.by_school, gone.had_seat) == (before["Nom a"]["id"], True, True)
    assert [each.registration_id for each in await facts(pool, RegistrationHeld)] == [before["Nom c"]["id"]]
    trail = await pool.fetch("SELECT detail, person_id FROM campaigns.audit WHERE action = 'withdraw_enrolled'")
    assert [(row["detail"], row["person_id"]) for row in trail] == [
        ("Un élève retiré d’une classe inscrite.", teacher.member.person_id)
    ]


async def test_pressing_twice_is_harmless(pool, teacher, week):
    first = (await standing(pool, week))["Nom a"]
    assert [(await teacher.post(path(week, first))).status_code for _ in range(2)] == [303, 303]
    assert len(await facts(pool, RegistrationWithdrawn)) == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'withdraw_enrolled'") == 1


async def test_a_place_in_the_queue_is_given_back_too(pool, teacher, week):
    waiting = (await standing(pool, week))["Nom c"]
    assert "avancent d’un rang" in (await teacher.get(path(week, waiting))).text
    assert (await teacher.post(path(week, waiting))).status_code == 303
    assert (await standing(pool, week))["Nom c"]["status"] == "withdrawn"


async def test_the_pupils_of_another_school_or_of_a_colleague_do_not_exist(pool, teacher, week, sign_in):
    async with transaction(pool) as connection:
        other_school = await an_organisation(connection, slug="autre", kind="school", name="Autre lycée")
    states = await standing(pool, week)
    stranger = next(row for name, row in states.items() if not name.startswith("Nom"))
    other = await sign_in(other_school, role="teacher")
    colleague = await sign_in(teacher.member.organisation_id, role="teacher", email="collegue@lycee.example")
    for who, registration in (
        (other, states["Nom a"]),
        (colleague, states["Nom a"]),
        (teacher, stranger),
    ):
        assert (await who.get(path(week, registration))).status_code == 404
        assert (await who.post(path(week, registration))).status_code == 404
    assert not await facts(pool, RegistrationWithdrawn)


async def test_nobody_is_taken_out_once_the_offer_has_begun(pool, teacher, week):
    first = (await standing(pool, week))["Nom a"]
    await pool.execute("UPDATE campaigns.offers SET busy = '{[2020-06-15, 2020-06-20)}' WHERE id = $1", week.offer_id)
    assert "Retirer l’élève" not in (await teacher.get(path(week, first))).text
    refused = await teacher.post(path(week, first))
    assert refused.status_code == 409
    assert "avant le premier jour" in refused.text
    assert (await standing(pool, week))["Nom a"]["status"] == "confirmed"
