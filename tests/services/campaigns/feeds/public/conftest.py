"""Several weeks in one campaign, a shelf that remembers no state, and one that knows nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.campaigns.feeds.public.shelf import PublicShelf
from services.campaigns.feeds.public.writing import Place
from services.campaigns.offers.publish_offer import publish_offer
from shared.database import Pool, transaction
from tests.shared.calendar.conftest import read_by_ical_js  # noqa: F401  # the fixture, for feeds over HTTP
from tests.world import NOW, Week, a_week

NewShelf = Callable[..., PublicShelf]


@pytest.fixture
def new_shelf(pool: Pool) -> NewShelf:
    """A shelf that has written nothing yet; it looks up the state each time, unless told to remember."""
    place = Place("quinzaine.example", "http://quinzaine.example")
    return lambda memory_seconds=0.0: PublicShelf(pool, memory_seconds=memory_seconds, place=place)


@pytest.fixture
async def weeks(pool: Pool) -> list[Week]:
    """Three weeks: one at Pont-Audemer, one moved to Caen and a week later, one of two days."""
    async with transaction(pool) as connection:
        first = await a_week(connection)
        second = await a_week(connection, slug="semaine-caen", published=False)
        await connection.execute(
            "UPDATE campaigns.sessions SET place = '3 quai Vendeuvre, 14000 Caen' WHERE offer_id = $1", second.offer_id
        )
        third = await a_week(connection, slug="deux-jours", days=2, published=False)
        await connection.execute("UPDATE campaigns.offers SET kind = 'workshop' WHERE id = $1", third.offer_id)
        for week in (second, third):
            await publish(connection, week)
    return [first, second, third]


async def publish(connection, week: Week) -> None:
    """Let everybody see it."""
    await publish_offer(connection, offer_id=week.offer_id, now=NOW + timedelta(minutes=1))
