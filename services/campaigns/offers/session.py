"""A session: what a planner may change of it, and what each change is called."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.events import FieldChange
from shared.languages import later
from shared.plain_spaces import plain_spaces
from shared.programme import SessionKind
from shared.refusal import Refusal

PARIS = ZoneInfo("Europe/Paris")
TEXT_AT_MOST = 300
EXPECTED_AT_MOST = 2000
# what people are shown of a session, in the order they read it; a change of one that MOVES raises the SEQUENCE
SHOWN = (
    "starts_at", "ends_at", "title", "kind", "host", "place", "room", "group", "contact", "meeting_point", "access",
    "bring", "online_url",
)  # fmt: skip
STAYS = {"title", "kind", "bring"}
# the kinds of session that a company is looked for; a welcome, a meal or a debrief needs a place alone
HOSTED = ("visit", "workshop", "testimony")


class UnknownSession(Refusal):
    """No session has this id among those the planner may see."""

    reason: ClassVar[str] = "unknown-session"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette séance n’existe pas."))


class SessionChangedMeanwhile(Refusal):
    """Somebody else changed the session since it was read (If-Match)."""

    reason: ClassVar[str] = "session-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(later("Cette séance a été modifiée entre-temps. Relisez-la avant de l’enregistrer."))


class SessionAlreadyCancelled(Refusal):
    """A cancelled session cannot be changed."""

    reason: ClassVar[str] = "session-cancelled"

    def __init__(self) -> None:
        super().__init__(later("Cette séance est annulée : elle ne peut plus être modifiée."))


class InvalidChange(Refusal):
    """A field of the change cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class SpeakerElsewhere(Refusal):
    """A speaker of the session is in another session at that time (exclusion constraint)."""

    reason: ClassVar[str] = "speaker-elsewhere"

    def __init__(self) -> None:
        super().__init__(later("Un intervenant de cette séance en a déjà une autre à cette heure."), field="starts_at")


class RoomInUse(Refusal):
    """The room has another session at that time (exclusion constraint)."""

    reason: ClassVar[str] = "room-in-use"

    def __init__(self) -> None:
        super().__init__(later("La salle est déjà prise à cette heure."), field="starts_at")


class PupilsElsewhere(Refusal):
    """Pupils who have a seat would be in two places at a time (exclusion constraint)."""

    reason: ClassVar[str] = "pupils-elsewhere"

    def __init__(self) -> None:
        super().__init__(later("Des élèves inscrits ont déjà une autre séance à cette heure."), field="starts_at")


class GroupElsewhere(Refusal):
    """A group would be in two sessions of its offer at a time; a session of all groups is in every group's way."""

    reason: ClassVar[str] = "group-elsewhere"

    def __init__(self, *, group: str = "", title: str = "", times: str = "") -> None:
        sentence = (
            later(
                "Le groupe {group} a déjà « {title} » ({times}) à cette heure.", group=group, title=title, times=times
            )
            if group and title
            else later("Le groupe a déjà « {title} » ({times}) à cette heure.", title=title, times=times)
            if title
            else later("Le groupe a déjà une autre séance à cette heure.")
        )
        super().__init__(sentence, field="starts_at")


# The database has the last word; its named constraints become sentences here.
REFUSAL_OF_CONSTRAINT: dict[str, Callable[[], Refusal]] = {
    "speaker_in_one_place_at_a_time": SpeakerElsewhere,
    "room_in_one_use_at_a_time": RoomInUse,
    "pupil_in_one_place_at_a_time": PupilsElsewhere,
    "group_in_one_place_at_a_time": GroupElsewhere,
}


class SessionChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these fields; what is left out stays. Times with offset.

    `site_id` is one of the host's; `group_id` null is all groups; `expected` is told to the host alone.
    """

    starts_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType = UNSET
    title: str | UnsetType = UNSET
    kind: SessionKind | UnsetType = UNSET
    place: str | UnsetType = UNSET
    host_id: UUID | UnsetType | None = UNSET
    site_id: UUID | UnsetType | None = UNSET
    group_id: UUID | UnsetType | None = UNSET
    room: str | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    meeting_point: str | UnsetType = UNSET
    access: str | UnsetType = UNSET
    bring: str | UnsetType = UNSET
    expected: str | UnsetType = UNSET
    online_url: str | UnsetType = UNSET


class Session(Struct, frozen=True, kw_only=True):
    """A session read under its offer's lock."""

    id: UUID
    offer_id: UUID
    day_id: UUID
    group_id: UUID | None
    group: str
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    place: str
    site_id: UUID | None
    host_id: UUID | None
    host: str
    room: str
    contact: str
    meeting_point: str
    access: str
    bring: str
    expected: str
    online_url: str
    sequence: int
    version: int
    status: str

    def changed(self, change: SessionChange) -> "Session":
        """The session with the change applied; raises `InvalidChange` for what cannot be."""
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        for name, value in given.items():
            if isinstance(value, datetime):
                check_time(name, value)
            if isinstance(value, str):
                given[name] = checked_text(name, value)
        after = msgspec.structs.replace(self, **given)
        if after.ends_at <= after.starts_at:
            raise InvalidChange(later("La fin doit venir après le début."), field="ends_at")
        if after.starts_at.astimezone(PARIS).date() != after.ends_at.astimezone(PARIS).date():
            raise InvalidChange(later("Une séance commence et finit le même jour."), field="ends_at")
        return after

    def changes_to(self, after: "Session") -> tuple[FieldChange, ...]:
        """What people are shown of the change, field by field, before and after."""
        return tuple(
            FieldChange(field=name, before=before, after=now)
            for name in SHOWN
            if (before := _shown(getattr(self, name))) != (now := _shown(getattr(after, name)))
        )


def check_time(name: str, value: datetime) -> None:
    """Refuse a time without offset or out of the possible, by its field."""
    if value.tzinfo is None:
        raise InvalidChange(
            later("L’heure doit porter son décalage, par exemple 2027-06-15T09:00:00+02:00."), field=name
        )
    if not 2000 <= value.year <= 2100:
        raise InvalidChange(later("Cette date est hors du possible."), field=name)


def checked_text(name: str, value: str) -> str:
    """A text of a session as it is kept: one line, `expected` several; raises `InvalidChange`."""
    text = plain_spaces(value).strip()
    text = text.replace("\r\n", "\n") if name == "expected" else text
    most = EXPECTED_AT_MOST if name == "expected" else TEXT_AT_MOST
    if name == "title" and not text:
        raise InvalidChange(later("Le titre manque."), field=name)
    if len(text) > most:
        raise InvalidChange(later("Ce texte est trop long : {most} caractères au plus.", most=most), field=name)
    if not (text.replace("\n", "") if name == "expected" else text).isprintable():
        raise InvalidChange(later("Ce texte contient un caractère invisible ou un retour à la ligne."), field=name)
    if name == "online_url" and text and not _is_address(text):
        raise InvalidChange(later("Ce lien doit commencer par https:// et ne pas contenir d’espace."), field=name)
    return text


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(PARIS).isoformat()
    return str(value)
