"""Seats, queue, holds and facts as a model that is explored whole, and each rule broken once to see that it matters.

Three pupils, of whom one may get a seat elsewhere and lose it again; one or two seats. A transaction is a step, for
each locks the offer's row; where a broken rule lets two of them mix, reading and writing are steps of their own. Time
is a step too: a hold may end at any moment.
The verbs: register_pupils, accept_seat, refuse_seat, withdraw_registration, expire_holds, change_seats and
promote_waiting.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.explore import Explored, explore

MOST_SEATS, PUPILS = 2, 3


class Pupil(NamedTuple):
    """One registration. `told` is the status of the last fact about it; `saw` is what a broken reading found free."""

    status: str = ""
    held_for: str = ""
    rank: int = 0
    told: str = ""
    saw: int | None = None
    # the deadline has passed; the clock has not come by yet
    late: bool = False
    # somebody with a higher rank was seated while this one waited
    overtaken: bool = False
    # has a seat in another offer at these times; is back from there, and the clock has not come by yet
    elsewhere: bool = False
    back: bool = False


class Offer(NamedTuple):
    """An offer and its registrations."""

    seats: int = 1
    pupils: tuple[Pupil, ...] = (Pupil(),) * PUPILS
    ranks: int = 0
    # the process was killed between a fact and its state, where a broken rule has two transactions there
    killed: bool = False

    @property
    def taken(self) -> int:
        """Held and confirmed."""
        return sum(pupil.status in ("held", "confirmed") for pupil in self.pupils)

    @property
    def queue(self) -> list[int]:
        """Who waits, by rank."""
        waiting = [index for index, pupil in enumerate(self.pupils) if pupil.status == "waiting"]
        return sorted(waiting, key=lambda index: self.pupils[index].rank)

    def changed(self, index: int, **values: object) -> "Offer":
        """With one registration changed, and the fact about its status written in the same transaction."""
        pupil = self.pupils[index]._replace(**values)
        if "status" in values:
            pupil = pupil._replace(told=pupil.status)
        return self._replace(pupils=(*self.pupils[:index], pupil, *self.pupils[index + 1 :]))


RULES = (
    "count after the lock",
    "nobody overtakes the queue",
    "the first rank is promoted",
    "who frees a seat promotes",
    "an ended hold promotes",
    "more seats promote",
    "no fewer seats than taken",
    "a late yes is refused",
    "a held seat is taken",
    "facts in the same transaction",
)


class Verbs:
    """The steps of the model where only these rules hold."""

    def __init__(self, rules: frozenset[str]) -> None:
        self.rules = rules

    def steps(self, offer: Offer) -> Iterator[tuple[str, Offer]]:
        """What may happen next."""
        for index, pupil in enumerate(offer.pupils):
            for name, after in [*self.asked(offer, index, pupil), *self.brought_by_time(offer, index, pupil)]:
                yield name, after
                if "facts in the same transaction" not in self.rules and not offer.killed:
                    changed = after.pupils[index]._replace(told=pupil.told)
                    untold = (*after.pupils[:index], changed, *after.pupils[index + 1 :])
                    yield f"{name}, and the process is killed", after._replace(pupils=untold, killed=True)
        if any(pupil.back for pupil in offer.pupils):
            looked = offer._replace(pupils=tuple(pupil._replace(back=False) for pupil in offer.pupils))
            yield "the clock looks at free seats", self.promote(looked)
        if offer.seats < MOST_SEATS:
            more = offer._replace(seats=offer.seats + 1)
            yield "a seat more", self.promote(more) if "more seats promote" in self.rules else more
        if offer.seats > 1 and ("no fewer seats than taken" not in self.rules or offer.taken < offer.seats):
            yield "a seat fewer", offer._replace(seats=offer.seats - 1)

    def asked(self, offer: Offer, index: int, pupil: Pupil) -> Iterator[tuple[str, Offer]]:
        """What the pupil does."""
        name = f"pupil {index}"
        if not pupil.status:
            yield from self.register(offer, index, pupil, name)
        if pupil.status in ("waiting", "held", "confirmed"):
            yield f"{name} withdraws", self.end(offer, index, "withdrawn", "who frees a seat promotes")
        if pupil.status == "held":
            yield f"{name} refuses", self.end(offer, index, "refused", "who frees a seat promotes")
        late = pupil.late or pupil.status == "expired"
        if pupil.status in ("held", "expired") and (not late or "a late yes is refused" not in self.rules):
            yield f"{name} accepts", offer.changed(index, status="confirmed", held_for="", late=False)

    def brought_by_time(self, offer: Offer, index: int, pupil: Pupil) -> Iterator[tuple[str, Offer]]:
        """What comes by itself: a deadline, and the clock after it; a seat in another offer, taken and lost."""
        name = f"pupil {index}"
        if pupil.status == "held" and not pupil.late:
            yield f"the deadline of {name} passes", offer.changed(index, late=True)
        if pupil.late:
            yield f"the hold of {name} ends", self.end(offer, index, "expired", "an ended hold promotes")
        if pupil.status == "waiting" and index == 0:
            away = not pupil.elsewhere
            yield f"{name} is {'elsewhere' if away else 'back'}", offer.changed(index, elsewhere=away, back=not away)

    def register(self, offer: Offer, index: int, pupil: Pupil, name: str) -> Iterator[tuple[str, Offer]]:
        """A pupil gets a seat, confirmed or held for consent, or waits, by what was free when it was counted."""
        if pupil.saw is None and "count after the lock" not in self.rules:
            yield f"{name} reads what is free", offer.changed(index, saw=self.free(offer))
            return
        seats_free = self.free(offer) if pupil.saw is None else pupil.saw
        offer = offer._replace(ranks=offer.ranks + 1).changed(index, rank=offer.ranks + 1, saw=None)
        if seats_free > 0 and ("nobody overtakes the queue" not in self.rules or not offer.queue):
            yield f"{name} registers", self.seat(offer, index, status="confirmed")
            yield f"{name} registers, under 15", self.seat(offer, index, status="held", held_for="consent")
        else:
            yield f"{name} registers and waits", self.promote(offer.changed(index, status="waiting"))

    def free(self, offer: Offer) -> int:
        """The seats nobody has; a held one is taken."""
        if "a held seat is taken" in self.rules:
            return offer.seats - offer.taken
        return offer.seats - sum(pupil.status == "confirmed" for pupil in offer.pupils)

    def promote(self, offer: Offer) -> Offer:
        """Hold the free seats for the queue; who is elsewhere is passed over and keeps the rank."""
        while self.free(offer) > 0 and (queue := [each for each in offer.queue if not offer.pupils[each].elsewhere]):
            chosen = queue[0] if "the first rank is promoted" in self.rules else queue[-1]
            offer = self.seat(offer, chosen, status="held", held_for="promotion", back=False)
        return offer

    def seat(self, offer: Offer, index: int, **values: object) -> Offer:
        """Give a seat, and note who was overtaken by it."""
        for other, pupil in enumerate(offer.pupils):
            if pupil.status == "waiting" and pupil.rank < offer.pupils[index].rank and not pupil.elsewhere:
                offer = offer.changed(other, overtaken=True)
        return offer.changed(index, **values)

    def end(self, offer: Offer, index: int, status: str, rule: str) -> Offer:
        """End a registration; under the rule, the same transaction promotes who waits."""
        offer = offer.changed(index, status=status, held_for="", late=False, elsewhere=False, back=False)
        return self.promote(offer) if rule in self.rules else offer


def promise(offer: Offer) -> str:
    """What must hold in every state."""
    if offer.taken > offer.seats:
        return "more seats are taken than there are"
    if any(pupil.overtaken for pupil in offer.pupils):
        return "somebody was overtaken"
    waiting = (offer.pupils[index] for index in offer.queue)
    if offer.taken < offer.seats and any(not pupil.elsewhere and not pupil.back for pupil in waiting):
        return "a seat is free and somebody waits"
    if any(pupil.told != pupil.status for pupil in offer.pupils):
        return "a change nobody is told of"
    return ""


def explored(rules: frozenset[str]) -> Explored:
    """The whole model under these rules."""
    return explore(Offer(), Verbs(rules).steps, promise)


def test_under_all_rules_no_state_breaks_a_promise():
    found = explored(frozenset(RULES))
    assert found.broken == "", found.steps
    assert found.states > 3_000


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("count after the lock", "more seats are taken than there are"),
        ("nobody overtakes the queue", "somebody was overtaken"),
        ("the first rank is promoted", "somebody was overtaken"),
        ("who frees a seat promotes", "a seat is free and somebody waits"),
        ("an ended hold promotes", "a seat is free and somebody waits"),
        ("more seats promote", "a seat is free and somebody waits"),
        ("no fewer seats than taken", "more seats are taken than there are"),
        ("a late yes is refused", "more seats are taken than there are"),
        ("a held seat is taken", "more seats are taken than there are"),
        ("facts in the same transaction", "a change nobody is told of"),
    ],
)
def test_without_one_rule_a_promise_breaks(rule, broken):
    found = explored(frozenset(RULES) - {rule})
    assert found.broken == broken, found.steps


def test_every_rule_is_broken_once():
    cases = test_without_one_rule_a_promise_breaks.pytestmark[0].args[1]
    assert {rule for rule, _ in cases} == set(RULES)
