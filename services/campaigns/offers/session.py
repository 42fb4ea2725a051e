"""A session: what a planner may change of it, and what each change is called."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.events import FieldChange
from shared.refusal import Refusal

PARIS = ZoneInfo("Europe/Paris")
TEXT_AT_MOST = 300
SHOWN = ("starts_at", "ends_at", "title", "host", "place", "room", "contact", "meeting_point", "access")


class UnknownSession(Refusal):
    """No session has this id among those the planner may see."""

    reason: ClassVar[str] = "unknown-session"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__("Cette séance n’existe pas.")


class SessionChangedMeanwhile(Refusal):
    """Somebody else changed the session since it was read (If-Match)."""

    reason: ClassVar[str] = "session-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__("Cette séance a été modifiée entre-temps. Relisez-la avant de l’enregistrer.")


class SessionAlreadyCancelled(Refusal):
    """A cancelled session cannot be changed."""

    reason: ClassVar[str] = "session-cancelled"

    def __init__(self) -> None:
        super().__init__("Cette séance est annulée : elle ne peut plus être modifiée.")


class InvalidChange(Refusal):
    """A field of the change cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class SpeakerElsewhere(Refusal):
    """A speaker of the session is in another session at that time (exclusion constraint)."""

    reason: ClassVar[str] = "speaker-elsewhere"

    def __init__(self) -> None:
        super().__init__("Un intervenant de cette séance en a déjà une autre à cette heure.", field="starts_at")


class RoomInUse(Refusal):
    """The room has another session at that time (exclusion constraint)."""

    reason: ClassVar[str] = "room-in-use"

    def __init__(self) -> None:
        super().__init__("La salle est déjà prise à cette heure.", field="starts_at")


class PupilsElsewhere(Refusal):
    """Pupils who have a seat would be in two places at a time (exclusion constraint)."""

    reason: ClassVar[str] = "pupils-elsewhere"

    def __init__(self) -> None:
        super().__init__("Des élèves inscrits ont déjà une autre séance à cette heure.", field="starts_at")


class GroupElsewhere(Refusal):
    """A group would be in two sessions of its offer at a time; a session of all groups is in every group's way."""

    reason: ClassVar[str] = "group-elsewhere"

    def __init__(self, *, group: str = "", title: str = "", times: str = "") -> None:
        who = f"Le groupe {group}" if group else "Le groupe"
        what = f"« {title} » ({times})" if title else "une autre séance"
        super().__init__(f"{who} a déjà {what} à cette heure.", field="starts_at")


# The database has the last word; its named constraints become sentences here.
REFUSAL_OF_CONSTRAINT: dict[str, Callable[[], Refusal]] = {
    "speaker_in_one_place_at_a_time": SpeakerElsewhere,
    "room_in_one_use_at_a_time": RoomInUse,
    "pupil_in_one_place_at_a_time": PupilsElsewhere,
    "group_in_one_place_at_a_time": GroupElsewhere,
}


class SessionChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these fields; what is left out stays. Times with offset."""

    starts_at: datetime | UnsetType = UNSET
    ends_at: datetime | UnsetType = UNSET
    title: str | UnsetType = UNSET
    place: str | UnsetType = UNSET
    host_id: UUID | UnsetType | None = UNSET


class Session(Struct, frozen=True, kw_only=True):
    """A session read under its offer's lock."""

    id: UUID
    offer_id: UUID
    day_id: UUID
    group_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    site_id: UUID | None
    host_id: UUID | None
    host: str
    room: str
    contact: str
    meeting_point: str
    access: str
    sequence: int
    status: str

    def changed(self, change: SessionChange) -> "Session":
        """The session with the change applied; raises `InvalidChange` for what cannot be."""
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
        for name, value in given.items():
            if isinstance(value, datetime):
                check_time(name, value)
            if isinstance(value, str):
                given[name] = _checked_text(name, value)
        after = msgspec.structs.replace(self, **given)
        if after.ends_at <= after.starts_at:
            raise InvalidChange("La fin doit venir après le début.", field="ends_at")
        if after.starts_at.astimezone(PARIS).date() != after.ends_at.astimezone(PARIS).date():
            raise InvalidChange("Une séance commence et finit le même jour.", field="ends_at")
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
        raise InvalidChange("L’heure doit porter son décalage, par exemple 2027-06-15T09:00:00+02:00.", field=name)
    if not 2000 <= value.year <= 2100:
        raise InvalidChange("Cette date est hors du possible.", field=name)


def _checked_text(name: str, value: str) -> str:
    text = value.strip()
    if name == "title" and not text:
        raise InvalidChange("Le titre manque.", field=name)
    if len(text) > TEXT_AT_MOST:
        raise InvalidChange(f"Ce texte est trop long : {TEXT_AT_MOST} caractères au plus.", field=name)
    if not text.isprintable():
        raise InvalidChange("Ce texte contient un caractère invisible ou un retour à la ligne.", field=name)
    return text


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(PARIS).isoformat()
    return str(value)
