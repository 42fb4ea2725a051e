"""A calendar that subscribes, to an application that remembers no state, and what it reads."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import Pool, transaction
from shared.settings import Settings
from shared.signed_links import Signer
from tests.application import visiting
from tests.world import NOW, Week, a_pupil, a_week

Get = Callable[..., Awaitable[Response]]


@pytest.fixture
async def subscriber(settings: Settings) -> AsyncIterator[AsyncTestClient]:
    """Every request sees the newest state: the process remembers for no time."""
    async with visiting(replace(settings, feed_memory_seconds=0), raise_server_exceptions=False) as it:
        it.headers["Accept-Encoding"] = "identity"
        yield it


@pytest.fixture
async def week(pool: Pool) -> Week:
    async with transaction(pool) as connection:
        return await a_week(connection, seats=2)


@pytest.fixture
def register(pool: Pool, settings: Settings):
    """Registers invented pupils; returns their ids and registrations' ids."""

    async def do(week: Week, *numbers: int):
        async with transaction(pool) as connection:
            await register_pupils(
                connection,
                offer_id=week.offer_id,
                requests=[a_pupil(number) for number in numbers],
                signer=Signer(settings.secret_keys),
                now=NOW,
            )
        rows = await pool.fetch(
            """
            SELECT id, pupil_id, group_id FROM campaigns.registrations
            WHERE offer_id = $1 ORDER BY rank DESC LIMIT $2
            """,
            week.offer_id,
            len(numbers),
        )
        return rows[::-1]

    return do


@pytest.fixture
def personal_address(settings: Settings):
    """The secret address of a pupil's feed."""
    return lambda pupil_id, version=1: (
        f"/calendars/personal/{Signer(settings.secret_keys).token('feed', pupil_id, version)}.ics"
    )
