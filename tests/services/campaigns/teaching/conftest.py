"""A school with a head and two teachers, and the small week its pupils may join."""

import pytest

from shared.database import transaction
from tests.world import an_organisation

SCHOOL_UAI = "0271585B"
LIST = "/planification/eleves/liste"
PUPILS = "/planification/eleves"


def lines(count, *, first=0, name="Nom"):
    """Lines of a class list: name; first name; address."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "\n".join(
        f"{name} {letters[n // 26]}{letters[n % 26]};Élève;{name.lower()}.{n}@eleve.example"
        for n in range(first, first + count)
    )


@pytest.fixture
async def school(pool):
    async with transaction(pool) as connection:
        school_id = await an_organisation(connection, slug="lycee-prevert", kind="school", name="Lycée Prévert")
        await connection.execute("UPDATE campaigns.organisations SET uai = $2 WHERE id = $1", school_id, SCHOOL_UAI)
    return school_id


@pytest.fixture
async def teacher(sign_in, school):
    return await sign_in(school, role="teacher", email="aurele@lycee.example")


@pytest.fixture
async def colleague(sign_in, school):
    return await sign_in(school, role="teacher", email="collegue@lycee.example")


@pytest.fixture
async def head(sign_in, school):
    return await sign_in(school, role="owner", email="direction@lycee.example")
