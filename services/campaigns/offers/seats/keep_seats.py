"""Keep seats of an offer for a school, or for pupils without another host, until a date."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.seats.quota import QUOTAS_AT_MOST, Claim, QuotaRefused, count_kept
from services.campaigns.offers.seats.read import count_claims, list_quotas
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later, n_later


async def keep_seats(
    connection: Connection, *, offer_id: UUID, seats: int, school_uai: str | None, until: datetime, now: datetime
) -> UUID:
    """Returns the quota's id. `school_uai` None: for pupils without another host. Those of them who have a seat count.

    Raises `QuotaRefused` when the date is past or after the offer begins, or when more seats would be kept than are
    free: what others have is not taken from them.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    if until <= now:
        raise QuotaRefused(later("Cette date est déjà passée."), field="until")
    if offer.first_session_at is not None and until > offer.first_session_at:
        raise QuotaRefused(
            later("Les places gardées doivent s’ouvrir à tous avant le début de l’offre."), field="until"
        )
    quotas = await list_quotas(connection, offer_id, now=now)
    if len(quotas) >= QUOTAS_AT_MOST:
        raise QuotaRefused(
            later("Une offre garde des places pour {most} établissements au plus.", most=QUOTAS_AT_MOST), field="seats"
        )
    quota_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.quotas (id, offer_id, seats, school_uai, without_host, until)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        quota_id,
        offer_id,
        seats,
        school_uai,
        school_uai is None,
        until,
    )
    taken, _ = await count_claims(connection, offer_id)
    kept_before = count_kept(quotas, taken)
    kept = count_kept(await list_quotas(connection, offer_id, now=now), taken)
    if kept > max(offer.free, kept_before):
        left = max(0, offer.free - kept_before)
        room = (
            n_later(
                "C’est trop : {count} place peut encore être gardée dans cette offre.",
                "C’est trop : {count} places peuvent encore être gardées dans cette offre.",
                left,
            )
            if left
            else later("C’est trop : aucune place ne peut plus être gardée dans cette offre.")
        )
        whose = taken[Claim(school_uai, False)] if school_uai else 0
        hint = later("{room} Leurs élèves déjà inscrits comptent dans le nombre demandé.", room=room)
        raise QuotaRefused(hint if whose else room, field="seats")
    await connection.execute("UPDATE campaigns.offers SET kept = $2 WHERE id = $1", offer_id, kept)
    return quota_id
