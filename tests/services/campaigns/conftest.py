"""Who visits the pages: a client of the whole application on a real database, and a week to look at."""

from collections.abc import AsyncIterator

import pytest
from litestar.testing import AsyncTestClient

from services.campaigns.web import create_app
from shared.database import transaction
from tests.world import Week, a_week


@pytest.fixture
async def visitor(settings) -> AsyncIterator[AsyncTestClient]:
    """A browser without scripts; it follows no redirect unasked."""
    async with AsyncTestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
async def small_week(pool) -> Week:
    """A published week with two seats."""
    async with transaction(pool) as connection:
        return await a_week(connection, seats=2)
