"""The turnstile: what it answers when a whole batch meets the same trouble."""

import asyncio
import time
from uuid import UUID

import pytest

from services.campaigns.offers.registration_form import parse_request
from services.campaigns.offers.turnstile import Turnstile
from shared.database import CONNECTION_LOST, open_pool
from shared.outbox import Doorbell
from shared.signed_links import Signer

pytestmark = pytest.mark.anyio

OFFER = UUID(int=1)


def a_request(number: int):
    return parse_request(
        first_name="Camille",
        last_name="Dupré",
        email=f"camille{number}@eleve.example",
        guardian_name=None,
        guardian_email=None,
        school_name="Lycée Jacques Prévert",
        school_uai=None,
        class_name="2nde 4",
        idempotency_key=None,
    )


async def test_a_crowd_learns_within_seconds_that_the_database_is_away(tmp_path):
    nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"
    pool = await open_pool(nowhere, size=2)
    turnstile = Turnstile(pool, Signer(("un-secret-pour-les-tests",)), Doorbell(nowhere))
    began = time.monotonic()
    asked = [turnstile.register(OFFER, a_request(number)) for number in range(60)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    # one after the other, they would take a minute and a half
    assert time.monotonic() - began < 20
    assert all(isinstance(answer, CONNECTION_LOST) for answer in answers)
    await turnstile.close()
    pool.terminate()
