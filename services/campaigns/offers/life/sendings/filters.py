"""Filters of the list of messages: which state, which message, whose, of which day."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar, get_args
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.life.sendings.sending import MESSAGES, SendingState

Made = TypeVar("Made")


class SendingFilter(Struct, frozen=True, kw_only=True):
    """What is asked for; None is everything. `person_id`: what went to somebody, or to the guardian about them."""

    event_id: UUID | None = None
    state: str | None = None
    message: str | None = None
    person_id: UUID | None = None
    day: date | None = None

    @property
    def query(self) -> Mapping[str, str]:
        """As the page's address says it."""
        said = {
            "fait": self.event_id,
            "etat": self.state,
            "message": self.message,
            "personne": self.person_id,
            "jour": self.day,
        }
        return {name: str(value) for name, value in said.items() if value}


def read_filter(*, event_id: UUID | None, state: str, message: str, person: str, day: str) -> SendingFilter:
    """What nobody knows is not asked for."""
    return SendingFilter(
        event_id=event_id,
        state=state if state in get_args(SendingState) else None,
        message=message if message in MESSAGES else None,
        person_id=_read(UUID, person),
        day=_read(date.fromisoformat, day),
    )


def _read(kind: Callable[[str], Made], text: str) -> Made | None:
    try:
        return kind(text) if text else None
    except ValueError:
        return None
