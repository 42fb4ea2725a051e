"""Add a day to an offer: its date, its sector, whom to call in an emergency."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.session import InvalidChange
from shared.database import Connection
from shared.french_dates import say_date
from shared.identifiers import new_id
from shared.languages import later
from shared.refusal import Refusal

DAYS_AT_MOST = 60
FIRST_YEAR, LAST_YEAR = 2000, 2100


class DayExists(Refusal):
    """The offer has a day of this date."""

    reason: ClassVar[str] = "day-exists"

    def __init__(self, day: date) -> None:
        super().__init__(later("Le {date} est déjà dans cette offre.", date=lambda: say_date(day)), field="date")


class TooManyDays(Refusal):
    """An offer has no more days than a screen and a calendar can hold."""

    reason: ClassVar[str] = "too-many-days"

    def __init__(self) -> None:
        super().__init__(later("Une offre a {most} journées au plus.", most=DAYS_AT_MOST), field="date")


async def add_day(
    connection: Connection, *, offer_id: UUID, date: date, sector: str | None = None, emergency_phone: str = ""
) -> UUID:
    """Add an empty day; nobody is told before it has a session. Raises `DayExists`, `TooManyDays`."""
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    dates = {
        row["date"] for row in await connection.fetch("SELECT date FROM campaigns.days WHERE offer_id = $1", offer_id)
    }
    if date in dates:
        raise DayExists(date)
    if len(dates) >= DAYS_AT_MOST:
        raise TooManyDays
    return await insert_day(connection, offer_id=offer_id, date=date, sector=sector, emergency_phone=emergency_phone)


async def insert_day(
    connection: Connection, *, offer_id: UUID, date: date, sector: str | None, emergency_phone: str = ""
) -> UUID:
    """Write a day; the caller holds the offer's lock.

    It stands for its own date where the series has none yet and has begun by then, else it ends the series
    (calendar-rules: RECURRENCE-ID never changes). Raises `InvalidChange` for a date out of the possible.
    """
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise InvalidChange(later("Cette date est hors du possible."), field="date")
    day_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector, emergency_phone)
        SELECT $1, $2, $3,
               CASE WHEN count(*) = 0
                         OR ($3 BETWEEN min(d.instance_on) AND max(d.instance_on) + 366
                             AND NOT bool_or(d.instance_on = $3)) THEN $3
                    ELSE max(d.instance_on) + 1 END, $4, $5
        FROM campaigns.days d WHERE d.offer_id = $2
        """,
        day_id,
        offer_id,
        date,
        sector,
        emergency_phone,
    )
    return day_id
