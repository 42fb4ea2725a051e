"""What needs a planner today: one line a thing, with the place where it is mended, the most urgent first."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.needs import say_need

NeedKind = Literal[
    "host_declined",
    "host_proposed",
    "host_awaited",
    "speaker_declined",
    "agreement_asked",
    "agreement_awaited",
    "agreement_declined",
    "seat_held",
    "seats_free",
    "draft",
]
SOON = timedelta(days=14)
# what cannot wait comes first, whatever its date
URGENCY: tuple[NeedKind, ...] = (
    "host_declined",
    "agreement_declined",
    "agreement_asked",
    "host_proposed",
    "speaker_declined",
    "seat_held",
    "host_awaited",
    "agreement_awaited",
    "seats_free",
    "draft",
)
ICONS: dict[NeedKind, str] = {
    "host_declined": "exclamation-triangle",
    "host_proposed": "clock",
    "host_awaited": "envelope",
    "speaker_declined": "microphone",
    "agreement_asked": "hand-raised",
    "agreement_awaited": "envelope",
    "agreement_declined": "exclamation-triangle",
    "seat_held": "ticket",
    "seats_free": "user-plus",
    "draft": "pencil-square",
}


class Need(Struct, frozen=True, kw_only=True):
    """One thing to do: `count` of a kind, about `title` (an offer or a campaign), by `by` where there is a date."""

    kind: NeedKind
    subject_id: UUID
    slug: str
    title: str
    count: int
    by: datetime | None

    @property
    def icon(self) -> str:
        """The sign beside the words."""
        return ICONS[self.kind]

    @property
    def href(self) -> str:
        """Where it is done."""
        page = {
            "host_declined": f"/planification/{self.slug}/accueils",
            "host_proposed": f"/planification/{self.slug}/accueils",
            "host_awaited": f"/planification/{self.slug}/accueils",
            "speaker_declined": f"/planification/{self.slug}/semaine",
            "agreement_asked": f"/planification/campagnes/{self.slug}",
            "agreement_awaited": f"/planification/campagnes/{self.slug}",
            "agreement_declined": f"/planification/campagnes/{self.slug}",
            "seat_held": f"/planification/{self.slug}/places",
            "draft": f"/planification/{self.slug}",
        }
        return page.get(self.kind, f"/planification/{self.slug}")

    def say(self) -> str:
        """« 2 accueils à remplacer, avant le mardi 8 juin à 12 h »."""
        return say_need(self.kind, self.count, self.by)


def in_order(needs: list[Need]) -> list[Need]:
    """The most urgent first; of one urgency, the nearest date first."""
    return sorted(needs, key=lambda need: (URGENCY.index(need.kind), need.by is None, need.by, need.title))
