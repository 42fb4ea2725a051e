"""A cell: what a spreadsheet, a text file or a YAML document holds at one place, and what people mean by it."""

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from msgspec import Struct
from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import NamedSpeaker
from services.campaigns.imports.words_of_files import plain
from shared.french_dates import PARIS, format_day, say_date
from shared.languages import _, speaking

Value = str | int | float | bool | date | datetime | time | timedelta | None

SHORT, LONG = 300, 1500
FIRST_YEAR, LAST_YEAR = 2000, 2100

MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
          "decembre")  # fmt: skip
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
FORMULA_SIGNS = ("=", "@", "+", "-")
EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # Excel's own day zero has no zone

_NUMBERS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(r"(?:([a-z]+)\.? )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})")
# « 14/06/2027 à 9h30 »
_MOMENT = re.compile(r"(.+?)(?:\s+\u00e0\s+|,\s*|\s+|T)(\d{1,2}\s*[hH:]\s*(?:\d{2})?(?::\d{2})?)")
_HOUR = re.compile(r"(\d{1,2})\s*(?:h|:|heures?)\s*(\d{2})?(?:\s*(?:min|mn))?(?::00)?", re.IGNORECASE)


class Cell(Struct, frozen=True):
    """A value and its place. `formula` is true for a cell that a spreadsheet would compute."""

    row: int
    column: str
    value: Value
    formula: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing is said here."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


def read_text(cell: Cell | None, findings: Findings, *, at_most: int = SHORT, lines: bool = False) -> str:
    """The text of a cell on one line, or on several; a formula, an invisible sign or too many letters are faults.

    An apostrophe before a sign that a spreadsheet would compute from says that it is text (exported.py writes it).
    """
    if cell is None or cell.empty:
        return ""
    text = _written(cell.value)
    if text.startswith("'") and text.lstrip("'")[:1] in FORMULA_SIGNS:
        text = text[1:]
    elif cell.formula or text.startswith(("=", "@")):
        findings.fault(cell.row, cell.column, _("cette cellule contient une formule : remplacez-la par son résultat."))
        return ""
    if len(text) > at_most:
        findings.fault(
            cell.row,
            cell.column,
            _("ce texte est trop long : {length} caractères, {most} au plus.", length=len(text), most=at_most),
        )
        return ""
    if lines:
        return "\n".join(read_text(Cell(cell.row, cell.column, line), findings) for line in text.splitlines())
    if "\n" in text or "\r" in text:
        findings.fault(cell.row, cell.column, _("ce texte contient un retour à la ligne."))
        return ""
    text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in unicodedata.normalize("NFC", text))
    if not text.isprintable():
        findings.fault(cell.row, cell.column, _("ce texte contient un caractère invisible."))
        return ""
    return " ".join(text.split())


def read_date(cell: Cell, findings: Findings) -> date | None:
    """« 14/06/2027 », « lundi 14 juin 2027 », `2027-06-14`, or a spreadsheet's own date."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 36526 <= value <= 73050:
        value = EXCEL_DAY_ZERO + timedelta(days=value)
    day = value.date() if isinstance(value, datetime) else value
    if not isinstance(day, date):
        text = read_text(cell, findings)
        if not text:
            return None
        try:
            found = _date_of(text)
        except ValueError:
            findings.fault(cell.row, cell.column, _("« {said} » n’existe pas dans le calendrier.", said=_cut(text)))
            return None
        if found is None:
            findings.fault(
                cell.row, cell.column, _("« {said} » n’est pas une date, par exemple « 14/06/2027 ».", said=_cut(text))
            )
            return None
        day, weekday = found
        if weekday is not None and DAYS[day.weekday()] != weekday:
            findings.fault(
                cell.row,
                cell.column,
                _("« {said} » : ce jour est un {weekday}.", said=_cut(text), weekday=format_day(day, "EEEE")),
            )
            return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        findings.fault(cell.row, cell.column, _("l’année {year} est hors du possible.", year=day.year))
        return None
    return day


def read_hour(cell: Cell, findings: Findings) -> time | None:
    """« 9h30 », « 9 h 30 », `9:30`, « 09h », « midi », or a spreadsheet's own time, to the minute."""
    value = cell.value
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(value, float) and 0 <= value < 1:
        value = timedelta(days=value)
    if isinstance(value, timedelta) and timedelta() <= value < timedelta(days=1):
        minutes = round(value / timedelta(minutes=1))
        return time(minutes // 60 % 24, minutes % 60)
    text = read_text(cell, findings)
    if not text:
        return None
    if plain(text) == "midi":
        return time(12)
    match = _HOUR.fullmatch(text)
    if match and int(match[1]) < 24 and int(match[2] or 0) < 60:
        return time(int(match[1]), int(match[2] or 0))
    findings.fault(cell.row, cell.column, _("« {said} » n’est pas une heure, par exemple « 9h30 ».", said=_cut(text)))
    return None


def read_moment(cell: Cell, findings: Findings, *, day_is_whole: bool) -> datetime | None:
    """A date with or without an hour, in Europe/Paris; a date alone is its first minute, or its last where whole."""
    value = cell.value
    if isinstance(value, datetime) and value.time() != time():
        day, hour = value.date(), value.time()
        return datetime.combine(day, hour.replace(second=0, microsecond=0), PARIS)
    text = value if isinstance(value, str) else ""
    match = _MOMENT.fullmatch(text.strip()[:100])
    if match and _date_said(match[1]):
        found = read_date(Cell(cell.row, cell.column, match[1]), findings)
        at = read_hour(Cell(cell.row, cell.column, match[2]), findings)
        return datetime.combine(found, at, PARIS) if found is not None and at is not None else None
    found = read_date(cell, findings)
    if found is None:
        return None
    return datetime.combine(found, time(23, 59) if day_is_whole else time(), PARIS)


def read_siret(cell: Cell | None, findings: Findings) -> str:
    """14 digits whose key is right, or nothing (Luhn; La Poste's establishments have a rule of their own)."""
    text = read_text(cell, findings)
    if cell is None or not text:
        return ""
    digits = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[0-9]{14}", digits):
        count = sum(c.isdigit() for c in digits)
        findings.fault(
            cell.row, cell.column, _("un SIRET a 14 chiffres ; « {said} » en a {count}.", said=_cut(text), count=count)
        )
        return ""
    try:
        return str(siret.validate(digits))
    except ValidationError:
        findings.fault(
            cell.row,
            cell.column,
            _("le SIRET {digits} est faux : sa clé de contrôle ne correspond pas.", digits=digits),
        )
        return ""


def read_number(cell: Cell, findings: Findings, *, least: int, most: int) -> int | None:
    """A whole number between two others, both allowed."""
    text = read_text(cell, findings)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        findings.fault(
            cell.row,
            cell.column,
            _("« {said} » n’est pas un nombre entre {least} et {most}.", said=_cut(text), least=least, most=most),
        )
        return None
    return int(text)


def read_link(cell: Cell | None, findings: Findings) -> str:
    """An address that a browser may follow, `https` or `http`."""
    text = read_text(cell, findings)
    if cell is None or not text:
        return ""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("https", "http") and bool(parts.hostname) and " " not in text
    except ValueError:
        sound = False
    if not sound:
        findings.fault(cell.row, cell.column, _("« {said} » n’est pas une adresse web (https://…).", said=_cut(text)))
        return ""
    return text


def read_speakers(cell: Cell | None, findings: Findings) -> tuple[NamedSpeaker, ...]:
    """« Inès Morel (infirmière) ; Paul Roux (brancardier) »: names, each with a trade in brackets or none.

    Where there is a semicolon, it alone separates them.
    """
    text = read_text(cell, findings, at_most=LONG)
    if cell is None or not text:
        return ()
    speakers: dict[str, NamedSpeaker] = {}
    for said in re.split(r"[;](?![^()]*\))" if ";" in text else r"[,/](?![^()]*\))", text):
        match = re.fullmatch(r"([^()]+?)\s*(?:\(([^()]*)\))?", said.strip())
        if match:
            speakers.setdefault(plain(match[1]), NamedSpeaker(match[1], (match[2] or "").strip()))
        elif said.strip():
            findings.fault(
                cell.row,
                cell.column,
                _("« {said} » : écrivez « Nom (métier) », séparés par « ; ».", said=_cut(said.strip())),
            )
    return tuple(sorted(speakers.values()))


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    if isinstance(value, (date, datetime)):
        # a text of the programme, not a sentence for who brings the file
        with speaking("fr"):
            return say_date(value, year=True)
    if isinstance(value, str):
        return value.strip()
    return str(value)


def _date_said(text: str) -> bool:
    try:
        return _date_of(text) is not None
    except ValueError:
        return True


def _date_of(text: str) -> tuple[date, str | None] | None:
    """The date and the weekday that a text names; None when it is no date; `ValueError` when no such day exists."""
    bare = re.sub(r"[ T]00:00(:00)?$", "", text.strip())
    if match := _ISO.fullmatch(bare):
        return date(int(match[1]), int(match[2]), int(match[3])), None
    prefix, _, rest = bare.rpartition(" ")
    if (match := _NUMBERS.fullmatch(rest)) and (not prefix or plain(prefix) in DAYS):
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        return date(year, int(match[2]), int(match[1])), plain(prefix) or None
    if match := _WORDS.fullmatch(" ".join(plain(bare).split())):
        months = [
            number for number, name in enumerate(MONTHS, start=1) if len(match[3]) > 2 and name.startswith(match[3])
        ]
        if len(months) == 1 and (match[1] is None or match[1] in (*DAYS, "le")):
            return date(int(match[4]), months[0], int(match[2])), match[1] if match[1] in DAYS else None
    return None


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
