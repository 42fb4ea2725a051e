"""A member's calendar of one-to-one slots: those that pupils have chosen, as sessions of a feed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.follow_up.slot import TITLE_SAID
from shared.calendar.feed import FeedHead, FeedSession
from shared.languages import _
from shared.programme import ProgrammeSession


class AgendaSlot(Struct, frozen=True, kw_only=True):
    """A chosen slot; `who` is the other one of the two."""

    id: UUID
    offer_slug: str
    offer_title: str
    who: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    booked_at: datetime
    sequence: int


def sessions_of(
    slots: Sequence[AgendaSlot], *, base_url: str, path: str = "/planification/{}/suivi"
) -> list[FeedSession]:
    """The slots as a calendar holds them."""
    return [
        FeedSession(
            session=ProgrammeSession(
                id=slot.id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                title=f"{TITLE_SAID}, {slot.who}" if slot.who else str(TITLE_SAID),
                kind="workshop",
                place=slot.place,
                online_url=slot.online_url or None,
                sequence=slot.sequence,
                status="planned",
                changed_at=slot.booked_at,
            ),
            offer_title=slot.offer_title,
            offer_url=base_url + path.format(slot.offer_slug),
        )
        for slot in slots
    ]


def head_of(base_url: str, address: str) -> FeedHead:
    """What a member's calendar says of itself."""
    return FeedHead(
        name=_("Mes entretiens de suivi"),
        description=_("Les créneaux que des élèves ont choisis. Cette adresse est personnelle."),
        source=f"{base_url}/suivi/agenda/{address}",
        url=f"{base_url}/planification",
    )
