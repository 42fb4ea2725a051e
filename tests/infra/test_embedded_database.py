"""The embedded database: starts again after whatever happened to it, and keeps what was committed."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import asyncpg
import psutil
import pytest

from infra.embedded_database import ACCOUNT, DatabaseDidNotStart, EmbeddedDatabase


@pytest.fixture
def database(open_folder) -> Iterator[EmbeddedDatabase]:
    database = EmbeddedDatabase(open_folder / "cluster")
    yield database
    database.remove()


def ask(database: EmbeddedDatabase, statement: str) -> object:
    async def fetch() -> object:
        connection = await asyncpg.connect(database.url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def runs(pid: int) -> bool:
    """A process that nobody has reaped yet is dead all the same."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 5
    while runs(pid):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_second_start_adopts_the_server_that_runs(database):
    database.start()
    pid = database.pid()
    EmbeddedDatabase(database.folder).start()
    assert pid is not None
    assert database.pid() == pid


def test_a_stopped_server_is_gone_and_its_data_are_kept(database):
    database.start()
    ask(database, "CREATE TABLE kept AS SELECT 42 AS n")
    database.stop()
    assert database.pid() is None
    database.start()
    assert ask(database, "SELECT n FROM kept") == 42


def test_a_killed_server_starts_again_with_what_was_committed(database):
    database.start()
    ask(database, "CREATE TABLE kept AS SELECT 42 AS n")
    pid = database.pid()
    assert pid is not None
    kill(pid)
    assert database.pid() is None
    database.start()
    assert database.pid() not in (None, pid)
    assert ask(database, "SELECT n FROM kept") == 42


def test_a_lock_left_with_the_pid_of_another_program_is_no_obstacle(database):
    database.start()
    database.stop()
    (database.data / "postmaster.pid").write_text(f"{os.getpid()}\n{database.data}\n")
    database.start()
    assert ask(database, "SELECT 1") == 1


def test_locks_left_on_the_socket_are_no_obstacle_either(database):
    database.start()
    database.stop()
    database.sockets.mkdir(mode=0o700, exist_ok=True)
    (database.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n{database.data}\n")
    database.start()
    assert ask(database, "SELECT 1") == 1


def test_as_root_the_server_runs_as_an_account_without_rights(database):
    database.start()
    pid = database.pid()
    assert pid is not None
    owner = psutil.Process(pid).username()
    assert owner == (ACCOUNT if os.geteuid() == 0 else psutil.Process().username())


def test_it_listens_to_nobody_but_its_socket(database):
    database.start()
    assert ask(database, "SHOW listen_addresses") == ""
    assert database.sockets.stat().st_mode & 0o077 == 0


def test_who_cannot_start_says_why(database):
    database.start()
    database.stop()
    (database.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseDidNotStart, match="no_such_setting"):
        database.start()


def test_a_making_that_was_cut_short_begins_anew(database):
    database.data.mkdir(parents=True)
    (database.data / "base").mkdir()
    database.start()
    assert ask(database, "SELECT 1") == 1


def test_removing_leaves_nothing(database):
    database.start()
    pid = database.pid()
    assert pid is not None
    database.remove()
    assert not database.folder.exists()
    assert not database.sockets.exists()
    assert not runs(pid)


def test_an_adopted_server_is_reached_where_it_listens(database, tmp_path, monkeypatch):
    database.start()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    other = EmbeddedDatabase(database.folder)
    assert other.sockets != database.sockets
    other.start()
    assert ask(other, "SELECT 1") == 1


def test_a_server_that_is_stopping_is_started_anew(database):
    database.start()
    pid = database.pid()
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    state = database.data / "postmaster.pid"
    while state.exists() and "ready" in state.read_text():
        time.sleep(0.001)
    database.start()
    assert database.pid() not in (None, pid)
    assert ask(database, "SELECT 1") == 1


def test_a_socket_folder_that_leads_elsewhere_is_refused(database, tmp_path):
    database.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(DatabaseDidNotStart, match="private folder"):
            database.start()
    finally:
        database.sockets.unlink()
