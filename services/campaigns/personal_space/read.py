"""What the personal page reads: one registration, what moves ahead of it, what else there is."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.offers.eligibility import departement_of
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.personal_space.place import Alternative, Elsewhere, Place, Reader
from shared.database import Connection
from shared.programme import Programme
from shared.signed_links import Signer

ALTERNATIVES = 3


async def read_place(connection: Connection, signer: Signer, token: str, *, answering: bool = False) -> Place:
    """The place a personal token opens, to the pupil or to the guardian.

    `answering`: only the pupil's token will do. Raises `UnknownRegistration` for one that is cut, foreign or revoked,
    and where all is erased.
    """
    guardian = None if answering else signer.verify("guardian", token)
    signed = guardian or signer.read("registration", token)
    place = await _read_place(connection, signed.id, "guardian" if guardian else "pupil")
    version = place.guardian_version if guardian else place.token_version
    if version != signed.version or (guardian and place.guardian_id is None):
        raise UnknownRegistration
    return place


async def _read_place(connection: Connection, registration_id: UUID, reader: Reader) -> Place:
    row = await connection.fetchrow(
        """
        SELECT r.id, r.offer_id, r.pupil_id, r.guardian_id, r.status, r.held_for, r.deadline, r.token_version,
               r.guardian_version, r.link_by_mail, r.group_id, r.created_at, r.changed_at,
               coalesce(g.name, '') AS "group", p.school_name, p.class_name, person.first_name, person.last_name,
               o.slug AS offer_slug,
               o.title AS offer_title, o.status = 'cancelled' AS offer_cancelled, lower(o.busy) AS starts_at,
               upper(o.busy) AS ends_at, coalesce(upper(o.busy) <= now(), false) AS over, o.waiting, o.seats, o.taken,
               o.revision, o.programme_changed_at, coalesce(seen.version, r.programme_joined) AS seen,
               pending.offered, pending.offered_until, pending.kept,
               pending.kept_until,
               leaving.due_at AS declined_until,
               CASE WHEN r.status = 'waiting' THEN
                   (SELECT count(*) FROM campaigns.registrations before
                    WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
               END AS position
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id
        LEFT JOIN campaigns.groups g ON g.id = r.group_id
        LEFT JOIN campaigns.programmes_seen seen ON seen.registration_id = r.id AND seen.reader = $2
        LEFT JOIN campaigns.leavings leaving ON leaving.registration_id = r.id
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE held_for = 'promotion') AS offered,
                   max(deadline) FILTER (WHERE held_for = 'promotion') AS offered_until,
                   count(*) FILTER (WHERE held_for <> 'promotion') AS kept,
                   max(deadline) FILTER (WHERE held_for <> 'promotion') AS kept_until
            FROM campaigns.registrations other
            WHERE other.offer_id = r.offer_id AND other.status = 'held'
        ) pending
        WHERE r.id = $1 AND person.erased_at IS NULL
        """,
        registration_id,
        reader,
    )
    if row is None:
        raise UnknownRegistration
    return Place(**row, reader=reader)


async def read_programme_seen(connection: Connection, place: Place, current: int) -> Programme | None:
    """The programme as this reader last saw it; None where that is the current one, or is not known."""
    if place.seen is None or place.seen >= current:
        return None
    body = await connection.fetchval(
        "SELECT body FROM contract.programmes WHERE offer_id = $1 AND version = $2", place.offer_id, place.seen
    )
    return msgspec.json.decode(body, type=Programme) if body else None


async def list_elsewhere(connection: Connection, place: Place) -> list[Elsewhere]:
    """The pupil's other living registrations that whoever holds this link may know of.

    Who typed somebody's names may not learn where the pupil is. The pupil's link shows them where it went by mail
    alone; the guardian's where the same address is the guardian's there, too: a guardian is whom the form names.
    """
    if not place.by_guardian and not place.link_by_mail:
        return []
    rows = await connection.fetch(
        """
        SELECT o.title, o.slug, r.status, r.held_for, lower(o.busy) AS starts_at
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        WHERE r.pupil_id = $1 AND r.id <> $2 AND r.status IN ('waiting', 'held', 'confirmed')
          AND coalesce(upper(o.busy) > now(), true) AND r.held_for IS DISTINCT FROM 'address'
          AND ($3::uuid IS NULL
               OR lower(guardian.email) = (SELECT lower(email) FROM contract.people WHERE id = $3))
        ORDER BY lower(o.busy), r.id LIMIT 20
        """,
        place.pupil_id,
        place.id,
        place.guardian_id if place.by_guardian else None,
    )
    return [Elsewhere(**row) for row in rows]


async def list_alternatives(connection: Connection, place: Place, *, now: datetime) -> list[Alternative]:
    """The nearest offers of the same period in which the pupil would have a seat at once, three at most.

    Of the same scale: whoever waits for a week is not helped by a morning. Whether the pupil has a seat there already
    makes no difference unless the link may tell.
    """
    school_uai = await connection.fetchval("SELECT school_uai FROM campaigns.pupils WHERE id = $1", place.pupil_id)
    rows = await connection.fetch(
        """
        WITH own AS (
            SELECT o.id, o.audience, o.kind IN ('collective_week', 'hosting') AS long, o.kind, s.latitude, s.longitude,
                   least(lower(o.busy), lower(c.period)::timestamp AT TIME ZONE 'Europe/Paris') AS begins,
                   greatest(upper(o.busy), upper(c.period)::timestamp AT TIME ZONE 'Europe/Paris') AS ends
            FROM campaigns.offers o
            JOIN campaigns.campaigns c ON c.id = o.campaign_id
            LEFT JOIN campaigns.offer_search s ON s.offer_id = o.id
            WHERE o.id = $1
        )
        SELECT o.title, o.slug, o.city, o.seats - o.taken - coalesce(o.kept, 0) AS free, lower(o.busy) AS starts_at,
               upper(o.busy) AS ends_at,
               2 * 6371 * asin(least(1, sqrt(
                   sin(radians(s.latitude - own.latitude) / 2) ^ 2
                   + cos(radians(own.latitude)) * cos(radians(s.latitude))
                     * sin(radians(s.longitude - own.longitude) / 2) ^ 2))) AS kilometres
        FROM own
        JOIN campaigns.offers o ON o.id <> own.id AND o.audience = own.audience
        JOIN campaigns.campaigns c ON c.id = o.campaign_id AND c.cancelled_at IS NULL
        LEFT JOIN campaigns.offer_search s ON s.offer_id = o.id
        WHERE o.status = 'published' AND o.waiting = 0 AND o.seats - o.taken - coalesce(o.kept, 0) > 0
          AND (o.opens_at IS NULL OR o.opens_at <= $2) AND (o.closes_at IS NULL OR o.closes_at > $2)
          AND lower(o.busy) > $2 AND lower(o.busy) < own.ends AND upper(o.busy) > own.begins
          AND CASE WHEN own.long THEN o.kind IN ('collective_week', 'hosting') ELSE o.kind = own.kind END
          AND (o.school_uais = '{}' AND o.departements = '{}'
               OR $3 = ANY(o.school_uais) OR $4 = ANY(o.departements))
          AND (NOT $5 OR NOT EXISTS (SELECT FROM campaigns.registrations r
                                     WHERE r.offer_id = o.id AND r.pupil_id = $6
                                       AND r.status IN ('waiting', 'held', 'confirmed')))
        ORDER BY kilometres NULLS LAST, starts_at, o.id LIMIT $7
        """,
        place.offer_id,
        now,
        school_uai,
        departement_of(school_uai) if school_uai else None,
        place.link_by_mail and not place.by_guardian,
        place.pupil_id,
        ALTERNATIVES,
    )
    return [Alternative(**row) for row in rows]
