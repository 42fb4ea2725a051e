"""The form that adds slots: a stretch of a day, how long each is, where, and who receives."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.given import read_id
from services.campaigns.offers.kinds.fields import Fields
from services.campaigns.offers.kinds.follow_up.read import PlannedSlot
from services.campaigns.offers.kinds.follow_up.slot import (
    MINUTES,
    PLACE_AT_MOST,
    URL_AT_MOST,
    InvalidSlots,
    SlotTime,
    cut_into_slots,
)
from shared.french_dates import PARIS, say_date, say_times
from shared.languages import _, later

DURATIONS = [
    (str(minutes), later("{count} minutes", count=minutes) if minutes < 60 else later("1 heure")) for minutes in MINUTES
]


class AskedSlots(Struct, frozen=True):
    """What a form asks for, or the faults of its fields."""

    times: tuple[SlotTime, ...] = ()
    person_id: UUID | None = None
    session_id: UUID | None = None
    place: str = ""
    online_url: str = ""
    faults: dict[str, str] = {}


def read_slot_form(given: Mapping[str, object], *, default_person: UUID | None) -> AskedSlots:
    """The slots of a form."""
    fields = Fields(given)
    day, starts, ends = fields.day("day"), fields.hour("starts"), fields.hour("ends")
    minutes = fields.number("minutes", MINUTES[0], MINUTES[-1])
    place = fields.line("place", _("Le lieu"), PLACE_AT_MOST, needed=False)
    online_url = fields.line("online_url", _("Le lien"), URL_AT_MOST, needed=False)
    if online_url and not online_url.startswith(("https://", "http://")):
        fields.faults["online_url"] = _("Le lien commence par https://.")
    times: list[SlotTime] = []
    if day and starts and ends and minutes and not fields.faults:
        try:
            times = cut_into_slots(day, starts, ends, minutes)
        except InvalidSlots as refusal:
            fields.faults[refusal.field or "day"] = refusal.sentence
    return AskedSlots(
        times=tuple(times),
        person_id=read_id(fields.text("person_id")) or default_person,
        session_id=read_id(fields.text("session_id")),
        place=place,
        online_url=online_url,
        faults=fields.faults,
    )


def texts_of_new(first: datetime | None, now: datetime, person_id: UUID | None) -> dict[str, str]:
    """What stands in an empty form."""
    day = max(first or now, now).astimezone(PARIS).date()
    return {
        "day": day.isoformat(),
        "starts": "14:00",
        "ends": "16:00",
        "minutes": "30",
        "person_id": str(person_id or ""),
    }


def options_of(sessions: list[tuple[str, datetime, datetime, str]]) -> list[tuple[str, str]]:
    """The sessions to choose from: « mercredi 16 juin, 13 h 30–15 h 45, Le point avec chacun »."""
    return [
        (session_id, f"{say_date(starts)}, {say_times(starts, ends)}, {title}")
        for session_id, starts, ends, title in sessions
    ]


def free_options(slots: Sequence[PlannedSlot], now: datetime) -> list[tuple[str, str]]:
    """The slots that may be booked for a pupil: « mercredi 16 juin, 16 h–16 h 30, avec Ondine Varin »."""
    return [
        (
            str(slot.id),
            _(
                "{day}, {times}, avec {follower}",
                day=say_date(slot.starts_at),
                times=say_times(slot.starts_at, slot.ends_at),
                follower=slot.follower,
            ),
        )
        for slot in slots
        if slot.registration_id is None and slot.starts_at > now
    ]
