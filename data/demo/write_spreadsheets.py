"""Write the Pont-Audemer week as a federation would keep it: an .xlsx with real dates and times, and an old .csv.

Run from the repository's root after an edit of the YAML: `python data/demo/write_spreadsheets.py`.
"""

import csv
from datetime import date, datetime, time
from pathlib import Path

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill

FOLDER = Path(__file__).parent
NAME = "semaine-pont-audemer"
COLUMNS = {
    "date": "Date", "début": "Début", "fin": "Fin", "secteur": "Secteur", "entreprise": "Entreprise", "SIRET": "SIRET",
    "adresse": "Adresse", "titre": "Titre de la séance", "type": "Type", "contact": "Contact sur place",
    "lieu de rendez-vous": "Lieu de rendez-vous", "accès": "Accès", "à apporter": "À apporter", "groupe": "Groupe",
    "salle": "Salle", "intervenants": "Intervenants",
}  # fmt: skip
HEADER = {"titre": "Titre", "type d’offre": "Type d'offre", "ouverture": "Ouverture des inscriptions",
          "fermeture": "Fermeture des inscriptions", "places": "Places", "résumé": "Résumé"}  # fmt: skip


def main() -> None:
    """Read the YAML, write both files beside it."""
    document = yaml.load((FOLDER / f"{NAME}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # texts only
    header = [(HEADER.get(name, name[:1].upper() + name[1:]), text) for name, text in document["offre"].items()]
    rows = [[session.get(name, "") for name in COLUMNS] for session in document["séances"]]
    write_csv(header, rows)
    write_workbook(header, rows)


def write_csv(header: list[tuple[str, str]], rows: list[list[str]]) -> None:
    """Semicolons and Windows-1252, as an older spreadsheet program saves it in France."""
    with (FOLDER / f"{NAME}.csv").open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["champ", "valeur"])
        writer.writerows(header)
        writer.writerow([])
        writer.writerow(COLUMNS.values())
        writer.writerows(rows)


def write_workbook(header: list[tuple[str, str]], rows: list[list[str]]) -> None:
    """One sheet: the offer above, a line left free, the sessions below."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Programme"
    for name, text in header:
        sheet.append([name, int(text) if name == "Places" else text])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    sheet.append([])
    sheet.append(list(COLUMNS.values()))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE9E4D8")
    for row in rows:
        day, start, end, *texts = row
        sheet.append([to_date(day), to_time(start), to_time(end), *(text or None for text in texts)])
        sheet.cell(sheet.max_row, 1).number_format = "dd/mm/yyyy"
        for column in (2, 3):
            sheet.cell(sheet.max_row, column).number_format = "hh:mm"
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 22
        for cell in column:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    book.save(FOLDER / f"{NAME}.xlsx")


def to_date(text: str) -> date:
    """The date in « 14/06/2027 »."""
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  # a day has no zone


def to_time(text: str) -> time:
    """The time in « 9h30 »."""
    hour, _, minute = text.partition("h")
    return time(int(hour), int(minute or 0))


if __name__ == "__main__":
    main()
