"""A child of `quinzaine up`: one process, its log, and how it is ended."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from infra.up.nursery import Nursery, NurseryAway

FORGIVEN_AFTER = 30.0
LONGEST_PAUSE = 10.0


class Child:
    """Started again when it dies; the pause doubles while it dies at once, and is forgotten when it has lived.

    Forked from the nursery where there is one, else a program of its own.
    """

    def __init__(self, name: str, environment: dict[str, str], logs: Path, nursery: Nursery | None = None) -> None:
        self.name = name
        self._environment = environment
        self._log = logs / f"{name}.log"
        self._nursery = nursery
        self._process: psutil.Process | None = None
        self._started_at = 0.0
        self._pause = 0.0
        self._due_at = 0.0

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C in the terminal is for the parent, which ends it in order."""
        self._process = self._fork() or self._run()
        self._started_at = time.monotonic()

    def died(self) -> bool:
        """Whether it has died since it was started; from then on it waits to be started again."""
        if self._process is None or not _has_ended(self._process):
            return False
        self._process = None
        lived = time.monotonic() - self._started_at
        self._pause = 0.0 if lived > FORGIVEN_AFTER else min(LONGEST_PAUSE, max(0.5, self._pause * 2))
        self._due_at = time.monotonic() + self._pause
        return True

    def due(self) -> bool:
        """Whether it is time to start it again."""
        return self._process is None and time.monotonic() >= self._due_at

    def tell_to_stop(self) -> None:
        """SIGTERM: finish what is under way."""
        self._signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then SIGKILL."""
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except psutil.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait(timeout=5)
        # what it started itself is in its session and goes with it
        self._signal(signal.SIGKILL)

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self._log.read_text(errors="replace").strip().splitlines() if self._log.exists() else []
        return lines[-1][:200] if lines else ""

    def _fork(self) -> psutil.Process | None:
        if self._nursery is None:
            return None
        try:
            return self._nursery.start(self.name, self._environment, self._log)
        except NurseryAway:
            return None

    def _run(self) -> psutil.Process:
        with self._log.open("ab") as log:
            return psutil.Popen(
                [sys.executable, "-m", "infra", self.name],
                env={**os.environ, **self._environment, "QUINZAINE_PARENT": str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _signal(self, what: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, what)


def _has_ended(process: psutil.Process) -> bool:
    """A program of ours waits until it is asked for; what the nursery has forked is gone at once."""
    return process.poll() is not None if isinstance(process, psutil.Popen) else not process.is_running()
