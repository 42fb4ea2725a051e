"""Copy a day: its sessions again on another day, at the same times; speakers are asked anew, so they stay behind."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from services.campaigns.offers.builder.add_day import insert_day
from services.campaigns.offers.builder.add_session import announce_sessions, insert_session
from services.campaigns.offers.builder.edit_day import UnknownDay
from services.campaigns.offers.builder.read import read_day_sessions
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.session import PARIS
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later
from shared.refusal import Refusal


class NothingToCopy(Refusal):
    """The day has no session, or is copied onto itself."""

    reason: ClassVar[str] = "nothing-to-copy"

    def __init__(self) -> None:
        super().__init__(later("Choisissez un autre jour : il n’y a rien à copier ici."), field="date")


async def copy_day(
    connection: Connection,
    *,
    offer_id: UUID,
    source: date,
    target: date,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> int:
    """Copy the planned sessions of one day to another, made where it is missing; returns how many.

    The target takes the sector where it has none. `note` and `tell_after` go with the news. Raises
    `UnknownDay`, `NothingToCopy`, and the refusals of clashes with what stands there already.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    days = {
        row["date"]: row
        for row in await connection.fetch("SELECT id, date, sector FROM campaigns.days WHERE offer_id = $1", offer_id)
    }
    if source not in days:
        raise UnknownDay
    sessions = await read_day_sessions(connection, days[source]["id"])
    if not sessions or source == target:
        raise NothingToCopy
    sector = days[source]["sector"]
    if target in days:
        day_id = days[target]["id"]
        await connection.execute(
            "UPDATE campaigns.days SET sector = $2 WHERE id = $1 AND sector IS NULL", day_id, sector
        )
    else:
        day_id = await insert_day(connection, offer_id=offer_id, date=target, sector=sector)
    copies = [
        msgspec.structs.replace(
            session,
            id=new_id(),
            day_id=day_id,
            starts_at=on_date(session.starts_at, target),
            ends_at=on_date(session.ends_at, target),
            sequence=0,
            version=1,
        )
        for session in sessions
    ]
    for copied in copies:
        await insert_session(connection, copied, now=now)
    await announce_sessions(connection, offer, copies, note=note, tell_after=tell_after, now=now)
    return len(copies)


def on_date(moment: datetime, day: date) -> datetime:
    """The same time of day in Europe/Paris on another date, whatever the clocks do in between."""
    local = moment.astimezone(PARIS)
    return datetime.combine(day, local.time(), tzinfo=PARIS)
