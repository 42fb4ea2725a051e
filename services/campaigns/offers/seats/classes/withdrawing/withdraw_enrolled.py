"""Withdraw a pupil whom the asker enrolled: the seat, or the place in the queue, is given back."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.registration import RegistrationEnded
from services.campaigns.offers.seats.classes.read import read_enrolled
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace, TooLateToWithdraw
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Connection


async def withdraw_enrolled(
    connection: Connection, *, slug: str, registration_id: UUID, actor: tuple[UUID, UUID | None], now: datetime
) -> EnrolledPlace | None:
    """The place as it was, or None where it was withdrawn already. `actor` is the organisation and the person.

    Raises `UnknownEnrolment` for a pupil whom somebody else enrolled, `RegistrationEnded` where it ended otherwise,
    `TooLateToWithdraw` from the first day on.
    """
    place = await read_enrolled(connection, registration_id, actor=actor, now=now, slug=slug)
    if place.status == "withdrawn":
        return None
    if place.status not in ("waiting", "held", "confirmed"):
        raise RegistrationEnded
    if not place.can_withdraw:
        raise TooLateToWithdraw
    await withdraw_registration(connection, registration_id=registration_id, by_school=True, now=now)
    return place
