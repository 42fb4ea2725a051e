"""Matching: a pupil on a teacher's list, and the registrations made in that pupil's name."""

import re
from collections import defaultdict
from collections.abc import Sequence

from services.campaigns.offers.registration import letters_of
from services.campaigns.teaching.pupil import FollowedPupil, KnownPupil, ListedPupil

_LEVELS = (
    (re.compile(r"^(seconde|2nde|2de|2d|2e)(?=$|[^e])"), "2"),
    (re.compile(r"^(premiere|1ere|1re|1e)(?=$|[^e])"), "1"),
    (re.compile(r"^(terminale|term|tle)"), "t"),
)


def class_key(name: str) -> str:
    """What of a class's name decides whether it is another's: « 2nde 4 », « seconde 4 » and « 2DE4 » are one."""
    letters = letters_of(name)
    for pattern, level in _LEVELS:
        if pattern.match(letters):
            return pattern.sub(level, letters, count=1)
    return letters


def name_key(last_name: str, first_name: str) -> tuple[str, str]:
    """What of a pupil's name decides whether it is another's."""
    return letters_of(last_name), letters_of(first_name)


def match_pupils(listed: Sequence[ListedPupil], known: Sequence[KnownPupil]) -> list[FollowedPupil]:
    """Every pupil of the list, with what is registered in their name; then those of `known` who are on no list.

    A name matches in the same class, or where one of the two says no class. What could be of two pupils of the list is
    given to neither: to be told wrongly that somebody has nothing costs a look, the contrary costs a pupil.
    Who is known only by registrations that the teacher may not see is told of where the list names them, else not.
    """
    by_name: dict[tuple[str, str], list[ListedPupil]] = defaultdict(list)
    for one in listed:
        by_name[name_key(one.last_name, one.first_name)].append(one)
    found: dict[ListedPupil, list[KnownPupil]] = {one: [] for one in listed}
    others: dict[tuple[str, str, str], list[KnownPupil]] = defaultdict(list)
    for pupil in known:
        name = name_key(pupil.last_name, pupil.first_name)
        key = class_key(pupil.class_name)
        fits = [one for one in by_name.get(name, ()) if not key or class_key(one.class_name) in ("", key)]
        exact = [one for one in fits if class_key(one.class_name) == key]
        chosen = exact if len(exact) == 1 else fits
        if len(chosen) == 1:
            found[chosen[0]].append(pupil)
        elif pupil.visible:
            others[*name, key].append(pupil)
    followed = [_follow(one, pupils) for one, pupils in found.items()]
    return followed + [_follow(None, pupils) for pupils in others.values()]


def _follow(listed: ListedPupil | None, known: Sequence[KnownPupil]) -> FollowedPupil:
    first = listed or known[0]
    return FollowedPupil(
        id=listed.id if listed else known[0].id,
        first_name=first.first_name,
        last_name=first.last_name,
        class_name=first.class_name,
        listed=listed is not None,
        places=tuple(place for pupil in known for place in pupil.places),
        elsewhere=any(pupil.elsewhere for pupil in known),
    )
