"""A promised session as a speaker's calendar holds it: whom to call, where to meet, before whom; never a pupil."""

from collections.abc import Iterable

from msgspec import Struct

from shared.calendar.feed import FeedSession
from shared.languages import _
from shared.programme import ProgrammeSession


class Promise(Struct, frozen=True, kw_only=True):
    """A session somebody has said yes to; `pupils` at most."""

    session: ProgrammeSession
    offer: str
    organisation: str
    expected: str
    pupils: int


def sessions_of(promises: Iterable[Promise], *, page: str) -> tuple[FeedSession, ...]:
    """The sessions; a cancelled one says nothing but that."""
    return tuple(
        FeedSession(
            session=promise.session,
            offer_title=promise.offer,
            offer_url=page,
            details=() if promise.session.status == "cancelled" else _details(promise),
        )
        for promise in promises
    )


def _details(promise: Promise) -> tuple[tuple[str, str], ...]:
    return (
        (_("Élèves"), _("{number} au plus", number=promise.pupils) if promise.pupils else ""),
        (_("Attendu"), promise.expected),
        (_("Organisateur"), promise.organisation),
    )
