"""What is read of a rehearsal: the facts it would append, the people they concern, the mail they cause."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import msgspec

from services.campaigns.edge import Edge
from services.campaigns.offers.life.consequences.consequences import Consequences, Told
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.events import (
    AnyEvent,
    Concerned,
    OfferCancelled,
    OfferChanged,
    SessionChanged,
    SessionEvent,
    decode_event,
)
from shared.identifiers import new_id
from shared.notices import HostNotice, SpeakerNotice
from shared.programme import Programme

Act = Callable[[Connection], Awaitable[object]]


async def read_consequences(edge: Edge, offer_id: UUID, act: Act) -> Consequences:
    """What `act` would do to an offer; it is carried out and undone. Raises what it raises.

    The offer is locked before, so that every fact appended to it since is the act's own.
    """
    async with edge.rehearsal() as connection:
        await lock_offer(connection, offer_id)
        mark = new_id()
        await act(connection)
        events = await _events_since(connection, offer_id, mark)
        told = await count_told(connection, events)
        shown = next(
            (event for event in events if isinstance(event, SessionEvent | OfferChanged | OfferCancelled)), None
        )
        programme = await _programme(connection, shown) if shown else None
    changes = shown.changes if isinstance(shown, SessionChanged | OfferChanged) else ()
    return Consequences(told=told, changes=changes, mails=edge.preview(events, programme))


async def count_told(connection: Connection, events: Sequence[AnyEvent]) -> Told:
    """How many people the facts would be told to: a guardian besides the pupil, or instead of one without address."""
    audience: dict[UUID, Concerned] = {}
    hosts: set[UUID] = set()
    speakers: set[UUID] = set()
    for event in events:
        if isinstance(event, SessionEvent | OfferChanged | OfferCancelled):
            audience |= {one.registration_id: one for one in event.audience}
        elif isinstance(event, HostNotice):
            hosts |= set(event.recipients)
        elif isinstance(event, SpeakerNotice):
            speakers |= set(event.recipients)
    row = await connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE pupil.email IS NOT NULL) AS pupils,
               count(*) FILTER (WHERE pupil.email IS NOT NULL AND status = 'waiting') AS waiting,
               count(*) FILTER (WHERE guardian.email IS NOT NULL
                                  AND lower(guardian.email) IS DISTINCT FROM lower(pupil.email)) AS guardians,
               count(*) FILTER (WHERE pupil.email IS NULL AND guardian.email IS NULL) AS silent
        FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS concerned (pupil_id, guardian_id, status)
        LEFT JOIN contract.people pupil ON pupil.id = pupil_id
        LEFT JOIN contract.people guardian ON guardian.id = guardian_id
        """,
        [one.pupil_id for one in audience.values()],
        [one.guardian_id for one in audience.values()],
        [one.status for one in audience.values()],
    )
    return Told(**dict(row or {}), hosts=len(hosts), speakers=len(speakers))


async def _events_since(connection: Connection, offer_id: UUID, mark: UUID) -> list[AnyEvent]:
    rows = await connection.fetch(
        "SELECT body FROM contract.events WHERE id > $1 AND offer_id = $2 ORDER BY id", mark, offer_id
    )
    return [decode_event(row["body"]) for row in rows]


async def _programme(connection: Connection, event: SessionEvent | OfferChanged | OfferCancelled) -> Programme | None:
    body = await connection.fetchval(
        "SELECT body FROM contract.programmes WHERE offer_id = $1 AND version = $2", event.offer_id, event.programme
    )
    return msgspec.json.decode(body, type=Programme) if body else None
