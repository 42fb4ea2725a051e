"""A table understood as a programme: each cell read for what it means, each fault noted where it stands."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TypeVar

from msgspec import Struct

from services.campaigns.imports.cells import (
    LONG,
    Cell,
    read_date,
    read_hour,
    read_link,
    read_moment,
    read_number,
    read_siret,
    read_speakers,
    read_text,
)
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import (
    NamedOrganisation,
    OfferHeader,
    OrganisationKind,
    Place,
    PlannedSession,
)
from services.campaigns.imports.sector_names import read_sector
from services.campaigns.imports.table import Table
from services.campaigns.imports.words_of_files import (
    AUDIENCES,
    COLUMNS,
    OFFER_KINDS,
    ORGANISATION_KINDS,
    SESSION_KINDS,
    SHOWN_AUDIENCES,
    SHOWN_OFFER_KINDS,
    SHOWN_ORGANISATION_KINDS,
    SHOWN_SESSION_KINDS,
    START,
    and_list,
    nearest,
    or_list,
    plain,
    slug_of,
)
from services.campaigns.offers.offer import DEFAULT_SEATS, OfferKind
from shared.french_dates import PARIS, say_time
from shared.languages import _, later, n_

NEEDED = ("date", "start", "end", "title")
NAMES = {"start": START}
SEATS_AT_MOST = 10_000
# an hour is said as that of a moment
ANY_DAY = date(2027, 6, 14)


class Understood(Struct, frozen=True):
    """What a table says, as far as it could be understood: no header or no session where there were faults."""

    header: OfferHeader | None
    sessions: tuple[PlannedSession, ...]


def understand(table: Table, findings: Findings, sectors: Mapping[str, str], defaults: Mapping[str, str]) -> Understood:
    """The offer and the sessions of a table, by time. `sectors`: code → label; `defaults`: header field → text."""
    header = _read_header(table, findings, defaults)
    needed = (*NEEDED, "sector") if header is not None and header.kind == "collective_week" else NEEDED
    missing = [NAMES.get(field, COLUMNS[field][0]) for field in needed if field not in table.columns]
    if table.columns and missing:
        sentence = n_(
            "la colonne {columns} manque.", "les colonnes {columns} manquent.", len(missing), columns=and_list(missing)
        )
        findings.fault(table.heading_row, "", sentence)
    if table.columns and not table.rows:
        findings.fault(0, "", _("ce programme n’a aucune séance."))
    if missing and set(missing) != {"secteur"}:
        return Understood(header, ())
    sessions = [session for row in table.rows if (session := _read_session(row, table, findings, sectors))]
    sessions.sort(key=lambda session: (session.starts_at, session.ends_at, session.group, session.place.row))
    return Understood(header, tuple(sessions))


Code = TypeVar("Code", bound=str)


def read_word(
    cell: Cell | None,
    findings: Findings,
    words: Mapping[str, Code],
    *,
    unknown: Callable[[str, str], str],
    shown: tuple[str, ...],
) -> Code | None:
    """The code of a word from a closed list; another is a fault, `unknown` of the word and the nearest of `shown`."""
    text = read_text(cell, findings)
    if cell is None or not text:
        return None
    code = words.get(plain(text))
    if code is None:
        near = nearest(text, shown, at_most=2) or list(shown)
        findings.fault(cell.row, cell.column, unknown(text[:60], or_list(near)))
    return code


def read_organisation_kind(cell: Cell | None, findings: Findings) -> OrganisationKind | None:
    """The kind of an organisation, `federation` … `local_authority`, or None where nothing is said."""
    return read_word(
        cell,
        findings,
        ORGANISATION_KINDS,
        unknown=lambda word, words: _(
            "le type d’organisation « {word} » est inconnu ; écrivez {words}.", word=word, words=words
        ),
        shown=SHOWN_ORGANISATION_KINDS,
    )


def _read_header(table: Table, findings: Findings, defaults: Mapping[str, str]) -> OfferHeader | None:
    said = {**{field: Cell(0, "", text) for field, text in defaults.items()}, **table.header}
    before = findings.faults
    for field, name in (("title", "titre"), ("organisation", "organisation"), ("campaign", "campagne")):
        if field not in said or said[field].empty:
            findings.fault(0, "", _("au-dessus du tableau, le champ « {name} » manque.", name=name))
    kind = _offer_kind(said.get("kind"), findings)
    audience = read_word(
        said.get("audience"),
        findings,
        AUDIENCES,
        unknown=lambda word, words: _("le public « {word} » est inconnu ; écrivez {words}.", word=word, words=words),
        shown=SHOWN_AUDIENCES,
    )
    organisation_kind = read_organisation_kind(said.get("organisation_kind"), findings)
    text = {
        field: read_text(
            said.get(field), findings, at_most=LONG if field == "summary" else 150, lines=field == "summary"
        )
        for field in ("slug", "title", "organisation", "campaign", "city", "summary", "contact", "series")
    }
    siret = read_siret(said.get("siret"), findings)
    seats = read_number(said["seats"], findings, least=1, most=SEATS_AT_MOST) if "seats" in said else None
    opens_at = read_moment(said["opens_at"], findings, day_is_whole=False) if "opens_at" in said else None
    closes_at = read_moment(said["closes_at"], findings, day_is_whole=True) if "closes_at" in said else None
    if opens_at and closes_at and closes_at <= opens_at:
        cell = said["closes_at"]
        said_late = _("la fermeture des inscriptions doit venir après leur ouverture.")
        findings.fault(cell.row, cell.column, said_late)
    if kind is None or findings.faults != before:
        return None
    return OfferHeader(
        place=Place(min((cell.row for cell in table.header.values()), default=0)),
        columns={field: Place(cell.row, cell.column) for field, cell in table.header.items()},
        slug=slug_of(text["slug"]) if text["slug"] else "",
        title=text["title"],
        kind=kind,
        audience="schools" if audience == "schools" else "pupils",
        organisation=NamedOrganisation(text["organisation"], siret, organisation_kind or "federation"),
        campaign=text["campaign"],
        city=text["city"],
        seats=seats or DEFAULT_SEATS[kind],
        opens_at=opens_at,
        closes_at=closes_at,
        summary=text["summary"],
        contact=text["contact"],
        series=text["series"],
    )


def _offer_kind(cell: Cell | None, findings: Findings) -> OfferKind | None:
    if cell is None or cell.empty:
        return "collective_week"
    return read_word(
        cell,
        findings,
        OFFER_KINDS,
        unknown=lambda word, words: _(
            "le type d’offre « {word} » est inconnu ; écrivez {words}.", word=word, words=words
        ),
        shown=SHOWN_OFFER_KINDS,
    )


def _read_session(
    row: dict[str, Cell], table: Table, findings: Findings, sectors: Mapping[str, str]
) -> PlannedSession | None:
    number = next(iter(row.values())).row
    for field, sentence in (
        ("date", later("la date manque.")),
        ("start", later("l’heure de début manque.")),
        ("end", later("l’heure de fin manque.")),
        ("title", later("le titre manque.")),
    ):
        if field not in row:
            findings.fault(number, table.columns[field], str(sentence))
    day = read_date(row["date"], findings) if "date" in row else None
    start = read_hour(row["start"], findings) if "start" in row else None
    end = read_hour(row["end"], findings) if "end" in row else None
    kind = read_word(
        row.get("kind"),
        findings,
        SESSION_KINDS,
        unknown=lambda word, words: _(
            "le type de séance « {word} » est inconnu ; écrivez {words}.", word=word, words=words
        ),
        shown=SHOWN_SESSION_KINDS,
    )
    text = {
        field: read_text(row.get(field), findings)
        for field in ("title", "host", "address", "contact", "meeting_point", "access", "bring", "group", "room")
    }
    siret = read_siret(row.get("siret"), findings)
    if siret and not text["host"] and "host" not in row:
        findings.fault(number, row["siret"].column, _("un SIRET est donné sans le nom de l’entreprise."))
    sector = read_sector(row.get("sector"), findings, sectors)
    speakers = read_speakers(row.get("speakers"), findings)
    online_url = read_link(row.get("online_url"), findings)
    if start and end and end <= start:
        findings.fault(
            number,
            row["end"].column,
            _("la fin ({end}) doit venir après le début ({start}).", end=_hour(end), start=_hour(start)),
        )
        return None
    if day is None or start is None or end is None or not text["title"]:
        return None
    host = text.pop("host")
    group = text.pop("group")
    return PlannedSession(
        place=Place(number),
        columns={**table.columns, **{field: cell.column for field, cell in row.items()}},
        date=day,
        starts_at=datetime.combine(day, start, PARIS),
        ends_at=datetime.combine(day, end, PARIS),
        sector=sector,
        host=NamedOrganisation(host, siret) if host else None,
        kind=kind or "visit",
        group="" if plain(group) in ("tous", "toutes", "tout le monde") else _group(group),
        online_url=online_url,
        speakers=speakers,
        **text,
    )


def _group(said: str) -> str:
    """« A » of « groupe a »; what begins with an apostrophe is meant as it stands."""
    if said.startswith("'"):
        return said[1:]
    return said[len("groupe") :].strip().upper() if said.casefold().startswith("groupe ") else said


def _hour(hour: time) -> str:
    return say_time(datetime.combine(ANY_DAY, hour, PARIS))
