"""Logs: ids and places, never names, addresses or secrets."""

import json
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
