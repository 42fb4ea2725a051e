"""Who may register: grade, département, school; each request is refused alone, and an open offer asks nothing."""

from html import unescape

import pytest

from services.campaigns.offers.eligibility import Rules, departement_of, grade_of_class
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered
from services.campaigns.offers.registration_form import UAI_LETTERS, parse_request
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW

pytestmark = pytest.mark.anyio


def uai(number: int) -> str:
    """A code whose letter is right."""
    return f"{number:07d}{UAI_LETTERS[number % 23]}"


EURE, SEINE, CORSICA = uai(270001), uai(760001), uai(6200001)


def a_request(number: int = 1, **given):
    name = "abcdefgh"[number]
    return parse_request(
        **{
            "first_name": "Camille",
            "last_name": f"Dupré {name}",
            "email": f"camille.{name}@eleve.example",
            "guardian_name": None,
            "guardian_email": None,
            "school_name": "Collège des Tilleuls",
            "school_uai": None,
            "class_name": "",
            "idempotency_key": None,
            **given,
        }
    )


@pytest.mark.parametrize(
    ("class_name", "grade"),
    [
        ("2nde 4", "seconde"),
        ("2de GT 3", "seconde"),
        ("Seconde B", "seconde"),
        ("3e2", "troisieme"),
        ("3ème A", "troisieme"),
        ("4e", "quatrieme"),
        ("1re STI2D", "premiere"),
        ("Première 2", "premiere"),
        ("Tle 3", "terminale"),
        ("terminale G2", "terminale"),
        ("204", ""),
        ("TSTI2D", ""),
        ("ULIS", ""),
        ("", ""),
    ],
)
def test_a_class_says_its_grade_or_none(class_name, grade):
    assert grade_of_class(class_name) == grade


def test_a_school_s_code_says_its_departement():
    assert [departement_of(code) for code in (EURE, SEINE, CORSICA, uai(9740001))] == ["27", "76", "2A", "974"]


@pytest.mark.parametrize(
    ("rules", "given", "field"),
    [
        (Rules(), {}, None),
        (Rules(grades=("seconde",)), {"class_name": "2nde 4"}, None),
        (Rules(grades=("seconde",)), {"grade": "seconde", "class_name": "204"}, None),
        (Rules(grades=("seconde",)), {"class_name": "3e B"}, "grade"),
        (Rules(grades=("seconde",)), {"class_name": "204"}, "grade"),
        (Rules(departements=("27",)), {"school_uai": EURE}, None),
        (Rules(departements=("27",)), {"school_uai": SEINE}, "school_uai"),
        (Rules(departements=("27",)), {}, "school_uai"),
        (Rules(departements=("2A",)), {"school_uai": CORSICA}, None),
        (Rules(school_uais=(SEINE,)), {"school_uai": SEINE}, None),
        (Rules(school_uais=(SEINE,)), {"school_uai": EURE}, "school_uai"),
        (Rules(departements=("27",), school_uais=(SEINE,)), {"school_uai": SEINE}, None),
        (Rules(grades=("seconde",), departements=("27",)), {"school_uai": EURE, "class_name": "1re"}, "grade"),
    ],
)
def test_a_request_is_let_in_or_told_which_field_keeps_it_out(rules, given, field):
    refusal = rules.find_refusal(a_request(**given))
    assert (refusal.field if refusal else None) == field


def test_the_rules_are_said_in_one_sentence():
    rules = Rules(grades=("seconde", "premiere"), departements=("27", "76"), school_uais=(CORSICA,))
    assert rules.sentence == (
        "Réservée aux élèves de seconde ou première, aux établissements des départements 27 ou 76 et à quelques autres"
    )
    assert Rules().sentence == ""


async def restrict(pool, **rules):
    for column, codes in rules.items():
        await pool.execute(f"UPDATE campaigns.offers SET {column} = $1", codes)  # noqa: S608  # columns of this test


async def test_a_batch_lets_in_whom_the_offer_is_for_and_refuses_the_others_alone(pool, settings, small_week):
    await restrict(pool, departements=["27"])
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_request(1, school_uai=SEINE), a_request(2, school_uai=EURE), a_request(3)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    assert [isinstance(outcome, Registered) for outcome in outcomes] == [False, True, False]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations") == 1
    assert tuple(await pool.fetchrow("SELECT taken, waiting FROM campaigns.offers")) == (1, 0)


async def test_an_earlier_answer_stays_when_the_rules_come_later(pool, settings, small_week):
    signer, requests = Signer(settings.secret_keys), [a_request(1, idempotency_key="a")]
    async with transaction(pool) as connection:
        arguments = {"offer_id": small_week.offer_id, "requests": requests, "signer": signer, "now": NOW}
        (first,) = await register_pupils(connection, **arguments)
    await restrict(pool, school_uais=[EURE])
    async with transaction(pool) as connection:
        (again,) = await register_pupils(connection, **{**arguments, "requests": [a_request(1, idempotency_key="a")]})
    assert again.id == first.id


FORM = {
    "first_name": "Camille",
    "last_name": "Dupré",
    "email": "camille@eleve.example",
    "school": "Lycée Prévert",
    "class_name": "204",
    "under_15": "non",
    "key": "une-cle",
}


async def test_the_page_asks_for_what_the_offer_is_reserved_by_and_only_then(pool, small_week, visitor):
    path = f"/offres/{small_week.slug}/inscription"
    page = (await visitor.get(path)).text
    assert 'name="grade"' not in page
    assert 'name="school_uai"' not in page
    await restrict(pool, grades=["seconde"], departements=["27"])
    page = unescape((await visitor.get(path)).text)
    assert 'name="grade"' in page
    assert "réservée aux établissements du département 27" in page
    public = unescape((await visitor.get(f"/offres/{small_week.slug}")).text)
    assert "Réservée aux élèves de seconde, aux établissements du département 27" in public
    for given, status, sentence in (
        ({}, 409, "Indiquez le niveau de l’élève"),
        ({"grade": "troisieme"}, 409, "réservée aux élèves de seconde"),
        ({"grade": "college"}, 422, "Ce niveau n’est pas connu."),
        ({"grade": "seconde"}, 409, "Indiquez le code de l’établissement (UAI)"),
        ({"grade": "seconde", "school_uai": "027"}, 422, "n’est pas valable"),
        ({"grade": "seconde", "school_uai": SEINE}, 409, "réservée aux établissements du département 27"),
    ):
        answer = await visitor.post(path, data=FORM | given)
        assert (answer.status_code, sentence in unescape(answer.text)) == (status, True), given
        assert "Lycée Prévert" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations") == 0
    answer = await visitor.post(path, data=FORM | {"grade": "seconde", "school_uai": EURE}, follow_redirects=False)
    assert answer.status_code == 303


async def test_machines_are_told_which_field_keeps_them_out(pool, small_week, visitor):
    await restrict(pool, grades=["seconde"])
    body = {
        "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": "camille@eleve.example"},
        "school": {"name": "Lycée Prévert"},
    }
    path = f"/api/v1/offers/{small_week.offer_id}/registrations"
    answer = await visitor.post(path, json=body | {"grade": "premiere"})
    assert (answer.status_code, answer.json()["field"]) == (409, "grade")
    assert answer.json()["title"] == "not-for-this-pupil"
    assert (await visitor.post(path, json=body | {"grade": "college"})).status_code == 400
    assert (await visitor.post(path, json=body | {"grade": "seconde"})).status_code == 201
