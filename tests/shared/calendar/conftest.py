"""The other parser: ical.js under node, fetched once, asked line by line."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

VERSION = "2.2.1"
SCRIPT = Path(__file__).parent / "read_calendars.mjs"

ReadByIcalJs = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="session")
def read_by_ical_js() -> Iterator[ReadByIcalJs]:
    """What ical.js reads in a calendar: method, name, components, and entries with series expanded and times in UTC."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are needed to read calendars with ical.js")
    module = _install(npm)
    with subprocess.Popen([node, SCRIPT, module], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        sent, answered = process.stdin, process.stdout
        assert sent is not None
        assert answered is not None

        def read(ics: bytes) -> dict[str, Any]:
            sent.write(base64.b64encode(ics) + b"\n")
            sent.flush()
            answer: dict[str, Any] = json.loads(answered.readline())
            assert "fault" not in answer, answer
            return answer

        yield read


def _install(npm: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quinzaine-tests" / f"ical.js-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    module = cache / "node_modules" / "ical.js" / "dist" / "ical.js"
    with FileLock(cache / "lock"):
        if not module.exists():
            command = [npm, "install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                [*command, f"ical.js@{VERSION}"], capture_output=True, text=True, timeout=100, check=False
            )
            if done.returncode != 0:
                pytest.skip(f"npm cannot fetch ical.js: {done.stderr.strip()[-300:]}")
    return module
