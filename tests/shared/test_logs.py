"""Logs: ids and places, never names, addresses or secrets."""

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import asyncpg
import pytest
import structlog

from shared.logs import mask_secrets, name_exception
from shared.signed_links import Scope, Signer

pytestmark = pytest.mark.anyio


async def test_a_database_error_is_logged_without_the_row_it_quotes(pool):
    logger = structlog.wrap_logger(
        structlog.ReturnLogger(), processors=[name_exception, mask_secrets, structlog.processors.JSONRenderer()]
    )
    with pytest.raises(asyncpg.CheckViolationError) as raised:
        await pool.execute(
            "INSERT INTO contract.people (id, first_name, last_name, email, language) "
            "VALUES (gen_random_uuid(), 'Camille', 'Dupré', 'camille@eleve.example', 'xx')"
        )
    assert "camille@eleve.example" in str(raised.value)
    line = logger.error("request.failed", exc_info=raised.value)
    assert "amille" not in line
    (told,) = json.loads(line)["exception"]
    assert told["error"] == "CheckViolationError"
    assert any("test_logs.py" in place for place in told["places"])


def test_secrets_in_addresses_are_masked():
    path = "/inscriptions/AZ0f5e1d2c3b4a596877/retrait?jeton=abc&x=1"
    assert mask_secrets(None, "", {"path": path}) == {"path": "/inscriptions/***/retrait?jeton=***&x=1"}


@pytest.mark.parametrize("scope", get_args(Scope))
def test_a_signed_token_is_masked_wherever_it_stands_in_a_path(scope):
    signer = Signer(("un-secret-pour-les-tests",))
    until = datetime(2027, 6, 14, tzinfo=UTC)
    for token in (signer.token(scope, UUID(int=7), 3), signer.timed_token(scope, UUID(int=7), 3, until)):
        masked = mask_secrets(None, "", {"path": f"/accueil/{token}/tout", "other": f"/connexion/{token}?x=1"})
        assert masked == {"path": "/accueil/***/tout", "other": "/connexion/***?x=1"}


def test_ids_and_names_of_offers_stay_readable():
    path = "/planification/semaine-pont-audemer/seances/01900000-0000-7000-8000-000000000001"
    assert mask_secrets(None, "", {"path": path}) == {"path": path}


def test_a_broker_that_is_away_leaves_no_traceback_in_the_log():
    call = (
        "from shared.logs import configure_logs; configure_logs('worker', 'info');"
        "from contextlib import suppress; import pika\n"
        "with suppress(Exception): pika.BlockingConnection(pika.URLParameters('amqp://127.0.0.1:1'))"
    )
    told = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60, check=True)
    assert told.stderr == ""


FAILING = """
from shared.logs import configure_logs
configure_logs("worker", "info")
import structlog
log = structlog.get_logger()
log.info("delivery.attempted", delivery_id="0190", path="/connexion?jeton=abc")
try:
    raise ValueError("Camille Dupré")
except ValueError:
    log.exception("send.failed")
"""


def test_a_machine_is_told_in_json():
    told = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, timeout=60, check=True)
    attempted, failed = [json.loads(line) for line in told.stderr.splitlines()]
    assert attempted["event"] == "delivery.attempted"
    assert (attempted["level"], attempted["process"], attempted["delivery_id"]) == ("info", "worker", "0190")
    assert attempted["timestamp"].endswith("Z")
    assert failed["exception"][0]["error"] == "ValueError"
    assert "Camille" not in told.stderr


def test_whoever_reads_along_at_a_terminal_is_told_in_words():
    reader, terminal = pty.openpty()
    try:
        subprocess.run([sys.executable, "-c", FAILING], stderr=terminal, timeout=60, check=True)
        told = os.read(reader, 100_000).decode()
    finally:
        os.close(reader)
        os.close(terminal)
    assert "delivery.attempted" in told
    assert "jeton=***" in told
    assert "ValueError" in told
    assert "{" not in told
    assert "Camille" not in told
