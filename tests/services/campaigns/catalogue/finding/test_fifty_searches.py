"""Fifty searches as people type them, without accents, with faults, in a hurry: each finds what is meant, first."""

from urllib.parse import urlencode

import pytest

from tests.services.campaigns.look.page_reader import read

pytestmark = pytest.mark.anyio

WORDS = {
    "soudure": "soudure", "soudur": "soudure", "souduer": "soudure", "sodure": "soudure", "SOUDURE": "soudure",
    "arsenal": "soudure", "arcenal": "soudure", "infirmiere": "infirmiere", "infirmier": "infirmiere",
    "infimière": "infirmiere", "infirmiére": "infirmiere", "hopital": "infirmiere", "hôpitale": "infirmiere",
    "sante": "infirmiere", "sntae": "infirmiere", "boulangerie": "boulangerie", "boulengerie": "boulangerie",
    "boulanjerie": "boulangerie", "fournil": "boulangerie", "nucleaire": "reacteur", "nuclaire": "reacteur",
    "nuclèaire": "reacteur", "energie": "reacteur", "enrgie": "reacteur", "logistique": "entrepot",
    "logistiqe": "entrepot", "entrepots": "entrepot", "informatique": "reseaux", "imformatique": "reseaux",
    "infomatique": "reseaux", "menuisier": "menuiserie", "menuisrie": "menuiserie", "theatre": "theatre",
    "téatre": "theatre", "theâtre coulises": "theatre", "chalutié": "peche", "pecheries": "peche",
    "tracteur": "ferme", "tracter": "ferme", "batiment": "semaine", "batimant": "semaine", "BTP": "semaine",
    "matinee information": "matinee", "matiné d'information": "matinee", "hotel": "hotel", "hotellerie": "hotel",
    "resteauration": "hotel",
}  # fmt: skip
PLACES = {
    "pont audmer": "semaine", "27500": "semaine", "lycee jacques prevert pont-audemer": "semaine",
    "cherbourg": "soudure", "cherbour": "soudure", "50100": "soudure", "evreux": "infirmiere", "Evreu": "infirmiere",
    "lizieux": "boulangerie", "diepe": "reacteur", "le havr": "entrepot", "Caen CEDEX 4": "reseaux",
    "alencon": "menuiserie", "allençon": "menuiserie", "st lo": "soins", "Saint Lo": "soins", "14800": "hotel",
    "ROUEN": "theatre", "roeun": "theatre", "fecamp": "peche", "argentant": "ferme", "61": "menuiserie",
    "gonfreville l orcher": "avion", "verno": "matinee",
}  # fmt: skip


def test_there_are_at_least_fifty():
    assert len(WORDS) + len(PLACES) >= 50


async def first_answers(visitor, name: str, expected: dict[str, str]) -> dict[str, str]:
    firsts = {}
    for typed in expected:
        links = read(await visitor.get(f"/?{urlencode({name: typed})}")).links()
        firsts[typed] = next((link.removeprefix("/offres/") for link in links if link.startswith("/offres/")), "")
    return firsts


@pytest.mark.usefixtures("samples")
async def test_words_without_accents_and_with_faults_find_the_offer_that_is_meant(visitor):
    assert await first_answers(visitor, "mots", WORDS) == WORDS


@pytest.mark.usefixtures("samples")
async def test_towns_postcodes_and_lycees_bring_the_nearest_offer_first(visitor):
    assert await first_answers(visitor, "lieu", PLACES) == PLACES
