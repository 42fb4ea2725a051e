"""A calendar's answer to an invitation: what it does to a seat, and which of two answers is the later one."""

from datetime import date as Date
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from services.campaigns.offers.registration import LockedRegistration

# deleting an entry declines, too: a confirmed seat is kept so long, and one button keeps it for good
KEPT_FOR = timedelta(minutes=30)

Answer = Literal["accepted", "declined", "tentative"]
# what an answer comes to; `refuse`, `accept`, `leave`, `keep`, `miss` and `come` are acts, the others change nothing
Act = Literal["refuse", "accept", "leave", "keep", "miss", "come", "note", "overtaken", "ended"]


class CalendarAnswer(Struct, frozen=True, kw_only=True):
    """One answer: to all days, or (`day`, as the invitation numbers it) to one. `stamp` is when it was given.

    `following`: to this day and all later ones (RFC 5545 §3.2.13).
    """

    answer: Answer
    day: Date | None = None
    following: bool = False
    sequence: int
    stamp: datetime


class Standing(Struct, frozen=True, kw_only=True):
    """What an answer is judged by, read under the offer's lock: `last` is the last valid answer to the same days."""

    registration: LockedRegistration
    last: CalendarAnswer | None = None
    leaving: bool = False
    over: bool = False


def act_of(answer: CalendarAnswer, standing: Standing) -> Act:
    """What the answer comes to (RFC 5546 §2.1.5: the higher SEQUENCE counts, of equal ones the later DTSTAMP)."""
    last = standing.last
    if last is not None and (answer.sequence, answer.stamp) < (last.sequence, last.stamp):
        return "overtaken"
    status = standing.registration.status
    if standing.over or status not in ("waiting", "held", "confirmed"):
        return "ended"
    if not standing.registration.has_entry:
        # no invitation was ever sent of it
        return "note"
    if answer.day is not None:
        return {"declined": "miss", "accepted": "come", "tentative": "note"}[answer.answer]  # type: ignore[return-value]  # each is an act
    if status == "held":
        if answer.answer == "declined":
            return "refuse"
        # consent is the guardian's to give, on a page that says to what
        return "accept" if answer.answer == "accepted" and standing.registration.held_for == "promotion" else "note"
    if answer.answer == "declined":
        return "leave"
    return "keep" if standing.leaving else "note"
