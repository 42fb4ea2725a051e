"""The nursery: two forked from it share nothing that must differ, and it ends when nobody holds its line."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from infra.up.nursery import Nursery, NurseryAway
from tests.processes import ROOT

# what `_become` would run, told apart: one id, one secret, one number of chance
TELLS = """
import json, random, secrets, sys
from infra.up import nursery
from shared.identifiers import new_id
def tell(name, environment, log):
    with open(log, "w") as file:
        json.dump([str(new_id())[-20:], secrets.token_hex(8), random.random(), name], file)
nursery._become = tell
nursery.main()
"""


def test_two_that_are_forked_never_make_the_same_id_secret_or_chance(tmp_path):
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", TELLS, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment
    )
    theirs.close()
    told = []
    for number in range(2):
        log = tmp_path / f"{number}.json"
        ours.sendall(json.dumps({"name": str(number), "environment": {}, "log": str(log)}).encode() + b"\n")
        answered, pid = map(int, ours.recv(32).split())
        assert answered == number + 1
        assert pid != process.pid
    ours.close()
    assert process.wait(20) == 0  # a closed line is the end
    for number in range(2):
        log = tmp_path / f"{number}.json"
        for _ in range(200):
            if log.exists() and log.read_text().endswith("]"):
                break
            time.sleep(0.05)
        told.append(json.loads(log.read_text()))
    assert not {*map(str, told[0])} & {*map(str, told[1])}


def test_what_is_loaded_before_a_fork_starts_no_thread():
    """A thread that holds a lock at the fork would hold it for ever in the forked process."""
    code = "from infra.up import nursery; nursery._load(); import os; print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == "1"


def test_what_comes_late_for_one_service_is_not_taken_for_another(tmp_path):
    ours, theirs = socket.socketpair()
    ours.settimeout(0.2)
    slow, late, asked_for = (subprocess.Popen(["sleep", "60"]) for _ in range(3))
    nursery = Nursery(tmp_path / "nursery.log")
    nursery._process, nursery._line = slow, ours
    with theirs:
        with pytest.raises(NurseryAway):
            nursery.start("web", {}, tmp_path / "web.log")
        # both answers arrive in one piece, when the second has been asked for
        theirs.sendall(b"1 %d\n2 %d\n" % (late.pid, asked_for.pid))
        assert nursery.start("relay", {}, tmp_path / "relay.log").pid == asked_for.pid
    assert late.wait(10) == -signal.SIGTERM
    assert asked_for.poll() is None
    asked_for.kill()
    asked_for.wait()
    nursery.close()


def test_a_nursery_that_was_never_opened_can_be_closed(tmp_path):
    Nursery(tmp_path / "nursery.log").close()
