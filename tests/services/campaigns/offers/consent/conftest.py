"""Pupils under 15 of an invented world, with their guardians, and what became of them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered, RegistrationRequest
from shared.database import Pool, transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.world import NOW, Week, a_pupil, a_week

SIGNER = Signer(("un-secret-pour-les-tests",))


def a_child(number: int = 1, **changes: Any) -> RegistrationRequest:
    """The request of a pupil under 15, with a guardian."""
    given = {
        "under_15": True,
        "guardian_name": "Dominique Dupré",
        "guardian_email": f"parent{number}@famille.example",
    }
    return a_pupil(number, **{**given, **changes})


@pytest.fixture
async def week(pool) -> Week:
    """A week of two seats."""
    async with transaction(pool) as connection:
        return await a_week(connection, seats=2)


@pytest.fixture
def register(pool, week) -> Callable[..., Awaitable[list[Registered]]]:
    """Registers on the week: `await register(a_child(1), a_pupil(2))`."""

    async def register(*requests: RegistrationRequest, now: datetime = NOW) -> list[Registered]:
        async with transaction(pool) as connection:
            outcomes = await register_pupils(
                connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=now
            )
        assert all(isinstance(outcome, Registered) for outcome in outcomes), outcomes
        return outcomes  # type: ignore[return-value]

    return register


async def do(pool: Pool, verb: Callable[..., Awaitable[Any]], **values: Any) -> Any:
    """One verb in its own transaction."""
    async with transaction(pool) as connection:
        return await verb(connection, **values)


async def facts(pool: Pool, kind: type) -> list[Any]:
    """The facts of one kind, in their order."""
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
    return [event for event in (decode_event(row["body"]) for row in rows) if isinstance(event, kind)]


async def standing(pool: Pool, registration_id: UUID) -> tuple[str, str | None]:
    """Status, and what a held seat waits for."""
    row = await pool.fetchrow("SELECT status, held_for FROM campaigns.registrations WHERE id = $1", registration_id)
    assert row is not None
    return row["status"], row["held_for"]


async def answers(pool: Pool, registration_id: UUID) -> list[str]:
    """What was answered, in order."""
    rows = await pool.fetch(
        "SELECT answer FROM campaigns.consents WHERE registration_id = $1 ORDER BY id", registration_id
    )
    return [row["answer"] for row in rows]
