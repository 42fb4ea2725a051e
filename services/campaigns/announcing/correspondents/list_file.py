"""A list of correspondents as it is sent round: UAI, name, role and address a line, under headings in any order."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from services.campaigns.announcing.correspondents.correspondent import ROLE_WORDS, Listed, Role
from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.exported import as_text
from services.campaigns.imports.fault import Fault, FileRefused, Findings, refuse
from services.campaigns.imports.spreadsheet import check_size, read_delimited, read_workbook
from services.campaigns.imports.table import ROWS_AT_MOST
from services.campaigns.imports.words_of_files import field_named, plain
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import NAME_AT_MOST, parse_email, parse_line, parse_uai
from services.campaigns.schools.directory import school_of
from shared.languages import _, speaking

TEXT_AT_MOST = 400_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "uai": ("uai", "code uai", "numero uai", "rne", "code rne", "etablissement uai", "code etablissement"),
    "last_name": ("nom", "nom de famille", "nom et prenom", "prenom et nom", "nom prenom", "name", "contact"),
    "first_name": ("prenom", "prenoms"),
    "role": ("role", "fonction", "qualite"),
    "email": ("adresse", "adresse mail", "adresse e mail", "adresse electronique", "e mail", "email", "mail",
              "courriel", "mel", "address"),
}  # fmt: skip
NAMED = {"uai": "UAI", "last_name": "Nom", "first_name": "Prénom", "role": "Rôle", "email": "Adresse"}
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("referent", re.compile(r"referente?s?\b|\bteacher\b|^(prof|professeure?|enseignante?)$")),
    ("head", re.compile(r"^(chef|cheffe|head|proviseure?|principale?|direct|direction)\b|^direct(eur|rice)")),
)


class Reading(Struct, frozen=True, kw_only=True):
    """A list as it was understood. A line with a fault is left out of it; a fault of the file leaves nothing."""

    lines: tuple[Listed, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_list(text: str, file: tuple[str, bytes] | None = None) -> Reading:
    """The people of a file, or of pasted lines; never raises, whatever the bytes."""
    findings = Findings()
    try:
        grid = _grid_of_file(*file) if file else _grid_of_text(text)
        lines = tuple(_read_grid(grid, findings))
    except FileRefused as refused:
        return Reading(faults=refused.faults)
    if not lines and not findings.faults:
        findings.fault(0, "", _("personne n’a été trouvé : un code UAI, un nom, un rôle et une adresse par ligne."))
    return Reading(lines=lines, faults=findings.faults)


def write_list(lines: Sequence[Listed]) -> str:
    """The people as lines that `read_list` reads as the same; a spreadsheet computes nothing from them."""
    with speaking("fr"):
        rows = [(each.uai, each.last_name, each.first_name, ROLE_WORDS[each.role], each.email or "") for each in lines]
    return "\n".join(";".join(as_text(cell.replace(";", " ")) for cell in row) for row in (NAMED.values(), *rows))


def _grid_of_file(name: str, content: bytes) -> Sequence[Sequence[Cell]]:
    check_size(content)
    if name.lower().endswith(".xlsx"):
        return read_workbook(content)
    if name.lower().endswith((".csv", ".txt", ".tsv")):
        return read_delimited(content, score=lambda row: len(_headings(row)))
    return refuse(0, "", _("ce fichier n’est ni un .xlsx ni un .csv."))


def _grid_of_text(text: str) -> Sequence[Sequence[Cell]]:
    if len(text) > TEXT_AT_MOST:
        refuse(0, "", _("ce texte est trop long : envoyez un fichier."))
    lines = text.splitlines()
    if len(lines) > ROWS_AT_MOST:
        refuse(0, "", _("ce fichier a trop de lignes : {most} au plus.", most=ROWS_AT_MOST))
    delimiter = max(";\t,", key=text.count)
    return [
        [
            Cell(number, chr(ord("A") + place), value.strip().strip('"'))
            for place, value in enumerate(line.split(delimiter)[:20])
            if value.strip()
        ]
        for number, line in enumerate(lines, start=1)
    ]


def _read_grid(grid: Sequence[Sequence[Cell]], findings: Findings) -> Iterator[Listed]:
    heading = next((index for index, row in enumerate(grid) if "uai" in _headings(row).values()), None)
    if heading is None:
        if any(not cell.empty for row in grid for cell in row):
            refuse(0, "", _("aucune ligne de titres n’a été trouvée : UAI, nom, prénom, rôle, adresse."))
        return
    columns = _headings(grid[heading])
    first: dict[str, int] = {}
    for row in grid[heading + 1 :]:
        cells = {columns[cell.column]: cell for cell in row if cell.column in columns and not cell.empty}
        if not cells:
            continue
        mine = Findings()
        line = _read_line(cells, row[0].row, mine)
        if line is not None:
            key = (line.email or f"{line.uai} {plain(line.name)}").lower()
            if first.setdefault(key, row[0].row) != row[0].row:
                mine.fault(row[0].row, "", _say_twice(line, first[key]))
        for fault in mine.faults:
            findings.fault(fault.row, fault.column, fault.sentence)
        if line is not None and not mine.faults:
            yield line


def _say_twice(line: Listed, row: int) -> str:
    if line.email:
        return _("cette adresse est déjà à la ligne {row} : elle ne recevrait pas deux fois le message.", row=row)
    return _("cette personne est déjà à la ligne {row}.", row=row)


def _headings(row: Sequence[Cell]) -> dict[str, str]:
    """Column → field, where a row names the code and at least one more; else nothing."""
    found: dict[str, str] = {}
    for cell in row:
        field = field_named(cell.value, COLUMNS) if isinstance(cell.value, str) else None
        if field is not None and field not in found.values():
            found[cell.column] = field
    return found if len(found) >= 2 else {}


def _read_line(cells: dict[str, Cell], row: int, findings: Findings) -> Listed | None:
    """One line; each of its faults is noted, with its column where there is one."""
    said = {field: read_text(cell, findings) for field, cell in cells.items()}

    def parsed(field: str) -> str | None:
        if field in cells and not said[field]:
            # what stands there cannot be read, which is noted already
            return None
        try:
            return _parse(field, said.get(field, ""))
        except InvalidField as refusal:
            column = cells[field].column if field in cells else ""
            findings.fault(row, column, refusal.sentence)
            return None

    values = {field: parsed(field) for field in COLUMNS}
    if findings.faults or values["uai"] is None or values["last_name"] is None or values["role"] is None:
        return None
    return Listed(
        uai=values["uai"],
        last_name=values["last_name"],
        first_name=values["first_name"] or "",
        role="head" if values["role"] == "head" else "referent",
        email=values["email"],
    )


def _parse(field: str, text: str) -> str | None:
    match field:
        case "uai":
            return _parse_school(text)
        case "last_name":
            return parse_line(text, field, _("Le nom"), NAME_AT_MOST)
        case "first_name":
            return parse_line(text, field, _("Le prénom"), NAME_AT_MOST, needed=False)
        case "role":
            return _parse_role(text)
        case _:
            return parse_email(text, field)


def _parse_school(text: str) -> str:
    uai = parse_uai(text)
    if uai is None:
        raise InvalidField(_("Le code UAI de l’établissement manque."), field="uai")
    if school_of(uai) is None:
        raise InvalidField(_("Aucun lycée de l’annuaire n’a le code {uai}.", uai=uai), field="uai")
    return uai


def _parse_role(text: str) -> Role:
    said = plain(text)
    for role, words in _ROLES:
        if words.search(said):
            return role
    if not said:
        raise InvalidField(_("Le rôle manque : chef d’établissement ou professeur référent."), field="role")
    raise InvalidField(
        _("Le rôle « {text} » n’est pas connu : chef d’établissement ou professeur référent.", text=text[:60]),
        field="role",
    )
