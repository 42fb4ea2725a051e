"""Where there is room for who has nothing: the open offers as chosen, and the class form already filled in."""

import html
import re

import pytest

from shared.database import transaction
from tests.services.campaigns.teaching.conftest import LIST, PUPILS, SCHOOL_UAI, lines
from tests.world import a_week

pytestmark = pytest.mark.anyio

OFFERS = f"{PUPILS}/offres"


def prefilled(page):
    return html.unescape(re.search(r'<textarea id="list"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)[1]).strip()


async def test_the_form_is_filled_in_with_who_has_nothing_and_then_nobody_has(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
        other = await a_week(connection, seats=9, slug="autre-semaine")
    await teacher.post(LIST, {"list": lines(3), "class_name": "2nde 4"})
    await teacher.post(LIST, {"list": lines(2, name="Autre"), "class_name": "2nde 7"})
    one = {"list": lines(1), "class_name": "2nde 4", "key": "k"}
    await teacher.post(f"/planification/classes/{week.slug}", one)
    page = await teacher.get(OFFERS)
    assert "4 de vos élèves n’ont rien" in page.text
    link = f"/planification/classes/{other.slug}?eleves=sans-rien"
    assert f'href="{link}"' in page.text
    assert prefilled(await teacher.get(f"{link}&classe=2nde%207")).splitlines() == [
        "Nom;Prénom;Adresse de l’élève;Classe",
        "Autre aa;Élève;autre.0@eleve.example;2nde 7",
        "Autre ab;Élève;autre.1@eleve.example;2nde 7",
    ]
    form = await teacher.get(link)
    text = prefilled(form)
    assert [line.split(";")[0] for line in text.splitlines()[1:]] == ["Nom ab", "Nom ac", "Autre aa", "Autre ab"]
    answer = await teacher.post(f"/planification/classes/{other.slug}", {"list": text, "key": "k2"})
    assert answer.status_code == 303
    assert "Chaque élève a quelque chose" in (await teacher.get(PUPILS)).text
    assert prefilled(await teacher.get(link)) == ""


async def test_nobody_s_form_is_filled_in_with_another_s_pupils(pool, teacher, colleague, head, planner):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9, slug="autre-semaine")
    await teacher.post(LIST, {"list": lines(3), "class_name": "2nde 4"})
    for somebody in (colleague, head, planner):
        page = await somebody.get(f"/planification/classes/{week.slug}?eleves=sans-rien")
        assert prefilled(page) == ""
        assert "@eleve.example" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("genre=collective_week", True),
        ("genre=workshop", False),
        ("genre=rien", True),
        ("lieu=PONT%20audemer", True),
        ("lieu=Caen", False),
        ("lieu=27", True),
        ("lieu=Eure", True),
        ("lieu=calvados", False),
        ("lieu=%25", True),
        ("du=2027-06-18", True),
        ("du=2027-06-19", False),
        ("au=2027-06-14", True),
        ("au=2027-06-13", False),
        ("places=2", True),
        ("places=3", False),
        ("places=-1", True),
        ("places=99999999999999999999", True),
        ("du=hier&au=2027-99-99&lieu=%00%F0%9F%98%80'%22", None),
    ],
)
async def test_the_offers_are_those_chosen(teacher, small_week, query, found):
    page = await teacher.get(f"{OFFERS}?{query}")
    assert page.status_code == 200
    if found is not None:
        assert (f"/offres/{small_week.slug}" in page.text) is found


async def test_an_offer_for_other_schools_is_not_shown(pool, teacher, small_week):
    await pool.execute("UPDATE campaigns.offers SET school_uais = '{0140004D}'")
    assert small_week.slug not in (await teacher.get(OFFERS)).text
    await pool.execute("UPDATE campaigns.offers SET school_uais = ARRAY['0140004D', $1]", SCHOOL_UAI)
    assert small_week.slug in (await teacher.get(OFFERS)).text
