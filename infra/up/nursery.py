"""The nursery: the process that has loaded what the services load, once, and from which they are forked (Linux).

What they share is in memory once and is loaded while the database starts. `python -m infra.up.nursery DESCRIPTOR
[FOLDER]` is the process; it knows no thread and opens nothing before a fork. `quinzaine up` kills it in the end: where
its line is closed instead, `quinzaine up` was killed itself, and what it left in FOLDER is ended. Elsewhere than on
Linux each service is a program of its own: forking without a new program is not safe where the system's libraries have
threads.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import psutil

ANSWERS_WITHIN = 60.0
# what infra.processes would load for each of them
LOADED = (
    "infra.web_server",
    "infra.mailbox.run",
    "services.notifications.worker",
    "services.notifications.relay",
    "services.notifications.inbound.process",
)


class NurseryAway(Exception):
    """It does not answer: it was killed, or could not load what it should."""


class Nursery:
    """The side of `quinzaine up`: opens the process, asks it for services, ends it."""

    def __init__(self, log: Path, *, folder: Path | None = None) -> None:
        self._log = log
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        # how many services it was asked for, and what it has said of which
        self._asked = 0
        self._heard = b""

    def open(self) -> None:
        """Begin to load; returns at once."""
        ours, theirs = socket.socketpair()
        ours.settimeout(ANSWERS_WITHIN)
        with theirs, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "infra.up.nursery",
                    str(theirs.fileno()),
                    *map(str, filter(None, [self._folder])),
                ],
                # fewer heaps: the threads of a service at rest have little to keep
                env={"MALLOC_ARENA_MAX": "2", **os.environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._line, self._asked, self._heard = ours, 0, b""

    def start(self, name: str, environment: dict[str, str], log: Path) -> psutil.Process:
        """Fork a service in a session of its own; a nursery that has died is opened again. Raises `NurseryAway`."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self.open()
        if self._line is None:
            raise NurseryAway
        asked = {"name": name, "environment": environment, "log": str(log)}
        try:
            self._line.sendall(json.dumps(asked).encode() + b"\n")
            self._asked += 1
            return self._answer(self._line)
        except (OSError, ValueError, psutil.Error) as error:
            raise NurseryAway from error

    def _answer(self, line: socket.socket) -> psutil.Process:
        """What was forked for the last question; what comes late for one that was given up is ended."""
        while True:
            while b"\n" not in self._heard:
                part = line.recv(64)
                if not part:
                    raise NurseryAway
                self._heard += part
            told, _, self._heard = self._heard.partition(b"\n")
            number, pid = map(int, told.split())
            if number == self._asked:
                return psutil.Process(pid)
            with suppress(psutil.Error):
                psutil.Process(pid).terminate()

    def close(self) -> None:
        """End it; the services it has forked are ended by who started them, or end themselves."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._line = None


def main() -> None:
    """Load, then fork one service for each line that is read; a closed line is the end."""
    line = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    _load()
    # what is there now is left alone by the collectors of all that are forked: they would write on each page
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with line.makefile("rb") as lines:
        asked = _fork_for_each(lines, line)
    line.close()
    if asked:
        _become(**json.loads(asked))
    elif len(sys.argv) > 2 and os.fork() == 0:
        # not here: the services end themselves when they see this process gone
        from infra.up.left_behind import end_left_behind

        end_left_behind(Path(sys.argv[2]))


def _fork_for_each(lines: Iterable[bytes], line: socket.socket) -> bytes:
    """Nothing where the line is closed; in a forked process what it is to become."""
    for number, asked in enumerate(lines, start=1):
        pid = os.fork()
        if pid == 0:
            return asked
        line.sendall(b"%d %d\n" % (number, pid))
    return b""


def _load() -> None:
    from infra.processes import leave_out

    leave_out()
    for module in LOADED:
        import_module(module)


def _become(name: str, environment: dict[str, str], log: str) -> None:
    """In the forked process: a service like one that was started as a program."""
    from infra.endings import in_one_line
    from infra.processes import run_process
    from infra.up.parent_watch import watch_parent

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.close(written)
    os.environ.update(environment)
    os.environ["QUINZAINE_PARENT"] = str(os.getppid())
    gc.enable()
    watch_parent()
    with in_one_line():
        run_process(name)


if __name__ == "__main__":
    main()
