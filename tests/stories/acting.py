"""What people do in stories, through HTTP: register, withdraw, answer, plan."""

from typing import Any
from uuid import UUID

from shared.database import transaction
from tests.processes import System
from tests.world import Week, a_week


async def publish_a_week(system: System, *, seats: int = 15) -> Week:
    """The week of tests/world.py, published now."""
    async with transaction(system.pool) as connection:
        return await a_week(connection, seats=seats)


def address_of(number: int) -> str:
    """The address of the n-th pupil."""
    return f"eleve{number:03}@eleve.example"


async def register(
    system: System, week: Week, number: int, *, guardian: str | None = None, email: bool = True
) -> dict[str, Any]:
    """Register the n-th pupil; the answer of the contract."""
    answer = await system.http.post(
        f"/api/v1/offers/{week.offer_id}/registrations",
        json={
            "pupil": {
                "first_name": "Camille",
                "last_name": "D" + "".join(chr(97 + int(digit)) for digit in f"{number:03}"),
                "email": address_of(number) if email else None,
            },
            "guardian": {"name": "Dominique Dupré", "email": guardian} if guardian else None,
            "school": {"name": "Lycée Jacques Prévert", "uai": None},
            "class_name": "2nde 4",
        },
        headers={"Idempotency-Key": f"pupil-{number}"},
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def answer(system: System, token: str, what: str) -> dict[str, Any]:
    """Do what a personal link offers: `withdrawal`, `acceptance` or `refusal`."""
    response = await system.http.post(f"/api/v1/registrations/{token}/{what}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def change_session(system: System, session_id: UUID, **changes: object) -> None:
    """The planner changes a session."""
    response = await system.http.patch(f"/api/v1/sessions/{session_id}", json=changes, headers=system.planner)
    assert response.status_code == 200, response.text


async def cancel(system: System, what: str, of: UUID) -> None:
    """The planner cancels one of `sessions` or `offers`."""
    response = await system.http.post(f"/api/v1/{what}/{of}/cancellation", headers=system.planner)
    assert response.status_code == 200, response.text
