"""A grid of cells as a table: the offer's lines « champ ; valeur », then a row of headings and a row per session."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.words_of_files import COLUMNS, HEADERS, field_named, nearest, or_list, plain
from shared.languages import _

ROWS_AT_MOST = 2_000
COLUMNS_AT_MOST = 60
HEADINGS_AT_LEAST = 3


class Table(Struct, frozen=True):
    """A file's header and rows, by field; `columns` says where each field stands, `heading_row` its headings."""

    header: dict[str, Cell]
    rows: list[dict[str, Cell]]
    columns: dict[str, str]
    heading_row: int = 0


def find_table(grid: Sequence[Sequence[Cell]], findings: Findings) -> Table:
    """The table in a grid whose rows may be empty; what is not recognised is a fault or a warning."""
    heading = next((index for index, row in enumerate(grid) if count_headings(row) >= HEADINGS_AT_LEAST), None)
    header = _read_header(grid[: len(grid) if heading is None else heading], findings)
    if heading is None:
        findings.fault(
            0,
            "",
            _("aucune ligne de titres de colonnes (date, début, fin, secteur, entreprise, titre …) n’a été trouvée."),
        )
        return Table(header, [], {})
    fields = _read_headings(grid[heading], findings)
    rows = []
    for cells in grid[heading + 1 :]:
        row = {fields[cell.column]: cell for cell in cells if cell.column in fields and not cell.empty}
        if row:
            rows.append(row)
        for cell in cells:
            if cell.column not in fields and not cell.empty and cell.formula:
                read_text(cell, findings)
    return Table(header, rows, {field: column for column, field in fields.items()}, grid[heading][0].row)


def count_headings(row: Sequence[Cell]) -> int:
    """How many fields of a session a row names."""
    return len({field for cell in row if isinstance(cell.value, str) and (field := field_named(cell.value, COLUMNS))})


def unknown_name(
    name: str,
    row: int,
    column: str,
    words: Mapping[str, Sequence[str]],
    findings: Findings,
    *,
    what: Literal["field", "heading", "part"],
) -> None:
    """A name nobody knows: a fault where it looks like one we know, else a warning that it is left out."""
    known = [names[0] for names in words.values()]
    close = [near for near in nearest(name, known, at_most=1) if _is_slip(name, near)]
    if close:
        findings.fault(row, column, _say_meant(name, or_list(close), what))
    else:
        findings.warn(row, column, _say_left_out(name, what))


def _say_meant(name: str, words: str, what: str) -> str:
    if what == "heading":
        return _("le titre de colonne « {name} » est inconnu ; vouliez-vous dire {words} ?", name=name, words=words)
    if what == "part":
        return _("la partie « {name} » est inconnue ; vouliez-vous dire {words} ?", name=name, words=words)
    return _("le champ « {name} » est inconnu ; vouliez-vous dire {words} ?", name=name, words=words)


def _say_left_out(name: str, what: str) -> str:
    if what == "heading":
        return _("le titre de colonne « {name} » est inconnu et n’a pas été lu.", name=name)
    if what == "part":
        return _("la partie « {name} » est inconnue et n’a pas été lue.", name=name)
    return _("le champ « {name} » est inconnu et n’a pas été lu.", name=name)


def _is_slip(name: str, near: str) -> bool:
    said, meant = plain(name), plain(near)
    return (
        abs(len(said) - len(meant)) <= 2
        and len(meant) > 3
        and (said.startswith(meant[:3]) or said.endswith(meant[-3:]))
    )


def _read_header(grid: Sequence[Sequence[Cell]], findings: Findings) -> dict[str, Cell]:
    header: dict[str, Cell] = {}
    for row in grid:
        said = [cell for cell in row if not cell.empty]
        if not said or not isinstance(said[0].value, str) or plain(said[0].value) == "champ":
            continue
        name = read_text(said[0], findings).rstrip(" :")
        field = field_named(name, HEADERS)
        if field is None:
            if len(said) == 2 and name:
                unknown_name(name, said[0].row, said[0].column, HEADERS, findings, what="field")
        elif field in header:
            findings.fault(said[0].row, said[0].column, _("le champ « {name} » est donné deux fois.", name=name))
        elif len(said) > 1:
            header[field] = said[1]
    return header


def _read_headings(row: Sequence[Cell], findings: Findings) -> dict[str, str]:
    fields: dict[str, str] = {}
    for cell in row:
        name = read_text(cell, findings)
        field = field_named(name, COLUMNS) if name else None
        if field in fields.values():
            findings.fault(cell.row, cell.column, _("la colonne « {name} » est donnée deux fois.", name=name))
        elif field is not None:
            fields[cell.column] = field
        elif name:
            unknown_name(name, cell.row, cell.column, COLUMNS, findings, what="heading")
    return fields
