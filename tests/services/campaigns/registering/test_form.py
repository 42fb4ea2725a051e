"""The form: all faults at once, each beside its field."""

from services.campaigns.registering.form import Form, empty_form, read_form

GOOD = {
    "first_name": "Camille",
    "last_name": "Dupré",
    "email": "camille@eleve.example",
    "school": "Lycée Jacques Prévert",
    "class_name": "2nde 4",
    "key": "0190-une-cle",
}


def test_a_good_form_has_no_fault():
    assert Form(**GOOD).find_faults() == {}


def test_every_fault_is_found_at_once():
    form = Form(first_name="", last_name="=HYPERLINK()", email="personne", guardian_email="x@y.example", key="k")
    assert set(form.find_faults()) == {"first_name", "last_name", "email", "guardian_name", "school"}


def test_one_address_is_needed_the_pupils_or_the_guardians():
    assert "email" in Form(**{**GOOD, "email": ""}).find_faults()
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    assert Form(**{**GOOD, "email": "", **guardian}).find_faults() == {}


def test_what_is_no_text_or_not_asked_for_is_left_out():
    form = read_form({"first_name": ["a", "b"], "last_name": b"x", "admin": "yes", "school": "Lycée"})
    assert form == Form(school="Lycée")


def test_two_empty_forms_have_two_keys():
    assert empty_form().key != empty_form().key
