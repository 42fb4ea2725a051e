"""Remove a day from an offer: an empty one, or a draft's with its sessions."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.builder.edit_day import UnknownDay
from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class DayHasSessions(Refusal):
    """A public offer's day that has, or had, sessions stays: people have it in their calendars."""

    reason: ClassVar[str] = "day-has-sessions"

    def __init__(self) -> None:
        super().__init__(later("Cette offre est publiée et la journée a des séances : annulez-les, ou déplacez-les."))


async def remove_day(connection: Connection, *, offer_id: UUID, date: date, now: datetime) -> int:
    """Delete a day and, in a draft, its sessions; returns how many. Raises `UnknownDay`, `DayHasSessions`."""
    offer = await lock_offer(connection, offer_id)
    day_id = await connection.fetchval(
        "SELECT id FROM campaigns.days WHERE offer_id = $1 AND date = $2", offer_id, date
    )
    if day_id is None:
        raise UnknownDay
    rows = await connection.fetch("SELECT id FROM campaigns.sessions WHERE day_id = $1", day_id)
    if rows and offer.status != "draft":
        raise DayHasSessions
    await release_asked(connection, session_ids=[row["id"] for row in rows], reason="session_cancelled", now=now)
    await connection.execute("DELETE FROM campaigns.sessions WHERE day_id = $1", day_id)
    await connection.execute("DELETE FROM campaigns.days WHERE id = $1", day_id)
    if rows:
        await settle_draft(connection, offer_id=offer_id)
    return len(rows)
