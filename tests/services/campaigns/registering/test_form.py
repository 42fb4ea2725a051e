"""The form: all faults at once, each beside its field."""

from services.campaigns.registering.form import Form, empty_form, read_form

GOOD = {
    "first_name": "Camille",
    "last_name": "Dupré",
    "email": "camille@eleve.example",
    "school": "Lycée Jacques Prévert",
    "class_name": "2nde 4",
    "under_15": "non",
    "teacher_email": "",
    "key": "0190-une-cle",
}


def test_a_good_form_has_no_fault():
    assert Form(**GOOD).find_faults() == {}


def test_every_fault_is_found_at_once():
    form = Form(first_name="", last_name="=HYPERLINK()", email="personne", guardian_email="x@y.example", key="k")
    assert set(form.find_faults()) == {"first_name", "last_name", "email", "guardian_name", "school"}


def test_whether_the_pupil_is_under_15_has_to_be_answered_where_it_is_asked():
    for answer in ("", "peut-être", "Oui", "x" * 10_000):
        form = Form(**{**GOOD, "under_15": answer})
        assert set(form.find_faults(asks_age=True)) == {"under_15"}
        assert form.find_faults() == {}
    assert Form(**GOOD).find_faults(asks_age=True) == {}


def test_before_15_the_guardian_is_needed_at_an_address_of_their_own():
    young = {**GOOD, "under_15": "oui"}
    assert set(Form(**young).find_faults(asks_age=True)) == {"guardian_name", "guardian_email"}
    same = {"guardian_name": "Dominique Dupré", "guardian_email": "Camille@eleve.example"}
    assert set(Form(**{**young, **same}).find_faults()) == {"guardian_email"}
    form = Form(**{**young, **same, "guardian_email": "dominique@famille.example"})
    assert form.find_faults(asks_age=True) == {}
    assert form.parse().under_15


def test_a_teacher_is_named_by_an_address_that_is_nobody_else_s_here():
    assert Form(**{**GOOD, "teacher_email": "prof@lycee.example"}).parse().teacher_email == "prof@lycee.example"
    for address in ("CAMILLE@eleve.example", "prof", "a\r\n@b.example", "x" * 10_000):
        assert set(Form(**{**GOOD, "teacher_email": address}).find_faults()) == {"teacher_email"}


def test_faults_come_in_the_order_of_the_page():
    form = Form(first_name="", last_name="=", email="x", guardian_email="y", teacher_email="z", class_name="=1")
    assert list(form.find_faults(asks_age=True)) == [
        "first_name", "last_name", "email", "school", "under_15", "guardian_name", "guardian_email", "class_name",
        "teacher_email",
    ]  # fmt: skip


def test_a_lycee_that_is_written_out_is_known():
    assert Form(**GOOD).parse().school_uai == "0271431J"
    assert Form(**{**GOOD, "school": "LYCEE JACQUES PREVERT (Pont Audemer)"}).parse().school_uai == "0271431J"
    assert Form(**{**GOOD, "school": "Collège des Tilleuls"}).parse().school_uai is None


def test_one_address_is_needed_the_pupils_or_the_guardians():
    assert "email" in Form(**{**GOOD, "email": ""}).find_faults()
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    assert Form(**{**GOOD, "email": "", **guardian}).find_faults() == {}


def test_what_is_no_text_or_not_asked_for_is_left_out():
    form = read_form({"first_name": ["a", "b"], "last_name": b"x", "admin": "yes", "school": "Lycée"})
    assert form == Form(school="Lycée")


def test_two_empty_forms_have_two_keys():
    assert empty_form().key != empty_form().key
