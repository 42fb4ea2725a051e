"""What is read of a rotation: the plan, what it was last applied as, and whether it still may be."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.offers.kinds.rotations.rotation import Rotation
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection


class RotationState(Struct, frozen=True, kw_only=True):
    """An offer with its rotation; `version` is 0 before one was drawn, `registrations` counts the living ones.

    `ungrouped` is how many pupils with a seat have no group though the offer has groups.
    """

    offer_id: UUID
    organisation_id: UUID
    slug: str
    title: str
    kind: str
    status: str
    seats: int
    contact: str
    first_day: date
    last_day: date
    registrations: int
    ungrouped: int
    rotation: Rotation | None
    version: int
    applied_version: int
    applied_at: datetime | None
    made: int
    grouped: int

    @property
    def may_be_applied(self) -> bool:
        """In a draft, or while nobody is registered."""
        return self.status == "draft" or (self.status in ("published", "closed") and self.registrations == 0)


async def read_rotation(
    connection: Connection, *, slug: str | None = None, offer_id: UUID | None = None
) -> RotationState:
    """The rotation of an offer named by its slug or its id; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        """
        SELECT o.id AS offer_id, o.organisation_id, o.slug, o.title, o.kind, o.status, o.seats, o.contact,
               coalesce(days.first, lower(c.period)) AS first_day,
               coalesce(days.last, least(upper(c.period) - 1, lower(c.period) + 4)) AS last_day, r.plan,
               coalesce(r.version, 0) AS version, coalesce(r.applied_version, 0) AS applied_version, r.applied_at,
               (SELECT count(*) FROM campaigns.registrations g
                WHERE g.offer_id = o.id AND g.status IN ('waiting', 'held', 'confirmed')) AS registrations,
               (SELECT count(*) FROM campaigns.registrations g
                WHERE g.offer_id = o.id AND g.status IN ('held', 'confirmed') AND g.group_id IS NULL
                  AND EXISTS (SELECT FROM campaigns.groups WHERE offer_id = o.id)) AS ungrouped,
               (SELECT count(*) FROM campaigns.rotation_sessions made
                JOIN campaigns.sessions s ON s.id = made.session_id
                WHERE made.offer_id = o.id AND s.status = 'planned') AS made,
               (SELECT count(*) FROM campaigns.sessions s
                WHERE s.offer_id = o.id AND s.status = 'planned' AND s.group_id IS NOT NULL) AS grouped
        FROM campaigns.offers o
        JOIN campaigns.campaigns c ON c.id = o.campaign_id
        LEFT JOIN campaigns.rotations r ON r.offer_id = o.id
        LEFT JOIN LATERAL (SELECT min(d.date) AS first, max(d.date) AS last
                           FROM campaigns.days d WHERE d.offer_id = o.id) days ON true
        WHERE ($1::text IS NOT NULL AND o.slug = $1) OR ($2::uuid IS NOT NULL AND o.id = $2)
        """,
        slug,
        offer_id,
    )
    if row is None:
        raise UnknownOffer
    given = dict(row)
    plan = given.pop("plan")
    return RotationState(rotation=decode_plan(plan) if plan else None, **given)


class HouseService(Struct, frozen=True, kw_only=True):
    """A site of the house of which is known how many pupils it takes."""

    address: str
    pupils_at_most: int


async def list_services_of(connection: Connection, organisation_id: UUID) -> list[HouseService]:
    """The sites of an organisation with a size, by address: what a rotation may be begun from."""
    rows = await connection.fetch(
        """
        SELECT address, pupils_at_most FROM campaigns.sites
        WHERE organisation_id = $1 AND pupils_at_most IS NOT NULL ORDER BY address LIMIT 20
        """,
        organisation_id,
    )
    return [HouseService(**dict(row)) for row in rows]


async def find_address_of(connection: Connection, organisation_id: UUID) -> str:
    """Where an organisation is: the address most of its sessions are at, else of its first site, else nothing."""
    address = await connection.fetchval(
        """
        SELECT address FROM (
            SELECT s.place AS address, count(*) AS uses, 0 AS worse FROM campaigns.sessions s
            WHERE s.host_id = $1 AND s.place <> '' GROUP BY s.place
            UNION ALL
            SELECT address, 0, 1 FROM campaigns.sites WHERE organisation_id = $1
        ) known ORDER BY worse, uses DESC, address LIMIT 1
        """,
        organisation_id,
    )
    return address or ""


def decode_plan(plan: str) -> Rotation:
    """The rotation as it was written by `encode_plan`."""
    return msgspec.json.decode(plan, type=Rotation)


def encode_plan(rotation: Rotation) -> str:
    """The rotation as it is kept."""
    return msgspec.json.encode(rotation).decode()
