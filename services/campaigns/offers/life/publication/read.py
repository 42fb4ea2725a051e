"""What is read before an offer is published: who has still to agree, what stands in the way."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.edge import Edge
from services.campaigns.offers.builder.read import read_clashes, read_week
from services.campaigns.offers.builder.remarks import Remark, find_remarks
from services.campaigns.offers.publish_offer import publish_offer
from shared.database import Connection
from shared.refusal import Refusal


class Agreeing(Struct, frozen=True, kw_only=True):
    """One organisation of the campaign: when it agreed, or that it declined, or neither yet."""

    name: str
    agreed_at: datetime | None
    declined_at: datetime | None


class Readiness(Struct, frozen=True, kw_only=True):
    """What stands between a draft and its publication. `obstacles` have to go, `gaps` may stay."""

    agreeing: list[Agreeing]
    obstacles: list[str]
    conflicts: list[Remark]
    gaps: list[Remark]

    @property
    def ready(self) -> bool:
        """Whether it can be published as it stands."""
        return not self.obstacles and not self.conflicts

    @property
    def awaited(self) -> list[Agreeing]:
        """Who has not agreed."""
        return [each for each in self.agreeing if each.agreed_at is None]


async def read_readiness(edge: Edge, offer_id: UUID, campaign_id: UUID, *, now: datetime) -> Readiness:
    """Publication is rehearsed: what it would refuse is an obstacle."""
    obstacles: list[str] = []
    async with edge.rehearsal() as connection:
        agreeing = await list_agreeing(connection, campaign_id)
        week = await read_week(connection, offer_id=offer_id)
        remarks = find_remarks(week, await read_clashes(connection, offer_id))
        try:
            await publish_offer(connection, offer_id=offer_id, now=now)
        except Refusal as refusal:
            obstacles.append(refusal.sentence)
    return Readiness(
        agreeing=agreeing,
        obstacles=obstacles,
        conflicts=[remark for remark in remarks if remark.grade == "conflict"],
        gaps=[remark for remark in remarks if remark.grade != "conflict"],
    )


async def list_agreeing(connection: Connection, campaign_id: UUID) -> list[Agreeing]:
    """The organisations of a campaign that have not left it, who is awaited first."""
    rows = await connection.fetch(
        """
        SELECT g.name, a.agreed_at, a.declined_at
        FROM campaigns.agreements a JOIN campaigns.organisations g ON g.id = a.organisation_id
        WHERE a.campaign_id = $1 AND a.left_at IS NULL
        ORDER BY a.agreed_at IS NOT NULL, g.name
        """,
        campaign_id,
    )
    return [Agreeing(**dict(row)) for row in rows]
