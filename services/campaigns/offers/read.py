"""What is read of offers: under the lock for verbs, and shaped for JSON."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.offers.offer import Offer, UnknownOffer
from services.campaigns.offers.registration import LockedRegistration, UnknownRegistration
from services.campaigns.offers.session import Session, UnknownSession
from shared.database import Connection
from shared.events import Concerned
from shared.programme import Programme

# Locking and counting are two statements: a count inside this one would read the snapshot from before the lock.
LOCK_OFFER = """
    SELECT id, organisation_id, slug, title, status, seats, taken, waiting, next_rank, revision, programme_version,
           opens_at, closes_at, lower(busy) AS first_session_at,
           ARRAY(SELECT id FROM campaigns.groups WHERE offer_id = offers.id ORDER BY name) AS group_ids
    FROM campaigns.offers
    WHERE id = $1
    FOR NO KEY UPDATE
"""


async def lock_offer(connection: Connection, offer_id: UUID) -> Offer:
    """Lock the offer's row until the transaction ends and read it; raises `UnknownOffer`."""
    row = await connection.fetchrow(LOCK_OFFER, offer_id)
    if row is None:
        raise UnknownOffer
    return Offer(**dict(row))


async def lock_registration(connection: Connection, registration_id: UUID) -> tuple[Offer, LockedRegistration]:
    """Lock a registration's offer, then read both; raises `UnknownRegistration`."""
    offer_id = await connection.fetchval("SELECT offer_id FROM campaigns.registrations WHERE id = $1", registration_id)
    if offer_id is None:
        raise UnknownRegistration
    offer = await lock_offer(connection, offer_id)
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, p.guardian_id, r.group_id, r.status, r.deadline
        FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        WHERE r.id = $1
        """,
        registration_id,
    )
    if row is None:
        raise UnknownRegistration
    return offer, LockedRegistration(**dict(row))


async def lock_session(connection: Connection, session_id: UUID) -> tuple[Offer, Session]:
    """Lock a session's offer, then read both; raises `UnknownSession`."""
    offer_id = await connection.fetchval("SELECT offer_id FROM campaigns.sessions WHERE id = $1", session_id)
    if offer_id is None:
        raise UnknownSession
    offer = await lock_offer(connection, offer_id)
    row = await connection.fetchrow(
        """
        SELECT s.id, s.offer_id, s.day_id, s.group_id, s.starts_at, s.ends_at, s.title, s.place, s.site_id, s.host_id,
               coalesce(host.name, '') AS host, s.sequence, s.status
        FROM campaigns.sessions s LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        WHERE s.id = $1
        """,
        session_id,
    )
    if row is None:
        raise UnknownSession
    return offer, Session(**dict(row))


async def audience_of(
    connection: Connection, offer_id: UUID, *, group_id: UUID | None = None, waiting: bool = False
) -> tuple[Concerned, ...]:
    """Whom a fact concerns: who has a seat, in one group or in all; on request also who waits."""
    rows = await connection.fetch(
        """
        SELECT r.id AS registration_id, r.pupil_id, p.guardian_id, r.group_id, r.status
        FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        WHERE r.offer_id = $1
          AND (r.status IN ('held', 'confirmed') OR ($3 AND r.status = 'waiting'))
          AND ($2::uuid IS NULL OR r.group_id IS NULL OR r.group_id = $2)
        ORDER BY r.rank
        """,
        offer_id,
        group_id,
        waiting,
    )
    return tuple(Concerned(**dict(row)) for row in rows)


async def read_programme(connection: Connection, offer_id: UUID) -> Programme:
    """The programme as the tables say it now; raises `UnknownOffer`. Times are UTC.

    An offer that was never published has no series yet: its first planned session stands for the first instance.
    """
    body = await connection.fetchval(
        """
        SELECT jsonb_build_object(
            'offer_id', o.id, 'version', o.programme_version, 'slug', o.slug, 'kind', o.kind, 'title', o.title,
            'summary', o.summary, 'city', o.city, 'contact', o.contact,
            'organisation_id', o.organisation_id, 'organisation', organisation.name, 'campaign', campaign.title,
            'series_starts_at', coalesce(o.series_starts_at, first.starts_at, '2000-01-01T00:00Z'),
            'series_ends_at', coalesce(o.series_ends_at, first.ends_at, '2000-01-01T01:00Z'),
            'days', coalesce(days.list, '[]'))
        FROM campaigns.offers o
        JOIN campaigns.organisations organisation ON organisation.id = o.organisation_id
        JOIN campaigns.campaigns campaign ON campaign.id = o.campaign_id
        LEFT JOIN LATERAL (
            SELECT min(starts_at) AS starts_at, max(ends_at) AS ends_at
            FROM campaigns.sessions
            WHERE day_id = (SELECT s.day_id FROM campaigns.sessions s
                            WHERE s.offer_id = o.id AND s.status = 'planned' ORDER BY s.starts_at LIMIT 1)
              AND status = 'planned'
        ) first ON true
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object(
                'id', d.id, 'date', d.date, 'instance_on', d.instance_on, 'sector', d.sector,
                'sector_label', coalesce(sector.label, ''), 'sector_family', coalesce(sector.family, ''),
                'sessions', coalesce(sessions.list, '[]')) ORDER BY d.date) AS list
            FROM campaigns.days d
            LEFT JOIN campaigns.sectors sector ON sector.code = d.sector
            LEFT JOIN LATERAL (
                SELECT jsonb_agg(jsonb_build_object(
                    'id', s.id, 'group_id', s.group_id, 'group', coalesce(g.name, ''),
                    'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                    'host_id', s.host_id, 'host', coalesce(host.name, ''), 'place', s.place,
                    'room', coalesce(s.room, ''), 'latitude', site.latitude, 'longitude', site.longitude,
                    'contact', s.contact, 'meeting_point', s.meeting_point, 'access', s.access, 'bring', s.bring,
                    'online_url', s.online_url, 'sequence', s.sequence, 'status', s.status, 'changed_at', s.changed_at,
                    'speakers', ARRAY(SELECT speaker.name || CASE speaker.trade WHEN '' THEN ''
                                                              ELSE ', ' || speaker.trade END
                                      FROM campaigns.session_speakers link
                                      JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
                                      WHERE link.session_id = s.id ORDER BY speaker.name)
                    ) ORDER BY s.starts_at, s.ends_at, s.id) AS list
                FROM campaigns.sessions s
                LEFT JOIN campaigns.groups g ON g.id = s.group_id
                LEFT JOIN campaigns.organisations host ON host.id = s.host_id
                LEFT JOIN campaigns.sites site ON site.id = s.site_id
                WHERE s.day_id = d.id AND s.removed_at IS NULL
            ) sessions ON true
            WHERE d.offer_id = o.id
        ) days ON true
        WHERE o.id = $1
        """,
        offer_id,
    )
    if body is None:
        raise UnknownOffer
    return msgspec.json.decode(body, type=Programme)


async def count_groups(connection: Connection, offer: Offer) -> dict[UUID, int]:
    """Pupils with a seat in each group of a locked offer; empty for an offer without groups."""
    if not offer.group_ids:
        return {}
    rows = await connection.fetch(
        """
        SELECT group_id, count(*) AS pupils FROM campaigns.registrations
        WHERE offer_id = $1 AND status IN ('held', 'confirmed') AND group_id IS NOT NULL
        GROUP BY group_id
        """,
        offer.id,
    )
    return {row["group_id"]: row["pupils"] for row in rows}


class RegistrationState(Struct, frozen=True, kw_only=True):
    """Where a registration stands; `position` counts from 1 while waiting."""

    id: UUID
    offer_id: UUID
    pupil_id: UUID
    status: str
    position: int | None
    waiting: int
    deadline: datetime | None
    token_version: int
    offer_slug: str
    offer_title: str


async def read_registration(connection: Connection, registration_id: UUID) -> RegistrationState:
    """Where a registration stands now; raises `UnknownRegistration`."""
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.status, r.deadline, r.token_version, o.waiting,
               o.slug AS offer_slug, o.title AS offer_title,
               CASE WHEN r.status = 'waiting' THEN
                   (SELECT count(*) FROM campaigns.registrations before
                    WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
               END AS position
        FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE r.id = $1
        """,
        registration_id,
    )
    if row is None:
        raise UnknownRegistration
    return RegistrationState(**dict(row))
