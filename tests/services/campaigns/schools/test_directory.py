"""The directory of lycées: a few letters find the school, accents and slips forgiven, in well under a millisecond."""

import time

import pytest

from services.campaigns.offers.registration_form import SCHOOL_AT_MOST, parse_uai
from services.campaigns.schools import directory
from services.campaigns.schools.directory import find_schools, school_named, school_of

PREVERT = "Lycée Jacques Prévert, Pont-Audemer"


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("prevert", PREVERT),
        ("PRÉVERT", PREVERT),
        ("prev", PREVERT),
        ("prévret", PREVERT),
        ("jaques prevert", PREVERT),
        ("pont audemer prevert", PREVERT),
        ("lycée jacques prévert, pont-audemer", PREVERT),
        ("\u202eprevert", PREVERT),
        ("prevert 🎒", PREVERT),
        ("caen malerbe", "Lycée Malherbe, Caen"),
        ("malherb caen", "Lycée Malherbe, Caen"),
        ("corneille rou", "Lycée Pierre Corneille, Rouen"),
        ("jeanne d'arc rouen", "Lycée Jeanne d’Arc, Rouen"),
        ("jeanne d’arc argentan", "Lycée Jeanne d’Arc, Argentan"),
        ("bartoldi", "Lycée professionnel Auguste Bartholdi, Barentin"),
        ("0140004d", "Lycée Alain Chartier, Bayeux"),
        ("sembat sotevile", "Lycée général et technologique Marcel Sembat, Sotteville-lès-Rouen"),
    ],
)
def test_the_school_that_is_meant_comes_first(asked, first):
    found = [school.label for school in find_schools(asked)]
    assert found
    # a lycée and its general or technological part bear one name
    assert first in found[:2], found


@pytest.mark.parametrize("asked", ["", " ", "a", "%", "'\"", "%' = --", "🎒", "\u202e\u200f", "\x00", "wxyzkq", "__"])
def test_what_no_school_is_called_finds_none(asked):
    assert find_schools(asked) == ()


def test_there_are_ten_at_most_and_a_part_of_a_lycee_comes_after_it():
    assert len(find_schools("lycée")) == 10
    names = [school.name for school in find_schools("laplace caen")]
    assert names.index("Section d’enseignement professionnel du lycée Pierre Simon de Laplace") == len(names) - 1


def test_a_name_written_out_is_known_whatever_its_accents():
    assert school_named("LYCEE MALHERBE").uai == school_named("Lycée  malherbe, Caen ").uai == "0140013N"
    # several are called so: the town decides
    assert school_named("Lycée Jeanne d’Arc") is None
    assert school_named("lycee jeanne d'arc, rouen").city == "Rouen"
    for other in ("", "Collège des Tilleuls", "x" * 10_000, "\u202e", "Lycée"):
        assert school_named(other) is None


def test_every_school_can_be_written_into_the_form():
    schools = directory._schools()
    assert len(schools) > 250
    assert len({school.label for school in schools}) == len(schools)
    for school in schools:
        assert parse_uai(school.uai) == school.uai
        assert len(school.label) <= SCHOOL_AT_MOST
        assert school_named(school.label) == school
        assert school_of(school.uai) == school
        assert "CEDEX" not in school.label.upper()
        assert "'" not in school.label


def test_a_search_takes_less_than_a_few_milliseconds():
    find_schools("caen")
    # the best of three rounds: other tests may hold the machine for a while
    assert min(_p95_of_a_round() for _ in range(3)) < 0.005


def _p95_of_a_round() -> float:
    took = []
    for asked in ("prévret", "jaques prevert pont audemer", "lycée professionnel", "l" * 10_000, "é " * 5_000, "saint"):
        for less in range(20):
            directory._find.cache_clear()
            began = time.perf_counter()
            find_schools(asked[: len(asked) - less] if len(asked) < 100 else asked)
            took.append(time.perf_counter() - began)
    took.sort()
    return took[int(len(took) * 0.95)]
