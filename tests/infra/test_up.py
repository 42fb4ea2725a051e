"""`quinzaine up`: addresses said, everything answers, everything ends, data stay."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from infra.embedded_database import EmbeddedDatabase
from infra.up.left_behind import AFTER
from tests.processes import ROOT

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("up"), pytest.mark.timeout(180)]

SERVICES = {"web", "relay", "worker", "inbound", "mailbox"}


class Terminal:
    """A terminal in which `quinzaine up` runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""

    async def until(self, text: str, *, seconds: float = 60) -> str:
        """Read on until `text` is said."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while text not in self.said:
            line = await asyncio.wait_for(self.process.stdout.readline(), deadline - time.monotonic())
            assert line, f"it ended after saying: {self.said}"
            self.said += line.decode()
        return self.said

    @property
    def addresses(self) -> list[str]:
        return re.findall(r"http://\S+", self.said)

    def children(self) -> dict[str, psutil.Process]:
        """The services by name."""
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.Error):
                if child.name() in SERVICES:
                    found[child.name()] = child
        return found

    def nursery(self) -> psutil.Process:
        """The process that the services are forked from."""
        (found,) = (
            child for child in psutil.Process(self.process.pid).children() if "infra.up.nursery" in child.cmdline()
        )
        return found

    async def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """The exit code and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = await asyncio.wait_for(self.process.wait(), 20)
        return code, time.monotonic() - began


@asynccontextmanager
async def up(folder: Path, *options: str, **variables: str) -> AsyncIterator[Terminal]:
    environment = {
        **os.environ,
        "QUINZAINE_PORT": "0",
        "QUINZAINE_MAILBOX_PORT": "0",
        "QUINZAINE_MAILBOX_SMTP_PORT": "0",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
        **variables,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "infra", "up", "--folder", str(folder), *options),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder.parent,
    )
    try:
        yield Terminal(process)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


@pytest.fixture
def folder(open_folder: Path) -> Path:
    return open_folder / "quinzaine"


async def test_everything_comes_up_and_ends_and_the_data_stay(folder):
    async with up(folder) as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        catalogue, planner, mailbox = terminal.addresses
        pages = [await client.get(address, follow_redirects=True) for address in (catalogue, planner, mailbox)]
        assert [page.status_code for page in pages] == [200, 200, 200]
        assert "Pont-Audemer" in pages[0].text
        offers = (await client.get(f"{catalogue}api/v1/offers")).json()["items"]
        week = next(offer for offer in offers if offer["kind"] == "collective_week")
        assert (week["seats"], week["taken"]) == (15, 0)
        registered = await client.post(
            f"{catalogue}api/v1/offers/{week['id']}/registrations",
            json={
                "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
                "school": {"name": "Lycée Jacques Prévert"},
            },
        )
        assert registered.json()["status"] == "confirmed"
        for _ in range(600):
            letters = [letter.read_bytes() for letter in (folder / "mailbox" / "new").glob("*")]
            if any(b"camille@eleve.example" in letter for letter in letters):
                break
            await asyncio.sleep(0.1)
        # besides those to the class of the demo's teacher
        assert [letter for letter in letters if b"camille@eleve.example" in letter]
        children = terminal.children()
        assert set(children) == SERVICES
        code, seconds = await terminal.end()
        assert code == 0
        assert seconds < 30
        assert not [child for child in children.values() if child.is_running()]
    began = time.monotonic()
    async with up(folder) as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        assert time.monotonic() - began < 120  # of a loaded machine; the figure itself is the bench’s
        again = (await client.get(f"{terminal.addresses[0]}api/v1/offers/{week['id']}")).json()
        assert again["taken"] == 1


async def test_a_child_that_dies_is_started_again_said_aloud(folder):
    async with up(folder, "--no-demo") as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        terminal.children()["web"].kill()
        await terminal.until("Le service web s’est arrêté")
        for _ in range(200):
            with suppress(httpx.TransportError):
                if (await client.get(f"{terminal.addresses[0]}health")).status_code == 200:
                    break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the web process did not come back")
        assert (await terminal.end(signal.SIGTERM))[0] == 0


async def test_a_nursery_that_dies_takes_its_services_along_and_all_come_back(folder):
    async with up(folder, "--no-demo") as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        before, nursery = terminal.children(), terminal.nursery()
        nursery.kill()
        await terminal.until("Le service web s’est arrêté")
        for _ in range(300):
            with suppress(httpx.TransportError):
                if (await client.get(f"{terminal.addresses[0]}health")).status_code == 200:
                    break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the services did not come back")
        assert not psutil.wait_procs(list(before.values()), timeout=15)[1]
        assert (await terminal.end())[0] == 0
        assert not nursery.is_running()


async def test_a_database_that_cannot_come_up_at_once_is_tried_again_until_it_can(folder):
    async with up(folder, "--no-demo") as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        data = folder / "postgresql" / "data"
        control = data / "global" / "pg_control"
        away = control.rename(data / "pg_control.away")
        psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0])).kill()
        await terminal.until("La base de données n’a pas redémarré")
        assert set(terminal.children()) == SERVICES
        away.rename(control)
        for _ in range(200):
            with suppress(httpx.HTTPError):
                if (await client.get(f"{terminal.addresses[0]}health")).status_code == 200:
                    break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the database did not come back")
        assert (await terminal.end())[0] == 0


async def test_after_a_kill_of_the_parent_no_orphan_holds_the_data(folder):
    async with up(folder, "--no-demo") as terminal:
        await terminal.until("Ctrl-C")
        children = list(terminal.children().values())
        await terminal.end(signal.SIGKILL)
    async with up(folder, "--no-demo") as terminal:
        await terminal.until("Ctrl-C")
        assert not psutil.wait_procs(children, timeout=10)[1]
        assert (await terminal.end())[0] == 0


def left_behind(folder: Path) -> list[psutil.Process]:
    """What still runs for a folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if str(folder) in " ".join(process.cmdline()):
                found.append(process)
    return found


async def test_a_kill_of_the_parent_ends_the_database_too(folder):
    async with up(folder, "--no-demo") as terminal:
        await terminal.until("Ctrl-C")
        assert left_behind(folder)
        await terminal.end(signal.SIGKILL)
    for _ in range(300):
        if not left_behind(folder):
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"still there: {[process.cmdline() for process in left_behind(folder)]}")


async def test_who_comes_after_a_killed_one_keeps_its_database(folder):
    async with up(folder, "--no-demo") as terminal:
        await terminal.until("Ctrl-C")
        await terminal.end(signal.SIGKILL)
    async with up(folder, "--no-demo") as terminal, httpx.AsyncClient() as client:
        await terminal.until("Ctrl-C")
        pid = EmbeddedDatabase(folder / "postgresql").pid()
        await asyncio.sleep(AFTER + 1)  # who would end the database has looked by now
        assert EmbeddedDatabase(folder / "postgresql").pid() == pid is not None
        assert (await client.get(f"{terminal.addresses[0]}health")).status_code == 200
        assert (await terminal.end())[0] == 0


async def test_a_second_one_in_the_same_folder_says_so_and_a_busy_port_is_left_to_its_owner(folder):
    async with up(folder, "--no-demo") as terminal:
        await terminal.until("Ctrl-C")
        async with up(folder, "--no-demo") as second:
            await second.until("tourne déjà")
            assert await second.process.wait() == 1
        port = terminal.addresses[0].rstrip("/").rpartition(":")[2]
        async with up(folder.with_name("other"), "--no-demo", QUINZAINE_PORT=port) as other:
            await other.until("Ctrl-C")
            assert f"Le port {port} est occupé" in other.said
            assert (await other.end())[0] == 0
