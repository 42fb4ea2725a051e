"""The runbook is tried: every block of commands runs on an installation, every name it gives is one of the product."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import asyncpg
import pytest

from infra.command_line import app
from infra.embedded_database import binaries
from infra.migrate import prepare_broker
from services.campaigns.clock import carry_out_erasures
from services.campaigns.edge import Edge
from services.campaigns.offers.register_pupils import register_pupils
from services.notifications.plan_events import plan_events
from shared.database import transaction
from shared.signed_links import Signer
from tests.conftest import with_database
from tests.processes import ROOT
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

TEXT = (ROOT / "docs" / "runbook.md").read_text()
CHAPTERS = dict(re.findall(r"^## (\d+\. [^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
ADDRESS = "camille.b@eleve.example"
# what it says of an installation that is well but for what tests leave out: links over http, no DNS, no servers
EXIT_CODES = {"quinzaine doctor": (0, 1)}


def blocks(text: str) -> list[str]:
    """Commands stand indented, after an empty line."""
    return [dedent(each).strip("\n") for each in re.findall(r"(?:\A|\n)\n((?:(?: {4}| {6})\S[^\n]*\n)+)", text)]


@pytest.fixture
async def installation(pool, settings, server_url, tmp_path):
    """A database with a week and what was told of it, another beside it for backups, and the product on the path."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=3)
        signer = Signer(settings.secret_keys)
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number, key=f"k-{number}") for number in (1, 2, 3, 4)],
            signer=signer,
            now=NOW,
        )
    rows = await pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
    async with transaction(pool) as connection:
        await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))
    await prepare_broker(settings.database_url)
    name = f"restored_{uuid4().hex}"
    product = tmp_path / "bin"
    product.mkdir()
    (product / "quinzaine").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m infra "$@"\n')
    (product / "quinzaine").chmod(0o755)
    yield {
        **{key: value for key, value in os.environ.items() if not key.startswith("QUINZAINE_")},
        "PATH": f"{product}:{binaries()}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "QUINZAINE_DATABASE_URL": settings.database_url,
        "QUINZAINE_SECRET_KEYS": settings.secret_keys[0],
        "RESTORED_URL": with_database(server_url, name),
        "RESTORED": name,
        "CAMPAIGN": "deux-semaines",
        "ADDRESS": ADDRESS,
    }
    server = await asyncpg.connect(server_url)
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.close()


def run(block: str, environment: dict[str, str], folder: Path) -> str:
    """A block as it stands on the page; only the restored database has a name of its own in each run."""
    script = re.sub(r"(createdb .*) restored$", rf"\1 {environment['RESTORED']}", block, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    allowed = next((codes for command, codes in EXIT_CODES.items() if command in block), (0,))
    assert done.returncode in allowed, f"{block}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


async def test_every_block_of_commands_runs(installation, pool, settings, tmp_path):
    await pool.execute("INSERT INTO notifications.suppressions VALUES ($1, 'unknown', now(), NULL)", ADDRESS)
    said = {}
    for title, chapter in [("", TEXT.partition("\n## ")[0]), *CHAPTERS.items()]:
        for block in blocks(chapter):
            said[title] = said.get(title, "") + await asyncio.to_thread(run, block, installation, tmp_path)
    assert len(said) >= 9
    # and does what it says
    assert "Migrations" in said[""]
    assert "Tout est en ordre." in said["6. The database's machine is lost"]
    assert said["7. One campaign is lost, the others are not"].count("Il ne manquait rien.") == 2
    assert "DELETE 1" in said["10. An address is wrongly suppressed"]
    assert "INSERT 0 1" in said["9. Somebody asks to be erased"]
    assert "La base est à jour." in said["11. An upgrade goes wrong"]
    await carry_out_erasures(Edge(settings, pool), now=datetime.now(UTC))
    status = await pool.fetch("SELECT status FROM campaigns.registrations JOIN campaigns.erasures USING (pupil_id)")
    assert [row["status"] for row in status] == ["withdrawn"]


def test_there_are_ten_chapters_each_with_what_one_sees_and_a_test():
    assert len(CHAPTERS) >= 10
    assert [int(title.split(".")[0]) for title in CHAPTERS] == list(range(1, len(CHAPTERS) + 1))
    for title, chapter in CHAPTERS.items():
        assert "⚔ `tests/" in chapter, title


def test_every_command_it_names_is_one_of_the_product():
    named = set(re.findall(r"quinzaine ([a-z][a-z-]+)", TEXT))
    assert {"doctor", "migrate", "restore-check", "restore-campaign", "resume-sending"} <= named
    assert named <= {name for name in app if not name.startswith("-")}


def test_every_path_and_variable_it_names_is_there():
    for path in re.findall(r"`((?:tests|docs|infra|services)/[^`:]+)(?:::\w+)?`", TEXT):
        assert (ROOT / path).exists(), path
    known = {
        name for path in (ROOT / "shared").glob("*.py") for name in re.findall(r"QUINZAINE_[A-Z_]+", path.read_text())
    }
    assert set(re.findall(r"QUINZAINE_[A-Z_]+", TEXT)) <= known


def test_every_label_it_quotes_is_shown_somewhere():
    shown = "".join(
        path.read_text()
        for folder in ("services", "infra")
        for suffix in ("py", "html")
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    )
    for label in re.findall(r"« ([^»]+) »", TEXT):
        words = re.sub(r"\s+", " ", label)
        assert words in shown, label
