"""One campaign comes back from a backup into the running system: whole, alone, true, and without whoever was erased."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from infra.doctor.truths import look_at_truths
from infra.endings import CannotBeDone
from infra.restore_campaign import restore
from services.campaigns.offers.register_pupils import register_pupils
from services.notifications.plan_events import plan_events
from shared.database import transaction
from tests.conftest import with_database
from tests.infra.test_backup import run
from tests.services.campaigns.privacy.conftest import find_marks, life, post
from tests.services.campaigns.privacy.test_erasing import edge, erase
from tests.world import NOW, a_pupil, a_week

__all__ = ["edge", "life", "post"]

pytestmark = pytest.mark.anyio
with_a_full_week = pytest.mark.usefixtures("full_week")

SLUG = "deux-semaines"
OF_CAMPAIGN = (
    "campaigns.campaigns",
    "campaigns.offers",
    "campaigns.days",
    "campaigns.sessions",
    "campaigns.registrations",
    "campaigns.pupil_times",
    "campaigns.standings",
    "campaigns.feeds",
    "contract.events",
    "contract.programmes",
    "contract.people",
    "notifications.calendars",
    "notifications.deliveries",
)


@asynccontextmanager
async def restored_backup(database_url, server_url, tmp_path):
    """The database as it is now, dumped and restored beside it, as docs/runbook.md says."""
    dump = tmp_path / "quinzaine.dump"
    await asyncio.to_thread(run, "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={database_url}")
    name = f"restored_{uuid4().hex}"
    server = await asyncpg.connect(server_url)
    await server.execute(f"CREATE DATABASE {name}")
    try:
        url = with_database(server_url, name)
        await asyncio.to_thread(run, "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={url}", dump)
        yield url
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def lose_everything(pool) -> None:
    """What nobody should do: all of the campaigns, with whatever hangs on them, and all who were in them."""
    await pool.execute("TRUNCATE campaigns.campaigns, contract.people CASCADE")
    await pool.execute(
        """
        TRUNCATE contract.events, contract.programmes, notifications.calendars, notifications.deliveries,
                 campaigns.feeds
        """
    )


async def content(pool) -> dict[str, set[str]]:
    """The rows of a campaign's tables; of letters what stays of them."""
    found = {}
    for table in OF_CAMPAIGN:
        less = " - 'mail' - 'recipient_address'" if table.endswith("deliveries") else ""
        # feeds of organisations and sectors are of other campaigns, too: they come back with the next change
        only = " WHERE scope IN ('offer', 'campaign')" if table.endswith("feeds") else ""
        rows = await pool.fetch(f"SELECT (to_jsonb(t){less})::text AS row FROM {table} t{only}")  # noqa: S608  # ours
        found[table] = {row["row"] for row in rows}
    return found


async def plan(pool, settings) -> None:
    rows = await pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
    async with transaction(pool) as connection:
        await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))


@pytest.fixture
async def full_week(pool, settings, signer):
    """Nine pupils on six seats, everything planned, everything sent."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=6, groups=("A", "B"))
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number, key=f"k-{number}") for number in range(9)],
            signer=signer,
            now=NOW,
        )
    await plan(pool, settings)
    await pool.execute(
        "UPDATE notifications.deliveries SET state = 'sent', sent_at = now(), mail = 'm' WHERE due_at < now()"
    )
    return week


@pytest.fixture
def signer(settings):
    from shared.signed_links import Signer

    return Signer(settings.secret_keys)


@with_a_full_week
async def test_a_campaign_that_was_lost_comes_back_row_for_row(pool, settings, database_url, server_url, tmp_path):
    before = await content(pool)
    assert all(before.values())
    async with restored_backup(database_url, server_url, tmp_path) as source:
        assert (await restore(settings, SLUG, source, keep=True)).rows == {}
        await lose_everything(pool)
        tried = await restore(settings, SLUG, source, keep=False)
        assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 0
        done = await restore(settings, SLUG, source, keep=True)
        assert done == tried
        assert done.rows["campaigns.registrations"] == 9
        after = await content(pool)
        assert after == before
        # twice changes nothing
        assert (await restore(settings, SLUG, source, keep=True)).rows == {}
    async with pool.acquire() as connection:
        assert [each for each in await look_at_truths(connection) if each.state == "bad"] == []
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE mail IS NOT NULL") == 0
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offer_search") == 1


@with_a_full_week
async def test_two_at_once_bring_it_back_once(pool, settings, database_url, server_url, tmp_path):
    async with restored_backup(database_url, server_url, tmp_path) as source:
        await lose_everything(pool)
        both = await asyncio.gather(*(restore(settings, SLUG, source, keep=True) for _ in range(2)))
    assert sorted(each.rows.get("campaigns.registrations", 0) for each in both) == [0, 9]


async def test_what_is_there_and_what_came_since_stays(
    pool, settings, database_url, server_url, tmp_path, full_week, signer
):
    async with restored_backup(database_url, server_url, tmp_path) as source:
        await pool.execute("DELETE FROM campaigns.attendance")
        await pool.execute("DELETE FROM campaigns.quotas")
        await pool.execute(
            "UPDATE campaigns.sessions SET title = 'Changée depuis' WHERE offer_id = $1", full_week.offer_id
        )
        await pool.execute("DELETE FROM campaigns.campaign_proposals")
        async with transaction(pool) as connection:
            other = await a_week(connection, seats=3, slug="autre-semaine")
            await register_pupils(connection, offer_id=other.offer_id, requests=[a_pupil(40)], signer=signer, now=NOW)
        await restore(settings, SLUG, source, keep=True)
    titles = {
        row["title"]
        for row in await pool.fetch("SELECT title FROM campaigns.sessions WHERE offer_id = $1", full_week.offer_id)
    }
    assert titles == {"Changée depuis"}
    assert await pool.fetchval("SELECT taken FROM campaigns.offers WHERE id = $1", other.offer_id) == 1


@with_a_full_week
async def test_nothing_is_restored_where_it_would_not_be_true(pool, settings, database_url, server_url, tmp_path):
    async with restored_backup(database_url, server_url, tmp_path) as source:
        # a pupil left since, and the row was removed by hand: the seat is somebody else's now
        first = await pool.fetchval("SELECT id FROM campaigns.registrations WHERE status = 'confirmed' ORDER BY rank")
        await pool.execute("DELETE FROM campaigns.pupil_times WHERE registration_id = $1", first)
        await pool.execute("DELETE FROM campaigns.registrations WHERE id = $1", first)
        await pool.execute("UPDATE campaigns.offers SET taken = taken - 1")
        before = await content(pool)
        with pytest.raises(CannotBeDone, match="Les places prises sont comptées juste"):
            await restore(settings, SLUG, source, keep=True)
        assert await content(pool) == before


@with_a_full_week
async def test_a_fact_that_the_backup_caught_before_the_relay_is_not_told_again(
    pool, settings, database_url, server_url, tmp_path
):
    await pool.execute("UPDATE contract.events SET planned_at = NULL")
    async with restored_backup(database_url, server_url, tmp_path) as source:
        await lose_everything(pool)
        assert (await restore(settings, SLUG, source, keep=True)).rows["contract.events"] > 0
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE planned_at IS NULL") == 0


async def test_who_was_erased_since_the_backup_stays_erased(
    pool, settings, database_url, server_url, tmp_path, edge, life, post
):
    async with restored_backup(database_url, server_url, tmp_path) as source:
        await erase(pool, edge, life, post)
        assert await find_marks(pool) == set()
        # and then the weeks were lost, but not the people
        await pool.execute("TRUNCATE campaigns.campaigns CASCADE")
        await pool.execute("TRUNCATE contract.events, contract.programmes, notifications.calendars")
        await pool.execute("DELETE FROM notifications.deliveries")
        await restore(settings, SLUG, source, keep=True)
        assert await find_marks(pool) == set()
        named = await pool.fetchval(
            "SELECT count(*) FROM contract.events WHERE body::text LIKE '%' || $1::text || '%'", str(life.pupil_id)
        )
        assert named == 0, "no fact names them either"
        assert (
            await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE pupil_id = $1", life.pupil_id) == 0
        )
        # others are there, and the seat is free for who waited
        seats = await pool.fetchrow("SELECT taken, waiting FROM campaigns.offers WHERE id = $1", life.week.offer_id)
        assert tuple(seats) == (0, 1)


@with_a_full_week
async def test_a_backup_of_another_version_and_an_unknown_campaign_are_refused(
    pool, settings, database_url, server_url, tmp_path
):
    async with restored_backup(database_url, server_url, tmp_path) as source:
        with pytest.raises(CannotBeDone, match="ne connaît pas"):
            await restore(settings, "une-autre", source, keep=True)
        await pool.execute("DELETE FROM public.migrations WHERE name LIKE '0051%'")
        with pytest.raises(CannotBeDone, match="migrations"):
            await restore(settings, SLUG, source, keep=True)
