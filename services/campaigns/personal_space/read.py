"""What the personal page reads: one registration, its place in the queue, and what moves ahead of it."""

from uuid import UUID

from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.personal_space.place import Place
from shared.database import Connection
from shared.signed_links import Signer


async def read_place(connection: Connection, signer: Signer, token: str) -> Place:
    """The place a personal token opens; raises `UnknownRegistration` for a token that is cut, foreign or revoked."""
    signed = signer.read("registration", token)
    place = await _read_place(connection, signed.id)
    if place.token_version != signed.version:
        raise UnknownRegistration
    return place


async def _read_place(connection: Connection, registration_id: UUID) -> Place:
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.status, r.held_for, r.deadline, r.token_version, r.group_id,
               r.created_at, r.changed_at, coalesce(g.name, '') AS "group", p.school_name, p.class_name,
               person.first_name, person.last_name, o.slug AS offer_slug, o.title AS offer_title,
               o.status = 'cancelled' AS offer_cancelled, upper(o.busy) AS ends_at, o.waiting, o.revision,
               o.programme_changed_at, offered.count AS offered, offered.until AS offered_until,
               CASE WHEN r.status = 'waiting' THEN
                   (SELECT count(*) FROM campaigns.registrations before
                    WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
               END AS position
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, max(deadline) AS until FROM campaigns.registrations other
            WHERE other.offer_id = r.offer_id AND other.status = 'held'
        ) offered
        WHERE r.id = $1
        """,
        registration_id,
    )
    if row is None:
        raise UnknownRegistration
    return Place(**dict(row))
