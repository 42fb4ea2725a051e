"""Lock an offer: every verb begins here, and reads what it decides on after it."""

from uuid import UUID

from services.campaigns.offers.offer import Offer, UnknownOffer
from services.campaigns.offers.registration import LockedRegistration, UnknownRegistration
from services.campaigns.offers.session import Session, UnknownSession
from shared.database import Connection

# Locking and counting are two statements: a count inside this one would read the snapshot from before the lock.
LOCK_OFFER = """
    SELECT id, organisation_id, slug, title, status, seats, taken, waiting, next_rank, revision, programme_version,
           opens_at, closes_at, kept, proof_of_address,
           CASE WHEN (grades, departements, school_uais) <> ('{}', '{}', '{}') THEN
               jsonb_build_object('grades', grades, 'departements', departements, 'school_uais', school_uais)::text
           END AS rules, lower(busy) AS first_session_at,
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
        SELECT r.id, r.offer_id, r.pupil_id, r.guardian_id, r.group_id, r.status, r.deadline, r.held_for, r.under_15,
               r.consented_at
        FROM campaigns.registrations r
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
        SELECT s.id, s.offer_id, s.day_id, s.group_id, coalesce(g.name, '') AS "group", s.starts_at, s.ends_at, s.title,
               s.kind, s.place, s.site_id, s.host_id, coalesce(host.name, '') AS host, coalesce(s.room, '') AS room,
               s.contact, s.meeting_point, s.access, s.bring, s.expected, coalesce(s.online_url, '') AS online_url,
               s.sequence, s.version, s.status
        FROM campaigns.sessions s
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE s.id = $1
        """,
        session_id,
    )
    if row is None:
        raise UnknownSession
    return offer, Session(**dict(row))
