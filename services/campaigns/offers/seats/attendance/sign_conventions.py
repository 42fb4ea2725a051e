"""Sign conventions: the date on which each pupil's convention was signed, or that it is not."""

from collections.abc import Mapping
from datetime import date as Date
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.registration import InvalidField
from shared.database import Connection
from shared.french_dates import PARIS
from shared.languages import later

FIRST_YEAR = 2000


async def sign_conventions(
    connection: Connection, *, offer_id: UUID, dates: Mapping[UUID, Date | None], now: datetime
) -> int:
    """How many changed. None: not signed, or not after all. Who has no seat (any more) is passed over.

    Raises `InvalidField` for a date to come, and changes nothing then.
    """
    await lock_offer(connection, offer_id)
    today = now.astimezone(PARIS).date()
    for registration_id, signed_on in dates.items():
        if signed_on is not None and not (signed_on.year >= FIRST_YEAR and signed_on <= today):
            raise InvalidField(
                later("Une convention ne peut pas avoir été signée à cette date."), field=f"date.{registration_id}"
            )
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations r SET convention_signed_on = signed.signed_on
        FROM unnest($2::uuid[], $3::date[]) AS signed (id, signed_on)
        WHERE r.id = signed.id AND r.offer_id = $1 AND r.status IN ('held', 'confirmed')
          AND r.convention_signed_on IS DISTINCT FROM signed.signed_on
        RETURNING r.id
        """,
        offer_id,
        list(dates),
        list(dates.values()),
    )
    return len(rows)
