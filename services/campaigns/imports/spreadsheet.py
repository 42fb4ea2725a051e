"""Spreadsheets as bytes: the first sheet of an .xlsx, or a .csv, as a grid of cells. Nothing is ever computed."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, time, timedelta

from services.campaigns.imports.cells import Cell, Value
from services.campaigns.imports.fault import FileRefused, refuse
from services.campaigns.imports.table import COLUMNS_AT_MOST, ROWS_AT_MOST, count_headings
from shared.languages import _, later

FILE_AT_MOST = 5_000_000
UNZIPPED_AT_MOST = 30_000_000
PARTS_AT_MOST = 500
TOO_MANY_ROWS = later("ce fichier a trop de lignes : {most} au plus.", most=ROWS_AT_MOST)

# longer cells are faults with a row and a column of their own; the module's default would stop at 128 KB
csv.field_size_limit(FILE_AT_MOST)

Grid = list[list[Cell]]


def read_workbook(content: bytes) -> Grid:
    """The active sheet of an .xlsx; raises `FileRefused` for what is no workbook, too large, or made to burst."""
    _check_parts(content)
    try:
        return _read_sheet(content)
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever its parsing meets in a file that is not well made
        refuse(0, "", _("ce fichier n’est pas un classeur .xlsx lisible."))


def read_delimited(content: bytes, *, score: Callable[[Sequence[Cell]], int] = count_headings) -> Grid:
    """A .csv with `;`, `,` or tabs, in UTF-8 (with or without mark), UTF-16 with mark, or Windows-1252.

    Of the three ways to cut the lines, the one is taken that has the row with the highest `score`.
    """
    text = _decode(content)
    grids = [_split(text, delimiter) for delimiter in ";\t,"]
    return max(grids, key=lambda grid: max((score(row) for row in grid), default=0))


def check_size(content: bytes) -> None:
    """Refuse a file that is empty or larger than any programme."""
    if len(content) > FILE_AT_MOST:
        refuse(0, "", _("ce fichier est trop gros : {limit} Mo au plus.", limit=FILE_AT_MOST // 1_000_000))
    if not content.strip():
        refuse(0, "", _("ce fichier est vide."))


def _check_parts(content: bytes) -> None:
    """Look at a workbook's parts before they are read: their number, their size unzipped, and no DTD in any.

    What `zipfile` gives of a part is never more than the size its directory says, so the sum is a true bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = book.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > PARTS_AT_MOST or size > UNZIPPED_AT_MOST:
                limit = UNZIPPED_AT_MOST // 1_000_000
                refuse(0, "", _("ce classeur est trop gros une fois décompressé : {limit} Mo au plus.", limit=limit))
            for part in parts:
                beginning = book.read(part) if part.filename.endswith((".xml", ".rels")) else b""
                if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning or b"\x00" in beginning:
                    refuse(0, "", _("ce classeur contient une définition de type XML, qui n’a rien à faire là."))
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001  # the same: a broken archive fails in many ways
        refuse(0, "", _("ce fichier n’est pas un classeur .xlsx lisible."))


def _read_sheet(content: bytes) -> Grid:
    # loaded when somebody brings a workbook: it is 4 MB of a process that seldom sees one
    import openpyxl
    from openpyxl.utils import get_column_letter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions it leaves out; none matters here
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            grid: Grid = []
            # the sheet's own word on its size is not trusted: rows are counted as they come
            for sheet in book.worksheets[:1]:
                sheet.reset_dimensions()
                for number, row in enumerate(sheet.iter_rows(max_row=ROWS_AT_MOST + 1, max_col=COLUMNS_AT_MOST), 1):
                    if number > ROWS_AT_MOST and any(cell.value is not None for cell in row):
                        refuse(0, "", str(TOO_MANY_ROWS))
                    grid.append(
                        [
                            Cell(number, get_column_letter(index), _plain_value(cell.value), cell.data_type == "f")
                            for index, cell in enumerate(row, start=1)
                            if cell.value is not None
                        ]
                    )
            return grid
        finally:
            book.close()


def _plain_value(value: object) -> Value:
    """A value as we know them; openpyxl's objects for formulas and rich text as their text."""
    return value if isinstance(value, (str, int, float, date, time, timedelta)) else str(value)


def _decode(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return refuse(0, "", _("ce fichier n’est ni en UTF-8 ni en Windows-1252."))


def _split(text: str, delimiter: str) -> Grid:
    return list(_rows(text, delimiter))


def _rows(text: str, delimiter: str) -> Iterator[list[Cell]]:
    from openpyxl.utils import get_column_letter

    reader = csv.reader(io.StringIO(re.sub(r"\A(?:sep=.\r?\n)", "", text), newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            refuse(
                number, "", _("cette ligne ne se lit pas : une cellule est trop longue ou un guillemet est de trop.")
            )
        if number > ROWS_AT_MOST and any(value.strip() for value in row):
            refuse(0, "", str(TOO_MANY_ROWS))
        yield [
            Cell(number, get_column_letter(index), value)
            for index, value in enumerate(row[:COLUMNS_AT_MOST], start=1)
            if value.strip()
        ]
