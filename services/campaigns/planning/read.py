"""What the organiser's pages read: their offers, drafts included, and the pupils of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.campaigns.access.actor import EVERY_ORGANISATION
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from services.campaigns.offers.hosts.host_request import REPLACED_BEFORE
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.planning.need import Need, in_order
from services.campaigns.planning.overview import ListedPupil
from shared.database import Connection


async def read_planned_offer(connection: Connection, *, organisation_id: UUID, slug: str) -> Listing:
    """One offer of an organisation by its slug, drafts included; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        f"{LISTING} WHERE o.slug = $1 AND ($2::uuid = $3::uuid OR o.organisation_id = $2)",
        slug,
        organisation_id,
        EVERY_ORGANISATION,
    )
    if row is None:
        raise UnknownOffer
    return _listing(row)


async def list_pupils(connection: Connection, offer_id: UUID, *, after: int, limit: int) -> list[ListedPupil]:
    """Who has a seat and who waits, in the order of their ranks, after the rank `after`."""
    rows = await connection.fetch(
        """
        SELECT r.id, r.rank, r.status, r.deadline, r.created_at, person.first_name, person.last_name, person.email,
               guardian.last_name AS guardian_name, guardian.email AS guardian_email, p.school_name, p.class_name,
               coalesce(g.name, '') AS "group",
               CASE WHEN r.status = 'waiting' THEN
                   before.waiting + count(*) FILTER (WHERE r.status = 'waiting') OVER (ORDER BY r.rank)
               END AS position
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        CROSS JOIN (SELECT count(*) AS waiting FROM campaigns.registrations
                    WHERE offer_id = $1 AND status = 'waiting' AND rank <= $2) before
        WHERE r.offer_id = $1 AND r.rank > $2 AND r.status IN ('waiting', 'held', 'confirmed')
        ORDER BY r.rank LIMIT $3
        """,
        offer_id,
        after,
        limit,
    )
    return [ListedPupil(**dict(row)) for row in rows]


def _listing(row: Any) -> Listing:
    fields = {name: value for name, value in row.items() if name != "answer_by"}
    return msgspec.convert({**fields, "days": msgspec.json.decode(row["days"])}, Listing)


async def list_needs(connection: Connection, *, organisation_id: UUID, now: datetime) -> list[Need]:
    """What needs the planners of an organisation (or of all), counted by offer and campaign, in one statement.

    What is over needs nothing: only sessions, seats and offers of the future count.
    """
    rows = await connection.fetch(
        """
        WITH mine AS (
            SELECT id, slug, title, status, seats, taken, busy FROM campaigns.offers
            WHERE ($2::uuid = $3::uuid OR organisation_id = $2) AND status IN ('draft', 'published', 'closed')
              AND (busy = '{}' OR upper(busy) > $1)
        ), hosts AS (
            SELECT CASE h.status WHEN 'declined' THEN 'host_declined' WHEN 'withdrawn' THEN 'host_declined'
                                 WHEN 'proposed' THEN 'host_proposed' ELSE 'host_awaited' END AS kind,
                   mine.id, mine.slug, mine.title,
                   CASE WHEN h.status = 'awaited' THEN h.answer_by ELSE s.starts_at - $4::interval END AS by
            FROM mine
            JOIN campaigns.sessions s ON s.offer_id = mine.id AND s.status = 'planned' AND s.starts_at > $1
            JOIN LATERAL (SELECT status, answer_by FROM campaigns.host_requests r
                          WHERE r.session_id = s.id AND r.organisation_id = s.host_id
                          ORDER BY r.asked_at DESC LIMIT 1) h
                ON h.status IN ('awaited', 'proposed', 'declined', 'withdrawn')
        ), speakers AS (
            SELECT 'speaker_declined' AS kind, mine.id, mine.slug, mine.title, s.starts_at AS by
            FROM mine
            JOIN campaigns.sessions s ON s.offer_id = mine.id AND s.status = 'planned' AND s.starts_at > $1
            JOIN campaigns.speaker_requests r ON r.session_id = s.id AND r.status = 'declined'
            WHERE NOT EXISTS (SELECT FROM campaigns.speaker_requests later
                              WHERE later.session_id = s.id AND later.asked_at > r.answered_at)
        ), held AS (
            SELECT 'seat_held' AS kind, mine.id, mine.slug, mine.title, r.deadline AS by
            FROM mine JOIN campaigns.registrations r ON r.offer_id = mine.id AND r.status = 'held'
        ), asked AS (
            SELECT CASE WHEN a.organisation_id = $2 THEN 'agreement_asked'
                        WHEN a.declined_at IS NOT NULL THEN 'agreement_declined' ELSE 'agreement_awaited' END AS kind,
                   c.id, c.slug, c.title, NULL::timestamptz AS by
            FROM campaigns.agreements a JOIN campaigns.campaigns c ON c.id = a.campaign_id
            WHERE a.agreed_version < a.asked_version AND a.left_at IS NULL AND c.cancelled_at IS NULL
              AND upper(c.period) > $1::date
              AND (c.lead_id = $2 OR (a.organisation_id = $2 AND a.declined_at IS NULL))
        ), found AS (
            SELECT * FROM hosts UNION ALL SELECT * FROM speakers
            UNION ALL SELECT * FROM held UNION ALL SELECT * FROM asked
            UNION ALL SELECT 'draft', id, slug, title, NULL FROM mine WHERE status = 'draft'
        )
        SELECT kind, id AS subject_id, slug, title, count(*)::int AS count, min(by) AS by FROM found
        GROUP BY kind, id, slug, title
        UNION ALL
        SELECT 'seats_free', id, slug, title, seats - taken, lower(busy) FROM mine
        WHERE status = 'published' AND seats > taken AND lower(busy) BETWEEN $1 AND $1 + interval '14 days'
        LIMIT 200
        """,
        now,
        organisation_id,
        EVERY_ORGANISATION,
        REPLACED_BEFORE,
    )
    return in_order([Need(**dict(row)) for row in rows])
