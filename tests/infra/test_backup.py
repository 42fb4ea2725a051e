"""A backup taken while pupils register is whole: restored, all that must be true of it is."""

import asyncio
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from infra.doctor.report import check_truths
from infra.doctor.truths import look_at_truths
from infra.embedded_database import binaries
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import Connection, transaction
from shared.settings import read_settings
from shared.signed_links import Signer
from tests.conftest import with_database
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio

PUPILS = 120


def run(program: str, *arguments: str | Path) -> None:
    """One of PostgreSQL's programs, as docs/runbook.md calls it."""
    done = subprocess.run(
        [str(binaries() / program), *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


async def test_what_is_restored_from_a_dump_taken_under_load_is_true(pool, database_url, server_url, tmp_path):
    signer = Signer(("un-secret-pour-les-tests",))
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=40)

    some_are_in = asyncio.Event()

    async def register() -> None:
        for number in range(PUPILS):
            if number == PUPILS // 4:
                some_are_in.set()
            async with transaction(pool) as connection:
                pupil = [a_pupil(number)]
                await register_pupils(
                    connection, offer_id=week.offer_id, requests=pupil, signer=signer, now=datetime.now(UTC)
                )

    registering = asyncio.create_task(register())
    await asyncio.wait_for(some_are_in.wait(), timeout=60)
    dump = tmp_path / "quinzaine.dump"
    await asyncio.to_thread(run, "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={database_url}")
    await registering
    name = f"restored_{uuid4().hex}"
    server = await asyncpg.connect(server_url)
    await server.execute(f"CREATE DATABASE {name}")
    try:
        restored = with_database(server_url, name)
        run("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={restored}", dump)
        settings = read_settings(
            {"QUINZAINE_DATABASE_URL": restored, "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"}
        )
        assert [finding for finding in await check_truths(settings) if finding.state != "good"] == []
        async with pool.acquire() as whole:
            part = await asyncpg.connect(restored)
            assert 0 < await _count(part) < await _count(whole) == PUPILS
            assert [finding for finding in await look_at_truths(whole) if finding.state == "bad"] == []
            await part.close()
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def _count(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM campaigns.registrations"))
