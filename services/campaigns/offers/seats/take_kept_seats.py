"""Take seats of an offer that keeps some: a newcomer gets one kept for such as it, or one kept for nobody."""

from datetime import datetime

from services.campaigns.offers.offer import Offer
from services.campaigns.offers.recognise_pupils import Newcomer, Outcome
from services.campaigns.offers.registration import PupilElsewhere, same_letters
from services.campaigns.offers.seats.quota import Claim, Quota, Seating
from services.campaigns.offers.seats.read import count_claims, list_quotas
from services.campaigns.offers.take_times import take_times
from shared.database import Connection


async def take_kept_seats(
    connection: Connection, offer: Offer, newcomers: list[Newcomer], outcomes: dict[int, Outcome], now: datetime
) -> list[Newcomer]:
    """The newcomers who get a seat, in order of arrival; who has a seat elsewhere at these times is refused.

    While somebody waits, a newcomer gets a kept seat alone, and only where nobody who waits could use a kept one.
    """
    quotas = await list_quotas(connection, offer.id, now=now)
    await _recognise_schools(connection, quotas, newcomers)
    taken, waiting = await count_claims(connection, offer.id)
    seating = Seating(offer.free, quotas, taken)
    if any(seating.is_kept_for(claim) for claim in waiting):
        return []
    seated: list[Newcomer] = []
    left = list(newcomers)
    while left:
        candidates = [newcomer for newcomer in left if _sit(seating, newcomer, kept_alone=offer.waiting > 0)]
        left = [newcomer for newcomer in left if newcomer not in candidates]
        if not candidates:
            break
        wanted = [(candidate.request.id, candidate.pupil_id) for candidate in candidates]
        free_now = await take_times(connection, offer_id=offer.id, wanted=wanted)
        for candidate in candidates:
            if candidate.request.id in free_now:
                seated.append(candidate)
            else:
                outcomes[candidate.index] = PupilElsewhere()
                seating.unseat(candidate.claim)
        if len(free_now) == len(candidates):
            break
    await connection.execute("UPDATE campaigns.offers SET kept = $2 WHERE id = $1", offer.id, seating.kept)
    return seated


def _sit(seating: Seating, newcomer: Newcomer, *, kept_alone: bool) -> bool:
    """Seat a newcomer where there is room, for the time being."""
    room = seating.is_kept_for(newcomer.claim) if kept_alone else seating.has_room_for(newcomer.claim)
    if room:
        seating.seat(newcomer.claim)
    return room


async def _recognise_schools(connection: Connection, quotas: list[Quota], newcomers: list[Newcomer]) -> None:
    """Pupils who wrote the name of a school that seats are kept for are that school's, whatever form they came by."""
    for quota in quotas:
        found = [
            newcomer
            for newcomer in newcomers
            if newcomer.claim.school_uai is None and same_letters(newcomer.request.school_name, quota.school_name)
        ]
        if found and quota.school_uai:
            for newcomer in found:
                newcomer.claim = Claim(quota.school_uai, newcomer.claim.without_host)
            await connection.execute(
                "UPDATE campaigns.pupils SET school_uai = $2 WHERE id = ANY($1::uuid[]) AND school_uai IS NULL",
                [newcomer.pupil_id for newcomer in found],
                quota.school_uai,
            )
