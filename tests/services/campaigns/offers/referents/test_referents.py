"""A teacher whom a pupil names: asked once by mail, confirms, corrects or does not know; nobody else is told."""

import asyncio
from datetime import timedelta

import pytest

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.referents.ask_referents import ask_referents, find_referents_to_ask
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_member, a_pupil, a_week

pytestmark = pytest.mark.anyio

TEACHER = "alix.morel@lycee.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
def register(pool, signer, small_week):
    async def register(*requests, offer_id=None, now=NOW):
        async with transaction(pool) as connection:
            return await register_pupils(
                connection, offer_id=offer_id or small_week.offer_id, requests=requests, signer=signer, now=now
            )

    return register


async def ask(pool, now=NOW) -> None:
    async with pool.acquire() as connection:
        teachers = await find_referents_to_ask(connection, now=now)
    for teacher_id in teachers:
        async with transaction(pool) as connection:
            await ask_referents(connection, teacher_id=teacher_id, now=now)


async def asked(pool):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'teacher.asked' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


async def path_of(pool, signer) -> str:
    (teacher_id,) = await pool.fetchrow("SELECT person_id FROM campaigns.referents")
    return f"/professeur/{signer.token('teacher_link', teacher_id)}"


async def pupil_ids(pool):
    rows = await pool.fetch("SELECT p.id FROM campaigns.pupils p JOIN contract.people USING (id) ORDER BY last_name")
    return [row["id"] for row in rows]


async def said(pool):
    return [row["status"] for row in await pool.fetch("SELECT status FROM campaigns.referent_teachers")]


async def test_a_class_that_names_a_teacher_is_one_mail_now_and_one_an_hour_later(pool, register):
    await register(a_pupil(1, teacher_email=TEACHER), a_pupil(2, teacher_email=TEACHER.upper()))
    await asyncio.gather(*(ask(pool) for _ in range(4)))
    await register(a_pupil(3, teacher_email=TEACHER), a_pupil(4))
    await ask(pool, NOW + HOUR - timedelta(seconds=1))
    await ask(pool, NOW + HOUR)
    await ask(pool, NOW + 3 * HOUR)
    assert [notice.pupils for notice in await asked(pool)] == [2, 1]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.referents") == 1
    assert await pool.fetchval("SELECT email FROM contract.people WHERE first_name = '' AND last_name = ''") == TEACHER


async def test_who_has_an_account_is_the_person_of_the_account(pool, register, small_week):
    async with transaction(pool) as connection:
        member = await a_member(connection, small_week.organisation_id, role="teacher", email=TEACHER)
    await register(a_pupil(1, teacher_email=TEACHER))
    account = await pool.fetchval("SELECT person_id FROM campaigns.accounts WHERE email = $1", TEACHER)
    assert await pool.fetchval("SELECT teacher_id FROM campaigns.referent_teachers") == account
    assert member.email == TEACHER


async def test_a_teacher_is_asked_once_the_address_of_the_pupil_is_proved(pool, register):
    await pool.execute("UPDATE campaigns.offers SET proof_of_address = true")
    (outcome,) = await register(a_pupil(1, teacher_email=TEACHER))
    await ask(pool)
    assert await asked(pool) == []
    async with transaction(pool) as connection:
        await accept_seat(connection, registration_id=outcome.id, now=NOW)
    await ask(pool)
    assert len(await asked(pool)) == 1


async def test_a_pupil_who_has_left_is_not_asked_about_nor_shown(pool, register, visitor, signer):
    (outcome,) = await register(a_pupil(1, teacher_email=TEACHER))
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=outcome.id, now=NOW)
    await ask(pool)
    assert await asked(pool) == []
    page = read(await visitor.get(await path_of(pool, signer)))
    assert "Aucun élève ne vous indique plus" in page.text
    assert "Dupré" not in page.text


async def test_who_leaves_and_comes_back_is_still_the_teacher_s(pool, register, visitor, signer):
    (first,) = await register(a_pupil(1, teacher_email=TEACHER))
    path, (pupil_id,) = await path_of(pool, signer), await pupil_ids(pool)
    await visitor.post(f"{path}/{pupil_id}/confirmation")
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    (again,) = await register(a_pupil(1, teacher_email=TEACHER), now=NOW + HOUR)
    assert again.id != first.id
    page = read(await visitor.get(path))
    assert "Camille Dupré b" in page.text
    assert "Semaine à Pont-Audemer" in page.text
    assert await said(pool) == ["confirmed", "confirmed"]


async def test_a_second_offer_is_asked_about_anew_and_shown_after_another_yes(pool, register, visitor, signer):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    await pool.execute("UPDATE campaigns.offers SET title = 'Deuxième semaine' WHERE id = $1", other.offer_id)
    await register(a_pupil(1, teacher_email=TEACHER))
    await ask(pool)
    path, (pupil_id,) = await path_of(pool, signer), await pupil_ids(pool)
    await visitor.post(f"{path}/{pupil_id}/confirmation")
    await pool.execute("DELETE FROM campaigns.pupil_times")
    await register(a_pupil(1, teacher_email=TEACHER), offer_id=other.offer_id, now=NOW + HOUR)
    await ask(pool, NOW + HOUR)
    assert [notice.pupils for notice in await asked(pool)] == [1, 1]
    page = read(await visitor.get(path)).text
    assert "Vous indique de nouveau, pour une autre offre." in page
    assert "Semaine à Pont-Audemer" in page
    assert "Deuxième semaine" not in page
    await visitor.post(f"{path}/{pupil_id}/confirmation")
    page = read(await visitor.get(path)).text
    assert page.count("Camille Dupré b") >= 1
    assert "Semaine à Pont-Audemer" in page
    assert "Deuxième semaine" in page
    # named first when the pupil was registered first: may still put the school right
    answer = await visitor.post(f"{path}/{pupil_id}/correction", data={"school": "Lycée Corneille", "class_name": ""})
    assert answer.status_code == 200
    assert await pool.fetchval("SELECT school_name FROM campaigns.pupils") == "Lycée Corneille"


async def test_who_was_said_to_be_unknown_and_names_the_teacher_again_is_asked_about_anew(
    pool, register, visitor, signer
):
    (first,) = await register(a_pupil(1, teacher_email=TEACHER))
    await ask(pool)
    path, (pupil_id,) = await path_of(pool, signer), await pupil_ids(pool)
    await visitor.post(f"{path}/{pupil_id}/inconnu")
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    await register(a_pupil(1, teacher_email=TEACHER), now=NOW + HOUR)
    await ask(pool, NOW + HOUR)
    assert len(await asked(pool)) == 2
    assert sorted(await said(pool)) == ["asked", "unknown"]
    assert "C’est mon élève" in read(await visitor.get(path)).text


async def test_a_teacher_says_yes_and_then_sees_where_the_pupil_goes(pool, register, visitor, signer):
    await register(a_pupil(1, teacher_email=TEACHER))
    path = await path_of(pool, signer)
    before = read(await visitor.get(path))
    assert "Camille Dupré b" in before.text
    assert "Lycée Jacques Prévert, 2nde 4" in before.text
    assert "Semaine à Pont-Audemer" not in before.text
    (pupil_id,) = await pupil_ids(pool)
    # a mail scanner follows links, and answers nothing by it
    assert (await visitor.get(f"{path}/{pupil_id}/confirmation")).status_code == 405
    for _ in range(2):
        answer = await visitor.post(f"{path}/{pupil_id}/confirmation", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    page = read(await visitor.get(path))
    assert "Semaine à Pont-Audemer" in page.text
    assert "place confirmée" in page.text
    assert await said(pool) == ["confirmed"]


async def test_a_teacher_puts_the_school_right(pool, register, visitor, signer):
    await register(a_pupil(1, teacher_email=TEACHER, school_name="Lycée machin", class_name=""))
    path, (pupil_id,) = await path_of(pool, signer), await pupil_ids(pool)
    form = read(await visitor.get(f"{path}/{pupil_id}/correction"))
    assert form.value("school") == "Lycée machin"
    for school, class_name, field in (("", "", "school"), ("=1", "", "school"), ("x" * 10_000, "", "school"),
                                      ("Lycée", "\u202e", "class_name")):  # fmt: skip
        answer = await visitor.post(f"{path}/{pupil_id}/correction", data={"school": school, "class_name": class_name})
        assert answer.status_code == 422
        assert read(answer).by_id(field)["aria-invalid"] == "true"
    data = {"school": "lycee malherbe, caen", "class_name": "2nde 7"}
    assert (await visitor.post(f"{path}/{pupil_id}/correction", data=data)).status_code == 200
    row = await pool.fetchrow("SELECT school_name, school_uai, class_name FROM campaigns.pupils")
    assert tuple(row) == ("lycee malherbe, caen", "0140013N", "2nde 7")
    assert await said(pool) == ["corrected"]
    # the pupil stays who they were: the same form again is the same registration
    (again,) = await register(a_pupil(1, teacher_email=TEACHER, school_name="Lycée machin", class_name=""))
    assert again.reason == "already-registered"


async def test_what_others_registered_before_is_not_for_a_link_to_correct_nor_to_show(pool, register, visitor, signer):
    """Whoever registers a pupil may name themselves as the teacher: it opens nothing of what was there before."""
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    await register(a_pupil(1), offer_id=other.offer_id)
    await pool.execute("UPDATE campaigns.offers SET title = 'Semaine secrète' WHERE id = $1", other.offer_id)
    await pool.execute("DELETE FROM campaigns.pupil_times")
    await register(a_pupil(1, teacher_email="curieux@ailleurs.example"), now=NOW + HOUR)
    path, (pupil_id,) = await path_of(pool, signer), await pupil_ids(pool)
    answer = await visitor.post(f"{path}/{pupil_id}/correction", data={"school": "Collège", "class_name": ""})
    assert answer.status_code == 409
    assert "demandez-la à l’organisateur" in read(answer).text
    assert await pool.fetchval("SELECT school_name FROM campaigns.pupils") == "Lycée Jacques Prévert"
    assert await said(pool) == ["asked"]
    await visitor.post(f"{path}/{pupil_id}/confirmation")
    assert "secrète" not in read(await visitor.get(path)).text


async def test_a_teacher_who_does_not_know_the_pupil_says_so_and_the_planner_sees_it(
    pool, register, visitor, signer, planner, small_week
):
    await register(a_pupil(1, teacher_email=TEACHER), a_pupil(2, teacher_email=TEACHER))
    path, ids = await path_of(pool, signer), await pupil_ids(pool)
    await visitor.post(f"{path}/{ids[0]}/confirmation")
    await visitor.post(f"{path}/{ids[0]}/inconnu")
    page = read(await visitor.get(path))
    assert "Vous avez dit ne pas connaître cet élève" in page.text
    assert sorted(await said(pool)) == ["asked", "unknown"]
    places = read(await planner.get(f"/planification/{small_week.slug}/places")).text
    assert places.count("inconnu du professeur indiqué") == 1
    # and may say otherwise
    await visitor.post(f"{path}/{ids[0]}/confirmation")
    assert sorted(await said(pool)) == ["asked", "confirmed"]


async def test_a_link_opens_what_is_the_teacher_s_alone(pool, register, visitor, signer):
    await register(a_pupil(1, teacher_email=TEACHER), a_pupil(2, teacher_email="autre@lycee.example"))
    ids = await pupil_ids(pool)
    rows = await pool.fetch("SELECT teacher_id, pupil_id FROM campaigns.referent_teachers")
    teacher_of = {row["pupil_id"]: signer.token("teacher_link", row["teacher_id"]) for row in rows}
    mine = teacher_of[ids[0]]
    for bad in (mine[:-1], mine[1:], signer.token("registration", ids[0]), "x" * 5_000, "%00"):
        assert (await visitor.get(f"/professeur/{bad}")).status_code == 404
    for what in ("confirmation", "inconnu", "correction"):
        assert (await visitor.post(f"/professeur/{mine}/{ids[1]}/{what}", data={"school": "a"})).status_code == 404
    assert (await visitor.get(f"/professeur/{mine}/{ids[1]}/correction")).status_code == 404
    assert set(await said(pool)) == {"asked"}


async def test_two_offers_that_name_the_same_teachers_at_once_do_not_lock_each_other_out(pool, register, small_week):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    teachers = [f"prof{letter}@lycee.example" for letter in "abcdefgh"]
    one = [a_pupil(10 + n, teacher_email=teacher) for n, teacher in enumerate(teachers)]
    two = [a_pupil(30 + n, teacher_email=teacher) for n, teacher in enumerate(reversed(teachers))]
    await asyncio.gather(register(*one), register(*two, offer_id=other.offer_id))
    assert await pool.fetchval("SELECT count(*) FROM campaigns.referents") == 8
    assert await pool.fetchval("SELECT count(*) FROM campaigns.referent_teachers") == 16
    assert small_week.offer_id != other.offer_id


async def test_machines_name_a_teacher_too(pool, visitor, small_week):
    body = {
        "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
    }
    url = f"/api/v1/offers/{small_week.offer_id}/registrations"
    own = await visitor.post(url, json={**body, "teacher_email": "Camille@eleve.example"})
    assert (own.status_code, own.json()["field"]) == (422, "teacher_email")
    assert (await visitor.post(url, json={**body, "teacher_email": TEACHER})).status_code == 201
    assert await said(pool) == ["asked"]
