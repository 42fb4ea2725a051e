"""The forms of visits: the sessions that were ticked, and a visit that is moved."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration_form import parse_line
from services.campaigns.teaching.visits.keep_visits import WantedVisit
from services.campaigns.teaching.visits.visit import LONGEST, NOTE_AT_MOST, SHORTEST
from shared.french_dates import PARIS
from shared.languages import _, later
from shared.refusal import Refusal

VISITS_AT_MOST = 100
MINUTES = (15, 30, 45, 60, 90, 120)


class InvalidVisit(Refusal):
    """A field of a visit cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class VisitChange(Struct, frozen=True, kw_only=True):
    """What is to become of a visit."""

    starts_at: datetime
    lasts: timedelta
    note: str
    announced: bool


def read_ticked(sessions: Sequence[object], fields: Mapping[str, object]) -> list[WantedVisit]:
    """The ticked sessions, each with the time proposed for it, in order of time; what is no id is left out."""
    wanted: dict[UUID, WantedVisit] = {}
    for ticked in sessions[:VISITS_AT_MOST]:
        with suppress(ValueError):
            session_id = UUID(str(ticked))
            wanted[session_id] = WantedVisit(
                session_id=session_id, starts_at=_moment(fields.get(f"debut.{session_id}"))
            )
    return list(wanted.values())


def read_change(fields: Mapping[str, object], *, day: Date) -> VisitChange:
    """A visit as the form has it, on the day of its session; raises `InvalidVisit`, `InvalidField`."""
    try:
        at = time.fromisoformat(str(fields.get("heure", "")).strip()).replace(tzinfo=None)
        lasts = timedelta(minutes=int(str(fields.get("duree", ""))))
    except (ValueError, OverflowError) as error:
        raise InvalidVisit(later("Indiquez une heure et une durée."), field="heure") from error
    if not SHORTEST <= lasts <= LONGEST:
        raise InvalidVisit(later("Indiquez une heure et une durée."), field="duree")
    return VisitChange(
        starts_at=datetime.combine(day, at, PARIS),
        lasts=lasts,
        note=parse_note(str(fields.get("note", ""))),
        announced=fields.get("annoncee") == "oui",
    )


def parse_note(text: str) -> str:
    """One line of text; raises `InvalidField`."""
    return parse_line(text, "note", _("La note"), NOTE_AT_MOST, needed=False)


def clock(moment: datetime) -> str:
    """The time in Paris as a field of the type `time` holds it."""
    return moment.astimezone(PARIS).strftime("%H:%M")


def _moment(value: object) -> datetime | None:
    with suppress(ValueError, TypeError):
        moment = datetime.fromisoformat(str(value))
        return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
    return None
