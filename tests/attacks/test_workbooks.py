"""Workbooks made to burst, to read files of the server, or to be taken for ten million cells."""

import zipfile
from io import BytesIO

import pytest

from services.campaigns.imports.fault import FileRefused
from services.campaigns.imports.spreadsheet import read_workbook
from services.campaigns.imports.table import ROWS_AT_MOST


def a_workbook(sheet: str, *, name: str = "xl/worksheets/sheet1.xml", also: dict[str, bytes] | None = None) -> bytes:
    """A workbook of one sheet, whose part may be called as one likes."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kinds}.sheet.main+xml"/><Override PartName="/{name}" '
        f'ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="a" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="/{name}"/></Relationships>',
        name: sheet.replace("MAIN", main),
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for part, content in {**parts, **(also or {})}.items():
            book.writestr(part, content)
    return file.getvalue()


ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
SHEET = '<worksheet xmlns="MAIN">{}<sheetData>{}</sheetData></worksheet>'
BOMB = '<!DOCTYPE b [<!ENTITY a "{}">{}]>'.format(
    "a" * 1000, "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
)


def test_a_workbook_of_our_making_is_read():
    (row,) = read_workbook(a_workbook(SHEET.format("", ROW.format("Titre"))))
    assert [cell.value for cell in row] == ["Titre"]


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.bin", "xl/sheet"])
@pytest.mark.parametrize("declared", [BOMB, '<!DOCTYPE b [<!ENTITY h SYSTEM "file:///etc/hostname">]>'])
def test_entities_are_refused_whatever_the_part_is_called(name, declared):
    with pytest.raises(FileRefused):
        read_workbook(a_workbook(declared + SHEET.format("", ROW.format("&h;")), name=name))


def test_what_a_sheet_says_of_its_size_costs_nothing_and_ten_million_cells_are_refused():
    said = '<dimension ref="A1:XFD1048576"/>'
    assert len(read_workbook(a_workbook(SHEET.format(said, ROW.format("Titre"))))) == 1
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>loin</t></is></c></row>'
    assert len(read_workbook(a_workbook(SHEET.format(said, far)))) <= ROWS_AT_MOST + 1
    with pytest.raises(FileRefused):
        read_workbook(a_workbook(SHEET.format("", "<row>" + "<c><v>1</v></c>" * 3_000_000 + "</row>")))
