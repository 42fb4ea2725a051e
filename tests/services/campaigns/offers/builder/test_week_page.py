"""The page of a week: what it shows, what it changes without a script, and what it refuses."""

import pytest

from shared.database import transaction
from tests.services.campaigns.look.page_reader import read
from tests.world import a_week

pytestmark = pytest.mark.anyio

WEEK = "/planification/semaine-pont-audemer/semaine"


@pytest.fixture
async def draft(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, published=False)


@pytest.fixture
async def planner(sign_in, draft):
    return await sign_in(draft.organisation_id)


async def test_the_week_is_seen_at_once_with_its_hours_and_what_is_missing(planner):
    page = await planner.get(WEEK)
    assert page.status_code == 200, page.text
    text = read(page).text
    assert "Visite 1.1" in text
    assert "30 h par élève" in text
    assert "Chaque journée : le numéro d’urgence manque" in text
    assert "2 entreprises n’ont pas encore été sollicitées : Chantiers de la Risle, Énergies du Marais" in text
