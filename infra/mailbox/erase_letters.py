"""Erase letters: what the local mailbox keeps of people who are erased goes with them."""

import asyncio
import email.policy
from collections.abc import Iterable
from contextlib import suppress
from email.parser import BytesHeaderParser
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from services.notifications.erase_letters import LETTERS_OF
from services.notifications.tags import NOTICES_OF_A_PUPIL
from shared.database import CONNECTION_LOST, Connection
from shared.erasures import PupilErased

POLL_SECONDS = 2.0


async def follow_erasures(folder: Path, database_url: str, stop: asyncio.Event) -> None:
    """Look for who was erased, from the beginning on, until `stop`; a database that is away is waited for."""
    done: set[UUID] = set()
    while not stop.is_set():
        with suppress(*CONNECTION_LOST, asyncpg.PostgresError):
            connection = await asyncpg.connect(database_url, timeout=5, command_timeout=15)
            try:
                known = None
                while not stop.is_set():
                    erased = await connection.fetchrow(
                        "SELECT count(*), max(erased_at) FROM campaigns.erasures WHERE erased_at IS NOT NULL"
                    )
                    if erased != known:
                        _, all_done = await erase_new_letters(connection, folder, done)
                        known = erased if all_done else None
                    await _wait(stop)
            finally:
                with suppress(*CONNECTION_LOST):
                    await connection.close(timeout=1)
        await _wait(stop)


async def erase_new_letters(connection: Connection, folder: Path, done: set[UUID]) -> tuple[int, bool]:
    """Erase the letters of those who were erased since; how many letters, and whether that was all.

    `done`, which grows, is what is behind. A fact waits until the worker has carried it out: then nothing is being
    sent to them any more.
    """
    rows = await connection.fetch(
        "SELECT id, body, planned_at IS NOT NULL AS ready FROM contract.events WHERE tag = 'pupil.erased'"
    )
    message_ids: set[str] = set()
    for row in rows:
        if row["id"] in done or not row["ready"]:
            continue
        fact = msgspec.json.decode(row["body"], type=PupilErased)
        letters = await connection.fetch(
            f"SELECT message_id FROM notifications.deliveries WHERE id IN ({LETTERS_OF})",  # noqa: S608  # a constant
            list(fact.registration_ids),
            list(fact.people),
            str(fact.pupil_id),
            NOTICES_OF_A_PUPIL,
        )
        message_ids |= {letter["message_id"] for letter in letters}
        done.add(fact.id)
    removed = await asyncio.to_thread(remove_letters, folder, message_ids) if message_ids else 0
    return removed, all(row["ready"] for row in rows)


def remove_letters(folder: Path, message_ids: Iterable[str]) -> int:
    """Remove the mails with these Message-IDs from a Maildir; how many there were."""
    wanted = set(message_ids)
    removed = 0
    for part in ("new", "cur"):
        for path in (folder / part).glob("*"):
            with suppress(FileNotFoundError):
                with path.open("rb") as file:
                    headers = BytesHeaderParser(policy=email.policy.compat32).parse(file)
                if str(headers.get("Message-ID", "")).strip() in wanted:
                    path.unlink()
                    removed += 1
    return removed


async def _wait(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), POLL_SECONDS)
