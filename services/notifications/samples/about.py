"""About: an invented fact told of a real programme, so that its mail reads as it will; its people stay invented.

Whatever was sample data is put in by value: the week's title, its organiser, its first session. Times move with the
week, so that what came a month before the invented week comes a month before the real one.
"""

from datetime import date as Date
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from services.notifications.samples.appointments import APPOINTMENT, FOLLOW_UP
from services.notifications.samples.letters import a_programme
from shared.appointment import Appointment
from shared.changes import FieldChange
from shared.events import SessionCancelled, SessionChanged
from shared.french_dates import PARIS
from shared.programme import Programme, ProgrammeSession

Fact = TypeVar("Fact")
AN_HOUR = timedelta(hours=1)
INVENTED = a_programme()


def planned_sessions(programme: Programme) -> list[ProgrammeSession]:
    """The sessions that take place, in order."""
    return [session for day in programme.days for session in day.sessions if session.status == "planned"]


def about(fact: Fact, programme: Programme) -> Fact:
    """The fact about this programme, which has at least one planned session."""
    told: Fact = _About(programme).tell(fact)
    return told


def after(fact: object, programme: Programme) -> Programme:
    """The programme as it stands after the fact: a session that is told to be cancelled is."""
    if not isinstance(fact, SessionCancelled):
        return programme
    days = tuple(
        msgspec.structs.replace(
            day,
            sessions=tuple(
                msgspec.structs.replace(session, status="cancelled") if session.id == fact.session_id else session
                for session in day.sessions
            ),
        )
        for day in programme.days
    )
    return msgspec.structs.replace(programme, days=days)


class _About:
    def __init__(self, programme: Programme) -> None:
        sessions = planned_sessions(programme)
        self._first, self._last = sessions[0], sessions[-1]
        first_day = self._first.starts_at.astimezone(PARIS).date()
        self._days = first_day - INVENTED.days[0].date
        self._offer = programme
        self._words = {
            INVENTED.title: programme.title,
            "Semaine collective à Pont-Audemer": programme.title,
            INVENTED.organisation: programme.organisation,
            INVENTED.slug: programme.slug,
            "pont-audemer": programme.slug,
            "Énergies du Marais": self._first.host or programme.organisation,
            "Normandie, deux semaines pour découvrir": programme.campaign or programme.title,
        }

    def tell(self, value: Any) -> Any:
        match value:
            case SessionChanged():
                return self._changed(value, session_id=self._first.id, changes=self._later(self._first))
            case SessionCancelled():
                return self._changed(value, session_id=self._last.id)
            case Appointment():
                return self._appointment(value)
            case FieldChange(field="starts_at"):
                return self._later(self._first)[0]
            case Struct():
                return self._changed(value)
            case tuple():
                return tuple(self.tell(each) for each in value)
            case datetime():
                return _moved(value, self._days)
            case Date():
                return value + self._days
            case str():
                return self._words.get(value, value)
        return value

    def _changed(self, value: Any, **fields: Any) -> Any:
        told = {name: self.tell(getattr(value, name)) for name in value.__struct_fields__ if name not in fields}
        return msgspec.structs.replace(value, **told, **fields)

    def _later(self, session: ProgrammeSession) -> tuple[FieldChange, ...]:
        """An hour later than it was, which no session was."""
        starts_at = session.starts_at.astimezone(PARIS)
        return (FieldChange(field="starts_at", before=(starts_at - AN_HOUR).isoformat(), after=starts_at.isoformat()),)

    def _appointment(self, told: Appointment) -> Appointment:
        session = self._first
        if told.title == FOLLOW_UP.title:
            times = _moved(told.starts_at, self._days), _moved(told.ends_at, self._days)
        else:
            times = session.starts_at, session.ends_at
        return msgspec.structs.replace(
            told,
            offer=self._offer.title,
            organisation=self._offer.organisation,
            title=told.title if told.title == FOLLOW_UP.title else session.title,
            starts_at=times[0],
            ends_at=times[1],
            place=session.place,
            room=session.room,
            contact=session.contact or self._offer.contact,
            meeting_point=session.meeting_point,
            expected="" if told.title == APPOINTMENT.title else told.expected,
        )


def _moved(moment: datetime, days: timedelta) -> datetime:
    """So many days later, at the same hour of the day."""
    return (moment.astimezone(PARIS).replace(tzinfo=None) + days).replace(tzinfo=PARIS)
