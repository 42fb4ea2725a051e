"""An organisation with an owner, a planner and a viewer, signed in; another one next door."""

from uuid import UUID

import pytest

from shared.database import transaction
from tests.services.campaigns.conftest import SignedIn
from tests.world import an_organisation


@pytest.fixture
async def federation(pool) -> UUID:
    async with transaction(pool) as connection:
        return await an_organisation(connection, slug="la-federation", kind="federation", name="La Fédération")


@pytest.fixture
async def neighbour(pool) -> UUID:
    async with transaction(pool) as connection:
        return await an_organisation(connection, slug="la-voisine", kind="agency", name="La Voisine")


@pytest.fixture
async def owner(sign_in, federation) -> SignedIn:
    return await sign_in(federation, role="owner", email="rose@federation.example")


@pytest.fixture
async def stranger(sign_in, neighbour) -> SignedIn:
    return await sign_in(neighbour, role="owner", email="paul@voisine.example")
