"""Rounds on `quinzaine up`: how long a first and a second start take, and what the system weighs at rest."""

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import psutil

from infra.bench.figures import Figure, at_most, fact
from infra.bench.system import make_folder
from infra.embedded_database import EmbeddedDatabase

SETTLES = 8.0


async def measure_start() -> list[Figure]:
    """A cold start makes the database and loads the demo; installing packages is not counted."""
    folder = make_folder()
    try:
        cold, _ = await _up(folder, weigh=False)
        warm, weight = await _up(folder, weigh=True)
    finally:
        EmbeddedDatabase(folder / "postgresql").remove()
    return [
        fact("cold start (database made, demo loaded)", cold, "s"),
        at_most("warm start", warm, "s", 5),
        at_most("whole system at rest, sum of PSS", weight, "MB", 250),
    ]


async def _up(folder: Path, *, weigh: bool) -> tuple[float, float]:
    ports = dict.fromkeys(("QUINZAINE_PORT", "QUINZAINE_MAILBOX_PORT", "QUINZAINE_MAILBOX_SMTP_PORT"), "0")
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "infra", "up", "--folder", str(folder)),
        env={**os.environ, **ports},
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
            weight = _weigh(process.pid, EmbeddedDatabase(folder / "postgresql").pid())
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
