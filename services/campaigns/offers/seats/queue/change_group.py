"""Change a pupil's group: the seat stays, the programme is the other group's, and the calendar follows."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_registration
from services.campaigns.offers.registration import RegistrationEnded
from services.campaigns.offers.seats.queue.by_hand import UnknownGroup
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import AnyEvent, RegistrationConfirmed, RegistrationHeld
from shared.outbox import append_events


async def change_group(connection: Connection, *, registration_id: UUID, group_id: UUID, now: datetime) -> bool:
    """Whether anything changed. Who waits has no group yet; raises `RegistrationEnded` then, and `UnknownGroup`."""
    offer, registration = await lock_registration(connection, registration_id)
    if group_id not in offer.group_ids:
        raise UnknownGroup
    if registration.status not in ("held", "confirmed"):
        raise RegistrationEnded
    if registration.group_id == group_id:
        return False
    names = {
        row["id"]: row["name"]
        for row in await connection.fetch("SELECT id, name FROM campaigns.groups WHERE offer_id = $1", offer.id)
    }
    # `changed_at` stays: it says when the seat was given (withdraw_overlapping.py), the revision says what is newer
    await connection.execute(
        "UPDATE campaigns.registrations SET group_id = $2 WHERE id = $1", registration_id, group_id
    )
    revision = offer.revision + 1
    told = registration.facts(offer, revision=revision, now=now) | {"group_id": group_id}
    fact: AnyEvent = (
        RegistrationHeld(
            held_for=registration.held_for,
            deadline=registration.deadline,
            consent_needed=registration.needs_consent,
            **told,
        )
        if registration.held_for is not None and registration.deadline is not None
        else RegistrationConfirmed(
            how="regrouped",
            group=names.get(group_id, ""),
            group_before=names.get(registration.group_id, "") if registration.group_id else "",
            **told,
        )
    )
    await settle_offer(connection, offer, revision=revision)
    await append_events(connection, [fact])
    return True
