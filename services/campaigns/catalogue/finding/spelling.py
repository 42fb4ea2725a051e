"""Spelling: words without accents and signs, and how far one word is from another."""

import re
import unicodedata
from collections.abc import Iterable

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def plain_words(text: str) -> str:
    """« Évreux (Eure) » → « evreux eure »: lower case, no accents, no signs, single spaces."""
    lower = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    bare = "".join(character for character in lower if not unicodedata.combining(character))
    return NOT_A_WORD.sub(" ", bare).strip()


def faults_allowed(word: str) -> int:
    """How many faults a word may hold and still be taken for another: none up to 2 letters, then 1, 2, 3."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2 if len(word) < 9 else 3


def distance(one: str, other: str, at_most: int) -> int:
    """Letters to put in, take out, change, or swap with a neighbour, to get from one word to the other.

    Optimal string alignment; what is farther than `at_most` is said to be `at_most + 1`.
    """
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > at_most:
            return at_most + 1
    return min(row[-1], at_most + 1)


def nearest(word: str, known: Iterable[str], *, count: int = 3) -> list[str]:
    """The known words that are nearest to a misspelt one, those of the smallest distance only; none if all are far."""
    allowed = faults_allowed(word)
    found: dict[int, list[str]] = {}
    for other in known:
        far = distance(word, other, allowed)
        if far <= allowed:
            found.setdefault(far, []).append(other)
            allowed = far
    # who types wrongly is mostly right at the beginning
    return sorted(found[min(found)], key=lambda other: (other[:2] != word[:2], other))[:count] if found else []
