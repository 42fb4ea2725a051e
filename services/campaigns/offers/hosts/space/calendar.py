"""A company's sessions as its calendar holds them: whom to call, where to meet, what is expected; never a pupil."""

from collections.abc import Sequence

from msgspec import Struct

from shared.calendar.feed import FeedHead, FeedSession
from shared.languages import _, later
from shared.programme import ProgrammeSession

DESCRIPTION = later(
    "Les séances que vous accueillez ou que l’on vous demande d’accueillir. Gardez cette adresse pour vous."
)


class HostedEntry(Struct, frozen=True, kw_only=True):
    """A session of the calendar; `tentative` while the company has not confirmed, `pupils` at most."""

    session: ProgrammeSession
    offer: str
    organisation: str
    expected: str
    pupils: int
    tentative: bool


def head_of(name: str, *, source: str, url: str) -> FeedHead:
    """What the calendar says of itself; the one of a person bears no company's name."""
    return FeedHead(
        name=_("Accueils de {name}", name=name) if name else _("Vos accueils"),
        description=str(DESCRIPTION),
        source=source,
        url=url,
    )


def sessions_of(entries: Sequence[HostedEntry], *, url: str) -> tuple[FeedSession, ...]:
    """The sessions; a cancelled one says nothing but that."""
    return tuple(
        FeedSession(
            session=entry.session,
            offer_title=entry.offer,
            offer_url=url,
            tentative=entry.tentative,
            details=() if entry.session.status == "cancelled" else _details(entry),
        )
        for entry in entries
    )


def _details(entry: HostedEntry) -> tuple[tuple[str, str], ...]:
    pupils = _("{pupils} au plus", pupils=entry.pupils) if entry.pupils else ""
    return (
        (_("Élèves"), pupils),
        (_("Attendu"), entry.expected),
        (_("Organisateur"), entry.organisation),
        (_("Réponse"), _("en attente de votre confirmation") if entry.tentative else ""),
    )
