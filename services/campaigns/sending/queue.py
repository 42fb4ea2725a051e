"""The queue: what waits to be sent, how it goes, and what holds it back."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.languages import Glossary, later

# who waits so long for a mail that somebody looks at a screen for, or any other, is worth a look by an operator
LATE = {"urgent": timedelta(minutes=1), "other": timedelta(minutes=30)}

REASONS = Glossary(
    {
        "bounce": later("l’adresse n’existe pas, ou refuse tout message"),
    }
)
# as whom an organisation knows somebody; who is known as several, as the first of them
ROLES = Glossary(
    {
        "pupil": later("élève"),
        "guardian": later("responsable légal"),
        "host": later("entreprise d’accueil"),
        "speaker": later("intervenant"),
        "teacher": later("professeur"),
        "member": later("membre"),
        "invited": later("invité à devenir membre"),
        "partner": later("partenaire d’une campagne"),
        "contact": later("contact"),
        "correspondent": later("correspondant d’un établissement"),
    }
)


class Lane(Struct, frozen=True, kw_only=True):
    """What is due of one kind: how many, and since when the oldest."""

    name: Literal["urgent", "other"]
    waiting: int
    oldest: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether it has waited longer than it should."""
        return self.oldest is not None and now - self.oldest > LATE[self.name]


class Domain(Struct, frozen=True, kw_only=True):
    """How one domain answered in the last 24 hours, and until when it is left alone."""

    name: str
    sent: int
    later: int
    lost: int
    refused: int
    held_until: datetime | None = None
    answer: str = ""


class AwayServer(Struct, frozen=True, kw_only=True):
    """A mail server that does not answer: since when, and when it is tried again."""

    server: str
    away_since: datetime
    probe_at: datetime


class RefusedAddress(Struct, frozen=True, kw_only=True):
    """Somebody whose address takes no mail any more; `reason` begins with why: `bounce 5.1.1`."""

    person_id: UUID
    name: str
    address: str
    reason: str
    at: datetime
    role: str = "pupil"

    def say_role(self) -> str:
        """As whom they are known."""
        return ROLES[self.role]

    def say_reason(self) -> str:
        """Why, in words."""
        return REASONS.get(self.reason.partition(" ")[0]) or REASONS["bounce"]


class Queue(Struct, frozen=True, kw_only=True):
    """All of it, at one moment."""

    paused_at: datetime | None
    paused_by: str
    lanes: tuple[Lane, ...]
    sent_this_hour: int
    domains: tuple[Domain, ...]
    away: tuple[AwayServer, ...]

    def is_well(self, now: datetime) -> bool:
        """Whether nobody needs to do anything."""
        held = any(domain.held_until for domain in self.domains)
        return not (self.paused_at or self.away or held or any(lane.is_late(now) for lane in self.lanes))
