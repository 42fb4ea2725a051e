"""Keep several visits at once: those a teacher has ticked; what cannot be kept is told, and the others are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.campaigns.teaching.visits.plan_visit import plan_visit
from services.campaigns.teaching.visits.visit import Visit
from shared.database import Connection
from shared.refusal import Refusal


class WantedVisit(Struct, frozen=True, kw_only=True):
    """A session to go to; without a time the visit begins with it."""

    session_id: UUID
    starts_at: datetime | None = None
    lasts: timedelta | None = None


async def keep_visits(
    connection: Connection, *, organisation_id: UUID, teacher_id: UUID, wanted: Sequence[WantedVisit], now: datetime
) -> list[Visit | Refusal]:
    """What became of each, in the order given."""
    outcomes: list[Visit | Refusal] = []
    for one in wanted:
        try:
            visit = await plan_visit(
                connection,
                organisation_id=organisation_id,
                teacher_id=teacher_id,
                session_id=one.session_id,
                starts_at=one.starts_at,
                lasts=one.lasts,
                now=now,
            )
        except Refusal as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(visit)
    return outcomes
