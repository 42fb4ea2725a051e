"""Make the database ready: `python -m infra.up.prepare SERVER_URL [--no-demo]`, a process of its own that goes away.

`quinzaine up` stays in memory all day; what this loads must not stay with it.
"""

import asyncio
import sys
from datetime import UTC, datetime

import asyncpg

from infra.endings import CannotBeDone, in_one_line
from infra.migrate import MigrationChanged, migrate
from infra.up import DATABASE
from shared.settings import read_settings
from shared.signed_links import Signer


async def prepare(server_url: str, *, demo: bool) -> None:
    """Create the database where it is missing, migrate it, load the demo unless it is there or not wanted."""
    settings = read_settings()
    database_url = settings.database_url
    connection = await asyncpg.connect(server_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    await migrate(database_url)
    if demo:
        from infra.demo import load_demo

        await load_demo(database_url, now=datetime.now(UTC), signer=Signer(settings.secret_keys))


if __name__ == "__main__":
    with in_one_line():
        try:
            asyncio.run(prepare(sys.argv[1], demo="--no-demo" not in sys.argv))
        except (asyncpg.PostgresError, MigrationChanged) as error:
            raise CannotBeDone(str(error)) from error
