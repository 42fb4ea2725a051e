"""A guardian's calendar: a session says whose it is, first of all."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from shared.calendar.feed import FeedSession
from shared.languages import _, n_


def say_whose(sessions: Iterable[FeedSession]) -> Iterator[FeedSession]:
    """The sessions with the first names of who goes, which came as their only detail, before the title."""
    for item in sessions:
        names = [name for name, _state in item.details if name]
        held = [name for name, state in item.details if name and state == "held"]
        who = ", ".join(names)
        details = (
            (n_("Votre enfant", "Vos enfants", len(names)), who),
            (_("Place à confirmer"), ", ".join(held)),
        )
        yield replace(
            item,
            session=replace(item.session, title=_with(who, item.session.title, of=item)),
            offer_title=_with(who, item.offer_title),
            tentative=bool(held) and len(held) == len(names),
            details=details if item.session.status == "planned" else (),
        )


def _with(who: str, title: str, *, of: FeedSession | None = None) -> str:
    """« Camille · Semaine à Pont-Audemer ». A session named as its offer is told once; another has its own title."""
    if not who or (of is not None and title != of.offer_title):
        return title
    return f"{who} · {title}"
