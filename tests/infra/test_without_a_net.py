"""The whole system on a machine without a network: nothing that it is made of, runs or shows comes from elsewhere.

Where no machine can be cut off (a container may not be allowed to), it is watched instead: it speaks to itself alone.
"""

import ipaddress
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.timeout(180)

# as root the namespace needs no other account; as anybody else the account stays, for PostgreSQL's sake
ALONE = ["unshare", "--net", *([] if os.getuid() == 0 else ["--map-current-user", "--keep-caps"])]
STORY = """
import json, os, re, signal, socket, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path

if "cut-off" in sys.argv:
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    except OSError as error:
        print("alone:", error.strerror)

folder = Path(sys.argv[1])
up = subprocess.Popen([sys.executable, "-m", "infra", "up", "--folder", str(folder)], stdout=subprocess.PIPE, text=True)
try:
    said = ""
    while "Ctrl-C" not in said:
        line = up.stdout.readline()
        assert line, said
        said += line
    catalogue = re.findall(r"http://\\S+", said)[0]
    page = urllib.request.urlopen(catalogue, timeout=20).read().decode()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert urllib.request.urlopen(catalogue.rstrip("/") + address, timeout=20).status == 200
    offers = json.load(urllib.request.urlopen(catalogue + "api/v1/offers", timeout=20))["items"]
    week = next(offer for offer in offers if offer["kind"] == "collective_week")
    body = {
        "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
        "school": {"name": "Lycée Jacques Prévert"},
    }
    asked = urllib.request.Request(
        catalogue + f"api/v1/offers/{week['id']}/registrations",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    print("registered:", json.load(urllib.request.urlopen(asked, timeout=20))["status"])
    for _ in range(600):
        if any(b"camille@eleve.example" in each.read_bytes() for each in (folder / "mailbox" / "new").glob("*")):
            print("told")
            break
        time.sleep(0.1)
finally:
    up.send_signal(signal.SIGINT)
    up.wait(20)
"""


CUT_OFF = [*ALONE, "sh", "-c", 'ip link set lo up && exec "$@"', "alone"]
CALLED = ("registered: confirmed", "told")


def may_be_alone() -> bool:
    tried = subprocess.run([*CUT_OFF, "true"], capture_output=True, check=False)
    return tried.returncode == 0


def tell_story(folder: Path, *before: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*before, sys.executable, "-c", STORY, str(folder / "q"), *(["cut-off"] if before else [])],
        env={
            **os.environ,
            "QUINZAINE_PORT": "0",
            "QUINZAINE_MAILBOX_PORT": "0",
            "QUINZAINE_MAILBOX_SMTP_PORT": "0",
            "QUINZAINE_INBOUND_PORT": "0",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def spoken_to(process: "subprocess.Popen[str]") -> set[str]:
    """The addresses that it and all that it has started are connected to, or try to be, at this moment."""
    found: set[str] = set()
    with suppress(psutil.Error):
        for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
            with suppress(psutil.Error):
                found |= {one.raddr.ip for one in each.net_connections(kind="inet") if one.raddr}
    return found


def test_a_pupil_registers_and_is_told_on_a_machine_without_a_network(open_folder: Path):
    alone = may_be_alone()
    with tell_story(open_folder, *(CUT_OFF if alone else ())) as story:
        heard: set[str] = set()
        deadline = time.monotonic() + 150
        while story.poll() is None and time.monotonic() < deadline:
            heard |= spoken_to(story)
            time.sleep(0.05)
        story.kill()
        said, complaints = story.communicate()
    assert story.returncode == 0, complaints
    assert tuple(said.splitlines()) == (("alone: Network is unreachable", *CALLED) if alone else CALLED), said
    assert heard or alone, "nobody looked while it ran"
    assert [each for each in heard if not ipaddress.ip_address(each).is_loopback] == []
