"""The machine a run was measured on: a figure without it says little."""

import os
import platform
import subprocess
from pathlib import Path

import psutil
from msgspec import Struct

from infra.embedded_database import binaries


class Machine(Struct, frozen=True, kw_only=True):
    """What ratios depend on, and how busy the machine was when the run began (load average of the last minute)."""

    cores: int
    processor: str
    memory_gb: float
    kernel: str
    python: str
    postgresql: str
    load: float

    @property
    def is_busy(self) -> bool:
        """Whether others had more to do here than there are cores: ratios of such a run are worth little.

        A bare loop is one process and waits for its turn; what it is the limit of is several, and gets more of them.
        """
        return self.load > self.cores


def describe_machine() -> Machine:
    """This machine, now; cores are those this process may use."""
    version = subprocess.run([str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return Machine(
        cores=usable_cores(),
        processor=_processor(),
        memory_gb=round(psutil.virtual_memory().total / 1024**3, 1),
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        postgresql=version.stdout.split()[-1],
        load=round(os.getloadavg()[0], 2),
    )


def usable_cores() -> int:
    """Cores this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def say_machine(machine: Machine) -> str:
    """One line."""
    return (
        f"{machine.cores} cores ({machine.processor}), {machine.memory_gb:g} GB, {machine.kernel}, "
        f"Python {machine.python}, PostgreSQL {machine.postgresql}, load {machine.load:g} at the start"
    )


def say_busy(machine: Machine) -> str:
    """A warning, where one is needed."""
    return "The machine was busy with other work: ratios of this run are worth little." if machine.is_busy else ""


def _processor() -> str:
    """Its name, where the system tells one."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()
