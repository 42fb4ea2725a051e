"""Migrations: once, in order, whole or not at all."""

import asyncio
import csv
import time
from pathlib import Path

import asyncpg
import pytest

from infra.migrate import FOLDER, SECTORS, MigrationChanged, migrate, prepare_broker

pytestmark = pytest.mark.anyio

ALL = sorted(file.name for file in FOLDER.glob("*.sql"))


async def ask(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The product's migrations, copied, to add to or to edit."""
    for name in ALL:
        (tmp_path / name).write_text((FOLDER / name).read_text())
    return tmp_path


async def test_migrating_twice_does_nothing_the_second_time(empty_url):
    assert await migrate(empty_url) == ALL
    assert await migrate(empty_url) == []


async def test_of_two_at_once_one_migrates_and_the_other_waits(empty_url):
    both = await asyncio.gather(migrate(empty_url), migrate(empty_url), migrate(empty_url))
    assert sorted(both) == [[], [], ALL]


async def test_migrations_run_in_the_order_of_their_names(empty_url, folder):
    (folder / "9002_second.sql").write_text("ALTER TABLE public.first ADD COLUMN more text;")
    (folder / "9001_first.sql").write_text("CREATE TABLE public.first (id integer);")
    assert (await migrate(empty_url, folder=folder))[-2:] == ["9001_first.sql", "9002_second.sql"]


async def test_an_edited_migration_that_was_applied_is_refused(empty_url, folder):
    await migrate(empty_url, folder=folder)
    file = folder / ALL[0]
    file.write_text(file.read_text() + "\n-- one more thought")
    (folder / "9001_more.sql").write_text("CREATE TABLE public.more (id integer);")
    with pytest.raises(MigrationChanged, match=ALL[0]):
        await migrate(empty_url, folder=folder)
    assert await ask(empty_url, "SELECT to_regclass('public.more') AS made") == [(None,)]


async def test_a_migration_that_fails_leaves_nothing_half_done(empty_url, folder):
    broken = folder / "9001_broken.sql"
    broken.write_text("CREATE TABLE public.half (id integer); INSERT INTO public.half VALUES ('no number');")
    with pytest.raises(asyncpg.PostgresError, match="no number"):
        await migrate(empty_url, folder=folder)
    assert await ask(empty_url, "SELECT to_regclass('public.half') AS made") == [(None,)]
    assert [row["name"] for row in await ask(empty_url, "SELECT name FROM public.migrations ORDER BY name")] == ALL
    broken.write_text("CREATE TABLE public.half (id integer);")
    assert await migrate(empty_url, folder=folder) == ["9001_broken.sql"]


async def test_the_lock_goes_with_whoever_fails(empty_url, folder):
    (folder / "9001_broken.sql").write_text("SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_url, folder=folder)
    assert await asyncio.wait_for(migrate(empty_url), timeout=10) == []


async def test_a_migration_that_waits_for_a_table_holds_nobody_else_up_for_long(empty_url, folder):
    await migrate(empty_url)
    (folder / "9001_wide.sql").write_text("ALTER TABLE campaigns.offers ADD COLUMN wide text;")
    long_reader, visitor = await asyncpg.connect(empty_url), await asyncpg.connect(empty_url)
    try:
        reading = long_reader.transaction()
        await reading.start()
        await long_reader.fetch("SELECT FROM campaigns.offers")
        migrating = asyncio.create_task(migrate(empty_url, folder=folder))
        slowest = 0.0
        began = time.monotonic()
        while time.monotonic() - began < 2:
            asked = time.monotonic()
            await asyncio.wait_for(visitor.fetch("SELECT FROM campaigns.offers"), timeout=5)
            slowest = max(slowest, time.monotonic() - asked)
            await asyncio.sleep(0.02)
        assert not migrating.done()
        await reading.rollback()
        assert await asyncio.wait_for(migrating, timeout=20) == ["9001_wide.sql"]
        # somebody did wait behind the migration, and not for as long as the reader reads
        assert slowest > 0.2
    finally:
        await long_reader.close()
        await visitor.close()


async def test_an_index_is_built_beside_the_product_and_again_where_it_was_cut_off(empty_url, folder):
    (folder / "9001_table.sql").write_text(
        "CREATE TABLE public.big (id integer); INSERT INTO public.big VALUES (1), (1);"
    )
    await migrate(empty_url, folder=folder)
    (folder / "9002_index.sql").write_text(
        "DROP INDEX CONCURRENTLY IF EXISTS public.big_id;\n"
        "CREATE UNIQUE INDEX CONCURRENTLY big_id ON public.big (id);\n"
    )
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('public.big_id')"
    with pytest.raises(asyncpg.UniqueViolationError):
        await migrate(empty_url, folder=folder)
    # what PostgreSQL leaves of an index that was cut off, and nobody may rely on
    assert await ask(empty_url, valid) == [(False,)]
    await ask(empty_url, "DELETE FROM public.big WHERE ctid = (SELECT min(ctid) FROM public.big)")
    assert await migrate(empty_url, folder=folder) == ["9002_index.sql"]
    assert await ask(empty_url, valid) == [(True,)]


async def test_all_sectors_are_there_and_a_corrected_one_is_put_right(empty_url):
    await migrate(empty_url)
    with SECTORS.open(encoding="utf-8", newline="") as file:
        wanted = {row["code"]: (row["label"], row["family"]) for row in csv.DictReader(file)}
    assert len(wanted) == 51
    await ask(empty_url, "UPDATE campaigns.sectors SET label = 'Autre chose' WHERE code = 's10'")
    await migrate(empty_url)
    rows = await ask(empty_url, "SELECT code, label, family FROM campaigns.sectors")
    assert {row["code"]: (row["label"], row["family"]) for row in rows} == wanted


async def test_a_broker_in_postgresql_gets_its_tables_once(empty_url):
    await asyncio.gather(prepare_broker(empty_url), prepare_broker(empty_url))
    await prepare_broker(empty_url)
    assert await ask(empty_url, "SELECT count(*) FROM dramatiq.queue") == [(0,)]


async def test_another_broker_is_left_alone():
    await prepare_broker("amqp://nobody@broker.example")
