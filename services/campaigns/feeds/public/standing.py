"""A session where it stands: what a feed shows of it, and the feeds it is in or was in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.calendar.feed import FeedSession

OfferKind = Literal["collective_week", "hosting", "workshop", "information_morning"]


class Standing(Struct, frozen=True):
    """What decides which feeds a session is in; `left_at` where it stands there no more."""

    host_id: UUID | None
    sector: str | None
    departements: tuple[str, ...]
    left_at: datetime | None = None


class ShownSession(Struct, frozen=True, kw_only=True):
    """A session as feeds show it; `item.offer_url` is the path of its page. `former`: where it stood before."""

    kind: OfferKind
    organisation_id: UUID
    standing: Standing
    former: tuple[Standing, ...] = ()
    item: FeedSession

    @property
    def order(self) -> tuple[datetime, datetime, UUID]:
        """By start, then by end; always the same."""
        session = self.item.session
        return session.starts_at, session.ends_at, session.id

    def left(self, takes: Callable[[Standing], bool]) -> datetime | None:
        """When it last left the feed that takes such standings; None where it is in it, or never was."""
        left = [former.left_at for former in self.former if former.left_at and takes(former)]
        return max(left) if left and not takes(self.standing) else None


class Scope(Struct, frozen=True):
    """Whose feed it is: `subject` is an id or a code."""

    name: Literal["offer", "campaign", "organisation", "sector", "departement", "everything"]
    subject: str

    def takes(self, session: ShownSession, standing: Standing) -> bool:
        """Whether a session of one of the scope's offers is in the feed where it stands so."""
        match self.name:
            case "sector":
                return standing.sector == self.subject
            case "departement":
                return self.subject in standing.departements
            case "organisation":
                return self.subject in (str(session.organisation_id), str(standing.host_id))
            case _:
                return True


def day_of(session: ShownSession) -> str:
    """The block a session is in: that of its day."""
    return session.item.session.starts_at.astimezone(UTC).date().isoformat()
