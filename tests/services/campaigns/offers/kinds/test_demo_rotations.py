"""The rotations of the demo campaign: recognised in the programme as it was imported, whole, and adjusted by hand."""

from pathlib import Path
from uuid import UUID

import pytest

from services.campaigns.imports.load_demo import load_demo
from services.campaigns.offers.kinds.rotations.build_rotation import build_rotation
from services.campaigns.offers.kinds.rotations.grouped_session import NoRotationInProgramme
from services.campaigns.offers.kinds.rotations.read import read_rotation
from services.campaigns.offers.kinds.rotations.recognise_rotation import recognise_rotation
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from services.campaigns.offers.kinds.rotations.swap_cells import swap_cells
from shared.database import transaction
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio

DEMO = Path("data/demo")


async def recognised(pool, slug: str) -> tuple[UUID, Rotation]:
    async with transaction(pool) as connection:
        state = await read_rotation(connection, slug=slug)
        await recognise_rotation(connection, offer_id=state.offer_id, now=NOW)
        state = await read_rotation(connection, slug=slug)
    assert state.rotation is not None
    return state.offer_id, state.rotation


async def programme_of(pool, offer_id: UUID) -> list[tuple]:
    rows = await pool.fetch(
        """
        SELECT s.id, s.title, s.place, s.room, s.sequence, s.kind, s.meeting_point, g.name
        FROM campaigns.sessions s LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE s.offer_id = $1 AND s.status = 'planned' ORDER BY s.id
        """,
        offer_id,
    )
    return [tuple(row) for row in rows]


async def test_the_region_s_fifty_pupils_rotate_over_five_services(pool):
    await load_demo(pool, DEMO, now=NOW)
    offer_id, rotation = await recognised(pool, "accueil-region")
    assert [(group.name, group.pupils) for group in rotation.groups] == [(name, 10) for name in "ABCDE"]
    assert (len(rotation.services), len(rotation.half_days)) == (5, 5)
    assert rotation.faults == ()
    before = await programme_of(pool, offer_id)
    async with transaction(pool) as connection:
        await build_rotation(connection, offer_id=offer_id, now=NOW)
    assert await programme_of(pool, offer_id) == before, "applied as it is, a rotation changes nothing"


async def test_two_groups_of_the_region_swap_their_weeks_and_nothing_else_changes(pool):
    await load_demo(pool, DEMO, now=NOW)
    offer_id, _ = await recognised(pool, "accueil-region")
    before = await programme_of(pool, offer_id)
    for turn in range(5):
        async with transaction(pool) as connection:
            swapped = await swap_cells(
                connection, offer_id=offer_id, one=(0, turn), other=(1, turn), stays=False, now=NOW
            )
    assert swapped.faults == ()
    async with transaction(pool) as connection:
        await build_rotation(connection, offer_id=offer_id, now=NOW)
    after = await programme_of(pool, offer_id)
    changed = [(old[-1], new[-1]) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [("A", "A"), ("B", "B")] * 5
    facts = await pool.fetch("SELECT tag, count(*) FROM contract.events WHERE offer_id = $1 GROUP BY tag", offer_id)
    assert {row["tag"]: row["count"] for row in facts}["session.changed"] == 10


@pytest.mark.parametrize("slug", ["academie-caen", "academie-rouen"])
async def test_the_school_authority_s_groups_swap_at_midday_on_wednesday(pool, slug):
    await load_demo(pool, DEMO, now=NOW)
    _, rotation = await recognised(pool, slug)
    assert rotation.faults == ()
    changes = [
        turn for turn in range(1, len(rotation.half_days)) if rotation.cells[0][turn] != rotation.cells[0][turn - 1]
    ]
    assert [rotation.half_days[turn].say() for turn in changes] == ["mercredi 16 juin, après-midi"]


async def test_a_programme_that_is_no_rotation_is_not_taken_for_one(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, groups=("A", "B"))
        with pytest.raises(NoRotationInProgramme):
            await recognise_rotation(connection, offer_id=week.offer_id, now=NOW)
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaigns.rotations") == 0


async def test_the_grid_of_the_programme_is_seen_with_one_button(pool, sign_in):
    await load_demo(pool, DEMO, now=NOW)
    organisation_id = await pool.fetchval("SELECT organisation_id FROM campaigns.offers WHERE slug = 'accueil-region'")
    planner = await sign_in(organisation_id)
    path = "/planification/accueil-region/rotation"
    assert "Le programme compte déjà 25 séances de groupe" in read(await planner.get(path)).text
    assert (await planner.post(f"{path}/reprise")).status_code == 303
    text = read(await planner.get(path)).text
    assert "5 groupes, 5 services, 5 demi-journées" in text
    assert "Cette grille est dans le programme" in text
