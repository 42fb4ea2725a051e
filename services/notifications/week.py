"""The week as a mail shows it: a band per day in its sector's colour, with the sector in words."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from services.notifications.changes import ADDED, CANCELLED, Line
from services.notifications.reminders import first_session
from shared.french_dates import PARIS, say_date, say_moment, say_period, say_time, say_times
from shared.languages import Glossary, _, language, later, translate
from shared.programme import Programme, ProgrammeDay, ProgrammeSession

# the light colours of the site (look), each at least 4.5 : 1 on white
COLOURS = {
    "construction": "#9a4a00",
    "energy": "#775a00",
    "health": "#b3261e",
    "industry": "#4b5563",
    "transport": "#0b5e8a",
    "nature": "#39681a",
    "digital": "#2f4fc4",
    "commerce": "#00675c",
    "culture": "#a1285f",
    "public_service": "#6a4a3a",
}
NO_COLOUR = "#5a5565"

_LABELS = Glossary(
    {
        "starts_at": later("Début"),
        "ends_at": later("Fin"),
        "title": later("Titre"),
        "host": later("Entreprise"),
        "place": later("Lieu"),
        "room": later("Salle"),
        "city": later("Ville"),
        "contact": later("Contact"),
        "meeting_point": later("Rendez-vous"),
        "access": later("Accès"),
        "bring": later("À apporter"),
        "speakers": later("Intervenants"),
        "group": later("Groupe"),
        "online_url": later("Lien"),
        "kind": later("Type de séance"),
        "sector": later("Secteur"),
    }
)
_KINDS = Glossary(
    {
        "welcome": later("accueil"),
        "visit": later("visite"),
        "workshop": later("atelier"),
        "testimony": later("témoignage"),
        "debrief": later("bilan"),
        "meal": later("repas"),
    }
)


class SessionView(Struct, frozen=True):
    """One line of the band; `details` are label and text."""

    times: str
    title: str
    where: str
    details: tuple[tuple[str, str], ...]


class DayView(Struct, frozen=True):
    """One band."""

    date: str
    weekday: str
    number: str
    sector: str
    colour: str
    sessions: tuple[SessionView, ...]


class FirstView(Struct, frozen=True):
    """When it begins, and how to find it: label and text."""

    date: str
    time: str
    details: tuple[tuple[str, str], ...]


class ChangeView(Struct, frozen=True):
    """What changed about one session (or the offer as a whole): a heading, and lines before → after."""

    heading: str
    what: str
    lines: tuple[tuple[str, str, str], ...]


def view_week(programme: Programme, group_id: UUID | None) -> tuple[DayView, ...]:
    """The planned days of one group."""
    return tuple(_day(day) for day in programme.of_group(group_id))


def view_first(programme: Programme, group_id: UUID | None) -> FirstView:
    """Where and when it begins for one group; empty for a programme without days."""
    session = first_session(programme, group_id)
    if session is None:
        return FirstView("", "", ())
    view = _session(session)
    contact = (_("Contact"), "" if session.contact else programme.contact)
    details = ((_("Lieu"), view.where), *view.details, contact)
    return FirstView(
        date=say_date(session.starts_at),
        time=say_time(session.starts_at),
        details=tuple((label, text) for label, text in details if text),
    )


def view_period(programme: Programme, group_id: UUID | None) -> str:
    """« du lundi 14 au vendredi 18 juin 2027 »; empty for a programme without days."""
    dates = [day.date for day in programme.of_group(group_id)] or [day.date for day in programme.days]
    return say_period(dates[0], dates[-1]) if dates else ""


def view_changes(programme: Programme, lines: tuple[Line, ...]) -> tuple[ChangeView, ...]:
    """The changes session by session, in the order of the programme; those of the offer first."""
    sessions = {session.id: session for day in programme.days for session in day.sessions}

    def place(line: Line) -> tuple[bool, str, str]:
        session = sessions.get(line.session_id) if line.session_id else None
        return line.session_id is not None, session.starts_at.isoformat() if session else "", str(line.session_id)

    return tuple(
        _change(sessions.get(session_id) if session_id else None, session_id is None, tuple(group))
        for session_id, group in groupby(sorted(lines, key=place), key=lambda line: line.session_id)
    )


def view_changes_of_one(lines: tuple[Line, ...]) -> tuple[ChangeView, ...]:
    """The changes of the one session that a message is about."""
    return (ChangeView(heading=_("Ce qui change"), what="", lines=_before_and_after(lines)),) if lines else ()


def say_position(position: int) -> str:
    """« 3e », in English "3rd"."""
    if language() == "fr":
        return "1re" if position == 1 else f"{position}e"
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    return f"{position}{'th' if position % 100 in (11, 12, 13) else suffixes.get(position % 10, 'th')}"


def _day(day: ProgrammeDay) -> DayView:
    said = say_date(day.date)
    return DayView(
        date=said[0].upper() + said[1:],
        weekday=said.split(" ", 1)[0],
        number=said.split(" ", 1)[1],
        sector=translate(day.sector_label),
        colour=COLOURS.get(day.sector_family, NO_COLOUR),
        sessions=tuple(_session(session) for session in day.sessions),
    )


def _session(session: ProgrammeSession) -> SessionView:
    details = (
        (_("Rendez-vous"), session.meeting_point),
        (_("Accès"), session.access),
        (_("À apporter"), session.bring),
        (_("Contact"), session.contact),
        (_("Avec"), " ; ".join(session.speakers)),
        (_("En ligne"), session.online_url or ""),
    )
    return SessionView(
        times=say_times(session.starts_at, session.ends_at),
        title=session.title,
        where=", ".join(part for part in (session.host, session.place, session.room) if part),
        details=tuple((label, text) for label, text in details if text),
    )


def _change(session: ProgrammeSession | None, of_offer: bool, lines: tuple[Line, ...]) -> ChangeView:
    if session is not None:
        times = say_times(session.starts_at, session.ends_at)
        heading = _("{date}, {times} : {title}", date=say_date(session.starts_at), times=times, title=session.title)
    else:
        heading = _("Pour toute l’offre") if of_offer else _("Une séance du programme")
    fields = {line.field for line in lines}
    what = _("Séance annulée") if CANCELLED in fields else _("Nouvelle séance") if ADDED in fields else ""
    return ChangeView(heading=heading[0].upper() + heading[1:], what=what, lines=_before_and_after(lines))


def _before_and_after(lines: Iterable[Line]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (_LABELS.get(line.field) or _("Autre point"), *_said(line))
        for line in lines
        if line.field not in (CANCELLED, ADDED)
    )


def _said(line: Line) -> tuple[str, str]:
    if line.field in ("starts_at", "ends_at"):
        return _said_times(line.before, line.after)
    if line.field == "kind":
        return _KINDS.get(line.before, line.before), _KINDS.get(line.after, line.after)
    return line.before or _("non précisé"), line.after or _("non précisé")


def _said_times(before: str, after: str) -> tuple[str, str]:
    moments = [datetime.fromisoformat(text) for text in (before, after) if text]
    if len(moments) < 2:
        return before or _("non précisé"), after or _("non précisé")
    days = {moment.astimezone(PARIS).date() for moment in moments}
    said = [say_time(moment) if len(days) == 1 else say_moment(moment) for moment in moments]
    return said[0], said[1]
