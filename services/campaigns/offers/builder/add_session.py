"""Add a session to an offer: in a draft it is drawn, in a public offer everybody it concerns is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET

from services.campaigns.offers.builder.place_session import place_session
from services.campaigns.offers.builder.refuse_clashes import refuse_crowd, refuse_group_elsewhere
from services.campaigns.offers.builder.settle_week import settle_week
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer, OfferAlreadyCancelled
from services.campaigns.offers.record_programme import translated_constraints
from services.campaigns.offers.session import PARIS, InvalidChange, Session, SessionChange
from shared.database import Connection
from shared.events import SessionAdded
from shared.identifiers import new_id
from shared.languages import _, later
from shared.refusal import Refusal

SESSIONS_AT_MOST = 500


class TooManySessions(Refusal):
    """An offer has no more sessions than a screen and a calendar can hold."""

    reason: ClassVar[str] = "too-many-sessions"

    def __init__(self) -> None:
        super().__init__(later("Une offre a {most} séances au plus.", most=SESSIONS_AT_MOST))


async def add_session(
    connection: Connection,
    *,
    offer_id: UUID,
    session: SessionChange,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> UUID:
    """Add a session on a day of the offer; `starts_at`, `ends_at` and `title` are needed.

    `note` is a sentence for those who are told, `tell_after` holds the news back.
    Raises `InvalidChange`, `TooManyPupils`, `GroupElsewhere` and the other refusals of the constraints.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    added = await new_session(connection, offer, session)
    await insert_session(connection, added, now=now)
    await announce_sessions(connection, offer, [added], note=note, tell_after=tell_after, now=now)
    return added.id


async def announce_sessions(
    connection: Connection,
    offer: Offer,
    sessions: Sequence[Session],
    *,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """Settle the offer after sessions were inserted, and tell whom they concern."""
    await settle_week(
        connection,
        offer,
        lambda common, concerned: [
            SessionAdded(**common, session_id=session.id, audience=concerned(session.group_id)) for session in sessions
        ],
        note=note,
        tell_after=tell_after,
        now=now,
    )


async def new_session(connection: Connection, offer: Offer, given: SessionChange) -> Session:
    """A session of the locked offer that is not written yet; raises `InvalidChange`."""
    for name, sentence in (
        ("title", _("Le titre manque.")),
        ("starts_at", _("L’heure de début manque.")),
        ("ends_at", _("L’heure de fin manque.")),
    ):
        if getattr(given, name) is UNSET:
            raise InvalidChange(sentence, field=name)
    if not (isinstance(given.starts_at, datetime) and isinstance(given.ends_at, datetime)):
        raise InvalidChange(later("L’heure de début manque."), field="starts_at")
    blank = Session(
        id=new_id(), offer_id=offer.id, day_id=offer.id, group_id=None, group="", starts_at=given.starts_at,
        ends_at=given.ends_at, title="", kind="visit", place="", site_id=None, host_id=None, host="", room="",
        contact="", meeting_point="", access="", bring="", expected="", online_url="", sequence=0, version=1,
        status="planned",
    )  # fmt: skip
    placed = await place_session(connection, blank, given)
    day_id: UUID | None = await connection.fetchval(
        "SELECT id FROM campaigns.days WHERE offer_id = $1 AND date = $2",
        offer.id,
        placed.starts_at.astimezone(PARIS).date(),
    )
    if day_id is None:
        raise InvalidChange(
            later("Cette date n’est pas une journée de l’offre : ajoutez d’abord la journée."), field="date"
        )
    return msgspec.structs.replace(placed, day_id=day_id)


async def insert_session(connection: Connection, session: Session, *, now: datetime) -> None:
    """Write a new session under the offer's lock; raises the refusals of clashes."""
    count = await connection.fetchval("SELECT count(*) FROM campaigns.sessions WHERE offer_id = $1", session.offer_id)
    if count >= SESSIONS_AT_MOST:
        raise TooManySessions
    await refuse_group_elsewhere(
        connection,
        offer_id=session.offer_id,
        session_id=session.id,
        group_id=session.group_id,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    with translated_constraints():
        await connection.execute(
            """
            INSERT INTO campaigns.sessions
                (id, offer_id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place, room,
                 contact, meeting_point, access, bring, expected, online_url, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            session.id,
            session.offer_id,
            session.day_id,
            session.group_id,
            session.starts_at,
            session.ends_at,
            session.title,
            session.kind,
            session.host_id,
            session.site_id,
            session.place,
            session.room or None,
            session.contact,
            session.meeting_point,
            session.access,
            session.bring,
            session.expected,
            session.online_url or None,
            now,
        )
    await refuse_crowd(connection, session_id=session.id)
