"""Lists of correspondents: what is understood of a file or pasted lines, and why a line is left out."""

import io

import openpyxl
import pytest

from services.campaigns.announcing.correspondents.correspondent import Listed
from services.campaigns.announcing.correspondents.list_file import read_list, write_list
from tests.services.campaigns.announcing.lists import BAYEUX, HEAD, OF_BAYEUX, PREVERT, REFERENT, a_list, many

SOLENE = Listed(uai=PREVERT, last_name="Aubry", first_name="Solène", role="head", email="s.aubry@prevert.example")


def sentences(text: str) -> list[str]:
    return [str(fault) for fault in read_list(text).faults]


def a_workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_list_is_read_under_headings_in_any_order_and_words():
    reading = read_list(
        "Annuaire 2027\n\nMél;Fonction;Nom et prénom;Code UAI\n"
        f"s.aubry@prevert.example;Chef d'établissement;Solène Aubry;{PREVERT.lower()}\n"
        f"malo@prevert.example;enseignant référent stages;Kervella Malo;{PREVERT}"
    )
    assert reading.faults == ()
    assert [(line.name, line.role, line.uai) for line in reading.lines] == [
        ("Solène Aubry", "head", PREVERT),
        ("Kervella Malo", "referent", PREVERT),
    ]


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("Proviseur", "head"),
        ("proviseure adjointe", "head"),
        ("Directrice", "head"),
        ("Chef d’établissement", "head"),
        ("Head", "head"),
        ("Professeur référent", "referent"),
        ("référente", "referent"),
        ("teacher", "referent"),
        ("professeure", "referent"),
    ],
)
def test_a_role_is_known_by_its_usual_words(words, role):
    (line,) = read_list(a_list(f"{PREVERT};Aubry;Solène;{words};s@prevert.example")).lines
    assert line.role == role


def test_a_workbook_and_a_csv_in_an_old_encoding_say_the_same():
    rows = (("UAI", "Nom", "Prénom", "Rôle", "Adresse"),
            (PREVERT, "Aubry", "Solène", "Proviseure", "s.aubry@prevert.example"))  # fmt: skip
    text = "\r\n".join(";".join(row) for row in rows)
    for name, content in (("liste.xlsx", a_workbook(*rows)), ("liste.csv", text.encode("cp1252"))):
        reading = read_list("", (name, content))
        assert reading.lines == (SOLENE,), name
        assert reading.faults == ()


def test_each_bad_line_is_said_with_its_place_and_the_others_are_read():
    text = a_list(
        HEAD,
        "0271431A;Roy;Jo;Proviseur;jo@prevert.example",
        "9999999P;Roy;Jo;Proviseur;jo@prevert.example",
        f"{PREVERT};Roy;Jo;Cuisinier;jo@prevert.example",
        f"{PREVERT};Roy;Jo;;jo@prevert.example",
        f"{PREVERT};;Jo;Proviseur;jo@prevert.example",
        f"{PREVERT};Roy;Jo;Proviseur;pas une adresse",
        f"{PREVERT};=1+1;Jo;Proviseur;jo@prevert.example",
        f"{PREVERT};Autre;Nom;Proviseur;S.AUBRY@prevert.example",
        f"{PREVERT};Sans;Adresse;Proviseur;",
        f"{PREVERT};sans;adresse;Proviseur;",
        OF_BAYEUX,
    )
    reading = read_list(text)
    assert [line.uai for line in reading.lines] == [PREVERT, PREVERT, BAYEUX]
    said = [str(fault) for fault in reading.faults]
    for number, words in (
        (3, "n’est pas valable"),
        (4, "code"),
        (5, "Le rôle « Cuisinier » n’est pas connu"),
        (6, "Le rôle manque"),
        (7, "nom"),
        (8, "adresse"),
        (9, "formule"),
        (10, "cette adresse est déjà à la ligne 2"),
        (12, "cette personne est déjà à la ligne 11"),
    ):
        assert [sentence for sentence in said if sentence.startswith(f"ligne {number}") and words in sentence], (
            number,
            said,
        )
    assert len(said) == 9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "personne n’a été trouvé"),
        ("Aubry;Solène", "aucune ligne de titres"),
        ("UAI;Nom", "personne n’a été trouvé"),
        ("x" * 400_001, "ce texte est trop long"),
        ("\n" * 2_001, "trop de lignes"),
    ],
)
def test_a_text_that_is_no_list_says_so(text, words):
    assert words in sentences(text)[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [("liste.pdf", b"%PDF"), ("liste.xlsx", b"PK\x03\x04 broken"), ("liste.csv", b""), ("liste.csv", b"\xff\xfe\x00")],
)
def test_a_file_that_is_no_list_says_so_and_never_raises(name, content):
    reading = read_list("", (name, content))
    assert reading.lines == ()
    assert reading.faults


def test_what_is_written_is_read_as_the_same_and_computed_by_no_spreadsheet():
    lines = (*many(40, (PREVERT, BAYEUX)), Listed(uai=PREVERT, last_name="Sans-Adresse", role="head"))
    assert read_list(write_list(lines)).lines == lines
    assert read_list(write_list([SOLENE])).lines == (SOLENE,)
    assert (
        read_list(a_list(HEAD, REFERENT)).lines == read_list(write_list(read_list(a_list(HEAD, REFERENT)).lines)).lines
    )
