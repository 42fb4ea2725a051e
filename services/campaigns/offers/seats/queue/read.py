"""What is read of a queue: the offer's seats, who is in and who waits, groups, shares, possible doubles."""

from uuid import UUID

from services.campaigns.access.actor import EVERY_ORGANISATION
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.offers.seats.queue.standing import Group, PlannedSeats, SeatPupil, Share
from shared.database import Connection

LIVING_AT_MOST = 5_000

PLANNED_SEATS = """
    SELECT o.id, o.organisation_id, o.slug, o.kind, o.title, o.status, o.seats, o.taken, o.waiting,
           coalesce(held.count, 0) AS held, coalesce(held.offered, 0) AS offered, held.offered_until, held.kept_until,
           lower(o.busy) AS starts_at
    FROM campaigns.offers o
    LEFT JOIN LATERAL (
        SELECT count(*) AS count, count(*) FILTER (WHERE r.held_for = 'promotion') AS offered,
               max(r.deadline) FILTER (WHERE r.held_for = 'promotion') AS offered_until,
               max(r.deadline) FILTER (WHERE r.held_for <> 'promotion') AS kept_until
        FROM campaigns.registrations r
        WHERE r.offer_id = o.id AND r.status = 'held'
    ) held ON true
    WHERE ($1::uuid = $2::uuid OR o.organisation_id = $1)
"""

SEAT_PUPIL = """
    SELECT r.id, r.rank, r.status, r.deadline, r.held_for, r.created_at, person.first_name, person.last_name,
           p.school_name, p.school_uai, p.class_name, r.without_host, r.group_id,
           r.enrolled_for IS NOT NULL AS enrolled,
           EXISTS (SELECT FROM campaigns.referent_teachers named
                   WHERE named.registration_id = r.id AND named.status = 'unknown') AS disowned,
           coalesce(other.elsewhere, false) AS elsewhere, coalesce(other.title, '') AS elsewhere_title,
           CASE WHEN r.status = 'waiting' THEN
               before.waiting + count(*) FILTER (WHERE r.status = 'waiting') OVER (ORDER BY r.rank)
           END AS position
    FROM campaigns.registrations r
    JOIN campaigns.offers o ON o.id = r.offer_id
    JOIN campaigns.pupils p ON p.id = r.pupil_id
    JOIN contract.people person ON person.id = p.id
    LEFT JOIN LATERAL (
        SELECT true AS elsewhere,
               max(elsewhere.title) FILTER (WHERE elsewhere.organisation_id = o.organisation_id) AS title
        FROM campaigns.pupil_times t JOIN campaigns.offers elsewhere ON elsewhere.id = t.offer_id
        WHERE r.status = 'waiting' AND t.pupil_id = r.pupil_id AND t.offer_id <> r.offer_id AND t.busy && o.busy
        HAVING count(*) > 0
    ) other ON true
    CROSS JOIN (SELECT count(*) AS waiting FROM campaigns.registrations
                WHERE offer_id = $1 AND status = 'waiting' AND rank <= $2) before
    WHERE r.offer_id = $1 AND r.rank > $2 AND r.status = ANY($4::text[])
    ORDER BY r.rank LIMIT $3
"""


async def find_seats(connection: Connection, slug: str, *, organisation_id: UUID) -> PlannedSeats:
    """The seats of an organisation's offer by its slug; raises `UnknownOffer`."""
    row = await connection.fetchrow(f"{PLANNED_SEATS} AND o.slug = $3", organisation_id, EVERY_ORGANISATION, slug)
    if row is None:
        raise UnknownOffer
    return PlannedSeats(**dict(row))


async def read_seats(connection: Connection, offer_id: UUID, *, organisation_id: UUID) -> PlannedSeats:
    """The same by its id."""
    row = await connection.fetchrow(f"{PLANNED_SEATS} AND o.id = $3", organisation_id, EVERY_ORGANISATION, offer_id)
    if row is None:
        raise UnknownOffer
    return PlannedSeats(**dict(row))


async def list_seat_pupils(connection: Connection, offer_id: UUID, *, after: int, limit: int) -> list[SeatPupil]:
    """Who has a seat and who waits, in the order of their ranks, after the rank `after`."""
    rows = await connection.fetch(SEAT_PUPIL, offer_id, after, limit, ["waiting", "held", "confirmed"])
    return [SeatPupil(**dict(row)) for row in rows]


async def list_queue(connection: Connection, offer_id: UUID, *, after: int, limit: int) -> list[SeatPupil]:
    """Who waits, in the order of the queue, after the rank `after`."""
    rows = await connection.fetch(SEAT_PUPIL, offer_id, after, limit, ["waiting"])
    return [SeatPupil(**dict(row)) for row in rows]


async def list_groups(connection: Connection, offer_id: UUID) -> list[Group]:
    """The groups of an offer by name."""
    rows = await connection.fetch(
        """
        SELECT g.id, g.name, count(r.id) AS pupils
        FROM campaigns.groups g
        LEFT JOIN campaigns.registrations r ON r.group_id = g.id AND r.status IN ('held', 'confirmed')
        WHERE g.offer_id = $1 GROUP BY g.id, g.name ORDER BY g.name
        """,
        offer_id,
    )
    return [Group(row["id"], row["name"], row["pupils"]) for row in rows]


async def list_shares(connection: Connection, offer_id: UUID) -> tuple[list[Share], list[Share]]:
    """How many of each school, and of each class of a school, have a seat and wait; the most first."""
    rows = await connection.fetch(
        """
        SELECT grouping(p.class_name) AS whole, p.school_name, p.class_name,
               count(*) FILTER (WHERE r.status <> 'waiting') AS seated,
               count(*) FILTER (WHERE r.status = 'waiting') AS waiting
        FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        WHERE r.offer_id = $1 AND r.status IN ('waiting', 'held', 'confirmed')
        GROUP BY GROUPING SETS ((p.school_name), (p.school_name, p.class_name))
        ORDER BY seated DESC, waiting DESC, p.school_name, p.class_name LIMIT 200
        """,
        offer_id,
    )
    schools = [Share(row["school_name"], row["seated"], row["waiting"]) for row in rows if row["whole"]]
    classes = [
        Share(f"{row['school_name']}, {row['class_name']}", row["seated"], row["waiting"])
        for row in rows
        if not row["whole"] and row["class_name"]
    ]
    return schools, classes


async def list_distinct(connection: Connection, offer_id: UUID) -> set[tuple[UUID, UUID]]:
    """The pairs that a planner has found to be two pupils."""
    rows = await connection.fetch(
        """
        SELECT d.registration_id, d.other_id FROM campaigns.distinct_pupils d
        JOIN campaigns.registrations r ON r.id = d.registration_id WHERE r.offer_id = $1
        """,
        offer_id,
    )
    return {(row["registration_id"], row["other_id"]) for row in rows}


async def check_registration(connection: Connection, registration_id: UUID, *, offer_id: UUID) -> None:
    """Raise `UnknownRegistration` unless it is of this offer."""
    known = await connection.fetchval(
        "SELECT true FROM campaigns.registrations WHERE id = $1 AND offer_id = $2", registration_id, offer_id
    )
    if not known:
        raise UnknownRegistration


async def find_school(connection: Connection, text: str) -> str | None:
    """The UAI of a school that is known here by this name or UAI."""
    uai: str | None = await connection.fetchval(
        """
        SELECT uai FROM campaigns.organisations
        WHERE kind = 'school' AND uai IS NOT NULL AND (uai = upper($1) OR name = $1)
        """,
        text.strip(),
    )
    return uai
