"""What is read of classes: the offers they may join, their pupils' places, where a pupil is already."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.registration import RegistrationRequest
from services.campaigns.offers.seats.classes.school_class import (
    LISTED_AT_MOST,
    EnrolledPlace,
    OpenOffer,
    UnknownEnrolment,
)
from services.campaigns.offers.seats.quota import Claim
from services.campaigns.offers.seats.read import read_seating
from shared.database import Connection


async def list_enrolled(
    connection: Connection,
    *,
    organisation_id: UUID,
    person_id: UUID | None,
    now: datetime,
    offer_id: UUID | None = None,
) -> list[EnrolledPlace]:
    """The places asked for by an organisation's people, or one of them: by class, name, pupil, date.

    What ended and was asked for again is not listed.
    """
    rows = await connection.fetch(
        """
        SELECT r.id, r.pupil_id, r.offer_id, o.slug AS offer_slug, o.title AS offer_title, person.first_name,
               person.last_name, p.class_name, p.school_name, p.school_uai, r.without_host, r.status, o.waiting,
               r.deadline, r.held_for, o.closes_at, lower(o.busy) AS starts_at,
               CASE WHEN r.status = 'waiting' THEN
                   (SELECT count(*) FROM campaigns.registrations before
                    WHERE before.offer_id = r.offer_id AND before.status = 'waiting' AND before.rank <= r.rank)
               END AS position,
               r.status IN ('waiting', 'held', 'confirmed') AND o.status = 'published'
                   AND coalesce(o.closes_at > $3, true) AND lower(o.busy) > $3 AS can_swap,
               r.status IN ('waiting', 'held', 'confirmed') AND o.status IN ('published', 'closed')
                   AND lower(o.busy) > $3 AS can_withdraw,
               (SELECT count(*) FROM campaigns.attendance a
                WHERE a.registration_id = r.id AND a.state = 'absent') AS absent
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id AND person.erased_at IS NULL
        WHERE r.enrolled_for = $1 AND ($2::uuid IS NULL OR r.enrolled_by = $2) AND ($4::uuid IS NULL OR r.offer_id = $4)
          AND (r.status IN ('waiting', 'held', 'confirmed') OR NOT EXISTS (
              SELECT FROM campaigns.registrations later
              WHERE later.pupil_id = r.pupil_id AND later.offer_id = r.offer_id AND later.id > r.id))
        ORDER BY p.class_name, person.last_name, person.first_name, p.id, starts_at, r.id
        LIMIT $5
        """,
        organisation_id,
        person_id,
        now,
        offer_id,
        LISTED_AT_MOST,
    )
    return [EnrolledPlace(**dict(row)) for row in rows]


OPEN_OFFER = """
    SELECT o.id, o.slug, o.title, o.city, g.name AS organisation, o.seats, o.taken, o.waiting,
           coalesce(o.kept, 0) AS kept, lower(o.busy) AS starts_at, upper(o.busy) AS ends_at, o.closes_at,
           (SELECT count(*) FROM campaigns.registrations r WHERE r.offer_id = o.id AND r.status = 'held') AS held
    FROM campaigns.offers o JOIN campaigns.organisations g ON g.id = o.organisation_id
    WHERE o.status = 'published' AND o.audience = 'pupils' AND coalesce(o.opens_at <= $1, true)
      AND coalesce(o.closes_at > $1, true) AND lower(o.busy) > $1
"""


async def list_open_offers(connection: Connection, *, now: datetime, limit: int) -> list[OpenOffer]:
    """The offers a class can be enrolled in at `now`, by their first day."""
    rows = await connection.fetch(f"{OPEN_OFFER} ORDER BY lower(o.busy), o.id LIMIT $2", now, limit)
    return [OpenOffer(**dict(row)) for row in rows]


async def read_open_offer(connection: Connection, slug: str, *, now: datetime) -> OpenOffer:
    """One of them by its slug; raises `UnknownOffer`."""
    row = await connection.fetchrow(f"{OPEN_OFFER} AND o.slug = $2", now, slug)
    if row is None:
        raise UnknownOffer
    return OpenOffer(**dict(row))


async def read_school_uai(connection: Connection, organisation_id: UUID) -> str | None:
    """The UAI of an organisation that is a school."""
    uai: str | None = await connection.fetchval(
        "SELECT uai FROM campaigns.organisations WHERE id = $1", organisation_id
    )
    return uai


async def name_elsewhere(
    connection: Connection,
    *,
    offer_id: UUID,
    pupil_ids: Sequence[UUID],
    person_id: UUID | None,
    organisation_id: UUID | None,
) -> dict[UUID, str]:
    """By pupil, the offer at the same times in which they have a seat, where the asker may know it.

    The asker may who plans that offer (its organisation), or who enrolled the pupil there. To anybody else it stays
    « ailleurs »: who knows a pupil's name and address must not learn where the pupil is.
    """
    rows = await connection.fetch(
        """
        SELECT t.pupil_id, elsewhere.title
        FROM campaigns.offers o
        JOIN campaigns.pupil_times t ON t.pupil_id = ANY($2::uuid[]) AND t.offer_id <> o.id AND t.busy && o.busy
        JOIN campaigns.registrations r ON r.id = t.registration_id
        JOIN campaigns.offers elsewhere ON elsewhere.id = t.offer_id
        WHERE o.id = $1 AND (elsewhere.organisation_id = $4 OR (r.enrolled_for = $4 AND r.enrolled_by = $3))
        """,
        offer_id,
        pupil_ids,
        person_id,
        organisation_id,
    )
    return {row["pupil_id"]: row["title"] for row in rows}


async def find_pupils(connection: Connection, identities: Sequence[bytes]) -> dict[bytes, UUID]:
    """The pupils of these identities who are known."""
    rows = await connection.fetch(
        "SELECT identity, id FROM campaigns.pupils WHERE identity = ANY($1::bytea[])", identities
    )
    return {row["identity"]: row["id"] for row in rows}


async def read_enrolled(
    connection: Connection, registration_id: UUID, *, actor: tuple[UUID, UUID | None], now: datetime, slug: str
) -> EnrolledPlace:
    """One place, of an organisation's person, in the offer of this slug; raises `UnknownEnrolment`."""
    organisation_id, person_id = actor
    offer_id = await connection.fetchval("SELECT id FROM campaigns.offers WHERE slug = $1", slug)
    if offer_id is not None:
        places = await list_enrolled(
            connection, organisation_id=organisation_id, person_id=person_id, now=now, offer_id=offer_id
        )
        for place in places:
            if place.id == registration_id:
                return place
    raise UnknownEnrolment


async def read_slug(connection: Connection, offer_id: UUID) -> str:
    """The slug of an offer; raises `UnknownEnrolment`: nobody is enrolled in one that is not there."""
    slug: str | None = await connection.fetchval("SELECT slug FROM campaigns.offers WHERE id = $1", offer_id)
    if slug is None:
        raise UnknownEnrolment
    return slug


async def count_room(
    connection: Connection, offer: OpenOffer, requests: Sequence[RegistrationRequest], *, now: datetime
) -> int:
    """How many of a list would have a seat now: while somebody waits, those alone whom a seat is kept for."""
    seating = await read_seating(connection, offer.id, free=offer.seats - offer.taken, now=now)
    room = 0
    for request in requests:
        claim = Claim(request.school_uai, request.without_host)
        if seating.is_kept_for(claim) if offer.waiting else seating.has_room_for(claim):
            seating.seat(claim)
            room += 1
    return room
