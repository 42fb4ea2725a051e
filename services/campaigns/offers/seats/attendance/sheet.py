"""The attendance sheet of one day: its sessions, who is expected in each, who came."""

from collections.abc import Iterable, Mapping
from datetime import date as Date
from datetime import datetime, timedelta
from typing import ClassVar, Literal, get_args
from uuid import UUID

from msgspec import Struct

from shared.french_dates import PARIS, say_time
from shared.languages import Glossary, _, later, n_
from shared.refusal import Refusal

AttendanceState = Literal["present", "absent", "late", "excused"]
STATES: tuple[AttendanceState, ...] = get_args(AttendanceState)
STATE_NAMES = Glossary(
    {
        "present": later("Présent"),
        "absent": later("Absent"),
        "late": later("En retard"),
        "excused": later("Excusé"),
    }
)
# a telephone's clock may run a little ahead of ours
CLOCKS_DIFFER = timedelta(minutes=2)


class UnknownDay(Refusal):
    """The offer has no session on this day."""

    reason: ClassVar[str] = "unknown-day"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette offre n’a aucune séance ce jour-là."))


class Mark(Struct, frozen=True):
    """What was seen: one pupil in one session."""

    session_id: UUID
    registration_id: UUID
    state: AttendanceState


class ExpectedPupil(Struct, frozen=True, kw_only=True):
    """A pupil who is expected in a session, and what was noted of them so far; `told_at` is of the day's absence."""

    registration_id: UUID
    first_name: str
    last_name: str
    school_name: str
    class_name: str
    group_id: UUID | None
    told_at: datetime | None
    reachable: bool
    convention_signed_on: Date | None

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or _("Données effacées")


class SheetSession(Struct, frozen=True, kw_only=True):
    """One session of the day; `group_id` None: everybody is expected."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    host: str
    place: str
    contact: str
    group_id: UUID | None
    group: str


class DaySheet(Struct, frozen=True, kw_only=True):
    """A day with its sessions, its pupils and its marks by (session, registration)."""

    date: Date
    emergency_phone: str
    sessions: tuple[SheetSession, ...]
    pupils: tuple[ExpectedPupil, ...]
    marks: Mapping[tuple[UUID, UUID], AttendanceState]

    def expected(self, session: SheetSession) -> list[ExpectedPupil]:
        """Who is expected in a session, by name."""
        return [
            pupil for pupil in self.pupils if session.group_id is None or pupil.group_id in (None, session.group_id)
        ]

    def state(self, session: SheetSession, pupil: ExpectedPupil) -> AttendanceState | Literal[""]:
        """What was noted, or nothing."""
        return self.marks.get((session.id, pupil.registration_id), "")

    def say(self, session: SheetSession) -> str:
        """« 12 présents, 1 absent, 2 à noter »."""
        states = [self.state(session, pupil) for pupil in self.expected(session)]
        here, absent, left = states.count("present") + states.count("late"), states.count("absent"), states.count("")
        parts = [
            n_("{count} présent", "{count} présents", here) if here else "",
            n_("{count} absent", "{count} absents", absent) if absent else "",
            n_("{count} excusé", "{count} excusés", states.count("excused")) if "excused" in states else "",
            _("{left} à noter", left=left) if left else "",
        ]
        return ", ".join(filter(None, parts)) or _("personne n’est attendu")

    def say_told(self, pupil: ExpectedPupil) -> str:
        """Whether somebody was told of the day's absence."""
        if pupil.told_at is not None:
            return _("absence annoncée à {time}", time=say_time(pupil.told_at))
        return "" if pupil.reachable else _("personne à prévenir : ni responsable ni professeur")


def read_marks(fields: Mapping[str, str], sheet: DaySheet) -> list[Mark]:
    """The marks of a form that are new: what only stood there already is not written over somebody's newer word.

    `tous` names a session whose pupils without any mark are present.
    """
    marks: list[Mark] = []
    for session in sheet.sessions:
        everybody = fields.get("tous", "") == str(session.id)
        for pupil in sheet.expected(session):
            name = f"{session.id}.{pupil.registration_id}"
            state, before = fields.get(name, ""), fields.get(f"avant.{name}", "")
            if not state and everybody and not sheet.state(session, pupil):
                state = "present"
            found = next((one for one in STATES if one == state), None)
            if found is not None and state != before:
                marks.append(Mark(session.id, pupil.registration_id, found))
    return marks


def filled_in_at(text: str, now: datetime) -> datetime:
    """When a form was filled in, as its device says; `now` where it says nothing, nonsense, or the future."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return now
    return min(moment, now) if moment.tzinfo is not None and moment <= now + CLOCKS_DIFFER else now


def is_today(day: Date, now: datetime) -> bool:
    """Whether a day is today in Europe/Paris: an absence is told then, not days later."""
    return now.astimezone(PARIS).date() == day


def nearest_day(days: Iterable[Date], now: datetime) -> Date | None:
    """Today where there is something today, else the next day, else the last."""
    known, today = sorted(days), now.astimezone(PARIS).date()
    return next((day for day in known if day >= today), known[-1] if known else None)
