"""What is read of a campaign to copy it: its offers with groups, days and sessions, of one moment."""

from uuid import UUID

import msgspec

from services.campaigns.agreements.copies.copy import CopiedOffer, CopyPlan
from shared.database import Connection
from shared.french_dates import say_date
from shared.languages import _


async def read_offers_to_copy(connection: Connection, campaign_id: UUID) -> tuple[CopiedOffer, ...]:
    """Every offer that was not cancelled, of the lead and of partners that have not left; one statement, one moment."""
    rows = await connection.fetch(
        """
        SELECT jsonb_build_object(
            'id', o.id, 'slug', o.slug, 'organisation_id', o.organisation_id, 'organisation', organisation.name,
            'series_id', o.series_id, 'kind', o.kind, 'audience', o.audience, 'title', o.title,
            'summary', o.summary, 'city', o.city, 'contact', o.contact, 'seats', o.seats, 'opens_at', o.opens_at,
            'closes_at', o.closes_at, 'grades', o.grades, 'departements', o.departements,
            'school_uais', o.school_uais, 'required', o.required,
            'proof_of_address', o.proof_of_address,
            'groups', ARRAY(SELECT g.name FROM campaigns.groups g WHERE g.offer_id = o.id ORDER BY g.name),
            'days', coalesce(days.list, '[]')) AS body
        FROM campaigns.offers o
        JOIN campaigns.organisations organisation ON organisation.id = o.organisation_id
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object(
                'date', d.date, 'sector', d.sector, 'emergency_phone', d.emergency_phone,
                'sessions', coalesce(sessions.list, '[]')) ORDER BY d.date) AS list
            FROM campaigns.days d
            LEFT JOIN LATERAL (
                SELECT jsonb_agg(jsonb_build_object(
                    'group', g.name, 'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                    'host_id', s.host_id, 'host', coalesce(host.name, ''), 'site_id', s.site_id, 'place', s.place,
                    'room', s.room, 'contact', s.contact, 'meeting_point', s.meeting_point, 'access', s.access,
                    'bring', s.bring, 'expected', s.expected, 'online', s.online_url IS NOT NULL)
                    ORDER BY s.starts_at, s.id) AS list
                FROM campaigns.sessions s
                LEFT JOIN campaigns.groups g ON g.id = s.group_id
                LEFT JOIN campaigns.organisations host ON host.id = s.host_id
                WHERE s.day_id = d.id AND s.status = 'planned' AND s.removed_at IS NULL
            ) sessions ON true
            WHERE d.offer_id = o.id
        ) days ON true
        WHERE o.campaign_id = $1 AND o.status <> 'cancelled'
          AND NOT EXISTS (SELECT FROM campaigns.agreements a
                          WHERE a.campaign_id = $1 AND a.organisation_id = o.organisation_id AND a.left_at IS NOT NULL)
        ORDER BY o.id
        """,
        campaign_id,
    )
    return tuple(msgspec.json.decode(row["body"], type=CopiedOffer) for row in rows)


async def say_taken_rooms(connection: Connection, plan: CopyPlan) -> tuple[str, ...]:
    """Rooms of a copy that have another session at that hour: they are left open, a sentence each."""
    wanted = [
        (offer.title, session)
        for offer in plan.offers
        for day in offer.days
        for session in day.sessions
        if session.room and session.site_id
    ]
    rows = await connection.fetch(
        """
        SELECT DISTINCT wanted.position FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])
            WITH ORDINALITY AS wanted (site_id, room, starts_at, ends_at, position)
        JOIN campaigns.sessions other ON other.status = 'planned' AND other.site_id = wanted.site_id
            AND other.room = wanted.room AND other.during && tstzrange(wanted.starts_at, wanted.ends_at)
        ORDER BY wanted.position
        """,
        [session.site_id for _title, session in wanted],
        [session.room for _title, session in wanted],
        [session.starts_at for _title, session in wanted],
        [session.ends_at for _title, session in wanted],
    )
    taken = [wanted[row["position"] - 1] for row in rows]
    return tuple(
        _(
            "« {title} » : la salle {room} est déjà prise {day}, elle est à choisir.",
            title=title,
            room=session.room,
            day=say_date(session.starts_at),
        )
        for title, session in taken
    )
