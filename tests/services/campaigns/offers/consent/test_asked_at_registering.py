"""Under 15: what the form needs of the guardian, and who may not be asked."""

import pytest

from services.campaigns.offers.registration import InvalidField
from tests.world import a_pupil

GUARDIAN = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}


def test_a_pupil_is_taken_for_15_or_more_unless_the_answer_is_yes():
    assert a_pupil(1).under_15 is False
    assert a_pupil(1, under_15=True, **GUARDIAN).under_15 is True


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "guardian_name"),
        ({"guardian_email": GUARDIAN["guardian_email"]}, "guardian_name"),
        ({"guardian_name": GUARDIAN["guardian_name"]}, "guardian_email"),
        ({**GUARDIAN, "guardian_email": "  "}, "guardian_email"),
        ({"email": None}, "guardian_name"),
    ],
)
def test_under_15_the_guardian_is_needed_and_the_refusal_stands_at_the_field(given, field):
    with pytest.raises(InvalidField) as refused:
        a_pupil(1, under_15=True, **given)
    assert refused.value.field == field
    assert "15 ans" in refused.value.sentence


@pytest.mark.parametrize("address", ["camille.b@eleve.example", "Camille.B@ELEVE.example"])
def test_a_pupil_is_not_asked_for_the_guardians_consent(address):
    with pytest.raises(InvalidField) as refused:
        a_pupil(1, under_15=True, guardian_name="Dominique Dupré", guardian_email=address)
    assert refused.value.field == "guardian_email"
    assert "une autre adresse" in refused.value.sentence
    # the guardian's address alone will do
    assert a_pupil(1, under_15=True, guardian_name="Dominique Dupré", guardian_email=address, email=None).under_15


def test_the_answer_is_part_of_the_request_a_key_stands_for():
    hashes = {
        a_pupil(1, under_15=under_15, without_host=without_host, **GUARDIAN).body_hash
        for under_15 in (False, True)
        for without_host in (False, True)
    }
    assert len(hashes) == 4
