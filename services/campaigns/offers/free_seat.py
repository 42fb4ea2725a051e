"""Free a seat, or a place in the queue: a registration ends and the next in the queue is promoted."""

from datetime import datetime
from typing import Literal

from services.campaigns.offers.offer import Offer
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.registration import LockedRegistration
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import RegistrationRefused, RegistrationWithdrawn
from shared.outbox import append_events


async def free_seat(
    connection: Connection,
    *,
    offer: Offer,
    registration: LockedRegistration,
    ends_as: Literal["withdrawn", "refused"],
    now: datetime,
    why: Literal["asked", "merged"] = "asked",
    by_school: bool = False,
    by_guardian: bool = False,
) -> None:
    """End one living registration of a locked offer, in the same transaction as the promotion that follows from it."""
    had_seat = registration.status in ("held", "confirmed")
    revision = offer.revision + 1
    await connection.execute(
        """
        UPDATE campaigns.registrations
        SET status = $2, held_for = NULL, deadline = NULL, changed_at = $3
        WHERE id = $1
        """,
        registration.id,
        ends_as,
        now,
    )
    await connection.execute("DELETE FROM campaigns.pupil_times WHERE registration_id = $1", registration.id)
    told = registration.facts(offer, revision=revision, now=now)
    fact: RegistrationWithdrawn | RegistrationRefused = (
        RegistrationWithdrawn(
            had_seat=registration.has_entry, why=why, by_school=by_school, by_guardian=by_guardian, **told
        )
        if ends_as == "withdrawn"
        else RegistrationRefused(had_seat=registration.has_entry, by_guardian=by_guardian, **told)
    )
    held = await promote_waiting(connection, offer=offer, free=offer.free + had_seat, revision=revision, now=now)
    await settle_offer(
        connection,
        offer,
        taken=len(held) - had_seat,
        waiting=-len(held) - (not had_seat),
        revision=revision,
    )
    await append_events(connection, [fact, *held])
