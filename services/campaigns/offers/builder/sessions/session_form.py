"""The sheet of a session: its fields as a form holds them, and the change that a form says."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from services.campaigns.offers.builder.sessions.read import Site
from services.campaigns.offers.builder.week import BuiltSession, Week
from services.campaigns.offers.session import InvalidChange, SessionChange, checked_text
from shared.french_dates import PARIS, say_date
from shared.languages import Glossary, _, later
from shared.programme import SessionKind

LABELS = Glossary(
    {
        "title": later("Titre"),
        "kind": later("Type"),
        "date": later("Journée"),
        "starts": later("Début"),
        "ends": later("Fin"),
        "group": later("Groupe"),
        "host": later("Entreprise d’accueil"),
        "place": later("Lieu"),
        "room": later("Salle"),
        "contact": later("Contact sur place"),
        "meeting_point": later("Rendez-vous"),
        "access": later("Venir"),
        "bring": later("À apporter"),
        "expected": later("Ce qui est attendu de l’entreprise"),
        "online_url": later("Lien de la séance en ligne"),
    }
)
WHEN = ("date", "starts", "ends")
TEXTS = ("title", "place", "room", "contact", "meeting_point", "access", "bring", "expected", "online_url")
# the fields of a refusal, as this form calls them
FIELD_NAMES = {"starts_at": "starts", "ends_at": "ends", "host_id": "host", "site_id": "host", "group_id": "group"}
KINDS: tuple[SessionKind, ...] = ("welcome", "visit", "workshop", "testimony", "meal", "debrief")
NEW_SESSION = timedelta(hours=1)

Form = dict[str, str]


class ReadForm(Struct, frozen=True):
    """What a form says: the change of what differs from `base`, or the fault of each field that cannot be."""

    change: SessionChange
    faults: dict[str, str]


def form_of(session: BuiltSession) -> Form:
    """The sheet of a stored session. The place is empty where it is the host's own."""
    host = session.host
    if session.site and session.place == session.site:
        host = f"{session.host}, {session.site}"
    return {
        "title": session.title,
        "kind": session.kind,
        "date": session.starts_at.date().isoformat(),
        "starts": f"{session.starts_at:%H:%M}",
        "ends": f"{session.ends_at:%H:%M}",
        "group": str(session.group_id or ""),
        "host": host,
        "place": "" if session.site and session.place == session.site else session.place,
        **{name: getattr(session, name) for name in TEXTS if name not in ("title", "place")},
    }


def new_form(week: Week, *, date: str = "", starts: str = "", group: str = "", kind: str = "") -> Form:
    """An empty sheet, at the day, hour and group that were clicked, for an hour."""
    day = next((day.date for day in week.days if day.date.isoformat() == date), None)
    if day is None:
        day = week.days[0].date if week.days else week.first_day
    began = read_time(starts) or time(9)
    ends = (datetime.combine(day, began) + NEW_SESSION).time() if began < time(23) else time(23, 55)
    return dict.fromkeys(LABELS, "") | {
        "kind": kind if kind in KINDS else "visit",
        "date": day.isoformat(),
        "starts": f"{began:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "group": group if group in {str(one.id) for one in week.groups} else "",
    }


def texts_in(fields: Mapping[str, str]) -> Form:
    """The fields of the sheet in a POST, line ends as they are stored."""
    return {name: fields.get(name, "").replace("\r\n", "\n").strip() for name in LABELS}


def read_base(text: str) -> Form:
    """What the sheet showed when it was opened; empty for anything else."""
    with suppress(msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return {name: value for name, value in msgspec.json.decode(text, type=dict[str, str]).items() if name in LABELS}
    return {}


def write_base(form: Form) -> str:
    """What `read_base` reads."""
    return msgspec.json.encode(form).decode()


def read_form(form: Form, base: Form, week: Week, sites: Sequence[Site]) -> ReadForm:
    """The change that a sheet says of what it showed. Nothing that was not touched is in it."""
    touched = {name for name in LABELS if form[name] != base.get(name)}
    given: dict[str, Any] = {}
    faults: dict[str, str] = {}
    _read_texts(form, touched, given, faults)
    if touched & set(WHEN):
        _read_when(form, week, given, faults)
    if "group" in touched:
        _read_group(form["group"], week, given, faults)
    if "host" in touched:
        _read_host(form["host"], sites, given, faults)
    if base and "place" in given and not given["place"] and "host" not in given:
        # the place was emptied: back to the host's own, where there is one
        site = find_site(form["host"], sites)
        given |= {"host_id": site.host_id, "site_id": site.id} if site and site.id else {}
    if not base:
        given = {name: value for name, value in given.items() if value not in ("", None)}
    return ReadForm(SessionChange(**given), {name: faults[name] for name in LABELS if name in faults})


def _read_texts(form: Form, touched: set[str], given: dict[str, Any], faults: dict[str, str]) -> None:
    for name in TEXTS:
        if name in touched:
            try:
                given[name] = checked_text(name, form[name])
            except InvalidChange as fault:
                faults[name] = fault.sentence
    if "kind" in touched:
        given["kind"] = form["kind"]
        if form["kind"] not in KINDS:
            faults["kind"] = _("Choisissez un type de séance.")


def _read_when(form: Form, week: Week, given: dict[str, Any], faults: dict[str, str]) -> None:
    day = read_date(form["date"])
    starts, ends = read_time(form["starts"]), read_time(form["ends"])
    if day is None or week.day_of(day) is None:
        faults["date"] = _("Choisissez une journée de l’offre.")
    if starts is None:
        faults["starts"] = _("Donnez l’heure de début, par exemple 9:00.")
    if ends is None:
        faults["ends"] = _("Donnez l’heure de fin, par exemple 12:00.")
    if day is None or starts is None or ends is None:
        return
    if ends <= starts:
        faults["ends"] = _("La fin doit venir après le début.")
    given["starts_at"] = datetime.combine(day, starts, tzinfo=PARIS)
    given["ends_at"] = datetime.combine(day, ends, tzinfo=PARIS)


def _read_group(text: str, week: Week, given: dict[str, Any], faults: dict[str, str]) -> None:
    found = next((group.id for group in week.groups if str(group.id) == text), None)
    if text and found is None:
        faults["group"] = _("Choisissez un groupe de l’offre.")
    given["group_id"] = found


def _read_host(text: str, sites: Sequence[Site], given: dict[str, Any], faults: dict[str, str]) -> None:
    if not text:
        given |= {"host_id": None}
        return
    site = find_site(text, sites)
    if site is None:
        faults["host"] = _("Choisissez une entreprise de la liste : aucune n’a ce nom.")
        return
    given["host_id"] = site.host_id
    if site.id is not None:
        given["site_id"] = site.id


def find_site(text: str, sites: Sequence[Site]) -> Site | None:
    """The site somebody means: by name and address, by the company's name, or by the only one that begins so."""
    wanted = _plain(text)
    for name in ("words", "host"):
        for site in sites:
            if _plain(getattr(site, name)) == wanted:
                return site
    beginning = [site for site in sites if wanted and _plain(site.words).startswith(wanted)]
    return beginning[0] if len({site.host_id for site in beginning}) == 1 else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def read_date(text: str) -> Date | None:
    """A date as forms and addresses hold it, 2027-06-14."""
    with suppress(ValueError):
        return Date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    return None


def read_time(text: str) -> time | None:
    """A time as browsers send it (09:30), or as people type it (9:30, 9h30, 9 h)."""
    found = re.fullmatch(r"(\d{1,2})\s*[:hH]\s*(\d{2})?(?::00)?", text.strip(), re.ASCII)
    with suppress(ValueError):
        return time(int(found[1]), int(found[2] or 0)) if found else None
    return None


def read_uuid(text: str) -> UUID | None:
    """An id in an address; None for anything else."""
    with suppress(ValueError):
        return UUID(text)
    return None


def texts_of_change(change: SessionChange) -> dict[str, str]:
    """A change as the fields of a form, for the panel that says whom it concerns."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value if value is not None else "")
        for name, value in msgspec.structs.asdict(change).items()
        if value is not UNSET
    }


class Choice(Struct, frozen=True, kw_only=True):
    """One field two planners have differently; `default` is whose word stands where only one touched it."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    said_theirs: str
    said_mine: str
    default: str


def choices_of(base: Form, theirs: Form, mine: Form, week: Week) -> list[Choice]:
    """Each field that differs between what the first saved and what the second has typed, and what it was before."""
    return [
        Choice(
            name=name,
            label=label,
            before=_said(name, base[name], week) if name in base else "",
            theirs=theirs[name],
            mine=mine[name],
            said_theirs=_said(name, theirs[name], week),
            said_mine=_said(name, mine[name], week),
            default=_default(base.get(name), theirs[name], mine[name]),
        )
        for name, label in LABELS.items()
        if theirs[name] != mine[name]
    ]


def _default(base: str | None, theirs: str, mine: str) -> str:
    if mine == base:
        return "theirs"
    return "mine" if theirs == base else ""


def _said(name: str, value: str, week: Week) -> str:
    if name == "date" and (day := read_date(value)):
        return say_date(day)
    if name == "group":
        return next((group.name for group in week.groups if str(group.id) == value), _("Tous"))
    return value or _("rien")
