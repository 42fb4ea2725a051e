"""Apply the template week: welcome, visit, meal, workshop and debrief on every day that has nothing yet."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.builder.add_day import insert_day
from services.campaigns.offers.builder.add_session import announce_sessions, insert_session, new_session
from services.campaigns.offers.builder.template_week import sessions_of, week_from
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.time_law import refuse_day
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class NoEmptyDay(Refusal):
    """Every day of the offer has sessions."""

    reason: ClassVar[str] = "no-empty-day"

    def __init__(self) -> None:
        super().__init__(
            later("Aucune journée n’est vide : le modèle ne remplit que celles qui n’ont encore aucune séance.")
        )


async def apply_template_week(
    connection: Connection,
    *,
    offer_id: UUID,
    week_of: date | None = None,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> int:
    """Fill the empty days; an offer without days first takes Monday to Friday of the week of `week_of`.

    Public holidays are left out; `note` and `tell_after` go with the news. Returns how many days were filled;
    raises `NoEmptyDay`.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    if week_of is not None and not await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.days WHERE offer_id = $1)", offer_id
    ):
        for day in week_from(week_of):
            if refuse_day(day) is None:
                await insert_day(connection, offer_id=offer_id, date=day, sector=None)
    rows = await connection.fetch(
        """
        SELECT d.date FROM campaigns.days d
        WHERE d.offer_id = $1 AND NOT EXISTS (SELECT FROM campaigns.sessions s
                                              WHERE s.day_id = d.id AND s.status = 'planned')
        ORDER BY d.date
        """,
        offer_id,
    )
    if not rows:
        raise NoEmptyDay
    added = []
    for row in rows:
        for given in sessions_of(row["date"]):
            added.append(await new_session(connection, offer, given))
            await insert_session(connection, added[-1], now=now)
    await announce_sessions(connection, offer, added, note=note, tell_after=tell_after, now=now)
    return len(rows)
