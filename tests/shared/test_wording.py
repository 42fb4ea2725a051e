"""Sentences with placeholders: what may stand in one, what is refused and where, and what is said in the end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.wording import EDITABLE, LONG_AT_MOST, SAID_AT_MOST, find_fault, say_sentence, say_wording

NAMES = EDITABLE["registered_confirmed"]
VALUES = {"prenom": "Camille", "offre": "Semaine à <Pont-Audemer>", "date": "lundi 14 juin", "lieu": "Évreux",
          "organisation": "Fédération", "contact": ""}  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "Bienvenue !",
        "Bonjour {{ prenom }}, rendez-vous {{date}} à {{ lieu|upper }}.",
        "100 % { } }",
        "Deux\nlignes",
        "%}",
    ],
)
def test_text_and_known_names_are_fine(source):
    assert find_fault(source, NAMES) is None


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("Bonjour {{ prenon }}", "Ligne 1 : « prenon » n’est pas un repère ; vouliez-vous dire « prenom » ?"),
        ("Bonjour\n{{ zzz }}", "Ligne 2 : « zzz » n’est pas un repère."),
        ("Bonjour {{ prenom", "Ligne 1"),
        ("{{ }}", "Ligne 1"),
        ("{% for x in range(10**9) %}a{% endfor %}", "Ligne 1"),
        ("{% if prenom %}a{% endif %}", "Ligne 1"),
        ("{% include 'layout.txt' %}", "Ligne 1"),
        ("{% raw %}{{ prenom }}{% endraw %}", "n’est pas permis ici"),
        ("{# rien #}", "n’est pas permis ici"),
        ("{{ prenom.__class__.__mro__ }}", "Ligne 1"),
        ("{{ prenom|upper(*offre) }}", "Ligne 1"),
        ("{{ prenom|upper(**offre) }}", "Ligne 1"),
        ("{{ prenom['x'] }}", "Ligne 1"),
        ("{{ prenom * 1000000000 }}", "Ligne 1"),
        ("{{ 'a' ~ prenom }}", "Ligne 1"),
        ("{{ prenom|format(1) }}", "Ligne 1"),
        ("{{ range(5) }}", "Ligne 1"),
        ("{{ prenom() }}", "Ligne 1"),
        ("{{ prenom|upper('x') }}", "Ligne 1"),
        ("a" * (LONG_AT_MOST + 1), "500 caractères au plus"),
        ("\n" * 7, "6 lignes au plus"),
        ("a\u202eb", "un caractère invisible"),
        ("{{ prenom }}" * 21, "20 repères au plus"),
    ],
)
def test_anything_else_is_refused_and_said_where(source, part):
    assert part in str(find_fault(source, NAMES))
    assert say_sentence(source, VALUES) == ""


def test_a_sentence_is_filled_as_text():
    said = say_sentence("Bonjour {{ prenom }} : {{ offre }}, <b>{{ date }}</b>", VALUES)
    assert said == "Bonjour Camille : Semaine à <Pont-Audemer>, <b>lundi 14 juin</b>"


def test_a_sentence_whose_placeholder_has_nothing_to_say_is_left_out():
    assert say_sentence("Appelez {{ contact }}.", VALUES) == ""


def test_what_an_organiser_wrote_is_not_read_as_a_sentence():
    assert say_sentence("{{ offre }}", VALUES | {"offre": "{{ prenom }}{% for %}"}) == "{{ prenom }}{% for %}"


def test_a_mail_in_a_language_without_sentences_says_none():
    wording = {"fr": {"opening": "Bonjour {{ prenom }}\n\nÀ lundi", "closing": "{{ rien }}"}}
    assert say_wording(wording, "fr", VALUES) == {
        "opening": ("Bonjour Camille", "À lundi"),
        "practical": (),
        "closing": (),
    }
    assert set(say_wording(wording, "en", VALUES).values()) == {()}
    assert set(say_wording(None, "fr", VALUES).values()) == {()}


@given(st.text(alphabet=st.sampled_from("{}%#| ()[].'\"*+-~prenomfor in\n_0ab"), max_size=120) | st.text(max_size=600))
def test_whatever_is_typed_is_refused_or_said_in_bounds(source):
    fault = find_fault(source, NAMES)
    said = say_sentence(source, VALUES)
    assert fault is None or said == ""
    assert len(said) <= SAID_AT_MOST
