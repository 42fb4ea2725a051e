"""What the database finds twice at a time: a company, a room, a speaker, in this offer and in others."""

from uuid import UUID

import pytest

from services.campaigns.offers.builder.read import Clash, read_clashes
from shared.database import Pool, transaction
from shared.identifiers import new_id
from tests.world import Week, a_week, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def two(pool: Pool) -> tuple[Week, Week]:
    """Two drafts whose first sessions are at the same time, at hosts of their own; the rest of both is elsewhere."""
    async with transaction(pool) as connection:
        one = await a_week(connection, slug="une", published=False, days=1)
        other = await a_week(connection, slug="autre", published=False, days=1)
        await connection.execute("UPDATE campaigns.sessions SET host_id = NULL, site_id = NULL, room = NULL")
        return one, other


async def give(pool: Pool, session_id: UUID, **columns) -> None:
    for name, value in columns.items():
        await pool.execute(f"UPDATE campaigns.sessions SET {name} = $2 WHERE id = $1", session_id, value)  # noqa: S608


async def site_of(pool: Pool, host: UUID, address: str) -> UUID:
    site_id: UUID = await pool.fetchval(
        "INSERT INTO campaigns.sites (id, organisation_id, address) VALUES ($1, $2, $3) RETURNING id",
        new_id(),
        host,
        address,
    )
    return site_id


def told(clashes: list[Clash]) -> list[tuple[str, str, str]]:
    return [(clash.needs, clash.name, clash.offer) for clash in clashes]


async def test_nothing_is_needed_twice_where_nothing_is_shared(pool, two):
    assert await read_clashes(pool, two[0].offer_id) == []


async def test_a_company_in_two_places_at_once_is_said_and_an_authority_has_services_in_each_town(pool, two):
    one, other = two
    here, there = [await site_of(pool, one.hosts[0], address) for address in ("Quai", "Gare")]
    await give(pool, one.sessions[0], host_id=one.hosts[0], site_id=here)
    await give(pool, other.sessions[0], host_id=one.hosts[0], site_id=there)
    found = await read_clashes(pool, one.offer_id)
    assert told(found) == [("host", "Chantiers de la Risle", "Semaine à Pont-Audemer")]
    assert (found[0].other_id, found[0].starts_at) == (other.sessions[0], at(0, 9))
    await pool.execute("UPDATE campaigns.organisations SET kind = 'school_authority' WHERE id = $1", one.hosts[0])
    assert await read_clashes(pool, one.offer_id) == []
    # at one site it is twice the same people, unless they are in two rooms
    await give(pool, other.sessions[0], site_id=here)
    assert len(await read_clashes(pool, one.offer_id)) == 1
    await give(pool, one.sessions[0], room="A")
    await give(pool, other.sessions[0], room="B")
    assert await read_clashes(pool, one.offer_id) == []


async def test_one_after_the_other_or_cancelled_is_no_clash(pool, two):
    one, other = two
    await give(pool, one.sessions[0], host_id=one.hosts[0])
    await give(pool, other.sessions[1], host_id=one.hosts[0])
    assert await read_clashes(pool, one.offer_id) == []
    await give(pool, other.sessions[0], host_id=one.hosts[0], status="cancelled")
    assert await read_clashes(pool, one.offer_id) == []


async def test_a_room_without_a_known_site_is_this_offer_s_own(pool, two):
    one, other = two
    async with transaction(pool) as connection:
        groups = [new_id(), new_id()]
        await connection.executemany(
            "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3)",
            [(groups[0], one.offer_id, "A"), (groups[1], one.offer_id, "B")],
        )
    await give(pool, one.sessions[0], room="Salle 1", group_id=groups[0])
    await give(pool, other.sessions[0], room="Salle 1")
    assert await read_clashes(pool, one.offer_id) == []
    await give(pool, one.sessions[1], room="Salle 1", group_id=groups[1], starts_at=at(0, 10), ends_at=at(0, 11))
    assert told(await read_clashes(pool, one.offer_id)) == [("room", "Salle 1", "")] * 2
