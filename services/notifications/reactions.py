"""The page: everything that can happen, and who is told what of it.

A line says which message an event causes, for whom, how urgent it is (0 first), whether it may wait for others of its
kind (coalescing), and what becomes of the calendar entry. A test fails when an event of the contract has no line.
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from shared.events import (
    AnyEvent,
    OfferCancelled,
    OfferChanged,
    OfferPublished,
    RegistrationConfirmed,
    RegistrationExpired,
    RegistrationHeld,
    RegistrationLinkRequested,
    RegistrationRefused,
    RegistrationWaiting,
    RegistrationWithdrawn,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
)

Message = Literal[
    "registered_confirmed",
    "registered_waiting",
    "seat_offered",
    "seat_confirmed",
    "changed",
    "session_cancelled",
    "offer_cancelled",
    "withdrawn",
    "seat_refused",
    "seat_expired",
    "personal_link",
]
Entry = Literal["REQUEST", "CANCEL"]

# these wait a little, become one mail with others of their kind, and give way to what says the same and more
COALESCED: frozenset[Message] = frozenset({"changed", "session_cancelled"})
# after one of these has been sent, an older message would be untrue
ENDS: frozenset[Message] = frozenset({"offer_cancelled", "withdrawn", "seat_refused", "seat_expired"})
# the registration is over: its calendar entry, where there was one, is cancelled
ENDED = frozenset({"withdrawn", "refused", "expired", "cancelled"})


class Reaction(Struct, frozen=True, kw_only=True):
    """One message. `guardian` tells whether the guardian hears it besides; who has a seat has a calendar entry."""

    message: Message
    priority: int
    entry: Entry | None = "REQUEST"
    guardian: bool = True
    when: Callable[[Any], bool] = lambda _: True


NOBODY: tuple[Reaction, ...] = ()

REACTIONS: dict[type[AnyEvent], tuple[Reaction, ...]] = {
    RegistrationConfirmed: (
        Reaction(message="registered_confirmed", priority=2, when=lambda event: event.how == "registered"),
        Reaction(message="seat_confirmed", priority=2, when=lambda event: event.how == "accepted"),
    ),
    RegistrationWaiting: (Reaction(message="registered_waiting", priority=3, entry=None),),
    # a deadline is running
    RegistrationHeld: (Reaction(message="seat_offered", priority=1),),
    RegistrationWithdrawn: (
        Reaction(message="withdrawn", priority=3, entry="CANCEL", when=lambda event: event.had_seat),
        Reaction(message="withdrawn", priority=3, entry=None, when=lambda event: not event.had_seat),
    ),
    RegistrationRefused: (Reaction(message="seat_refused", priority=3, entry="CANCEL"),),
    RegistrationExpired: (Reaction(message="seat_expired", priority=3, entry="CANCEL"),),
    # somebody looks at a screen that says « nous vous l’avons renvoyé »
    RegistrationLinkRequested: (Reaction(message="personal_link", priority=1, entry=None, guardian=False),),
    SessionAdded: (Reaction(message="changed", priority=4),),
    SessionChanged: (Reaction(message="changed", priority=4),),
    SessionCancelled: (Reaction(message="session_cancelled", priority=3),),
    OfferPublished: NOBODY,
    OfferChanged: (Reaction(message="changed", priority=5),),
    # who only waited has no entry to cancel
    OfferCancelled: (Reaction(message="offer_cancelled", priority=2, entry="CANCEL"),),
}

STATUS_AFTER: dict[type[AnyEvent], str] = {
    RegistrationConfirmed: "confirmed",
    RegistrationWaiting: "waiting",
    RegistrationHeld: "held",
    RegistrationWithdrawn: "withdrawn",
    RegistrationRefused: "refused",
    RegistrationExpired: "expired",
    OfferCancelled: "cancelled",
}


def reactions_to(event: AnyEvent) -> tuple[Reaction, ...]:
    """The messages that one event causes."""
    return tuple(reaction for reaction in REACTIONS[type(event)] if reaction.when(event))
