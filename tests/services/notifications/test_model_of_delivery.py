"""From facts to a calendar as a model that is explored whole, and each rule broken once to see that it matters.

Up to two facts about one registration, each a higher revision; the broker, which may deliver twice and lose all; a
worker that may be killed between any two steps; a mail server that may refuse; the calendar of one person. A
transaction is a step, and so is what SMTP accepts. The verbs: plan_events, claim_deliveries, mark_deliveries, relay.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.explore import Explored, explore

MOST_FACTS = 2

RULES = (
    "the fact is written with the change",
    "what is not planned is rung again",
    "what is due is rung again",
    "a fact is planned once",
    "an ended lease is due again",
    "the bytes are kept before the first attempt",
    "a later fact has a higher SEQUENCE",
    "a calendar keeps the higher SEQUENCE",
    "the newest programme is written",
)


class Delivery(NamedTuple):
    """One message. `sequence` is that of the bytes, kept or in hand; `got` are the SEQUENCEs that arrived."""

    fact: int
    state: str = "due"
    sequence: int = 0
    got: tuple[int, ...] = ()


class System(NamedTuple):
    """The tables, the broker and what the person's calendar shows (a revision, and its SEQUENCE)."""

    revision: int = 0
    facts: int = 0
    planned: frozenset[int] = frozenset()
    rung: frozenset[tuple[str, int]] = frozenset()
    deliveries: tuple[Delivery, ...] = ()
    shown: int = 0
    shown_sequence: int = 0

    def with_delivery(self, index: int, **values: object) -> "System":
        """With one delivery changed."""
        changed = self.deliveries[index]._replace(**values)
        return self._replace(deliveries=(*self.deliveries[:index], changed, *self.deliveries[index + 1 :]))


def sequence_of(revision: int, rules: frozenset[str]) -> int:
    """The SEQUENCE of what tells this revision."""
    return revision if "a later fact has a higher SEQUENCE" in rules else 1


def shows(system: System, revision: int, rules: frozenset[str]) -> System:
    """What a calendar shows after a message: one that is older than what it has changes nothing."""
    sequence = sequence_of(revision, rules)
    if sequence < system.shown_sequence and "a calendar keeps the higher SEQUENCE" in rules:
        return system
    return system._replace(shown=revision, shown_sequence=sequence)


def work(system: System, rules: frozenset[str]) -> Iterator[tuple[str, System]]:
    """What the relay and the worker do by themselves, and a lease that ends."""
    yield from ringing(system, rules)
    for errand, which in sorted(system.rung):
        taken = system._replace(rung=system.rung - {(errand, which)})
        if errand == "plan":
            yield f"a worker plans fact {which}", plan(taken, which, rules)
        else:
            yield f"a worker claims delivery {which}", claim(taken, which, rules)
    for index, delivery in enumerate(system.deliveries):
        if delivery.state == "sending":
            yield f"the server accepts delivery {index}", accepted(system, index, rules)
        if delivery.state == "accepted":
            yield f"delivery {index} is marked", system.with_delivery(index, state="sent")
        if delivery.state == "abandoned" and "an ended lease is due again" in rules:
            yield f"the lease of delivery {index} ends", system.with_delivery(index, state="due")


def ringing(system: System, rules: frozenset[str]) -> Iterator[tuple[str, System]]:
    """What the relay does."""
    for fact in {*range(1, system.facts + 1)} - system.planned:
        if "what is not planned is rung again" in rules:
            yield f"the relay rings fact {fact}", system._replace(rung=system.rung | {("plan", fact)})
    for index, delivery in enumerate(system.deliveries):
        if delivery.state == "due" and "what is due is rung again" in rules:
            yield f"the relay rings delivery {index}", system._replace(rung=system.rung | {("send", index)})


def plan(system: System, fact: int, rules: frozenset[str]) -> System:
    """Plan a fact: its delivery, which the same transaction rings."""
    if fact in system.planned and ("a fact is planned once" in rules or len(system.deliveries) > MOST_FACTS):
        return system
    index = len(system.deliveries)
    return system._replace(
        planned=system.planned | {fact},
        deliveries=(*system.deliveries, Delivery(fact)),
        rung=system.rung | {("send", index)},
    )


def claim(system: System, index: int, rules: frozenset[str]) -> System:
    """Claim a delivery that is due, one at a time for a person; the bytes are written now, if they never were."""
    delivery = system.deliveries[index]
    if delivery.state != "due" or any(each.state in ("sending", "accepted") for each in system.deliveries):
        return system
    if delivery.sequence and "the bytes are kept before the first attempt" in rules:
        return system.with_delivery(index, state="sending")
    newest = max(system.planned) if "the newest programme is written" in rules else delivery.fact
    return system.with_delivery(index, state="sending", sequence=newest)


def accepted(system: System, index: int, rules: frozenset[str]) -> System:
    """The server says yes: the mail is in the mailbox, and the table does not say so yet."""
    delivery = system.deliveries[index]
    got = tuple(sorted({*delivery.got, delivery.sequence}))
    return shows(system.with_delivery(index, state="accepted", got=got), delivery.sequence, rules)


def chance(system: System, rules: frozenset[str]) -> Iterator[tuple[str, System]]:
    """What people do and what goes wrong."""
    if system.revision < MOST_FACTS:
        told = system._replace(revision=system.revision + 1, facts=system.facts + 1)
        yield "something changes", told._replace(rung=told.rung | {("plan", told.facts)})
        if "the fact is written with the change" not in rules:
            yield "something changes, and the process is killed", system._replace(revision=system.revision + 1)
    if system.rung:
        yield "the broker loses everything", system._replace(rung=frozenset())
    for fact in sorted(system.planned):
        yield f"fact {fact} is rung twice", system._replace(rung=system.rung | {("plan", fact)})
    for index, delivery in enumerate(system.deliveries):
        if delivery.state in ("sending", "accepted"):
            yield f"the worker of delivery {index} is killed", system.with_delivery(index, state="abandoned")
        if delivery.state == "sending":
            yield f"the server refuses delivery {index} for now", system.with_delivery(index, state="due")


def promise_under(rules: frozenset[str]):
    """What must hold in every state, and where nothing is left to do."""

    def promise(system: System) -> str:
        if len(system.deliveries) > len({delivery.fact for delivery in system.deliveries}):
            return "one fact is told as two messages"
        if any(len(delivery.got) > 1 for delivery in system.deliveries):
            return "one message came with other bytes"
        if any(after != system for _, after in work(system, rules)):
            return ""
        if system.shown != system.revision:
            return "the calendar is not the truth"
        if any(delivery.state != "sent" for delivery in system.deliveries):
            return "a message was never sent"
        return ""

    return promise


def explored(rules: frozenset[str]) -> Explored:
    """The whole model under these rules."""

    def steps(system: System) -> Iterator[tuple[str, System]]:
        yield from work(system, rules)
        yield from chance(system, rules)

    return explore(System(), steps, promise_under(rules))


def test_under_all_rules_every_fact_arrives_whatever_is_killed_or_lost():
    found = explored(frozenset(RULES))
    assert found.broken == "", found.steps
    assert found.states > 1_000


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("the fact is written with the change", "the calendar is not the truth"),
        ("what is not planned is rung again", "the calendar is not the truth"),
        ("what is due is rung again", "the calendar is not the truth"),
        ("a fact is planned once", "one fact is told as two messages"),
        ("an ended lease is due again", "the calendar is not the truth"),
        ("the bytes are kept before the first attempt", "one message came with other bytes"),
        ("a later fact has a higher SEQUENCE", "the calendar is not the truth"),
        ("a calendar keeps the higher SEQUENCE", "the calendar is not the truth"),
    ],
)
def test_without_one_rule_a_promise_breaks(rule, broken):
    found = explored(frozenset(RULES) - {rule})
    assert found.broken == broken, found.steps


def test_a_letter_that_tells_only_its_own_fact_would_do_for_the_calendar_too():
    """The newest programme is in every letter for its reader's sake; the folding alone would end in the truth."""
    assert explored(frozenset(RULES) - {"the newest programme is written"}).broken == ""
