"""What a page shows of a teacher's pupils: all or some, by class, who has nothing first."""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from services.campaigns.teaching.pupil import STATES, FollowedPupil, fold
from shared.languages import n_


class Choice(Struct, frozen=True, kw_only=True):
    """What a page shows of all pupils; all empty is everybody. It stands in the address."""

    state: str = ""
    class_name: str | None = None
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether everybody is shown."""
        return not self.state and self.class_name is None and not self.words

    def takes(self, pupil: FollowedPupil) -> bool:
        """Whether a pupil is shown."""
        return (
            (not self.state or pupil.is_in(self.state))
            and (self.class_name is None or pupil.class_name == self.class_name)
            and pupil.says(fold(self.words))
        )


class FollowedClass(Struct, frozen=True, kw_only=True):
    """The pupils of one class in the order of care, and how many there are behind a filter."""

    name: str
    pupils: tuple[FollowedPupil, ...]
    in_all: int
    with_nothing: int

    def say(self) -> str:
        """« 4 élèves sur 30 n’ont rien », « Tous les 30 ont quelque chose »."""
        if not self.with_nothing:
            return n_("Cet élève a quelque chose", "Chacun des {count} élèves a quelque chose", self.in_all)
        return n_(
            "{count} élève sur {all} n’a rien",
            "{count} élèves sur {all} n’ont rien",
            self.with_nothing,
            all=self.in_all,
        )


def in_order(pupils: Sequence[FollowedPupil]) -> list[FollowedPupil]:
    """By class, then by care (who has nothing first), then by name."""
    return sorted(pupils, key=lambda one: (one.class_name, STATES.index(one.state), fold(one.name), one.id))


def group_by_class(pupils: Sequence[FollowedPupil], choice: Choice) -> list[FollowedClass]:
    """The classes with the pupils that a choice shows; classes without any are left out."""
    classes = []
    for name, members in groupby(in_order(pupils), key=lambda one: one.class_name):
        of_class = tuple(members)
        shown = tuple(pupil for pupil in of_class if choice.takes(pupil))
        nothing = sum(pupil.has_nothing for pupil in of_class)
        if shown:
            classes.append(FollowedClass(name=name, pupils=shown, in_all=len(of_class), with_nothing=nothing))
    return classes
