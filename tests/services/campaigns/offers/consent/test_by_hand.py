"""What a planner or a teacher does by hand is no word for the guardian's consent."""

from datetime import timedelta

import pytest
from msgspec import structs

from services.campaigns.offers.consent.consent import TEXT_VERSION
from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.classes.swap_pupil import swap_pupil
from services.campaigns.offers.seats.enrolment import Enrolment
from services.campaigns.offers.seats.queue.give_seat import give_seat
from services.campaigns.offers.seats.queue.merge_registrations import merge_registrations
from services.campaigns.offers.seats.queue.skip_turn import skip_turn
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import RegistrationConfirmed, RegistrationHeld, RegistrationWaiting
from tests.services.campaigns.offers.consent.conftest import SIGNER, a_child, answers, do, facts, standing
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(hours=1)


async def consent(pool, registration_id):
    await do(pool, give_consent, registration_id=registration_id, text_version=TEXT_VERSION, now=LATER)


async def test_a_seat_confirmed_by_hand_is_held_for_consent(pool, register):
    _, _, child = await register(a_pupil(1), a_pupil(2), a_child(3))
    await pool.execute("UPDATE campaigns.offers SET seats = 3")
    for _time in range(2):
        await do(pool, give_seat, registration_id=child.id, how="confirmed", now=LATER)
    assert await standing(pool, child.id) == ("held", "consent")
    (held,) = await facts(pool, RegistrationHeld)
    assert held.held_for == "consent"
    await consent(pool, child.id)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_with_the_guardians_consent_a_seat_given_by_hand_is_confirmed(pool, register):
    _, _, child = await register(a_pupil(1), a_pupil(2), a_child(3))
    await pool.execute("UPDATE campaigns.offers SET seats = 3")
    await consent(pool, child.id)
    await do(pool, give_seat, registration_id=child.id, how="confirmed", now=LATER)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_who_is_passed_over_takes_the_consent_along(pool, register):
    first, _, child, behind = await register(a_pupil(1), a_pupil(2), a_child(3), a_pupil(4))
    await consent(pool, child.id)
    await do(pool, withdraw_registration, registration_id=first.id, now=LATER)
    again = await do(pool, skip_turn, registration_id=child.id, now=LATER)
    assert again != child.id
    assert await answers(pool, again) == ["given"]
    assert await standing(pool, behind.id) == ("held", "promotion")
    *_, waiting = await facts(pool, RegistrationWaiting)
    assert (waiting.registration_id, waiting.consent_needed) == (again, False)


async def test_of_two_registrations_of_one_pupil_the_one_that_stays_is_still_a_minors(pool, register):
    as_15, as_14 = await register(a_pupil(1), a_child(1, email="autre@eleve.example"))
    kept = await do(pool, merge_registrations, one_id=as_15.id, other_id=as_14.id, now=LATER)
    assert kept == as_15.id
    assert await standing(pool, kept) == ("held", "consent")
    *_, held = await facts(pool, RegistrationHeld)
    assert held.guardian_id is not None
    await consent(pool, kept)
    assert await standing(pool, kept) == ("confirmed", None)


@pytest.mark.parametrize("names", [{}, {"guardian_name": "D. Dupré", "guardian_email": "Parent1@Famille.example"}])
async def test_a_consent_given_for_one_of_the_two_counts_where_its_guardian_is_the_others_too(pool, register, names):
    as_15, as_14 = await register(a_pupil(1, **names), a_child(1, email="autre@eleve.example"))
    await consent(pool, as_14.id)
    kept = await do(pool, merge_registrations, one_id=as_15.id, other_id=as_14.id, now=LATER)
    assert kept == as_15.id
    assert await standing(pool, kept) == ("confirmed", None)
    assert await answers(pool, kept) == ["given"]


async def test_another_guardians_consent_is_none_where_two_are_merged(pool, register):
    (as_15, as_14) = await register(
        a_pupil(1, guardian_name="Alex Dupré", guardian_email="alex@famille.example"),
        a_child(1, email="autre@eleve.example"),
    )
    await consent(pool, as_14.id)
    kept = await do(pool, merge_registrations, one_id=as_15.id, other_id=as_14.id, now=LATER)
    assert kept == as_15.id
    assert await standing(pool, kept) == ("held", "consent")
    assert await answers(pool, kept) == []
    *_, held = await facts(pool, RegistrationHeld)
    asked = await pool.fetchval("SELECT email FROM contract.people WHERE id = $1", held.guardian_id)
    assert (held.registration_id, asked) == (kept, "alex@famille.example")
    await consent(pool, kept)
    assert await standing(pool, kept) == ("confirmed", None)


async def test_a_seat_that_waits_for_a_consent_given_in_the_queue_is_confirmed_with_the_merge(pool, register):
    asked, _, early = await register(
        a_child(1), a_pupil(2), a_child(1, email="autre@eleve.example", guardian_email="parent1@famille.example")
    )
    await consent(pool, early.id)
    assert await do(pool, merge_registrations, one_id=early.id, other_id=asked.id, now=LATER) == asked.id
    assert await standing(pool, asked.id) == ("confirmed", None)
    assert await answers(pool, asked.id) == ["given"]
    *_, confirmed = await facts(pool, RegistrationConfirmed)
    assert (confirmed.registration_id, confirmed.consented) == (asked.id, True)


@pytest.fixture
async def school(pool):
    async with transaction(pool) as connection:
        return await an_organisation(connection, slug="lycee", kind="school", name="Lycée Jacques Prévert")


async def swap(pool, school, registration, coming):
    return await do(
        pool,
        swap_pupil,
        registration_id=registration.id,
        coming=structs.replace(coming, idempotency_key=f"échange-{registration.id}"),
        enrolment=Enrolment(person_id=None, organisation_id=school),
        signer=SIGNER,
        now=LATER,
    )


async def test_a_confirmed_seat_that_passes_to_a_pupil_under_15_is_held(pool, register, school):
    (leaving,) = await register(a_pupil(1))
    coming = await swap(pool, school, leaving, a_child(2))
    assert await standing(pool, coming) == ("held", "consent")
    (held,) = await facts(pool, RegistrationHeld)
    assert (held.registration_id, held.held_for) == (coming, "consent")
    await consent(pool, coming)
    assert await standing(pool, coming) == ("confirmed", None)


async def test_a_seat_held_for_one_guardian_passes_to_an_older_pupil_confirmed(pool, register, school):
    (leaving,) = await register(a_child(1))
    coming = await swap(pool, school, leaving, a_pupil(2))
    assert await standing(pool, coming) == ("confirmed", None)
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 1


async def test_a_guardians_consent_does_not_pass_to_another_pupil(pool, register, school):
    (leaving,) = await register(a_child(1))
    await consent(pool, leaving.id)
    coming = await swap(pool, school, leaving, a_child(2))
    assert await standing(pool, coming) == ("held", "consent")
    assert await answers(pool, coming) == []


async def test_the_guardian_whom_a_swap_brings_is_written_to_in_the_language_of_the_registration(
    pool, register, school
):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
        await register_pupils(connection, offer_id=other.offer_id, requests=[a_child(2)], signer=SIGNER, now=NOW)
        await connection.execute("DELETE FROM campaigns.pupil_times")
    (leaving,) = await register(a_pupil(1))
    coming = structs.replace(a_child(2, guardian_email="sam@family.example"), language="en")
    registration_id = await swap(pool, school, leaving, coming)
    guardian = await pool.fetchrow(
        """
        SELECT p.email, p.language FROM contract.people p
        JOIN campaigns.registrations r ON r.guardian_id = p.id WHERE r.id = $1
        """,
        registration_id,
    )
    assert tuple(guardian) == ("sam@family.example", "en")


async def test_a_class_list_says_who_is_under_15(pool, sign_in, week, school):
    teacher = await sign_in(school, role="teacher")
    text = (
        "Nom;Prénom;Adresse de l’élève;Responsable;Adresse du responsable;Moins de 15 ans\n"
        "Jeune;Ali;ali@eleve.example;Sam Jeune;sam@famille.example;oui\n"
        "Grand;Lou;lou@eleve.example;;;non\n"
    )
    await teacher.post(f"/planification/classes/{week.slug}", {"list": text, "class_name": "2nde 4", "key": "k"})
    rows = await pool.fetch("SELECT status, held_for FROM campaigns.registrations ORDER BY rank")
    assert [tuple(row) for row in rows] == [("held", "consent"), ("confirmed", None)]
    shown = await teacher.get("/planification/classes")
    assert "accord du responsable attendu avant le" in shown.text


async def test_a_line_under_15_without_a_guardian_is_a_fault_of_that_line(pool, sign_in, week, school):
    teacher = await sign_in(school, role="teacher")
    text = "Nom;Prénom;Adresse de l’élève;Moins de 15 ans\nJeune;Ali;ali@eleve.example;oui\n"
    answer = await teacher.post(
        f"/planification/classes/{week.slug}/apercu", {"list": text, "class_name": "2nde 4", "key": "k"}
    )
    assert "Avant 15 ans" in answer.text or "avant 15 ans" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations") == 0


async def test_the_planner_sees_what_a_seat_waits_for(planner, small_week, pool):
    await do(pool, register_pupils, offer_id=small_week.offer_id, requests=[a_child(1)], signer=SIGNER, now=NOW)
    shown = await planner.get(f"/planification/{small_week.slug}/places")
    assert "retenue, accord du responsable attendu avant le" in shown.text
