"""Cancel a day of a public offer: none of its sessions takes place, and whom that concerns hears it in one mail."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.builder.edit_day import UnknownDay
from services.campaigns.offers.builder.settle_week import settle_week
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from shared.database import Connection
from shared.events import SessionCancelled
from shared.languages import later
from shared.refusal import Refusal


class NothingToCancel(Refusal):
    """The day of a draft is removed, not cancelled; one without sessions has nothing to cancel."""

    reason: ClassVar[str] = "nothing-to-cancel"

    def __init__(self) -> None:
        super().__init__(later("Cette journée n’a aucune séance à annuler."))


async def cancel_day(
    connection: Connection,
    *,
    offer_id: UUID,
    date: date,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> int:
    """Cancel every session of the day that was to take place, with one revision; returns how many.

    A day that is cancelled already is left alone (0). `note` is a sentence for those who are told, `tell_after` holds
    the news back. Raises `UnknownDay`, `NothingToCancel`, `OfferAlreadyCancelled`.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    day_id = await connection.fetchval(
        "SELECT id FROM campaigns.days WHERE offer_id = $1 AND date = $2", offer_id, date
    )
    if day_id is None:
        raise UnknownDay
    statuses = await connection.fetch("SELECT status FROM campaigns.sessions WHERE day_id = $1", day_id)
    if offer.status == "draft" or not statuses:
        raise NothingToCancel
    rows = await connection.fetch(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', sequence = sequence + 1, changed_at = $2, cancelled_at = $2
        WHERE day_id = $1 AND status = 'planned'
        RETURNING id, group_id, starts_at
        """,
        day_id,
        now,
    )
    if not rows:
        return 0
    ids = [row["id"] for row in rows]
    await connection.execute("DELETE FROM campaigns.session_speakers WHERE session_id = ANY($1::uuid[])", ids)
    await release_asked(connection, session_ids=ids, reason="session_cancelled", now=now)
    await settle_week(
        connection,
        offer,
        lambda common, concerned: [
            SessionCancelled(**common, session_id=row["id"], audience=concerned(row["group_id"]))
            for row in sorted(rows, key=lambda row: row["starts_at"])
        ],
        note=note,
        tell_after=tell_after,
        now=now,
    )
    return len(rows)
