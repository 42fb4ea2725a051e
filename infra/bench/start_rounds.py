"""Rounds on `quinzaine up`: how long a first and a second start take, and what the system weighs at rest."""

import asyncio
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil

from infra.bench.figures import Figure, at_most, fact
from infra.bench.system import make_folder
from infra.embedded_database import EmbeddedDatabase

ROOT = Path(__file__).parent.parent.parent
PORTS = ("QUINZAINE_PORT", "QUINZAINE_MAILBOX_PORT", "QUINZAINE_MAILBOX_SMTP_PORT", "QUINZAINE_INBOUND_PORT")
SETTLES, WARM_STARTS = 8.0, 3


async def measure_start() -> list[Figure]:
    """A cold start makes the database and loads the demo; installing packages is not counted."""
    folder = make_folder()
    try:
        cold, _ = await _up(folder, weigh=False)
        warm = [(await _up(folder, weigh=False))[0] for _ in range(WARM_STARTS - 1)]
        last, weight = await _up(folder, weigh=True)
        copied = await asyncio.to_thread(_copy, folder / ".quinzaine" / "postgresql" / "data", folder / "copy")
    finally:
        EmbeddedDatabase(folder / ".quinzaine" / "postgresql").remove()
        shutil.rmtree(folder, ignore_errors=True)
    return [
        fact("cold start (database made, demo loaded)", cold, "s"),
        fact("  copying its database's files to disk meanwhile takes", copied, "s"),
        at_most("warm start", [*warm, last], "s", 3),
        at_most("whole system at rest, sum of PSS", weight, "MB", 200),
    ]


async def _up(folder: Path, *, weigh: bool) -> tuple[float, float]:
    ports = dict.fromkeys(PORTS, "0")
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "infra", "up"),
        env={**os.environ, **ports, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    weight = 0.0
    try:
        if process.stdout is None:
            raise RuntimeError("no output to read")
        async with asyncio.timeout(90):
            while b"Ctrl-C" not in await process.stdout.readline():
                pass
        seconds = time.monotonic() - began
        if weigh:
            await asyncio.sleep(SETTLES)
            weight = _weigh(process.pid, EmbeddedDatabase(folder / ".quinzaine" / "postgresql").pid())
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 20)
    return seconds, weight


def _weigh(*roots: int | None) -> float:
    """Megabytes of proportional set size of these processes and all below them; PostgreSQL's buffers are in it."""
    pids = set()
    for root in roots:
        if root is not None:
            pids |= {root, *(child.pid for child in psutil.Process(root).children(recursive=True))}
    kilobytes = 0
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


def _copy(source: Path, target: Path) -> float:
    """Seconds to copy every file and see it on the disk: what a start that makes them cannot fall below."""
    began = time.monotonic()
    shutil.copytree(source, target)
    for file in target.rglob("*"):
        if file.is_file():
            with file.open("rb") as written:
                os.fsync(written.fileno())
    return time.monotonic() - began
