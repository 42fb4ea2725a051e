"""A draft is thrown away: asked twice, with all that is its own; what was public stays."""

import pytest

from services.campaigns.offers.hosts.request_hosts import request_hosts
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.services.campaigns.offers.hosts.hosting import a_contact, do
from tests.world import NOW, a_week, at

pytestmark = pytest.mark.anyio

SETTINGS = "/planification/brouillon/reglages"


@pytest.fixture
async def draft(pool, small_week):  # noqa: ARG001  # beside it
    """A draft with groups, beside a published week."""
    async with transaction(pool) as connection:
        return await a_week(connection, slug="brouillon", groups=("A", "B"), published=False)


async def test_a_draft_goes_with_all_that_is_its_own_once_asked_twice(pool, draft, planner, small_week):
    await planner.post("/planification/brouillon/semaine/groupes", {"name": "C"})
    assert "Retirer ce brouillon" in (await planner.get(SETTINGS)).text
    first = await planner.get(f"{SETTINGS}/retrait")
    assert "avec 5 journées" in read(first).text
    second = await planner.post(f"{SETTINGS}/retrait")
    assert (second.status_code, "Retirer vraiment ce brouillon" in second.text) == (200, True)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 2
    done = await planner.post(f"{SETTINGS}/retrait", {"sure": "oui"})
    assert (done.status_code, done.headers["location"]) == (303, "/planification/offres")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE offer_id = $1", draft.offer_id) == 0
    assert await pool.fetchval("SELECT count(*) FROM campaigns.days WHERE offer_id = $1", draft.offer_id) == 0
    assert await pool.fetchval("SELECT array_agg(id) FROM campaigns.offers") == [small_week.offer_id]
    journal = await pool.fetch("SELECT action, offer_id FROM campaigns.audit ORDER BY id")
    assert [tuple(line) for line in journal] == [("add_group", None), ("remove_draft", None)]
    assert (await planner.get(SETTINGS)).status_code == 404


async def test_companies_that_were_asked_already_are_told(pool, draft, planner):
    await a_contact(pool, draft.hosts[0])
    await do(pool, request_hosts, offer_id=draft.offer_id)
    assert (await planner.post(f"{SETTINGS}/retrait", {"sure": "oui"})).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'host.released'") >= 1


async def test_what_was_public_is_not_thrown_away(pool, planner, small_week, visitor, settings):
    path = f"/planification/{small_week.slug}/reglages"
    assert "Retirer ce brouillon" not in (await planner.get(path)).text
    assert (await planner.get(f"{path}/retrait")).status_code == 409
    assert (await planner.post(f"{path}/retrait", {"sure": "oui"})).status_code == 409
    token = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', small_week.organisation_id)}"}
    refused = await visitor.delete(f"/api/v1/offers/{small_week.offer_id}", headers=token)
    assert (refused.status_code, refused.json()["title"]) == (409, "no-draft")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


async def test_machines_throw_a_draft_away_but_not_another_organisation_s(pool, draft, visitor, settings):
    signer, url = Signer(settings.secret_keys), f"/api/v1/offers/{draft.offer_id}"
    stranger = {"Authorization": f"Bearer {signer.token('planner', draft.hosts[0])}"}
    assert (await visitor.delete(url, headers=stranger)).status_code == 404
    own = {"Authorization": f"Bearer {signer.token('planner', draft.organisation_id)}"}
    assert (await visitor.delete(url, headers=own)).status_code == 204
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers WHERE id = $1", draft.offer_id) == 0


async def test_seats_that_were_kept_and_slots_go_with_the_draft(pool, draft, planner):
    await pool.execute(
        "INSERT INTO campaigns.quotas (id, offer_id, seats, without_host, until) VALUES ($1, $2, 2, true, $3)",
        new_id(),
        draft.offer_id,
        NOW,
    )
    await pool.execute(
        """
        INSERT INTO campaigns.follow_up_slots (id, offer_id, person_id, starts_at, ends_at)
        VALUES ($1, $2, $3, $4, $5)
        """,
        new_id(),
        draft.offer_id,
        planner.member.person_id,
        at(0, 9),
        at(0, 10),
    )
    assert (await planner.post(f"{SETTINGS}/retrait", {"sure": "oui"})).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM campaigns.quotas") == 0
    assert await pool.fetchval("SELECT count(*) FROM campaigns.follow_up_slots") == 0
