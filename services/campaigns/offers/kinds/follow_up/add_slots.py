"""Add one-to-one slots that a member of the organisation offers to the pupils of an offer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.kinds.fields import is_plain
from services.campaigns.offers.kinds.follow_up.lock_slot import translated_slot_constraints
from services.campaigns.offers.kinds.follow_up.slot import SLOTS_OF_AN_OFFER, InvalidSlots, SlotTime, check_times
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later


async def add_slots(
    connection: Connection,
    *,
    offer_id: UUID,
    person_id: UUID | None,
    times: Sequence[SlotTime],
    place: str = "",
    online_url: str = "",
    session_id: UUID | None = None,
    now: datetime,
) -> list[UUID]:
    """The ids of the new slots, all or none. `session_id`: the session that pupils leave for their slot.

    Raises `InvalidSlots`, `FollowerBusy`, `OfferAlreadyCancelled`.
    """
    check_times(list(times), now=now)
    if not is_plain(place) or not online_url.isprintable():
        raise InvalidSlots(later("Le lieu ou le lien contient un caractère inattendu."), field="place")
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    await _refuse_strangers(connection, offer.organisation_id, person_id)
    if session_id is not None:
        await _refuse_outside(connection, offer_id, session_id, times)
    count = await connection.fetchval(
        "SELECT count(*) FROM campaigns.follow_up_slots WHERE offer_id = $1 AND status = 'planned'", offer_id
    )
    if count + len(times) > SLOTS_OF_AN_OFFER:
        raise InvalidSlots(
            later("Une offre propose {most} créneaux au plus.", most=SLOTS_OF_AN_OFFER),
            field="ends",
        )
    ids = [new_id() for _ in times]
    with translated_slot_constraints():
        await connection.execute(
            """
            INSERT INTO campaigns.follow_up_slots
                (id, offer_id, person_id, starts_at, ends_at, place, online_url, session_id)
            SELECT slot.id, $1, $2, slot.starts_at, slot.ends_at, $3, nullif($4, ''), $5
            FROM unnest($6::uuid[], $7::timestamptz[], $8::timestamptz[]) AS slot (id, starts_at, ends_at)
            """,
            offer_id,
            person_id,
            place,
            online_url,
            session_id,
            ids,
            [each.starts_at for each in times],
            [each.ends_at for each in times],
        )
    return ids


async def _refuse_strangers(connection: Connection, organisation_id: UUID, person_id: UUID | None) -> None:
    """Slots are offered by somebody who plans for the organisation."""
    known = person_id is not None and await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.members
                       WHERE organisation_id = $1 AND person_id = $2 AND role IN ('owner', 'planner'))
        """,
        organisation_id,
        person_id,
    )
    if not known:
        raise InvalidSlots(
            later("Choisissez qui reçoit les élèves, parmi les membres de l’organisation."), field="person_id"
        )


async def _refuse_outside(connection: Connection, offer_id: UUID, session_id: UUID, times: Sequence[SlotTime]) -> None:
    session = await connection.fetchrow(
        "SELECT starts_at, ends_at FROM campaigns.sessions WHERE id = $1 AND offer_id = $2 AND status = 'planned'",
        session_id,
        offer_id,
    )
    if session is None:
        raise InvalidSlots(later("Cette séance n’existe pas dans cette offre."), field="session_id")
    if any(each.starts_at < session["starts_at"] or each.ends_at > session["ends_at"] for each in times):
        raise InvalidSlots(later("Ces créneaux dépassent la séance pendant laquelle ils ont lieu."), field="session_id")
