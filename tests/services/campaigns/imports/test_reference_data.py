"""Reference data: what is said of a day is said in the language of who is told."""

from datetime import date

import pytest

from services.campaigns.imports.reference_data import school_holiday
from shared.languages import speaking


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 10, 20), "Vacances de la Toussaint", "All Saints’ holidays"),
        (date(2026, 12, 28), "Vacances de Noël", "Christmas holidays"),
        (date(2026, 2, 18), "Vacances d’hiver", "winter holidays"),
        (date(2026, 4, 15), "Vacances de printemps", "spring holidays"),
        (date(2026, 7, 15), "Vacances d’été", "summer holidays"),
    ],
)
def test_school_holidays_are_named_in_the_language_spoken(day, french, english):
    assert school_holiday(day) == french
    with speaking("en"):
        assert school_holiday(day) == english


def test_a_day_of_school_has_no_holidays():
    assert school_holiday(date(2026, 6, 15)) is None
