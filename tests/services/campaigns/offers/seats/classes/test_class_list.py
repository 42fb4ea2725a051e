"""A class list is read as schools write it, and a fault is told at its line and column."""

import io

import openpyxl
import pytest

from services.campaigns.imports.fault import FileRefused, Findings
from services.campaigns.offers.seats.classes.class_list import read_class_file, read_class_text, write_class
from services.campaigns.offers.seats.classes.class_requests import to_requests

SCHOOL = "Lycée Jacques Prévert"


def read(text):
    findings = Findings()
    return read_class_text(text, findings), findings


def requests(pupils, findings, **given):
    return to_requests(
        pupils,
        **{"school_name": SCHOOL, "school_uai": None, "class_name": "2nde 4", "key": "liste", **given},
        findings=findings,
    )


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "Dupré;Camille;camille@eleve.example",
        "Dupré ; Camille ; camille@eleve.example\n\n",
        "Dupré\tCamille\tcamille@eleve.example",
        "Dupré,Camille,camille@eleve.example",
        "nom;prénom;adresse\nDupré;Camille;camille@eleve.example",
        "Prénom;Nom;E-mail\nCamille;Dupré;camille@eleve.example",
        "DUPRÉ Camille camille@eleve.example",
        "Camille DUPRÉ <camille@eleve.example>",
    ],
)
def test_a_line_is_read_however_it_is_written(text):
    pupils, findings = read(text)
    (request,) = requests(pupils, findings)
    assert not findings.faults
    assert (request.last_name.lower(), request.first_name) == ("dupré", "Camille")
    assert (request.email, request.class_name, request.school_name) == ("camille@eleve.example", "2nde 4", SCHOOL)


def test_an_address_after_the_guardian_s_name_is_the_guardian_s():
    pupils, findings = read("Dupré;Camille;Anne Dupré;anne@famille.example\nRoy;Jo;jo@eleve.example;2nde 5")
    first, second = requests(pupils, findings)
    assert (first.email, first.guardian_name, first.guardian_email) == (None, "Anne Dupré", "anne@famille.example")
    assert (second.email, second.class_name) == ("jo@eleve.example", "2nde 5")


def test_every_fault_has_its_line_and_column():
    pupils, findings = read("nom;prénom;adresse\nDupré;Cam1lle;camille\nRoy;;jo@eleve.example\nBon;Li;li@eleve.example")
    requests(pupils, findings)
    assert [(fault.row, fault.column) for fault in findings.faults] == [(2, "B"), (2, "C"), (3, "")]


def test_a_pupil_without_any_address_is_a_fault():
    pupils, findings = read("Dupré;Camille\nRoy;Jo;jo@eleve.example")
    requests(pupils, findings)
    (fault,) = findings.faults
    assert fault.row == 1
    assert "adresse" in fault.sentence


def test_a_pupil_written_twice_is_a_fault_at_the_second_line():
    _, findings = read("Dupré;Camille;c@eleve.example\nDUPRE;camille;C@eleve.example")
    assert [str(fault) for fault in findings.faults] == ["ligne 2 : cet élève est déjà à la ligne 1."]


def test_a_workbook_and_a_csv_of_windows_are_read_alike():
    rows = [["Nom", "Prénom", "Courriel", "Sans accueil"], ["Dupré", "Léa", "lea@eleve.example", "oui"]]
    csv = "\r\n".join(",".join(row) for row in rows).encode("cp1252")
    for name, content in (("classe.xlsx", workbook(rows)), ("classe.CSV", csv)):
        findings = Findings()
        (request,) = requests(read_class_file(name, content, findings), findings)
        assert (request.last_name, request.first_name, request.without_host) == ("Dupré", "Léa", True)


@pytest.mark.parametrize("rows", [301, 2_500, 100_000])
def test_a_list_longer_than_a_school_has_is_refused_with_the_limit(rows):
    content = "\n".join(["nom;prenom;adresse", *(f"A;B;c{n}@d.example" for n in range(rows))]).encode()
    with pytest.raises(FileRefused, match="300 élèves au plus"):
        read_class_file("classe.csv", content, Findings())
    with pytest.raises(FileRefused, match="300 élèves au plus"):
        read_class_text(content.decode(), Findings())


def test_a_workbook_of_a_hundred_thousand_rows_is_refused_with_the_limit():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(100_000):
        sheet.append(["Dupré", "Camille", f"c{number}@eleve.example"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FileRefused, match=r"300 élèves au plus|trop gros"):
        read_class_file("classe.xlsx", out.getvalue(), Findings())


@pytest.mark.parametrize("name", ["classe.pdf", "classe", "classe.xls"])
def test_another_kind_of_file_is_refused(name):
    with pytest.raises(FileRefused, match=r"ni un \.xlsx ni un \.csv"):
        read_class_file(name, b"%PDF-1.7 ...", Findings())


def test_a_formula_is_a_fault_at_its_cell():
    findings = Findings()
    read_class_file("classe.csv", b"nom;prenom;adresse\n=A1;Camille;c@eleve.example", findings)
    assert [(fault.row, fault.column) for fault in findings.faults] == [(2, "A")]


def test_a_list_written_out_is_read_as_the_same_pupils():
    pupils, findings = read("Dupré;Camille;Anne Dupré;anne@famille.example\nRoy;Jo;jo@eleve.example;2nde 5")
    again, _ = read(write_class(pupils))
    assert [pupil.fields for pupil in again] == [pupil.fields for pupil in pupils]
    assert not findings.faults


def test_the_same_list_again_has_the_same_keys_and_a_corrected_line_another():
    first, second = (requests(*read(text)) for text in ("Roy;Jo;jo@eleve.example", "Roy;Joe;jo@eleve.example"))
    again = requests(*read("Roy;Jo;jo@eleve.example"))
    assert first[0].idempotency_key == again[0].idempotency_key != second[0].idempotency_key
