"""What is read of offers: by verbs under the lock, and shaped for JSON."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.offers.bodies import (
    DayBody,
    HostBody,
    ListedRegistrationBody,
    OfferBody,
    OfferWithDaysBody,
    SessionBody,
)
from services.campaigns.offers.offer import Offer, UnknownOffer
from services.campaigns.offers.registration import HeldFor, UnknownRegistration
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.events import Concerned
from shared.french_dates import PARIS
from shared.programme import Programme, ProgrammeSession


async def audience_of(
    connection: Connection, offer_id: UUID, *, group_id: UUID | None = None, waiting: bool = False
) -> tuple[Concerned, ...]:
    """Whom a fact concerns: who has a seat, in one group or in all; on request also who waits."""
    rows = await connection.fetch(
        """
        SELECT r.id AS registration_id, r.pupil_id, r.guardian_id, r.group_id, r.status
        FROM campaigns.registrations r
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
                                      WHERE link.session_id = s.id AND link.confirmed ORDER BY speaker.name)
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
    held_for: HeldFor | None
    token_version: int
    offer_slug: str
    offer_title: str


async def read_registration(connection: Connection, registration_id: UUID) -> RegistrationState:
    """Where a registration stands now; raises `UnknownRegistration`."""
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.status, r.deadline, r.held_for, r.token_version, o.waiting,
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


OFFER_COLUMNS = """
    o.id, o.slug, o.kind, o.title, o.status, o.city, g.name AS organisation, o.seats, o.taken, o.waiting,
    $1::text || '/offres/' || o.slug AS page_url, $1::text || '/calendars/' || o.slug || '.ics' AS feed_url
"""


async def list_offers(connection: Connection, *, base_url: str, after: UUID | None, limit: int) -> list[OfferBody]:
    """Published and closed offers for pupils and schools, by id, after the key `after`."""
    rows = await connection.fetch(
        f"""
        SELECT {OFFER_COLUMNS}
        FROM campaigns.offers o JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.status IN ('published', 'closed') AND ($2::uuid IS NULL OR o.id > $2)
        ORDER BY o.id LIMIT $3
        """,  # noqa: S608  # the columns are a constant of this module
        base_url,
        after,
        limit,
    )
    return [OfferBody(**dict(row)) for row in rows]


async def read_offer(connection: Connection, offer_id: UUID, *, base_url: str) -> OfferWithDaysBody:
    """An offer that is or was public, with its programme; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        f"""
        SELECT {OFFER_COLUMNS}
        FROM campaigns.offers o JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.id = $2 AND o.status <> 'draft'
        """,  # noqa: S608  # the columns are a constant of this module
        base_url,
        offer_id,
    )
    if row is None:
        raise UnknownOffer
    programme = await read_programme(connection, offer_id)
    return OfferWithDaysBody(
        **dict(row),
        days=days_of(programme),
    )


def days_of(programme: Programme) -> list[DayBody]:
    """The days of a programme as JSON has them."""
    return [
        DayBody(day.date, day.sector, [_session_body(session) for session in day.sessions]) for day in programme.days
    ]


async def read_session(connection: Connection, session_id: UUID) -> SessionBody:
    """A session as everybody may see it; raises `UnknownSession`."""
    offer_id = await connection.fetchval("SELECT offer_id FROM campaigns.sessions WHERE id = $1", session_id)
    if offer_id is None:
        raise UnknownSession
    programme = await read_programme(connection, offer_id)
    for day in programme.days:
        for session in day.sessions:
            if session.id == session_id:
                return _session_body(session)
    raise UnknownSession


async def list_registrations(
    connection: Connection, offer_id: UUID, *, after: int | None, limit: int
) -> list[tuple[int, ListedRegistrationBody]]:
    """An offer's registrations with their ranks, in the order of the queue, after the rank `after`."""
    rows = await connection.fetch(
        """
        SELECT r.rank, r.id, r.status, r.deadline, pupil.first_name, pupil.last_name, pupil.email,
               guardian.last_name AS guardian_name, guardian.email AS guardian_email,
               p.school_name AS school, p.class_name, g.name AS "group", r.created_at,
               CASE WHEN r.status = 'waiting' THEN
                   row_number() OVER (PARTITION BY r.status ORDER BY r.rank) + before.waiting
               END AS position
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people pupil ON pupil.id = p.id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        CROSS JOIN (SELECT count(*) AS waiting FROM campaigns.registrations
                    WHERE offer_id = $1 AND status = 'waiting' AND rank <= $2) before
        WHERE r.offer_id = $1 AND r.rank > $2
        ORDER BY r.rank LIMIT $3
        """,
        offer_id,
        after or 0,
        limit,
    )
    return [
        (row["rank"], ListedRegistrationBody(**{name: value for name, value in row.items() if name != "rank"}))
        for row in rows
    ]


async def organisation_of_offer(connection: Connection, offer_id: UUID) -> UUID:
    """The organisation of an offer; raises `UnknownOffer`."""
    organisation_id: UUID | None = await connection.fetchval(
        "SELECT organisation_id FROM campaigns.offers WHERE id = $1", offer_id
    )
    if organisation_id is None:
        raise UnknownOffer
    return organisation_id


async def organisation_of_session(connection: Connection, session_id: UUID) -> UUID:
    """The organisation of a session's offer; raises `UnknownSession`."""
    organisation_id: UUID | None = await connection.fetchval(
        """
        SELECT o.organisation_id FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id WHERE s.id = $1
        """,
        session_id,
    )
    if organisation_id is None:
        raise UnknownSession
    return organisation_id


async def offer_of_session(connection: Connection, session_id: UUID) -> UUID:
    """The offer of a session; raises `UnknownSession`."""
    offer_id: UUID | None = await connection.fetchval(
        "SELECT offer_id FROM campaigns.sessions WHERE id = $1", session_id
    )
    if offer_id is None:
        raise UnknownSession
    return offer_id


def _session_body(session: ProgrammeSession) -> SessionBody:
    return SessionBody(
        id=session.id,
        starts_at=session.starts_at.astimezone(PARIS),
        ends_at=session.ends_at.astimezone(PARIS),
        title=session.title,
        kind=session.kind,
        host=HostBody(session.host_id, session.host) if session.host_id else None,
        place=session.place,
        sequence=session.sequence,
        status=session.status,
        group=session.group or None,
    )
