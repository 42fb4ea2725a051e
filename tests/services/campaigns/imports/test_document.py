"""Reading a file: the same programme from every form, and each fault with its row, its column and its sentence."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.campaigns.imports.document import Reading, read_document
from services.campaigns.imports.programme_file import Place
from shared.french_dates import PARIS
from tests.services.campaigns.imports.week_file import (
    CHANTIERS,
    COLUMNS,
    ENERGIES,
    FIRST_ROW,
    HEADER,
    HEADING_ROW,
    KNOWN,
    csv_bytes,
    grid,
    row,
    rows,
    xlsx_bytes,
)

DEMO = Path("data/demo")


def read(sessions, columns=COLUMNS, **header) -> Reading:
    return read_document("semaine.csv", csv_bytes(grid(sessions, columns, **header)), KNOWN)


def told(reading: Reading) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.sentence) for fault in reading.faults]


def without_places(reading: Reading):
    assert reading.faults == ()
    (programme, _) = reading.programmes[0]
    header = msgspec.structs.replace(programme.header, place=Place(0), columns={})
    sessions = [msgspec.structs.replace(session, place=Place(0), columns={}) for session in programme.sessions]
    return header, sessions


def test_a_sound_file_has_no_fault_and_says_what_it_says():
    reading = read(rows())
    assert reading.faults == ()
    header, sessions = without_places(reading)
    assert (header.title, header.kind, header.seats) == ("Deux jours sur la Risle", "collective_week", 15)
    assert header.closes_at == datetime(2027, 6, 11, 12, tzinfo=PARIS)
    assert [session.sector for session in sessions] == ["s10", "s10", "s21", "s21"]
    assert sessions[0].starts_at == datetime(2027, 6, 14, 9, tzinfo=PARIS)
    assert [speaker.name for speaker in sessions[3].speakers] == ["Idriss Navarre", "Maud Tillard"]


def test_the_week_is_the_same_from_yaml_workbook_and_text_file():
    readings = [
        read_document(file.name, file.read_bytes(), KNOWN) for file in sorted(DEMO.glob("semaine-pont-audemer.*"))
    ]
    assert len(readings) == 3
    first, second, third = (without_places(reading) for reading in readings)
    assert first == second == third
    assert len(first[1]) == 23


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_and_delimiters_are_recognised(delimiter, encoding):
    reading = read_document("semaine.csv", csv_bytes(grid(rows()), delimiter, encoding), KNOWN)
    assert without_places(reading) == without_places(read(rows()))


def test_headings_are_known_without_accents_in_capitals_and_by_usual_words():
    columns = tuple(
        {"Début": "DEBUT", "Titre": "Intitulé", "Entreprise": "Société", "Date": "jour"}.get(c, c) for c in COLUMNS
    )
    lines = [*grid(rows())]
    lines[HEADING_ROW - 1] = list(columns)
    assert without_places(read_document("x.csv", csv_bytes(lines), KNOWN)) == without_places(read(rows()))


@pytest.mark.parametrize(
    "written",
    ["14/06/2027", "14-06-2027", "14.6.2027", "14/06/27", "lundi 14/06/2027", "14 juin 2027", "lundi 14 juin 2027",
     "Lundi 14 JUIN 2027", "2027-06-14", "14/06/2027 00:00:00"],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(written):
    _, sessions = without_places(read([row(Date=written)]))
    assert sessions[0].date == date(2027, 6, 14)


@pytest.mark.parametrize("written", ["9h30", "9 h 30", "9:30", "09h30", "09:30:00", "9H30"])
def test_hours_are_read_as_people_write_them(written):
    _, sessions = without_places(read([row(Début=written)]))
    assert sessions[0].starts_at.time() == time(9, 30)


def test_a_workbooks_own_dates_and_times_are_read():
    lines: list[list[object]] = [list(line) for line in grid([row()])]
    lines[-1][:3] = [datetime(2027, 6, 14), time(9), 0.5]  # noqa: DTZ001  # a workbook's date has no zone
    _, sessions = without_places(read_document("x.xlsx", xlsx_bytes(lines), KNOWN))
    assert (sessions[0].starts_at.hour, sessions[0].ends_at.hour) == (9, 12)


FAULTS = {
    "unknown sector": (row(Secteur="Batiments"), "D", "le secteur « Batiments » est inconnu ; vouliez-vous dire « Bâ"),
    "false siret": (row(SIRET="00000201400018"), "F", "le SIRET 00000201400018 est faux : sa clé de contrôle"),
    "short siret": (row(SIRET="123"), "F", "un SIRET a 14 chiffres ; « 123 » en a 3."),
    "end before start": (row(Début="12h", Fin="9h"), "C", "la fin (9 h) doit venir après le début (12 h)."),
    "no end": (row(Fin=""), "C", "l’heure de fin manque."),
    "no title": (row(Titre=""), "H", "le titre manque."),
    "saturday": (row(Date="19/06/2027"), "A", "ce jour est un samedi"),
    "public holiday": (row(Date="14/07/2027"), "A", "ce jour est férié (Fête nationale)."),
    "outside the campaign": (row(Date="01/06/2027"), "A", "mardi 1er juin est hors de la campagne, du lundi 14 au"),
    "no such day": (row(Date="31/06/2027"), "A", "« 31/06/2027 » n’existe pas dans le calendrier."),
    "another weekday": (row(Date="mardi 14 juin 2027"), "A", "« mardi 14 juin 2027 » : ce jour est un lundi."),
    "no date at all": (row(Date="bientôt"), "A", "« bientôt » n’est pas une date"),
    "1900": (row(Date="01/01/1900"), "A", "l’année 1900 est hors du possible."),
    "no hour": (row(Début="tôt"), "B", "« tôt » n’est pas une heure"),
    "25 h": (row(Fin="25h"), "C", "« 25h » n’est pas une heure"),
    "too early": (row(Début="5h30", Fin="8h"), "B", "rien avant 6 h pour les moins de 16 ans (convention type"),
    "too late": (row(Date="16/06/2027", Début="19h", Fin="20h30"), "C", "rien après 20 h pour les moins de 16 ans"),
    "no break": (row(Début="9h", Fin="13h30"), "C", "4 h 30 de suite : 30 min de pause sont dues dès 4 h 30"),
    "unknown kind": (row(Type="visitte"), "I", "le type de séance « visitte » est inconnu ; écrivez « visite »"),
    "formula": (row(Titre='=HYPERLINK("http://x.example";"ici")'), "H", "cette cellule contient une formule"),
    "line break": (row(Titre="Lire\nun plan"), "H", "ce texte contient un retour à la ligne."),
    "control character": (row(Titre="Lire\x07un plan"), "H", "ce texte contient un caractère invisible."),
    "direction mark": (row(Titre="Lire \u202eun plan"), "H", "ce texte contient un caractère invisible."),
    "a megabyte": (row(Titre="a" * 1_000_000), "H", "ce texte est trop long : 1000000 caractères, 300 au plus."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_row_its_column_and_a_sentence(name):
    spoiled, column, sentence = FAULTS[name]
    reading = read([*rows()[1:], spoiled])
    (found,) = [fault for fault in reading.faults if fault.row == FIRST_ROW + 3]
    assert (found.row, found.column) == (FIRST_ROW + 3, column)
    assert found.sentence.startswith(sentence), found.sentence
    assert len(reading.faults) == 1


def test_seven_hours_and_a_half_in_a_day_are_refused_where_they_pass_seven():
    reading = read([row(), row(Début="13h", Fin="17h30", Titre="Monter un mur")])
    assert [(f.row, f.column, f.sentence[:26]) for f in reading.faults] == [
        (FIRST_ROW + 1, "C", "4 h 30 de suite : 30 min d"),
        (FIRST_ROW + 1, "C", "7 h 30 dans la journée : 7"),
    ]


def test_a_meal_is_a_break_and_not_presence():
    day = [row(), row(Début="12h", Fin="13h", Titre="Déjeuner", Type="repas"), row(Début="13h", Fin="17h", Titre="Mur")]
    assert read(day).faults == ()


def test_more_than_35_hours_a_week_are_refused_and_more_than_30_warned_of():
    def week(end: str) -> list[dict[str, str]]:
        days = [f"{day}/06/2027" for day in range(14, 19)]
        return [r for d in days for r in (row(Date=d), row(Date=d, Début="13h", Fin=end, Titre="Suite"))]

    assert any("30 h au plus pour un élève de moins de 15 ans" in str(w) for w in read(week("16h30")).warnings)
    assert read(week("16h30")).faults == ()
    sentences = " ".join(fault.sentence for fault in read(week("17h15")).faults)
    assert "36 h 15 dans la semaine : 35 h au plus" in sentences


def test_groups_are_counted_apart_and_a_breach_names_its_group():
    rotation = [
        row(Groupe="A"),
        row(Groupe="B", Salle="2", Titre="Autre"),
        row(Début="13h", Fin="17h30", Groupe="B", Titre="Long"),
    ]
    sentences = [fault.sentence for fault in read(rotation).faults]
    assert all(sentence.startswith("groupe B : ") for sentence in sentences)
    assert any("7 h 30 dans la journée" in sentence for sentence in sentences)


def test_fourteen_hours_of_rest_are_due():
    late = [row(Début="18h", Fin="19h30"), row(Date="15/06/2027", Début="8h", Fin="9h")]
    ((place, column, sentence),) = told(read(late))
    assert (place, column) == (FIRST_ROW + 1, "B")
    assert sentence.startswith("12 h 30 de repos depuis la veille : 14 h de suite sont dues (convention type")


def test_a_room_a_speaker_and_a_group_are_in_one_place_at_a_time():
    spoiled = rows()
    spoiled.append({**spoiled[3], "Entreprise": "Chantiers de la Risle", "Titre": "Autre", "Groupe": "B"})
    reading = read(spoiled)
    assert [(fault.row, fault.column) for fault in reading.faults] == [
        (FIRST_ROW + 4, "B"),
        (FIRST_ROW + 4, "O"),
        *[(FIRST_ROW + 4, "P")] * 2,
    ]
    assert "le groupe B a deux séances à la fois" in reading.faults[0].sentence
    assert "la salle « Salle Becquerel » est prise deux fois" in reading.faults[1].sentence
    assert "Idriss Navarre serait à deux endroits à la fois : déjà ligne 17" in reading.faults[2].sentence


def test_a_company_twice_at_once_is_a_warning_and_no_fault():
    reading = read([row(Groupe="A"), row(Groupe="B", Titre="Autre chantier")])
    assert reading.faults == ()
    assert [(w.row, w.column) for w in reading.warnings] == [(FIRST_ROW + 1, "E")]
    assert "Chantiers de la Risle accueille deux fois à la fois" in reading.warnings[0].sentence


def test_one_siret_is_one_company():
    reading = read([row(SIRET=CHANTIERS), row(Date="15/06/2027", Entreprise="Une autre", SIRET=CHANTIERS)])
    assert [(f.row, f.column) for f in reading.faults] == [(FIRST_ROW + 1, "F")]
    reading = read([row(SIRET=CHANTIERS), row(Date="15/06/2027", SIRET=ENERGIES)])
    assert "a un autre SIRET" in reading.faults[0].sentence


def test_every_fault_is_listed_at_once_in_the_order_of_the_file():
    reading = read(
        [row(Date="19/06/2027"), row(SIRET="1"), row(Date="15/06/2027", Type="rien"), row(Fin="8h")], Places="mille"
    )
    assert [(fault.row, fault.column) for fault in reading.faults] == [
        (7, "B"), (FIRST_ROW, "A"), (FIRST_ROW + 1, "F"), (FIRST_ROW + 2, "I"), (FIRST_ROW + 3, "C"),
    ]  # fmt: skip


def test_a_missing_column_and_a_missing_field_are_named():
    reading = read(rows(), columns=[column for column in COLUMNS if column not in ("Fin", "Titre")])
    assert told(reading) == [(HEADING_ROW, "", "les colonnes « fin » et « titre » manquent.")]
    assert told(read(rows(), Campagne="")) == [(0, "", "au-dessus du tableau, le champ « campagne » manque.")]


def test_a_misspelt_heading_is_a_fault_and_a_foreign_one_a_warning():
    columns = [*COLUMNS, "Notes internes"]
    reading = read(rows(), columns=columns)
    assert [(w.row, w.column) for w in reading.warnings if "Notes" in w.sentence] == [(HEADING_ROW, "Q")]
    lines = grid(rows())
    lines[HEADING_ROW - 1][14] = "Sale"
    assert told(read_document("x.csv", csv_bytes(lines), KNOWN))[0] == (
        HEADING_ROW, "O", "le titre de colonne « Sale » est inconnu ; vouliez-vous dire « salle » ?"
    )  # fmt: skip


def test_a_formula_in_a_workbook_is_never_computed_and_is_a_fault():
    lines = grid([row(Titre='=HYPERLINK("http://x.example","ici")'), row(Date="=TODAY()")])
    reading = read_document("x.xlsx", xlsx_bytes(lines), KNOWN)
    assert [(fault.row, fault.column) for fault in reading.faults] == [(FIRST_ROW, "H"), (FIRST_ROW + 1, "A")]


def test_a_hundred_thousand_rows_are_refused_with_the_limit():
    for name, content in (
        ("x.csv", csv_bytes([*grid([]), *[["a", "b"]] * 100_000])),
        ("x.xlsx", xlsx_bytes([*grid([]), *[["a"]] * 5_000])),
    ):
        assert told(read_document(name, content, KNOWN)) == [(0, "", "ce fichier a trop de lignes : 2000 au plus.")]


def test_a_file_too_large_or_a_bomb_is_refused_with_the_limit():
    assert told(read_document("x.csv", b"a" * 5_000_001, KNOWN)) == [
        (0, "", "ce fichier est trop gros : 5 Mo au plus.")
    ]
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 31_000_000)
    assert told(read_document("x.xlsx", bomb.getvalue(), KNOWN)) == [
        (0, "", "ce classeur est trop gros une fois décompressé : 30 Mo au plus.")
    ]


def test_a_workbook_with_entities_is_refused():
    plain = io.BytesIO(xlsx_bytes(grid(rows())))
    spoiled = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(spoiled, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            target.writestr(part.filename, content)
    assert "définition de type XML" in read_document("x.xlsx", spoiled.getvalue(), KNOWN).faults[0].sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &x [1]\nb: *x\n", "un renvoi"),
        ("[[[[[[[[[[1]]]]]]]]]]", "trop long ou trop profond"),
        ("a: 1\na: 2\n", "cette clé est donnée deux fois."),
        ("a: [1\n", "cette ligne ne se lit pas en YAML."),
        ("programmes: ['../autre.yaml']\n", "seuls des fichiers du même dossier"),
        ("offre: []\n", "des lignes « champ: valeur » sont attendues"),
        ("offre: {titre: [1]}\n", "un seul texte est attendu"),
        ("[" * 100_000, "ne se lit pas en YAML"),
    ],
)
def test_yaml_that_is_no_programme_is_a_fault(text, sentence):
    assert sentence in read_document("x.yaml", text.encode(), KNOWN).faults[0].sentence


def test_other_endings_and_empty_files_are_refused():
    assert "ni un .xlsx, ni un .csv" in read_document("x.pdf", b"%PDF", KNOWN).faults[0].sentence
    assert told(read_document("x.csv", b" \n", KNOWN)) == [(0, "", "ce fichier est vide.")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000), st.sampled_from(["x.csv", "x.xlsx", "x.yaml", "x"]))
def test_any_bytes_are_read_or_refused_and_never_raise(content, name):
    assert isinstance(read_document(name, content, KNOWN), Reading)


CELLS = st.one_of(st.text(max_size=20), st.sampled_from([*HEADER, *COLUMNS, "14/06/2027", "9h", "=1", "\x00", "1e9h"]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, max_size=17), max_size=4), st.dictionaries(st.sampled_from(COLUMNS), CELLS, max_size=6))
def test_any_cells_in_a_table_are_read_or_refused_and_never_raise(lines, spoiled):
    content = csv_bytes([*lines, *grid([row(**spoiled)])]).decode().encode("utf-8", "replace")
    assert isinstance(read_document("x.csv", content, KNOWN), Reading)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_workbook_with_a_few_bytes_changed_never_raises(position, bytes_):
    content = WORKBOOK[: position % len(WORKBOOK)] + bytes_ + WORKBOOK[position % len(WORKBOOK) + len(bytes_) :]
    assert isinstance(read_document("x.xlsx", content, KNOWN), Reading)


WORKBOOK = xlsx_bytes(grid(rows()))
