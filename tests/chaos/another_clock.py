"""A process whose clock is off: `python -m tests.chaos.another_clock worker -3600`. SIGUSR1: on, SIGUSR2: back."""

import signal
import sys
from datetime import UTC, datetime, timedelta

import time_machine

from infra.processes import run_process

if __name__ == "__main__":
    traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(sys.argv[2])), tick=True)
    its_clock = traveller.start()
    signal.signal(signal.SIGUSR1, lambda *_: its_clock.shift(3600))
    signal.signal(signal.SIGUSR2, lambda *_: its_clock.shift(-3600))
    run_process(sys.argv[1])
