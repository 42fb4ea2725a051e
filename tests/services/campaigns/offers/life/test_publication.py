"""From draft to over: what is missing is said first, registration closes and opens again, the clock ends it."""

from html import unescape

import pytest

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def draft(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, published=False, slug="brouillon")


@pytest.fixture
async def planner(sign_in, draft):
    return await sign_in(draft.organisation_id)


async def status_of(pool, week) -> str:
    return await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", week.offer_id)


async def test_a_draft_is_seen_by_its_planners_alone_until_it_is_published(pool, draft, planner, visitor):
    path = f"/planification/{draft.slug}/publication"
    assert "Rien ne s’y oppose." in unescape((await planner.get(path)).text)
    preview = unescape((await planner.get(f"{path}/apercu")).text)
    assert "Visite 1.1" in preview
    assert "S’inscrire" in preview
    assert (await visitor.get(f"/offres/{draft.slug}")).status_code == 404
    assert await status_of(pool, draft) == "draft"
    answer = await planner.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/planification/{draft.slug}")
    assert (await visitor.get(f"/offres/{draft.slug}")).status_code == 200
    # once more changes nothing and writes no second line
    assert (await planner.post(path)).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'publish_offer'") == 1


async def test_who_has_not_agreed_is_named_and_nothing_goes_out(pool, draft, planner, visitor):
    async with transaction(pool) as connection:
        partner = await an_organisation(connection, slug="region", kind="local_authority", name="La Région")
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)",
            draft.campaign_id,
            partner,
        )
    path = f"/planification/{draft.slug}/publication"
    page = unescape((await planner.get(path)).text)
    assert 'La Région <span class="tag">attendu</span>' in page
    assert "Il manque l’accord de : La Région." in page
    assert ">Publier l’offre</button>" not in page
    answer = await planner.post(path)
    assert answer.status_code == 409
    assert await status_of(pool, draft) == "draft"
    assert (await visitor.get(f"/offres/{draft.slug}")).status_code == 404
    await pool.execute("UPDATE campaigns.agreements SET agreed_at = now()")
    assert (await planner.post(path)).status_code == 303


async def test_a_week_against_the_time_law_is_not_published(pool, draft, planner):
    await pool.execute(
        "UPDATE campaigns.sessions SET ends_at = ends_at + interval '4 hours' WHERE id = $1", draft.sessions[1]
    )
    path = f"/planification/{draft.slug}/publication"
    page = unescape((await planner.get(path)).text)
    assert "dans la journée : 7 h au plus" in page
    assert ">Publier l’offre</button>" not in page
    assert (await planner.post(path)).status_code == 409
    assert await status_of(pool, draft) == "draft"


async def test_an_offer_without_a_session_is_not_published(pool, draft, planner):
    await pool.execute("DELETE FROM campaigns.sessions")
    path = f"/planification/{draft.slug}/publication"
    assert "Cette offre n’a encore aucune séance." in unescape((await planner.get(path)).text)
    assert (await planner.post(path)).status_code == 409
    assert await status_of(pool, draft) == "draft"


async def test_registration_closes_and_opens_again(pool, draft, planner, visitor):
    path = f"/planification/{draft.slug}/publication"
    await planner.post(path)
    for _ in range(2):
        assert (await planner.post(f"{path}/cloture")).status_code == 303
    assert await status_of(pool, draft) == "closed"
    assert (await visitor.get(f"/offres/{draft.slug}/inscription")).status_code == 409
    assert "Rouvrir les inscriptions" in unescape((await planner.get(path)).text)
    assert (await planner.post(f"{path}/reouverture")).status_code == 303
    assert await status_of(pool, draft) == "published"
    assert (await visitor.get(f"/offres/{draft.slug}/inscription")).status_code == 200
    audit = await pool.fetch("SELECT action FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in audit] == ["publish_offer", "close_offer", "open_offer"]


async def test_whoever_waits_still_gets_a_seat_of_a_closed_offer(pool, settings, sign_in):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1)
        first, _ = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1), a_pupil(2)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    planner = await sign_in(week.organisation_id)
    await planner.post(f"/planification/{week.slug}/publication/cloture")
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=first.id, now=NOW)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'held'") == 1


async def test_what_is_past_or_cancelled_or_whose_end_has_passed_does_not_open_again(pool, draft, planner):
    path = f"/planification/{draft.slug}/publication"
    assert (await planner.post(f"{path}/cloture")).status_code == 404
    await planner.post(path)
    await planner.post(f"{path}/cloture")
    await pool.execute("UPDATE campaigns.offers SET closes_at = '2026-01-02T00:00Z', opens_at = '2026-01-01T00:00Z'")
    answer = await planner.post(f"{path}/reouverture")
    assert answer.status_code == 409
    assert "changez-la d’abord dans les réglages" in unescape(answer.text)
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=draft.offer_id, now=NOW)
    assert (await planner.post(f"{path}/cloture")).status_code == 409


async def test_the_clock_ends_an_offer_after_its_last_session(pool, settings, draft, planner, visitor):
    await planner.post(f"/planification/{draft.slug}/publication")
    edge = Edge(settings, pool)
    await tick(edge, now=at(4, 15, 59), free_seats=True)
    assert await status_of(pool, draft) == "published"
    await tick(edge, now=at(4, 16), free_seats=True)
    assert await status_of(pool, draft) == "over"
    assert "Terminé" in unescape((await visitor.get(f"/offres/{draft.slug}")).text)
    assert (await planner.post(f"/planification/{draft.slug}/publication/cloture")).status_code == 409


async def test_the_publication_of_another_organisation_does_not_exist(pool, draft, sign_in):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
    stranger = await sign_in(other)
    path = f"/planification/{draft.slug}/publication"
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/apercu")).status_code == 404
    for action in (path, f"{path}/cloture", f"{path}/reouverture"):
        assert (await stranger.post(action)).status_code == 404
    assert await status_of(pool, draft) == "draft"


async def test_who_may_only_read_publishes_nothing(pool, draft, sign_in):
    viewer = await sign_in(draft.organisation_id, role="viewer")
    assert (await viewer.post(f"/planification/{draft.slug}/publication")).status_code == 403
    assert await status_of(pool, draft) == "draft"
