"""What several clients did to one offer and were told, and whether all of it could have happened one after the other.

Linearizability by the search of Wing and Gong (1993): an operation that ended before another began comes first; among
those that overlapped any order will do, if one exists in which every answer is what the specification says.
"""

from typing import Literal, NamedTuple

Kind = Literal["register", "read", "accept", "refuse", "withdraw", "seats"]
# the HTTP status, where the registration stands afterwards, and its place in the queue
Answer = tuple[int, str, int | None]


class Operation(NamedTuple):
    """One request: who asked what (`number` is the pupil, or the seats a planner sets), when, and the answer."""

    kind: Kind
    number: int
    began: float
    ended: float
    answer: Answer


class Offer(NamedTuple):
    """The specification: an offer and its registrations, as one client alone would see them."""

    seats: int
    statuses: tuple[str, ...]
    queue: tuple[int, ...] = ()

    @property
    def taken(self) -> int:
        """Held and confirmed."""
        return sum(status in ("held", "confirmed") for status in self.statuses)

    def put(self, pupil: int, status: str) -> "Offer":
        """The pupil's registration now stands so; whoever does not wait is not in the queue."""
        statuses = (*self.statuses[:pupil], status, *self.statuses[pupil + 1 :])
        queue = tuple(each for each in self.queue if each != pupil) + ((pupil,) if status == "waiting" else ())
        return self._replace(statuses=statuses, queue=queue)

    def promoted(self) -> "Offer":
        """Free seats are held for the queue."""
        offer = self
        while offer.queue and offer.taken < offer.seats:
            offer = offer.put(offer.queue[0], "held")
        return offer

    def told(self, code: int, pupil: int) -> Answer:
        """What an answer says of a registration."""
        return code, self.statuses[pupil], self.queue.index(pupil) + 1 if pupil in self.queue else None

    def after(self, kind: Kind, number: int) -> tuple["Offer", Answer]:
        """The offer after an operation, and the answer."""
        if kind == "seats":
            if number < self.taken:
                return self, (409, "", None)
            return self._replace(seats=number).promoted(), (200, "", None)
        status, alive = self.statuses[number], ("waiting", "held", "confirmed")
        if kind == "register":
            offer = self.put(number, "confirmed" if self.taken < self.seats and not self.queue else "waiting")
            return offer, offer.told(201, number)
        wanted = {"read": status, "accept": "confirmed", "refuse": "refused", "withdraw": "withdrawn"}[kind]
        allowed = {"read": (), "accept": ("held",), "refuse": ("held",), "withdraw": alive}[kind]
        if status == wanted:
            return self, self.told(200, number)
        if status not in allowed:
            return self, (409, "", None)
        offer = self.put(number, wanted).promoted()
        return offer, offer.told(200, number)


def explain(operations: list[Operation], start: Offer) -> list[Operation] | None:
    """An order in which every answer is right, or `None`: then the answers contradict each other."""
    seen: set[tuple[frozenset[int], Offer]] = set()
    # each step of the search: the offer, what is left, and the order that leads there
    search = [(start, frozenset(range(len(operations))), ())]
    while search:
        offer, left, order = search.pop()
        if not left:
            return [operations[index] for index in order]
        if (left, offer) in seen:
            continue
        seen.add((left, offer))
        first_end = min(operations[index].ended for index in left)
        for index in left:
            operation = operations[index]
            if operation.began <= first_end:
                after, answer = offer.after(operation.kind, operation.number)
                if answer == operation.answer:
                    search.append((after, left - {index}, (*order, index)))
    return None
