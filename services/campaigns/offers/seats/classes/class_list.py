"""A class list as schools keep it: a name, a first name and an address a line, with headings or without."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.fault import FileRefused, Findings, refuse
from services.campaigns.imports.spreadsheet import TOO_MANY_ROWS, check_size, read_delimited, read_workbook
from services.campaigns.imports.words_of_files import field_named, plain
from services.campaigns.offers.seats.enrolment import PUPILS_AT_MOST
from shared.languages import _, later

COLUMNS: dict[str, tuple[str, ...]] = {
    "last_name": ("nom", "nom de famille", "nom eleve", "nom de l eleve", "noms"),
    "first_name": ("prenom", "prenom eleve", "prenom de l eleve", "prenoms"),
    "email": ("adresse", "adresse mail", "adresse e mail", "adresse electronique", "e mail", "email", "mail",
              "courriel", "mel", "mail eleve", "adresse de l eleve", "e mail de l eleve"),
    "guardian_name": ("responsable", "responsable legal", "nom du responsable", "nom du responsable legal", "parent",
                      "representant legal"),
    "guardian_email": ("adresse du responsable", "adresse du responsable legal", "e mail du responsable",
                       "mail du responsable", "courriel du responsable", "email responsable", "mail parent",
                       "e mail du responsable legal"),
    "class_name": ("classe", "division", "groupe classe"),
    "without_host": ("sans accueil", "sans stage", "sans lieu de stage", "sans autre accueil"),
    "under_15": ("moins de 15 ans", "a moins de 15 ans", "moins de 15", "avant 15 ans", "age moins de 15 ans"),
}  # fmt: skip
NAMED: dict[str, str] = {
    "last_name": "Nom",
    "first_name": "Prénom",
    "email": "Adresse de l’élève",
    "guardian_name": "Responsable",
    "guardian_email": "Adresse du responsable",
    "class_name": "Classe",
    "without_host": "Sans accueil",
    "under_15": "Moins de 15 ans",
}
YES = ("oui", "o", "x", "1", "vrai")
TOO_MANY = later("cette liste est trop longue : {most} élèves au plus.", most=PUPILS_AT_MOST)
_ADDRESS = re.compile(r"<?([^\s<>;,]+@[^\s<>;,]+)>?")


class PupilLine(Struct, frozen=True, kw_only=True):
    """One pupil as written; `row` counts from 1 as the file shows its lines, `columns` says where each field stood."""

    row: int
    fields: dict[str, str]
    columns: dict[str, str]

    def said(self, field: str) -> str:
        """What stands in a field, or nothing."""
        return self.fields.get(field, "")


def read_class_file(name: str, content: bytes, findings: Findings) -> list[PupilLine]:
    """The pupils of an .xlsx or .csv; raises `FileRefused` for what cannot be read or is too long."""
    check_size(content)
    try:
        if name.lower().endswith(".xlsx"):
            grid = read_workbook(content)
        elif name.lower().endswith((".csv", ".txt")):
            grid = read_delimited(content, score=_likeness)
        else:
            refuse(0, "", _("ce fichier n’est ni un .xlsx ni un .csv."))
    except FileRefused as refused:
        if any(fault.sentence == TOO_MANY_ROWS for fault in refused.faults):
            refuse(0, "", str(TOO_MANY))
        raise
    return read_class(grid, findings)


def read_class_text(text: str, findings: Findings) -> list[PupilLine]:
    """The pupils of pasted lines: cut by `;`, tabs or commas, or « DUPRÉ Camille camille@lycee.example »."""
    if not text.strip():
        return []
    delimiter = max(";\t,", key=text.count)
    lines = text.splitlines()
    if len(lines) > PUPILS_AT_MOST * 2:
        refuse(0, "", str(TOO_MANY))
    if delimiter not in text:
        return read_class([_cut_words(number, line) for number, line in enumerate(lines, start=1)], findings)
    return read_class(
        [
            [
                Cell(number, chr(ord("A") + index), value.strip().strip('"'))
                for index, value in enumerate(line.split(delimiter)[:20])
                if value.strip()
            ]
            for number, line in enumerate(lines, start=1)
        ],
        findings,
    )


def read_class(grid: Sequence[Sequence[Cell]], findings: Findings) -> list[PupilLine]:
    """The pupils of a grid of cells; a first row of headings says what its columns hold, else their order does."""
    rows = [row for row in grid if any(not cell.empty for cell in row)]
    headings = _headings(rows[0]) if rows else {}
    pupils: list[PupilLine] = []
    for row in rows[1 if headings else 0 :]:
        placed = {headings[c.column]: c for c in row if c.column in headings} if headings else _place(row)
        fields = {field: read_text(cell, findings) for field, cell in placed.items() if not cell.empty}
        if any(fields.values()):
            columns = {field: cell.column for field, cell in placed.items()}
            pupils.append(PupilLine(row=row[0].row, fields=fields, columns=columns))
    if len(pupils) > PUPILS_AT_MOST:
        refuse(0, "", str(TOO_MANY))
    _find_twice(pupils, findings)
    return pupils


def write_class(pupils: Sequence[PupilLine]) -> str:
    """The list as lines that `read_class_text` reads as the same pupils, with headings."""
    fields = [field for field in NAMED if any(pupil.said(field) for pupil in pupils)]
    lines = [";".join(NAMED[field] for field in fields)]
    lines += [";".join(pupil.said(field).replace(";", " ") for field in fields) for pupil in pupils]
    return "\n".join(lines)


def says_yes(text: str) -> bool:
    """Whether a cell of a yes-or-no column says yes."""
    return plain(text) in YES


def _headings(row: Sequence[Cell]) -> dict[str, str]:
    """Column → field, where a row names at least a name and an address or a first name; else nothing."""
    found: dict[str, str] = {}
    for cell in row:
        field = field_named(cell.value, COLUMNS) if isinstance(cell.value, str) else None
        if field is not None and field not in found.values():
            found[cell.column] = field
    return found if len(found) >= 2 else {}


def _likeness(row: Sequence[Cell]) -> int:
    """How much a row looks like one of a class list: named columns, then cells beside an address."""
    return 100 * len(_headings(row)) + (len(row) if any(_is_address(cell) for cell in row) else 0)


def _place(row: Sequence[Cell]) -> dict[str, Cell]:
    """The cells of a row without headings: name, first name, the pupil's address, the guardian's name and address.

    An address that follows the guardian's name is the guardian's; a third word with a figure in it is the class.
    """
    placed: dict[str, Cell] = {}
    for cell in row:
        if cell.empty:
            continue
        if _is_address(cell):
            field = "guardian_email" if "guardian_name" in placed or "email" in placed else "email"
        elif "last_name" not in placed:
            field = "last_name"
        elif "first_name" not in placed:
            field = "first_name"
        else:
            field = "class_name" if re.search(r"\d", str(cell.value)) else "guardian_name"
        placed.setdefault(field, cell)
    return placed


def _is_address(cell: Cell) -> bool:
    return isinstance(cell.value, str) and "@" in cell.value


def _cut_words(number: int, line: str) -> list[Cell]:
    """A line without any sign between its words: the name is what stands in capitals, else the first word."""
    addresses = _ADDRESS.findall(line)
    words = _ADDRESS.sub(" ", line).split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    last = capitals if capitals and len(capitals) < len(words) else words[:1]
    first = [word for word in words if word not in last]
    values = [" ".join(last), " ".join(first), *addresses]
    return [Cell(number, chr(ord("A") + index), value) for index, value in enumerate(values) if value]


def _find_twice(pupils: Sequence[PupilLine], findings: Findings) -> None:
    first: dict[tuple[str, str, str], int] = {}
    for pupil in pupils:
        key = _same(pupil.fields)
        earlier = first.setdefault(key, pupil.row)
        if earlier != pupil.row:
            findings.fault(pupil.row, "", _("cet élève est déjà à la ligne {line}.", line=earlier))


def _same(fields: Mapping[str, str]) -> tuple[str, str, str]:
    address = fields.get("email") or fields.get("guardian_email") or ""
    return plain(fields.get("last_name", "")), plain(fields.get("first_name", "")), address.lower()
