"""A small programme file for the tests: two days, four sessions, to be spoiled one cell at a time."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from services.campaigns.imports.document import Known
from services.campaigns.imports.programme_file import KnownCampaign

HEADER = {
    "Identifiant": "semaine-test",
    "Titre": "Deux jours sur la Risle",
    "Type d'offre": "semaine collective",
    "Organisation": "Fédération des métiers",
    "Campagne": "Deux secteurs, un été",
    "Ville": "Pont-Audemer",
    "Places": "15",
    "Ouverture": "01/09/2026",
    "Fermeture": "11/06/2027 à 12h",
    "Résumé": "Une semaine pour voir.",
    "Contact": "Coline Berthaud, semaines@risle.example",
}
COLUMNS = (
    "Date", "Début", "Fin", "Secteur", "Entreprise", "SIRET", "Adresse", "Titre", "Type", "Contact",
    "Lieu de rendez-vous", "Accès", "À apporter", "Groupe", "Salle", "Intervenants",
)  # fmt: skip
HEADING_ROW = len(HEADER) + 2
FIRST_ROW = HEADING_ROW + 1
CHANTIERS, ENERGIES = "00000201400017", "00000204800015"


def row(**said: str) -> dict[str, str]:
    """A session with what every session needs."""
    return {
        "Date": "14/06/2027",
        "Début": "9h",
        "Fin": "12h",
        "Secteur": "Bâtiment et travaux publics (BTP)",
        "Entreprise": "Chantiers de la Risle",
        "SIRET": "",
        "Adresse": "12 quai des Péniches, 27500 Pont-Audemer",
        "Titre": "Lire un plan",
        "Type": "visite",
        **said,
    }


def rows() -> list[dict[str, str]]:
    """Monday and Tuesday, morning and afternoon."""
    marais = {"Entreprise": "Énergies du Marais", "Adresse": "1 chemin de la Turbine, 27500 Toutainville"}
    energy = {"Date": "15/06/2027", "Secteur": "Énergie", **marais}
    return [
        row(),
        row(Début="13h30", Fin="16h", Titre="Monter un mur", Type="atelier", Salle="Atelier"),
        row(**energy, Titre="De l’eau à la prise"),
        row(
            **energy, Début="13h30", Fin="16h", Titre="Deux parcours", Type="témoignage", Salle="Salle Becquerel",
            Intervenants="Idriss Navarre (technicien) ; Maud Tillard (soudeuse)",
        ),
    ]  # fmt: skip


def grid(sessions: Sequence[dict[str, str]], columns: Sequence[str] = COLUMNS, **header: str) -> list[list[str]]:
    """The lines of the file: header, an empty line, headings, sessions."""
    said = {**HEADER, **header}
    lines = [[name, text] for name, text in said.items()]
    return [*lines, [], list(columns), *([session.get(name, "") for name in columns] for session in sessions)]


def csv_bytes(lines: Sequence[Sequence[str]], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """The lines as a .csv."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(lines)
    return file.getvalue().encode(encoding)


def xlsx_bytes(lines: Sequence[Sequence[object]]) -> bytes:
    """The lines as an .xlsx; texts that begin with `=` are formulas there."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sectors() -> dict[str, str]:
    """The sectors of the reference data."""
    with Path("data/sectors.csv").open(encoding="utf-8", newline="") as file:
        return {line["code"]: line["label"] for line in csv.DictReader(file)}


KNOWN = Known(
    sectors=sectors(),
    campaigns=[
        KnownCampaign(
            slug="deux-secteurs-un-ete",
            title="Deux secteurs, un été",
            first_day=date(2027, 6, 14),
            last_day=date(2027, 6, 25),
        )
    ],
)
