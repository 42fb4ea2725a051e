"""What is read of follow-up: the slots as a planner sees them, as a pupil may choose them, and for messages."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.follow_up.notice import BookedSlot
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection
from shared.french_dates import PARIS
from shared.languages import _


class FollowUpOffer(Struct, frozen=True, kw_only=True):
    """The offer slots belong to."""

    id: UUID
    organisation_id: UUID
    slug: str
    title: str
    kind: str
    status: str
    first_day: datetime | None


class PlannedSlot(Struct, frozen=True, kw_only=True):
    """A slot as planners see it; `pupil` is empty while it is free.

    `clash` names a session at the same time: of the pupil who has it, or of everybody while it is free.
    """

    id: UUID
    person_id: UUID
    follower: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    during: str
    registration_id: UUID | None
    pupil: str
    clash: str

    @property
    def day(self) -> date:
        """Its day in Europe/Paris."""
        return self.starts_at.astimezone(PARIS).date()


async def read_follow_up_offer(
    connection: Connection, *, slug: str | None = None, offer_id: UUID | None = None
) -> FollowUpOffer:
    """An offer named by its slug or its id; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        """
        SELECT id, organisation_id, slug, title, kind, status, lower(busy) AS first_day FROM campaigns.offers
        WHERE ($1::text IS NOT NULL AND slug = $1) OR ($2::uuid IS NOT NULL AND id = $2)
        """,
        slug,
        offer_id,
    )
    if row is None:
        raise UnknownOffer
    return FollowUpOffer(**dict(row))


async def offer_of_slot(connection: Connection, slot_id: UUID) -> UUID | None:
    """The offer of a slot, None for an id nobody has."""
    offer_id: UUID | None = await connection.fetchval(
        "SELECT offer_id FROM campaigns.follow_up_slots WHERE id = $1", slot_id
    )
    return offer_id


async def list_slots(connection: Connection, offer_id: UUID) -> list[PlannedSlot]:
    """The planned slots of an offer by time; an offer has 500 at most."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.person_id, trim(f.first_name || ' ' || f.last_name) AS follower, s.starts_at, s.ends_at, s.place,
               coalesce(s.online_url, '') AS online_url, coalesce(part.title, '') AS during, r.id AS registration_id,
               coalesce(trim(p.first_name || ' ' || p.last_name), '') AS pupil, coalesce(clash.title, '') AS clash
        FROM campaigns.follow_up_slots s
        JOIN contract.people f ON f.id = s.person_id
        LEFT JOIN campaigns.sessions part ON part.id = s.session_id
        LEFT JOIN campaigns.registrations r ON r.id = s.registration_id AND r.status IN ('held', 'confirmed')
        LEFT JOIN contract.people p ON p.id = r.pupil_id
        LEFT JOIN LATERAL (
            SELECT e.title FROM campaigns.sessions e
            WHERE e.offer_id = s.offer_id AND e.status = 'planned' AND e.during && s.during
              AND e.id IS DISTINCT FROM s.session_id
              AND (e.group_id IS NULL OR (r.id IS NOT NULL AND (r.group_id IS NULL OR e.group_id = r.group_id)))
            ORDER BY e.starts_at LIMIT 1
        ) clash ON true
        WHERE s.offer_id = $1 AND s.status = 'planned'
        ORDER BY s.starts_at, follower
        """,
        offer_id,
    )
    return [PlannedSlot(**dict(row)) for row in rows]


async def list_followers(connection: Connection, organisation_id: UUID) -> list[tuple[str, str]]:
    """Who may offer slots: id and name of the organisation's planners and owners."""
    rows = await connection.fetch(
        """
        SELECT p.id, trim(p.first_name || ' ' || p.last_name) AS name
        FROM campaigns.members m JOIN contract.people p ON p.id = m.person_id
        WHERE m.organisation_id = $1 AND m.role IN ('owner', 'planner') ORDER BY name
        """,
        organisation_id,
    )
    return [(str(row["id"]), row["name"]) for row in rows]


async def list_sessions_for_slots(connection: Connection, offer_id: UUID) -> list[tuple[str, datetime, datetime, str]]:
    """The sessions pupils may leave for a slot: id, times, title; by time."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.starts_at, s.ends_at, s.title, g.name AS "group"
        FROM campaigns.sessions s LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE s.offer_id = $1 AND s.status = 'planned' ORDER BY s.starts_at, s.title LIMIT 300
        """,
        offer_id,
    )
    return [
        (
            str(row["id"]),
            row["starts_at"],
            row["ends_at"],
            _("{title}, groupe {group}", title=row["title"], group=row["group"]) if row["group"] else row["title"],
        )
        for row in rows
    ]


async def list_pupils_without_a_slot(connection: Connection, offer_id: UUID) -> list[tuple[str, str]]:
    """Registration and name of the pupils with a confirmed seat and no slot."""
    rows = await connection.fetch(
        """
        SELECT r.id, trim(p.last_name || ' ' || p.first_name) AS name
        FROM campaigns.registrations r JOIN contract.people p ON p.id = r.pupil_id
        WHERE r.offer_id = $1 AND r.status = 'confirmed'
          AND NOT EXISTS (SELECT FROM campaigns.follow_up_slots s
                          WHERE s.registration_id = r.id AND s.status = 'planned')
        ORDER BY name LIMIT 500
        """,
        offer_id,
    )
    return [(str(row["id"]), row["name"]) for row in rows]


class OfferedSlot(Struct, frozen=True, kw_only=True):
    """A slot as a pupil sees it: theirs, free, or free while a session of theirs is in the way (`clash`)."""

    id: UUID
    follower: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_url: str
    mine: bool
    clash: str

    @property
    def day(self) -> date:
        """Its day in Europe/Paris."""
        return self.starts_at.astimezone(PARIS).date()


async def list_offered_slots(connection: Connection, registration_id: UUID, *, now: datetime) -> list[OfferedSlot]:
    """The slots of the offer still to come that are free or the pupil's own, by time. A link is told with one's own."""
    rows = await connection.fetch(
        """
        SELECT s.id, trim(f.first_name || ' ' || f.last_name) AS follower, s.starts_at, s.ends_at, s.place,
               CASE WHEN s.registration_id = me.id THEN coalesce(s.online_url, '')
                    WHEN s.online_url IS NULL THEN '' ELSE 'en ligne' END AS online_url,
               s.registration_id IS NOT DISTINCT FROM me.id AS mine, coalesce(clash.title, '') AS clash
        FROM campaigns.registrations me
        JOIN campaigns.follow_up_slots s ON s.offer_id = me.offer_id AND s.status = 'planned'
        JOIN contract.people f ON f.id = s.person_id
        LEFT JOIN campaigns.registrations taken ON taken.id = s.registration_id
        LEFT JOIN LATERAL (
            -- of another offer nothing but the hour: where a pupil is, is not for whoever registered them here
            SELECT CASE WHEN e.offer_id = me.offer_id THEN e.title ELSE 'autre rendez-vous' END AS title
            FROM campaigns.registrations r
            JOIN campaigns.sessions e ON e.offer_id = r.offer_id AND e.status = 'planned' AND e.during && s.during
                 AND (e.group_id IS NULL OR r.group_id IS NULL OR e.group_id = r.group_id)
            WHERE r.pupil_id = me.pupil_id AND r.status IN ('held', 'confirmed') AND e.id IS DISTINCT FROM s.session_id
            ORDER BY e.offer_id = me.offer_id DESC, e.starts_at LIMIT 1
        ) clash ON true
        WHERE me.id = $1
          AND (taken.id = me.id
               OR (s.starts_at > $2 AND (taken.id IS NULL OR taken.status NOT IN ('held', 'confirmed'))))
        ORDER BY s.starts_at, follower
        """,
        registration_id,
        now,
    )
    return [OfferedSlot(**dict(row)) for row in rows]


async def offers_slots(connection: Connection, offer_id: UUID, *, now: datetime) -> bool:
    """Whether an offer has slots still to come: then the personal page leads to them."""
    offered: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.follow_up_slots
                       WHERE offer_id = $1 AND status = 'planned' AND starts_at > $2)
        """,
        offer_id,
        now,
    )
    return offered


async def read_booked_slots(connection: Connection, slot_ids: Sequence[UUID]) -> list[BookedSlot]:
    """Those of the slots that somebody has, with the people who are told."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.offer_id, o.title AS offer, g.name AS organisation, s.person_id,
               trim(f.first_name || ' ' || f.last_name) AS follower, s.registration_id, s.pupil_id,
               p.email IS NOT NULL AS pupil_has_address,
               CASE WHEN lower(guardian.email) IS DISTINCT FROM lower(p.email) THEN r.guardian_id END AS guardian_id,
               s.starts_at, s.ends_at, s.place, coalesce(s.online_url, '') AS online_url, s.sequence
        FROM campaigns.follow_up_slots s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        JOIN contract.people f ON f.id = s.person_id
        JOIN contract.people p ON p.id = s.pupil_id
        JOIN campaigns.registrations r ON r.id = s.registration_id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        WHERE s.id = ANY($1::uuid[]) ORDER BY s.starts_at
        """,
        list(slot_ids),
    )
    return [BookedSlot(**dict(row)) for row in rows]
