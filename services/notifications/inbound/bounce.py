"""A bounce: what a delivery report (RFC 3464) says of one address, and whether it is the end of it."""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from services.notifications.inbound.same_address import same_address

# of a mailbox that exists: full (5.2.2), a mail too large for it (5.2.3)
_STILL_THERE = ("5.2.2", "5.2.3")
# what the first digit after the class is about (RFC 3463 §3): the address, the mailbox, the way there, unsaid
_OF_THE_ADDRESS = ("5.0.", "5.1.", "5.2.", "5.4.")


class Failure(Struct, frozen=True):
    """One recipient's fields: the address in lower case, the action, the status `"5.1.1"`."""

    address: str
    action: str
    status: str


Verdict = Literal["shut", "refused", "temporary", "delivered", "foreign", "unreadable"]


def failures_in(report: Sequence[dict[str, str]]) -> tuple[Failure, ...]:
    """The recipients that a report speaks of; what was rewritten on the way is known by its original."""
    found = []
    for block in report:
        if "action" not in block:
            continue
        status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", block.get("status", ""))
        for name in ("original-recipient", "final-recipient"):
            if block.get(name):
                address = same_address(block[name].partition(";")[2] or block[name])
                found.append(Failure(address, block["action"].strip().lower(), status[1] if status else ""))
    return tuple(found)


def judge_bounce(report: Sequence[dict[str, str]], address: str | None) -> tuple[Verdict, str]:
    """What a report says of the delivery's own address, and its status.

    A report about another address is somebody else's, or a lie: whose delivery it is, the token has said. `shut`: the
    address does not take mail; `refused`: it does, but not this one (too large, policy, spam); nothing else is ended.
    """
    failures = failures_in(report)
    if not failures:
        return "unreadable", ""
    mine = [each for each in failures if address is not None and each.address == same_address(address)]
    if not mine:
        return "foreign", ""
    worst = next((each for each in mine if each.action == "failed"), mine[0])
    if worst.action != "failed":
        return ("temporary" if worst.action == "delayed" else "delivered"), worst.status
    if not worst.status.startswith("5"):
        return "temporary", worst.status
    shut = worst.status.startswith(_OF_THE_ADDRESS) and worst.status not in _STILL_THERE
    return ("shut" if shut else "refused"), worst.status
