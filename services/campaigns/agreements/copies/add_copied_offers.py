"""Add the offers of a copy: drafts with their groups, days and sessions, in a few statements for all of them."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.campaigns.agreements.copies.copy import CopyPlan
from services.campaigns.imports.slugs import find_free_slug
from services.campaigns.offers.session import REFUSAL_OF_CONSTRAINT
from shared.database import Connection
from shared.identifiers import new_id


async def add_copied_offers(connection: Connection, *, campaign_id: UUID, plan: CopyPlan, now: datetime) -> None:
    """Write the offers of a plan into a new campaign. Offers of one series stay one, a new one.

    A room that is taken at that hour is left open. The caller holds the lock of slugs. Whoever takes the room in the
    same moment causes the refusal of the constraint.
    """
    ids = {offer.id: new_id() for offer in plan.offers}
    series = {offer.series_id: new_id() for offer in plan.offers if offer.series_id}
    for offer in plan.offers:
        slug = await find_free_slug(connection, f"{offer.slug} {plan.first_day.year}")
        await connection.execute(
            """
            INSERT INTO campaigns.offers
                (id, slug, campaign_id, organisation_id, series_id, kind, audience, title, summary, city, contact,
                 seats, opens_at, closes_at, grades, departements, school_uais, required,
                 proof_of_address)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            """,
            ids[offer.id],
            slug,
            campaign_id,
            offer.organisation_id,
            series[offer.series_id] if offer.series_id else None,
            offer.kind,
            offer.audience,
            offer.title,
            offer.summary,
            offer.city,
            offer.contact,
            offer.seats,
            offer.opens_at,
            offer.closes_at,
            list(offer.grades),
            list(offer.departements),
            list(offer.school_uais),
            offer.required,
            offer.proof_of_address,
        )
    groups = {(offer.id, name): new_id() for offer in plan.offers for name in offer.groups}
    await connection.executemany(
        "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3)",
        [(group_id, ids[offer_id], name) for (offer_id, name), group_id in groups.items()],
    )
    days = [(new_id(), offer, day) for offer in plan.offers for day in offer.days]
    await connection.executemany(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector, emergency_phone)
        VALUES ($1, $2, $3, $3, $4, $5)
        """,
        [(day_id, ids[offer.id], day.date, day.sector, day.emergency_phone) for day_id, offer, day in days],
    )
    try:
        await connection.executemany(
            """
            INSERT INTO campaigns.sessions
                (id, offer_id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place, room,
                 contact, meeting_point, access, bring, expected, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                    CASE WHEN EXISTS (SELECT FROM campaigns.sessions other
                                      WHERE other.status = 'planned' AND other.site_id = $10 AND other.room = $12
                                        AND other.during && tstzrange($5, $6))
                         THEN NULL ELSE $12 END,
                    $13, $14, $15, $16, $17, $18)
            """,
            [
                (
                    new_id(),
                    ids[offer.id],
                    day_id,
                    groups[offer.id, session.group] if session.group else None,
                    session.starts_at,
                    session.ends_at,
                    session.title,
                    session.kind,
                    session.host_id,
                    session.site_id,
                    session.place,
                    session.room,
                    session.contact,
                    session.meeting_point,
                    session.access,
                    session.bring,
                    session.expected,
                    now,
                )
                for day_id, offer, day in days
                for session in day.sessions
            ],
        )
    except asyncpg.ExclusionViolationError as error:
        refusal = REFUSAL_OF_CONSTRAINT.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal() from error
    await connection.execute(
        """
        UPDATE campaigns.offers o
        SET busy = coalesce((SELECT range_agg(s.during) FROM campaigns.sessions s
                             WHERE s.offer_id = o.id AND s.status = 'planned'), '{}')
        WHERE o.id = ANY($1::uuid[])
        """,
        list(ids.values()),
    )
