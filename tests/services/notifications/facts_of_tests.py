"""Facts as the campaign service would have written them: people, a programme, events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.notifications.samples.letters import NOW, OFFER, a_programme
from shared.database import Connection
from shared.events import AnyEvent, Concerned, RegistrationConfirmed
from shared.identifiers import new_id
from shared.outbox import append_events
from shared.programme import Programme


class Enrolled(Struct, frozen=True):
    """A pupil with a registration."""

    registration_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None
    email: str | None
    guardian_email: str | None

    def concerned(self, status: Any = "confirmed") -> Concerned:
        """The pupil in an audience."""
        return Concerned(
            registration_id=self.registration_id, pupil_id=self.pupil_id, guardian_id=self.guardian_id, status=status
        )

    def fact(self, revision: int, *, programme: int = 1, occurred_at: datetime | None = None) -> dict[str, Any]:
        """What every event about the registration carries."""
        return {
            "occurred_at": occurred_at or NOW,
            "offer_id": OFFER,
            "revision": revision,
            "programme": programme,
            "registration_id": self.registration_id,
            "pupil_id": self.pupil_id,
            "guardian_id": self.guardian_id,
        }


def offer_fact(revision: int, *, programme: int = 1) -> dict[str, Any]:
    """What every event about the offer carries."""
    return {"occurred_at": NOW, "offer_id": OFFER, "revision": revision, "programme": programme}


async def write_programme(connection: Connection, programme: Programme | None = None) -> None:
    """The programme at its version."""
    programme = programme or a_programme()
    await connection.execute(
        "INSERT INTO contract.programmes (offer_id, version, body) VALUES ($1, $2, $3::jsonb)",
        programme.offer_id,
        programme.version,
        msgspec.json.encode(programme).decode(),
    )


async def enrol(
    connection: Connection, number: int = 1, *, email: str | None = "", guardian_email: str | None = None
) -> Enrolled:
    """A pupil, with a guardian where an address is given; `email=None` is a pupil without address."""
    address = f"eleve{number}@eleve.example" if email == "" else email
    pupil_id, guardian_id = new_id(), new_id() if guardian_email else None
    await _person(connection, pupil_id, f"Élève {number}", "Dupré", address)
    if guardian_id:
        await _person(connection, guardian_id, "", f"Responsable {number}", guardian_email)
    return Enrolled(new_id(), pupil_id, guardian_id, address, guardian_email)


async def confirm(connection: Connection, enrolled: Sequence[Enrolled], *, revision: int = 1) -> list[AnyEvent]:
    """Each of them registered and has a seat: one event each."""
    events: list[AnyEvent] = [RegistrationConfirmed(**each.fact(revision), how="registered") for each in enrolled]
    await append_events(connection, events)
    return events


async def _person(connection: Connection, id: UUID, first_name: str, last_name: str, email: str | None) -> None:
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
        id,
        first_name,
        last_name,
        email,
    )
