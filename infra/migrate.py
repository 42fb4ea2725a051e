"""Migrations: plain SQL files, forward only, in order, once, under an advisory lock."""

import asyncio
import csv
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import asyncpg

FOLDER = Path(__file__).parent / "migrations"
SECTORS = Path(__file__).parent.parent / "data" / "sectors.csv"
LOCK = 7_151_515  # any number that only we use
# whoever waits for a table makes everybody behind wait too: nobody who registers is held up longer than this
WAIT_FOR_A_TABLE = timedelta(milliseconds=500)
# between two tries those who were held up are served
PAUSE_SECONDS = 1.0
TRIES = 120


class MigrationChanged(Exception):
    """A migration that was applied has been edited since."""


async def migrate(database_url: str, *, folder: Path = FOLDER) -> list[str]:
    """Apply what has not been applied, each file in its own transaction; returns the names of the files applied.

    A file that says CONCURRENTLY (an index for a table that is in use) is applied statement by statement, outside any
    transaction: each of them can be done again, and is when the file was cut off in the middle.
    Two at once: the second waits, then finds nothing to do. Beside a product that runs, a migration asks for each
    table for half a second and tries again later: `LockNotAvailableError` after some minutes, and nothing is done.
    Raises `MigrationChanged` when a file that was applied differs from what was applied.
    """
    files = {file.name: file.read_text() for file in sorted(folder.glob("*.sql"))}  # noqa: ASYNC240  # a few small files, once
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        applied = await _applied(connection)
        names = []
        for name, text in files.items():
            mark = sha256(text.encode()).hexdigest()
            if name in applied:
                if applied[name] != mark:
                    raise MigrationChanged(f"{name} was edited after it had been applied.")
                continue
            await (_apply_beside if "CONCURRENTLY" in text else _apply)(connection, name, text, mark)
            names.append(name)
        await load_sectors(connection)
        return names
    finally:
        await connection.close()


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", name: str, text: str, mark: str) -> None:
    for left in reversed(range(TRIES)):
        try:
            async with connection.transaction():
                await connection.execute(
                    f"SET LOCAL lock_timeout = '{WAIT_FOR_A_TABLE // timedelta(milliseconds=1)}ms'"
                )
                await connection.execute(text)
                await _note(connection, name, mark)
        except asyncpg.LockNotAvailableError:
            if not left:
                raise
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return


async def _apply_beside(connection: "asyncpg.Connection[asyncpg.Record]", name: str, text: str, mark: str) -> None:
    """Statement by statement. Nobody waits behind an index that is built CONCURRENTLY: it may take its time."""
    for statement in text.split(";"):
        if statement.strip():
            await connection.execute(statement)
    await _note(connection, name, mark)


async def _note(connection: "asyncpg.Connection[asyncpg.Record]", name: str, mark: str) -> None:
    await connection.execute("INSERT INTO public.migrations (name, mark) VALUES ($1, $2)", name, mark)


async def prepare_broker(broker_url: str) -> None:
    """Make the broker's tables where the broker is a PostgreSQL and they are missing; another broker needs nothing."""
    from services.notifications.broker import install_broker  # heavy, and who only migrates does not need it

    await asyncio.to_thread(install_broker, broker_url)


async def _applied(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS public.migrations (
            name text PRIMARY KEY, mark text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    rows = await connection.fetch("SELECT name, mark FROM public.migrations")
    return {row["name"]: row["mark"] for row in rows}


async def load_sectors(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Bring the sectors to what the reference data says; no code is ever taken away."""
    with SECTORS.open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], row["label"], row["family"]) for row in csv.DictReader(file)]
    await connection.executemany(
        """
        INSERT INTO campaigns.sectors (code, label, family) VALUES ($1, $2, $3)
        ON CONFLICT (code) DO UPDATE SET label = excluded.label, family = excluded.family
        WHERE (sectors.label, sectors.family) <> (excluded.label, excluded.family)
        """,
        rows,
    )
