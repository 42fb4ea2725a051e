"""An organisation's numbers, and what is written of it: accepted, or each fault beside its field."""

import pytest

from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.contact import parse_contact
from services.campaigns.organisations.organisation import parse_organisation, parse_siret, parse_uai
from services.campaigns.organisations.tokens.api_token import parse_token
from tests.world import NOW


@pytest.mark.parametrize("text", ["12345678200010", "123 456 782 00010", "123.456.782-00010", " 12345678200010 "])
def test_a_siret_is_its_fourteen_digits(text):
    assert parse_siret(text) == "12345678200010"


def test_an_establishment_of_la_poste_has_a_rule_of_its_own():
    assert parse_siret("35600000000048") == "35600000000048"
    assert parse_siret("35600000012346") is not None
    with pytest.raises(InvalidField):
        parse_siret("35600000012342")


@pytest.mark.parametrize(
    "text",
    [
        "12345678200011",
        "1234567820001",
        "123456782000100",
        "１２３４５６７８２０００１０",
        "x" * 400,
        "12345678200010é",
    ],
)
def test_what_is_no_siret_is_refused(text):
    with pytest.raises(InvalidField):
        parse_siret(text)


def test_a_school_s_code_has_the_letter_of_its_digits():
    assert parse_uai(" 0270016w ") == "0270016W"
    assert parse_uai("  ") is None
    for wrong in ("0270016X", "270016W", "0270016", "0270016WW", "O270016W", "٠٢٧٠٠١٦W"):
        with pytest.raises(InvalidField):
            parse_uai(wrong)


def test_every_fault_of_a_form_is_said_at_once():
    form, faults = parse_organisation(name=" ", kind="pirate", siret="12", uai="12")
    assert form is None
    assert set(faults) == {"name", "kind", "siret", "uai"}


@pytest.mark.parametrize("name", ["=1+1", "a\nb", "\u202eabc", "x" * 121, "\x00"])
def test_a_hostile_name_is_refused(name):
    form, faults = parse_organisation(name=name, kind="company", siret="", uai="")
    assert (form, list(faults)) == (None, ["name"])


@pytest.mark.parametrize("phone", ["02 32 00 00 00", "+33 2 32 00 00 00", "02.32.00.00.00", ""])
def test_phones_are_written_as_people_do(phone):
    contact, faults = parse_contact(first_name="Ève", last_name="Duroc", email="Eve@Usine.example", phone=phone)
    assert contact, faults
    assert (contact.email, contact.phone) == ("eve@usine.example", phone)


@pytest.mark.parametrize("phone", ["appelez-moi", "02", "0" * 41, "javascript:1", "02 32\n00 00 00<script>"])
def test_what_is_no_phone_is_refused(phone):
    contact, faults = parse_contact(first_name="Ève", last_name="Duroc", email="eve@usine.example", phone=phone)
    assert (contact, list(faults)) == (None, ["phone"])


@pytest.mark.parametrize(
    ("until", "accepted"),
    [("2026-11-24", True), ("2027-11-24", True), ("2026-11-23", False), ("2027-11-26", False), ("9999-12-31", False),
     ("", False), ("demain", False), ("0001-01-01", False), ("2026-W48-2", True)],
)  # fmt: skip
def test_a_token_lives_a_year_at_most(until, accepted):
    form, faults = parse_token(name="Site", role="viewer", until=until, now=NOW)
    assert (form is not None, list(faults)) == (accepted, [] if accepted else ["until"])


def test_no_token_is_an_owner():
    form, faults = parse_token(name="Site", role="owner", until="2027-01-01", now=NOW)
    assert (form, list(faults)) == (None, ["role"])
