"""The command line: help for everything, one line for what is wrong, never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.command_line import app

ROOT = Path(__file__).parent.parent.parent
COMMANDS = sorted(name for name in app if not name.startswith("-"))
SECRET = {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"}
NOWHERE = "postgresql://postgres@127.0.0.1:1/nowhere"


def quinzaine(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder where no running system has left its variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QUINZAINE_")}
    return subprocess.run(
        [sys.executable, "-m", "infra", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], *, code: int, about: str) -> None:
    assert done.returncode == code, done.stderr
    assert about in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_the_commands_of_the_product_are_there():
    assert {"up", "web", "relay", "worker", "inbound", "mailbox", "migrate", "token"} <= set(COMMANDS)


def test_help_names_every_command(tmp_path):
    done = quinzaine(tmp_path, "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert command in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(tmp_path, command):
    done = quinzaine(tmp_path, command, "--help")
    assert done.returncode == 0
    assert f"quinzaine {command}" in done.stdout


@pytest.mark.parametrize("command", ["web", "relay", "worker", "inbound", "migrate", "token"])
def test_a_wrong_setting_is_one_line_and_exit_2(tmp_path, command):
    assert_one_line(
        quinzaine(tmp_path, command, **SECRET, QUINZAINE_DATABASE_URL="mysql://127.0.0.1/"),
        code=2,
        about="QUINZAINE_DATABASE_URL",
    )


@pytest.mark.parametrize("command", ["web", "relay", "worker", "inbound", "migrate", "token"])
def test_without_a_secret_nothing_starts(tmp_path, command):
    assert_one_line(quinzaine(tmp_path, command), code=2, about="QUINZAINE_SECRET_KEYS")


def test_the_mailbox_s_wrong_port_is_one_line_and_exit_2(tmp_path):
    assert_one_line(
        quinzaine(tmp_path, "mailbox", QUINZAINE_MAILBOX_PORT="nine"), code=2, about="QUINZAINE_MAILBOX_PORT"
    )


def test_a_database_that_cannot_be_reached_is_one_line_and_exit_1(tmp_path):
    done = quinzaine(tmp_path, "migrate", **SECRET, QUINZAINE_DATABASE_URL=NOWHERE)
    assert_one_line(done, code=1, about="127.0.0.1")


@pytest.mark.parametrize("command", ["migrate", "demo"])
def test_a_database_that_is_not_there_is_one_line_and_exit_1(tmp_path, server_url, command):
    url = server_url.replace("/postgres", "/no_such_database")
    assert_one_line(
        quinzaine(tmp_path, command, **SECRET, QUINZAINE_DATABASE_URL=url), code=1, about="no_such_database"
    )


def test_a_database_that_was_never_migrated_is_one_line_and_exit_1(tmp_path, empty_url):
    assert_one_line(quinzaine(tmp_path, "demo", **SECRET, QUINZAINE_DATABASE_URL=empty_url), code=1, about="campaigns")


@pytest.mark.parametrize(("command", "variable"), [("web", "QUINZAINE_PORT"), ("mailbox", "QUINZAINE_MAILBOX_PORT")])
def test_a_busy_port_is_one_line_and_exit_1(tmp_path, command, variable):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = quinzaine(tmp_path, command, **SECRET, **{variable: port})
    assert_one_line(done, code=1, about=port)


def test_a_broker_that_cannot_be_reached_is_one_line_and_exit_1(tmp_path, database_url):
    done = quinzaine(tmp_path, "migrate", **SECRET, QUINZAINE_DATABASE_URL=database_url, QUINZAINE_BROKER_URL=NOWHERE)
    assert_one_line(done, code=1, about="127.0.0.1")


def test_an_unknown_command_is_not_a_traceback(tmp_path):
    done = quinzaine(tmp_path, "dance")
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr + done.stdout


def test_a_database_is_migrated_and_says_so(tmp_path, empty_url):
    first = quinzaine(tmp_path, "migrate", **SECRET, QUINZAINE_DATABASE_URL=empty_url)
    second = quinzaine(tmp_path, "migrate", **SECRET, QUINZAINE_DATABASE_URL=empty_url)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "0001" in first.stdout
    assert second.stdout == "La base est à jour.\n"


def test_a_planner_s_token_is_one_line(tmp_path):
    done = quinzaine(tmp_path, "token", **SECRET)
    assert done.returncode == 0
    assert len(done.stdout.split()) == 1


def test_the_first_owner_of_an_organisation_is_made_once(tmp_path, database_url):
    call = ("owner", "Claire@Federation.example", "--organisation", "Fédération d’essai", "--first-name", "Claire")
    for _ in range(2):
        done = quinzaine(tmp_path, *call, **SECRET, QUINZAINE_DATABASE_URL=database_url)
        assert (done.returncode, done.stderr) == (0, "")
        assert "claire@federation.example est responsable de « Fédération d’essai »" in done.stdout


@pytest.mark.parametrize(
    ("email", "organisation"), [("personne", "Fédération"), ("a@b.example", " "), ("a@b.example", "x" * 200)]
)
def test_an_owner_that_cannot_be_is_one_line_and_exit_1(tmp_path, database_url, email, organisation):
    done = quinzaine(
        tmp_path, "owner", email, "--organisation", organisation, **SECRET, QUINZAINE_DATABASE_URL=database_url
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
