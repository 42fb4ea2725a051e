"""A story: one published week on the running system, its people, what they do through HTTP, and their mailboxes."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.database import transaction
from tests.mail_sink import Accepted
from tests.processes import System
from tests.world import Week, a_week

# for stories about what a broker may lose, double or bring late: the others are the same with each
on_each_broker = pytest.mark.parametrize("running", ["postgresql", "rabbitmq"], indirect=True, scope="session")


class Story:
    """Its pupils are numbered; their names and addresses are this story's own."""

    def __init__(self, system: System, week: Week, mark: str) -> None:
        self.system = system
        self.week = week
        self._mark = mark

    def address(self, number: int) -> str:
        """The address of the n-th pupil."""
        return f"eleve{number}.{self._mark}@eleve.example"

    def guardian(self, number: int) -> str:
        """The address of the n-th pupil's guardian."""
        return f"parent{number}.{self._mark}@famille.example"

    async def register(self, number: int, *, guardian: bool = False, email: bool = True) -> dict[str, Any]:
        """Register the n-th pupil; the answer of the contract."""
        response = await self.ask(number, key=f"pupil-{number}", guardian=guardian, email=email)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def ask(self, number: int, *, key: str, guardian: bool = False, email: bool = True) -> httpx.Response:
        """Ask for a seat for the n-th pupil, whatever comes of it."""
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        return await self.system.http.post(
            f"/api/v1/offers/{self.week.offer_id}/registrations",
            json={
                "pupil": {
                    "first_name": "Camille",
                    "last_name": f"Dupré {self._mark} {letters}",
                    "email": self.address(number) if email else None,
                },
                "guardian": {"name": "Dominique Dupré", "email": self.guardian(number)} if guardian else None,
                "school": {"name": "Lycée Jacques Prévert", "uai": None},
                "class_name": "2nde 4",
            },
            headers={"Idempotency-Key": key},
        )

    async def answer(self, token: str, what: str) -> dict[str, Any]:
        """Do what a personal link offers: `withdrawal`, `acceptance` or `refusal`."""
        response = await self.system.http.post(f"/api/v1/registrations/{token}/{what}")
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def change_session(self, session_id: UUID, **changes: object) -> None:
        """The planner changes a session."""
        response = await self.system.http.patch(
            f"/api/v1/sessions/{session_id}", json=changes, headers=self.system.planner
        )
        assert response.status_code == 200, response.text

    async def cancel_session(self, session_id: UUID) -> None:
        """The planner cancels a session."""
        await self._cancel(f"sessions/{session_id}")

    async def cancel_offer(self) -> None:
        """The planner cancels the week."""
        await self._cancel(f"offers/{self.week.offer_id}")

    async def change_seats(self, seats: int) -> None:
        """The planner changes the number of seats."""
        response = await self.system.http.patch(
            f"/api/v1/offers/{self.week.offer_id}", json={"seats": seats}, headers=self.system.planner
        )
        assert response.status_code == 200, response.text

    async def settled(self) -> None:
        """Wait until everything is told."""
        await self.system.settled()

    @property
    def mails(self) -> list[Accepted]:
        """All mails of this story, in the order they were accepted."""
        return [mail for mail in self.system.sink.mails if f".{self._mark}@" in mail.recipient]

    def to(self, number: int) -> list[Accepted]:
        """The mails of the n-th pupil."""
        return self.system.sink.to(self.address(number))

    def to_guardian(self, number: int) -> list[Accepted]:
        """The mails of the n-th pupil's guardian."""
        return self.system.sink.to(self.guardian(number))

    async def _cancel(self, what: str) -> None:
        response = await self.system.http.post(f"/api/v1/{what}/cancellation", headers=self.system.planner)
        assert response.status_code == 200, response.text


async def begin(system: System, *, seats: int = 15) -> Story:
    """Publish the week of tests/world.py, now."""
    mark = "".join(chr(97 + byte % 26) for byte in uuid4().bytes[-8:])
    async with transaction(system.pool) as connection:
        return Story(system, await a_week(connection, seats=seats, slug=f"semaine-{mark}"), mark)


def unfolded(calendar: bytes | None) -> str:
    """The lines of a calendar in full (RFC 5545, 3.1)."""
    assert calendar is not None
    return calendar.decode().replace("\r\n ", "")
