"""The directory of lycées: found by a few letters of their name or town, in memory, forgiving accents and slips.

Source: data/lycees-normandie.csv (its licence is in data/README.md). A word of the question fits a word of the school
where it is it, begins it, or is one slip away (a letter more, less, other, or two exchanged: Damerau–Levenshtein 1),
found by the letters left when one is taken out, not by comparing with every word.
"""

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

from services.campaigns.offers.registration import letters_of

FOLDER = Path(__file__).parents[3] / "data"
ANSWERS_AT_MOST = 10
ASKED_AT_MOST = 80
WORDS_AT_MOST = 6
# a slip is forgiven in a word of so many letters
SLIPS_FROM = 4

# words of names that begin small
_SMALL = frozenset(
    re.findall(
        r"\S+",
        "agricole aquacole aux centre d' de des du développement en enseignement et formation général horticole "
        "hôtelier industrielle l' la le les lycée maritime métiers polyvalent pour privé professionnel rural section "
        "sous sur technologique",
    )
)
_CAPITALS = frozenset(("SEP", "LPO", "II", "XIII", "ITEP"))
# words that say nothing of which school is meant
_PLAIN = frozenset({"lycee", "etablissement", "lgt", "lpo", "lp", "de", "du", "des", "la", "le", "les", "et", "d", "l"})
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_OFFICE = re.compile("RECTORAT")
_SECTION = re.compile(r"^(SECTION D'ENSEIGNEMENT PROFESSIONNEL|SEP)\b", re.IGNORECASE)


class School(Struct, frozen=True):
    """A lycée as it is shown and written down: « Lycée Jacques Prévert, Pont-Audemer »."""

    uai: str
    name: str
    city: str
    postcode: str = ""

    @property
    def label(self) -> str:
        return f"{self.name}, {self.city}"


class _Index(Struct, frozen=True):
    """The schools, and for each word or beginning of one who has it: exactly, as a beginning, but for a slip."""

    schools: list[School]
    whole: dict[str, set[int]]
    begun: dict[str, set[int]]
    slipped: dict[str, set[int]]
    sections: frozenset[int]


def find_schools(asked: str) -> tuple[School, ...]:
    """The lycées that fit best, ten at most; none for less than two letters or what no school is called."""
    return _find(_key(asked[: ASKED_AT_MOST * 4]))


def school_named(text: str) -> School | None:
    """The lycée whose name, or name and town, is the text but for accents, capitals and signs; None where two are."""
    found = _by_letters().get(letters_of(text[:200]))
    return found if isinstance(found, School) else None


def school_of(uai: str) -> School | None:
    """The lycée with a UAI."""
    return _by_uai().get(uai)


def _key(asked: str) -> tuple[str, ...]:
    words = [letters_of(word) for word in _WORD.findall(asked[:ASKED_AT_MOST])]
    said = [word for word in words if word]
    return tuple([word for word in said if word not in _PLAIN][:WORDS_AT_MOST] or said[:WORDS_AT_MOST])


@lru_cache(maxsize=4096)
def _find(words: tuple[str, ...]) -> tuple[School, ...]:
    if sum(map(len, words)) < 2:
        return ()
    index = _index()
    scores: dict[int, float] = {}
    for word in words:
        fits = _fits(index, word)
        both = scores.keys() & fits.keys() if scores else fits.keys()
        # each word must fit; one that would leave nothing is passed over
        if both:
            scores = {number: scores.get(number, 0.0) + fits[number] for number in both}
    best = sorted(
        scores,
        key=lambda number: (
            -scores[number] + (0.5 if number in index.sections else 0),
            len(index.schools[number].name),
            index.schools[number].uai,
        ),
    )
    return tuple(index.schools[number] for number in best[:ANSWERS_AT_MOST])


def _fits(index: _Index, word: str) -> dict[int, float]:
    fits: dict[int, float] = {}
    if len(word) >= SLIPS_FROM:
        for less in _one_out(word):
            fits.update(dict.fromkeys(index.slipped.get(less, ()), 1.2))
    fits.update(dict.fromkeys(index.begun.get(word, ()), 1.6))
    fits.update(dict.fromkeys(index.whole.get(word, ()), 2.0))
    return fits


def _one_out(word: str) -> set[str]:
    """The word, and what is left of it when any one letter is taken out."""
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


@cache
def _schools() -> tuple[School, ...]:
    towns = _towns()
    with (FOLDER / "lycees-normandie.csv").open(encoding="utf-8", newline="") as file:
        # an administration has pupils on paper only; of two rows of one UAI the first counts
        rows = {row["uai"]: row for row in reversed(list(csv.DictReader(file))) if not _OFFICE.match(row["name"])}
    return tuple(
        School(row["uai"], _say_name(row["name"]), _say_city(row["city"], towns), row["postcode"])
        for row in reversed(rows.values())
    )


@cache
def _index() -> _Index:
    index = _Index(list(_schools()), {}, {}, {}, frozenset(_sections()))
    for number, school in enumerate(index.schools):
        for word in {letters_of(word) for word in _WORD.findall(f"{school.name} {school.city} {school.uai}")}:
            index.whole.setdefault(word, set()).add(number)
            for length in range(1, len(word) + 1):
                begun = word[:length]
                index.begun.setdefault(begun, set()).add(number)
                if length >= SLIPS_FROM:
                    for less in _one_out(begun):
                        index.slipped.setdefault(less, set()).add(number)
    return index


def _sections() -> list[int]:
    """Parts of a lycée with a UAI of their own: who asks for the lycée is shown it first."""
    return [number for number, school in enumerate(_schools()) if _SECTION.match(school.name)]


@cache
def _by_uai() -> dict[str, School]:
    return {school.uai: school for school in _schools()}


@cache
def _by_letters() -> dict[str, School | None]:
    """By the letters of its name and town, or of its name where no other is called so."""
    found: dict[str, School | None] = {}
    for school in _schools():
        for said in (school.name, school.label):
            letters = letters_of(said)
            found[letters] = None if letters in found else school
    return found


@cache
def _towns() -> dict[str, str]:
    """The towns of Normandy as they are written, by their letters."""
    with (FOLDER / "communes-normandie.csv").open(encoding="utf-8", newline="") as file:
        return {letters_of(row["name"]): row["name"].replace("'", "’") for row in csv.DictReader(file)}


def _say_city(city: str, towns: dict[str, str]) -> str:
    """« BAYEUX CEDEX 4 » → « Bayeux »; a letter the source has wrong is put right where one town alone is meant."""
    plain = re.sub(r"\s+cedex\b.*$", "", city, flags=re.IGNORECASE)
    letters = letters_of(plain)
    if letters in towns:
        return towns[letters]
    near = [name for key, name in towns.items() if len(key) == len(letters) and _differ(key, letters) == 1]
    return near[0] if len(near) == 1 else (plain.title() if plain.isupper() else plain).replace("'", "’")


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _say_name(name: str) -> str:
    """« LYCÉE D'ARTAGNAN » → « Lycée d’Artagnan »; a name that is not all capitals is left as it is."""
    spoken = name if not name.isupper() else re.sub(r"[^\W_]+'?", lambda found: _say_word(found[0]), name)
    spoken = spoken.replace("'", "’")
    return spoken[:1].upper() + spoken[1:]


def _say_word(word: str) -> str:
    small = word.lower()
    if small in _SMALL:
        return small
    return word if word in _CAPITALS else small if word[0].isdigit() else word.capitalize()
