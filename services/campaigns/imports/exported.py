"""An offer as a file that the import reads back without finding a change: .csv, .xlsx or .yaml."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import yaml
from msgspec import Struct

from services.campaigns.imports.cells import FORMULA_SIGNS
from services.campaigns.imports.resolve_sessions import NOWHERE
from services.campaigns.imports.sector_names import sector_named
from services.campaigns.imports.session_row import SessionRow
from services.campaigns.imports.words_of_files import plain
from services.campaigns.offers.offer import OfferKind
from shared.french_dates import PARIS
from shared.programme import SessionKind

OFFER_KIND_WORDS: dict[OfferKind, str] = {
    "collective_week": "semaine collective",
    "hosting": "accueil",
    "workshop": "atelier",
    "information_morning": "matinée d’information",
}
SESSION_KIND_WORDS: dict[SessionKind, str] = {
    "welcome": "accueil",
    "visit": "visite",
    "workshop": "atelier",
    "testimony": "témoignage",
    "debrief": "bilan",
    "meal": "repas",
}
AUDIENCE_WORDS = {"pupils": "élèves", "schools": "établissements"}
EVERYBODY = ("tous", "toutes", "tout le monde")

Value = str | int | date | time


class ExportedOffer(Struct, frozen=True, kw_only=True):
    """What a file says of an offer; `sirets` by host, `trades` by speaker's name, `sectors`: code → label."""

    slug: str
    title: str
    kind: OfferKind
    audience: str
    organisation: str
    campaign: str
    city: str
    seats: int
    opens_at: datetime | None
    closes_at: datetime | None
    summary: str
    contact: str
    sessions: Sequence[SessionRow]
    sirets: Mapping[str, str]
    trades: Mapping[str, str]
    sectors: Mapping[str, str]

    def header(self) -> dict[str, Value]:
        """The lines above the table; what is empty is left out."""
        lines: dict[str, Value] = {
            "Identifiant": self.slug,
            "Titre": as_text(self.title),
            "Type d’offre": OFFER_KIND_WORDS[self.kind],
            "Public": AUDIENCE_WORDS[self.audience],
            "Organisation": as_text(self.organisation),
            "Campagne": as_text(self.campaign),
            "Ville": as_text(self.city),
            "Places": self.seats,
            "Ouverture": _moment(self.opens_at),
            "Fermeture": _moment(self.closes_at),
            "Résumé": "\n".join(map(as_text, self.summary.splitlines())),
            "Contact": as_text(self.contact),
        }
        return {name: value for name, value in lines.items() if value != ""}

    def rows(self) -> list[dict[str, Value]]:
        """A line for each session that takes place, by time; the same columns in each."""
        return [self._row(session) for session in self.sessions]

    def _row(self, session: SessionRow) -> dict[str, Value]:
        starts_at, ends_at = session.starts_at.astimezone(PARIS), session.ends_at.astimezone(PARIS)
        return {
            "Date": starts_at.date(),
            "Début": starts_at.time(),
            "Fin": ends_at.time(),
            "Secteur": self._sector(session.sector),
            "Entreprise": as_text(session.host),
            "SIRET": self.sirets.get(session.host, ""),
            "Adresse": as_text(session.place) or (NOWHERE if session.host and not session.online_url else ""),
            "Titre": as_text(session.title),
            "Type": SESSION_KIND_WORDS[session.kind],
            "Contact": as_text(session.contact),
            "Lieu de rendez-vous": as_text(session.meeting_point),
            "Accès": as_text(session.access),
            "À apporter": as_text(session.bring),
            "Groupe": _group(session.group),
            "Salle": as_text(session.room),
            "Intervenants": self._speakers(session.speakers),
            "Lien": session.online_url,
        }

    def _sector(self, code: str) -> str:
        """The label, where it is understood; the code where another sector has one like it."""
        label = self.sectors.get(code, code)
        return label if sector_named(label, self.sectors) == code else code

    def _speakers(self, names: Sequence[str]) -> str:
        """« Inès Morel (infirmière) ; », always with a semicolon: then a comma in a name is of the name."""
        said = [f"{name} ({self.trades[name]})" if self.trades.get(name) else name for name in names]
        return as_text(" ; ".join(said) + " ;") if said else ""


def write_csv(offer: ExportedOffer) -> bytes:
    """UTF-8 with its mark, semicolons: what spreadsheets of this country open with a double click."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerows([name, _said(value)] for name, value in offer.header().items())
    rows = offer.rows()
    writer.writerow([])
    writer.writerow(COLUMN_NAMES)
    writer.writerows([_said(row[name]) for name in COLUMN_NAMES] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def write_xlsx(offer: ExportedOffer) -> bytes:
    """One sheet; dates and times are a spreadsheet's own, everything else is text."""
    # loaded when somebody asks for a workbook: it is 4 MB of a process that seldom writes one
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Programme"
    for name, value in offer.header().items():
        sheet.append([name, value])
    sheet.append([])
    sheet.append(COLUMN_NAMES)
    heading = sheet.max_row
    for cell in sheet[heading]:
        cell.font = Font(bold=True)
    for row in offer.rows():
        sheet.append([row[name] for name in COLUMN_NAMES])
        sheet.cell(sheet.max_row, 1).number_format = "dd/mm/yyyy"
        for column in (2, 3):
            sheet.cell(sheet.max_row, column).number_format = "hh:mm"
    for letter, width in zip("ABCDEFGH", (14, 24, 10, 28, 28, 18, 36, 32), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = sheet.cell(heading + 1, 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_yaml(offer: ExportedOffer) -> bytes:
    """« offre » and « séances », fields in the order of the table, empty ones left out."""
    document = {
        "offre": {name: _said(value) for name, value in offer.header().items()},
        "séances": [{name: _said(value) for name, value in row.items() if value != ""} for row in offer.rows()],
    }
    text = yaml.dump(document, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False, width=120)
    return str(text).encode()


def as_text(text: str) -> str:
    """The text on one line, marked as text where a spreadsheet would take it for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.lstrip("'")[:1] in FORMULA_SIGNS else line


COLUMN_NAMES = (
    "Date", "Début", "Fin", "Secteur", "Entreprise", "SIRET", "Adresse", "Titre", "Type", "Contact",
    "Lieu de rendez-vous", "Accès", "À apporter", "Groupe", "Salle", "Intervenants", "Lien",
)  # fmt: skip


def _said(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(PARIS):%d/%m/%Y à %H:%M}" if moment else ""


def _group(name: str) -> str:
    """The name, marked where the import would take it for another: « Groupe 1 », « tous »."""
    marked = name.casefold().startswith("groupe ") or plain(name) in EVERYBODY or name[:1] == "'"
    return f"'{name}" if marked else as_text(name)
