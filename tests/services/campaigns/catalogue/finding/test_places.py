"""Places as people type them, and how far they are."""

import pytest

from services.campaigns.catalogue.finding.places import communes, find_places, position_of


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Pont-Audemer", "Pont-Audemer (27)"),
        ("  pont   audemer ", "Pont-Audemer (27)"),
        ("pont audmer", "Pont-Audemer (27)"),
        ("27500", "Pont-Audemer (27)"),
        ("76100 Rouen", "Rouen (76)"),
        ("Bernay 27300", "Bernay (27)"),
        ("14402", "Bayeux (14)"),
        ("st-lo", "Saint-Lô (50)"),
        ("Ste Adresse", "Sainte-Adresse (76)"),
        ("CAEN CEDEX 4", "Caen (14)"),
        ("havre", "Le Havre (76)"),
        ("27", "Eure"),
        ("seine maritime", "Seine-Maritime"),
        ("lycee jacques prevert", "Lycée Jacques Prévert, Pont-Audemer (27)"),
    ],
)
def test_the_likeliest_place_comes_first(typed, label):
    assert find_places(typed)[0].label == label


@pytest.mark.parametrize("typed", ["", "   ", "🎉", "qqqqqqqq", "%", "'", "00000", "\u202e", "x" * 10_000])
def test_what_is_no_place_is_nowhere(typed):
    assert find_places(typed) == ()


def test_several_communes_of_one_name_are_all_named_the_largest_first():
    found = find_places("Saint-Aubin")
    assert len(found) == 5
    assert [place.population for place in found] == sorted((place.population for place in found), reverse=True)


def test_distances_are_those_of_the_map():
    caen, rouen = position_of("Caen"), position_of("rouen")
    assert caen
    assert rouen
    assert caen.kilometres_to(rouen.latitude, rouen.longitude) == pytest.approx(108, abs=3)
    assert caen.kilometres_to(caen.latitude, caen.longitude) == 0


def test_all_communes_of_normandy_are_known():
    assert len(communes()) == 2644
    assert communes()[0].name == "Le Havre"
