"""Proof of the address: a seat is held until a link in a mail is pressed, and nobody else learns anything."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered
from services.notifications.reactions import reactions_to
from shared.database import transaction
from shared.events import RegistrationConfirmed, RegistrationExpired, RegistrationHeld, decode_event
from shared.signed_links import Signer
from tests.application import visiting
from tests.world import NOW, Week, a_pupil, a_week

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


@pytest.fixture
async def week(pool) -> Week:
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2)
        await connection.execute("UPDATE campaigns.offers SET proof_of_address = true")
        return week


async def register(pool, week: Week, *numbers: int, now: datetime = NOW) -> list[Registered]:
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in numbers],
            signer=SIGNER,
            now=now,
        )
    assert all(isinstance(outcome, Registered) and outcome.by_mail for outcome in outcomes)
    return outcomes  # type: ignore[return-value]


async def facts(pool, kind) -> list:
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
    return [event for event in (decode_event(row["body"]) for row in rows) if isinstance(event, kind)]


async def test_a_seat_is_held_for_a_day_until_the_link_in_the_mail_is_pressed(pool, week):
    (registered,) = await register(pool, week, 1)
    (held,) = await facts(pool, RegistrationHeld)
    assert (held.held_for, held.deadline) == ("address", NOW + timedelta(hours=24))
    assert [reaction.message for reaction in reactions_to(held)] == ["address_asked"]
    async with transaction(pool) as connection:
        await accept_seat(connection, registration_id=registered.id, now=NOW + timedelta(hours=1))
    (confirmed,) = await facts(pool, RegistrationConfirmed)
    assert confirmed.how == "registered"
    assert await pool.fetchval("SELECT taken FROM campaigns.offers WHERE id = $1", week.offer_id) == 1


async def test_who_does_not_press_it_loses_the_seat_to_the_next_and_is_written_to_no_more(pool, week):
    await register(pool, week, 1, 2, 3)
    async with transaction(pool) as connection:
        assert await expire_holds(connection, offer_id=week.offer_id, now=NOW + timedelta(hours=25)) == 2
    expired = await facts(pool, RegistrationExpired)
    assert [event.held_for for event in expired] == ["address", "address"]
    assert [reactions_to(event) for event in expired] == [(), ()]
    held = await facts(pool, RegistrationHeld)
    assert [event.held_for for event in held] == ["address", "address", "promotion"]


async def test_a_pupil_who_is_in_or_elsewhere_is_answered_as_a_new_one(pool, week):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="ailleurs")
        await register_pupils(connection, offer_id=other.offer_id, requests=[a_pupil(2)], signer=SIGNER, now=NOW)
    await register(pool, week, 1, 2)
    await register(pool, week, 1)
    statuses = await pool.fetch(
        "SELECT status FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", week.offer_id
    )
    # who is elsewhere waits: nobody is refused, so nobody learns where a pupil will be
    assert sorted(row["status"] for row in statuses) == ["held", "waiting"]


async def test_over_http_every_answer_is_the_same_and_holds_no_secret(settings, pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1, now=datetime.now(UTC))
        await connection.execute("UPDATE campaigns.offers SET proof_of_address = true")
    body = {
        "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
    }
    url = f"/api/v1/offers/{week.offer_id}/registrations"
    async with visiting(settings, raise_server_exceptions=False) as client:
        answers = [await client.post(url, json=body) for _ in range(2)]
        keyed = [await client.post(url, json=body, headers={"Idempotency-Key": "x"}) for _ in range(2)]
        other = {**body, "pupil": {**body["pupil"], "email": "autre@eleve.example"}}  # type: ignore[dict-item]
        answers += [*keyed, await client.post(url, json=other)]
        form = {"first_name": "Ali", "last_name": "Ka", "email": "ali@eleve.example", "school": "Lycée", "key": "k"}
        form["under_15"] = "non"
        page = await client.post(f"/offres/{week.slug}/inscription", data=form, follow_redirects=False)
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"status":"see-mail"}')}
    assert (page.status_code, "ali@eleve.example" in page.text) == (202, True)
    assert "/inscriptions/" not in page.text
