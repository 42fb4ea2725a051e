"""Kept seats as the public and the pupil see them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.keep_seats import keep_seats
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


async def a_kept_week(pool, *, seats=2, kept=1, school_uai=None, until=None):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=seats)
        await keep_seats(
            connection,
            offer_id=week.offer_id,
            seats=kept,
            school_uai=school_uai,
            until=until or at(0, 0),
            now=NOW,
        )
    return week


async def register(pool, week, *requests, now=NOW):
    async with transaction(pool) as connection:
        return await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=now)


async def test_a_kept_seat_is_not_promised_to_everybody(pool, visitor):
    week = await a_kept_week(pool, seats=2, kept=2, school_uai="0271585B")
    page = await visitor.get(f"/offres/{week.slug}")
    assert "2 places libres sont gardées pour certains établissements ou élèves" in page.text
    assert "Rejoindre la liste d’attente" in page.text
    form = await visitor.get(f"/offres/{week.slug}/inscription")
    assert "Aucun autre lieu" not in form.text


async def test_a_pupil_without_a_host_says_so_on_the_form_and_has_the_seat(pool, visitor):
    week = await a_kept_week(pool, seats=1, kept=1)
    path = f"/offres/{week.slug}/inscription"
    assert "Aucun autre lieu ne m’accueille" in (await visitor.get(path)).text
    fields = {"first_name": "Camille", "last_name": "Dupré", "school": "Lycée", "under_15": "non", "key": "a"}
    for name, given in (("a", {}), ("b", {"without_host": "oui"})):
        answer = await visitor.post(path, data={**fields, "email": f"{name}@eleve.example", "key": name, **given})
        assert answer.status_code == 200
    rows = await pool.fetch("SELECT status, without_host FROM campaigns.registrations ORDER BY rank")
    assert [tuple(row) for row in rows] == [("waiting", False), ("confirmed", True)]


async def test_the_clock_opens_kept_seats_on_their_date(pool, settings):
    until = datetime.now(UTC) + timedelta(hours=1)
    week = await a_kept_week(pool, seats=2, kept=2, school_uai="0271585B", until=until)
    await register(pool, week, a_pupil(1), a_pupil(2), a_pupil(3))
    edge = Edge(settings, pool)
    await tick(edge, now=until - timedelta(minutes=1), free_seats=True)
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 0
    await tick(edge, now=until, free_seats=False)
    assert tuple(await pool.fetchrow("SELECT taken, waiting, kept FROM campaigns.offers")) == (2, 1, None)


async def test_the_clock_ends_a_place_in_a_queue_once_a_seat_is_confirmed_elsewhere(pool, settings):
    async with transaction(pool) as connection:
        here = await a_week(connection, seats=1, slug="ici")
        elsewhere = await a_week(connection, seats=1, slug="ailleurs")
    await register(pool, here, a_pupil(1), a_pupil(2))
    await register(pool, elsewhere, a_pupil(2), now=NOW + timedelta(minutes=1))
    await tick(Edge(settings, pool), now=NOW + timedelta(minutes=2), free_seats=True)
    rows = await pool.fetch(
        "SELECT status FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", here.offer_id
    )
    assert [row["status"] for row in rows] == ["confirmed", "withdrawn"]
