"""A person's calendar: what its holder sees in it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from shared.calendar.feed import FeedHead, FeedSession
from shared.database import Connection


class Entries(Struct, frozen=True):
    """A calendar's name, what it says of itself, the page it belongs to, and its sessions."""

    name: str
    description: str
    path: str
    sessions: Sequence[FeedSession]

    def head(self, *, source: str, base_url: str) -> FeedHead:
        """The head of the feed."""
        return FeedHead(name=self.name, description=self.description, source=source, url=base_url + self.path)


class ReadVersion(Protocol):
    """Which state the calendar of a person is in: another one whenever anything in it is another."""

    async def __call__(self, connection: Connection, person_id: UUID, /) -> str:
        """From a few indexed rows, without writing the calendar."""


class ReadEntries(Protocol):
    """What the calendar of a person holds now; of a person without anything, nothing."""

    async def __call__(self, connection: Connection, person_id: UUID, /, *, base_url: str) -> Entries:
        """In the caller's transaction, so that it is of one moment with its version."""
