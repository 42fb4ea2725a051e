"""Edit a day: its sector, which everybody sees, and whom to call in an emergency, which its own people see."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType

from services.campaigns.offers.builder.settle_week import settle_week
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.session import InvalidChange
from shared.database import Connection
from shared.events import FieldChange, SessionChanged
from shared.languages import Message, later
from shared.refusal import Refusal

PHONE_AT_MOST = 40
READ_IT_AGAIN = later("Relisez-la avant de l’enregistrer.")


class UnknownDay(Refusal):
    """The offer has no day of this date."""

    reason: ClassVar[str] = "unknown-day"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette journée n’est pas dans l’offre."))


class DayChangedMeanwhile(Refusal):
    """Somebody else changed the day since it was read (If-Match)."""

    reason: ClassVar[str] = "day-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self, said: str | Message = READ_IT_AGAIN) -> None:
        super().__init__(later("Cette journée a été modifiée entre-temps. {said}", said=said))


async def edit_day(
    connection: Connection,
    *,
    offer_id: UUID,
    date: date,
    sector: str | UnsetType | None = UNSET,
    emergency_phone: str | UnsetType = UNSET,
    phone_of_all: bool = False,
    if_match: int | None = None,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """What is left out stays; a new sector is told with each of the day's sessions. Raises `UnknownDay`.

    `note` and `tell_after` go with that news; `phone_of_all`: the emergency number is every day's. Raises
    `DayChangedMeanwhile` where `if_match` is not the day's version.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    day = await connection.fetchrow(
        """
        SELECT d.id, d.sector, coalesce(s.label, '') AS label, d.emergency_phone, d.version
        FROM campaigns.days d LEFT JOIN campaigns.sectors s ON s.code = d.sector
        WHERE d.offer_id = $1 AND d.date = $2
        """,
        offer_id,
        date,
    )
    if day is None:
        raise UnknownDay
    if if_match is not None and if_match != day["version"]:
        raise DayChangedMeanwhile
    wanted = day["sector"] if sector is UNSET else sector
    label = await read_sector_label(connection, wanted)
    phone = day["emergency_phone"] if emergency_phone is UNSET else checked_phone(emergency_phone)
    if phone_of_all:
        await connection.execute("UPDATE campaigns.days SET emergency_phone = $2 WHERE offer_id = $1", offer_id, phone)
    if (wanted, phone) == (day["sector"], day["emergency_phone"]):
        return
    await connection.execute(
        "UPDATE campaigns.days SET sector = $2, emergency_phone = $3 WHERE id = $1", day["id"], wanted, phone
    )
    if wanted == day["sector"]:
        return
    sessions = await connection.fetch(
        "SELECT id, group_id FROM campaigns.sessions WHERE day_id = $1 AND status = 'planned' ORDER BY starts_at, id",
        day["id"],
    )
    change = (FieldChange(field="sector", before=day["label"], after=label),)
    await settle_week(
        connection,
        offer,
        lambda common, concerned: [
            SessionChanged(**common, session_id=row["id"], changes=change, audience=concerned(row["group_id"]))
            for row in sessions
        ],
        note=note,
        tell_after=tell_after,
        now=now,
    )


async def read_sector_label(connection: Connection, code: str | None) -> str:
    """The label of a sector, empty for none; raises `InvalidChange` for a code of no sector."""
    if code is None:
        return ""
    label: str | None = await connection.fetchval("SELECT label FROM campaigns.sectors WHERE code = $1", code)
    if label is None:
        raise InvalidChange(later("Ce secteur n’existe pas."), field="sector")
    return label


def checked_phone(given: str) -> str:
    """A number as people write it; raises `InvalidChange`."""
    phone = " ".join(given.split())
    digits = sum(character.isdigit() for character in phone)
    if phone and (len(phone) > PHONE_AT_MOST or digits < 2 or not phone.isprintable()):
        raise InvalidChange(later("Ce numéro n’est pas un numéro de téléphone."), field="emergency_phone")
    return phone
