"""What one look at the installation found."""

from typing import Literal

from msgspec import Struct


class Finding(Struct, frozen=True):
    """One line of the report: `what` was looked at, how it is, what was seen, and what to do where it is not well.

    `bad` stops the installation from keeping its promises; `doubtful` does not yet.
    """

    what: str
    state: Literal["good", "doubtful", "bad"]
    seen: str
    advice: str = ""


def good(what: str, seen: str) -> Finding:
    """All is well."""
    return Finding(what, "good", seen)


def doubtful(what: str, seen: str, advice: str) -> Finding:
    """It works, and should be looked at."""
    return Finding(what, "doubtful", seen, advice)


def bad(what: str, seen: str, advice: str) -> Finding:
    """It does not work."""
    return Finding(what, "bad", seen, advice)
