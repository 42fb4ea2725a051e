"""vdirsyncer polls two web processes while sessions change; in the end its store is what the database says."""

import asyncio
import sys
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest
from icalendar import Calendar
from msgspec.structs import replace

from shared.database import transaction
from tests.processes import web
from tests.services.campaigns.feeds.public.changes import Chance

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

ROUNDS = 12
FEEDS = {"everything": "toutes-les-seances.ics", "sector": "toutes-les-seances.ics?sector=s10"}


class Synchroniser:
    """vdirsyncer with a folder for each feed, asking one process for one and the other for the other."""

    def __init__(self, folder: Path, urls: list[str]) -> None:
        self._config = folder / "config"
        self.stores = {name: folder / name for name in FEEDS}
        for store in self.stores.values():
            store.mkdir()
        pairs = [
            f"""
            [pair {name}]
            a = "{name}_feed"
            b = "{name}_store"
            collections = null
            conflict_resolution = "a wins"

            [storage {name}_feed]
            type = "http"
            url = "{urls[number % len(urls)]}/calendars/{FEEDS[name]}"

            [storage {name}_store]
            type = "filesystem"
            path = "{store}"
            fileext = ".ics"
            """
            for number, (name, store) in enumerate(self.stores.items())
        ]
        text = "\n".join([f'[general]\nstatus_path = "{folder / "status"}"', *pairs])
        self._config.write_text("\n".join(line.strip() for line in text.splitlines()))

    async def run(self, command: str) -> None:
        """Raises AssertionError where it says that something went wrong."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vdirsyncer", "-c", self._config, command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate(b"y\n" * 4)
        assert process.returncode == 0, said.decode()

    def held(self, name: str) -> Counter[tuple[object, ...]]:
        """What its store holds: start, end, title, place, status of each entry."""
        found: Counter[tuple[object, ...]] = Counter()
        for file in self.stores[name].glob("*.ics"):
            (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
            found[
                event["DTSTART"].dt.astimezone(UTC),
                event["DTEND"].dt.astimezone(UTC),
                str(event["SUMMARY"]),
                str(event.get("LOCATION", "")),
                str(event["STATUS"]),
            ] += 1
        return found


async def truth(pool, sector: str | None = None) -> Counter[tuple[object, ...]]:
    """What is public, from the tables that hold it."""
    rows = await pool.fetch(
        """
        SELECT s.starts_at, s.ends_at, o.title || ' : ' || s.title AS summary, s.place,
               CASE s.status WHEN 'planned' THEN 'CONFIRMED' ELSE 'CANCELLED' END AS status
        FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id AND o.status <> 'draft'
        JOIN campaigns.days d ON d.id = s.day_id
        WHERE s.removed_at IS NULL AND ($1::text IS NULL OR d.sector = $1)
        """,
        sector,
    )
    return Counter(tuple(row) for row in rows)


async def test_a_store_that_polls_while_sessions_change_ends_with_the_truth(pool, weeks, settings, tmp_path):
    done = asyncio.Event()
    chance = Chance(pool, weeks, 5)
    seen = []

    async def change_on() -> None:
        while not done.is_set():
            await chance.change()
            await asyncio.sleep(0.05)

    async with web(replace(settings, feed_memory_seconds=0.2), tmp_path, processes=2) as urls:
        synchroniser = Synchroniser(tmp_path, urls)
        await synchroniser.run("discover")
        changing = asyncio.create_task(change_on())
        for _ in range(ROUNDS):
            await synchroniser.run("sync")
            seen.append(frozenset(synchroniser.held("everything")))
        done.set()
        await changing
        async with transaction(pool) as connection:
            await chance.publish(connection, weeks[0])  # whatever was cancelled, something takes place
        await asyncio.sleep(0.3)
        await synchroniser.run("sync")
    assert len(set(seen)) > ROUNDS / 2, "it looked while nothing changed"
    assert synchroniser.held("everything") == await truth(pool)
    of_sector = await truth(pool, "s10")
    held = synchroniser.held("sector")
    assert of_sector <= held
    # whatever else it holds has left the sector, and is off in this calendar
    assert {status for *_, status in held - of_sector} <= {"CANCELLED"}
    assert {status for *_, status in of_sector} >= {"CONFIRMED"}
