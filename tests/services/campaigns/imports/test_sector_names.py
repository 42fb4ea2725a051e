"""Sectors as people write them: the code or the nearest names."""

import pytest

from services.campaigns.imports.cells import Cell
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.sector_names import read_sector
from tests.services.campaigns.imports.week_file import sectors


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("s10", "s10"),
        ("S10", "s10"),
        ("Bâtiment et travaux publics (BTP)", "s10"),
        ("batiment et travaux publics btp", "s10"),
        ("BTP", "s10"),
        ("Travaux publics", "s10"),
        ("Nucléaire", "s21"),
        ("ÉNERGIE", "s21"),
        ("Santé / Social", "s43"),
        ("Sanitaire et social", "s43"),
        ("Édition, librairie, bibliothèque", "s19"),
        ("Armée - Défense", "s3"),
        ("", ""),
    ],
)
def test_a_sector_is_known_by_code_label_or_short_name(written, code):
    findings = Findings()
    assert read_sector(Cell(1, "D", written), findings, sectors()) == code
    assert findings.faults == ()


@pytest.mark.parametrize(
    ("written", "near"),
    [("Energi", "Énergie"), ("Batiments", "Bâtiment et travaux publics (BTP)"), ("Numériqe", "Numérique"),
     ("Logistiques", "Logistique et transport"), ("Santée", "Santé"), ("Hotelerie", "Hôtellerie, restauration"),
     ("nucleaires", "Nucléaire")],
)  # fmt: skip
def test_an_unknown_sector_is_told_with_the_nearest_names(written, near):
    findings = Findings()
    read_sector(Cell(3, "D", written), findings, sectors())
    (fault,) = findings.faults
    assert fault.sentence.startswith(f"le secteur « {written} » est inconnu ; vouliez-vous dire « {near} »")


def test_the_reference_data_has_the_51_codes_of_the_national_platform():
    assert set(sectors()) == {f"s{number}" for number in range(1, 52)}
