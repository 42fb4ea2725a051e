"""Spelling: plain words, and how far one is from another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.catalogue.finding.spelling import distance, nearest, plain_words

WORDS = st.text(alphabet="abcé", max_size=8)


def test_words_lose_accents_signs_and_capitals():
    assert plain_words("  L’Œuvre d’Évreux (BTP) ") == "l oeuvre d evreux btp"


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("sante", "sante", 0),
        ("snate", "sante", 1),
        ("soudur", "soudure", 1),
        ("batimant", "batiment", 1),
        ("ab", "cd", 2),
    ],
)
def test_a_fault_is_a_letter_more_or_less_another_or_two_swapped(one, other, far):
    assert distance(one, other, 3) == far


def test_what_is_too_far_is_only_said_to_be_so():
    assert distance("boulangerie", "logistique", 2) == 3


@given(WORDS, WORDS)
def test_the_distance_is_the_same_both_ways_and_none_to_oneself(one, other):
    assert distance(one, other, 8) == distance(other, one, 8)
    assert (distance(one, other, 8) == 0) == (one == other)


def test_the_nearest_words_are_those_with_the_fewest_faults():
    assert nearest("enrgie", ["energie", "enseigner", "sante"]) == ["energie"]
    assert nearest("xyz", ["energie", "sante"]) == []
    assert nearest("ab", ["ac"]) == []
