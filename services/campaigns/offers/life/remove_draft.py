"""Remove a draft that nobody has seen yet, as if it had never been; what was public is cancelled instead."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class NoDraft(Refusal):
    """The offer is, or was, public: people know it."""

    reason: ClassVar[str] = "no-draft"

    def __init__(self) -> None:
        super().__init__(
            later("Cette offre est ou a été publiée : elle s’annule, et ceux qu’elle concerne l’apprennent.")
        )


async def remove_draft(connection: Connection, *, offer_id: UUID, now: datetime) -> str:
    """Delete a draft with its week; returns its title. Raises `NoDraft`, `UnknownOffer`.

    Companies and speakers who were asked are told. The audit trail keeps its lines, which name no offer any more.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status != "draft" or offer.programme_version or offer.taken or offer.waiting:
        raise NoDraft
    rows = await connection.fetch(
        "SELECT id FROM campaigns.sessions WHERE offer_id = $1 AND status = 'planned' ORDER BY id", offer_id
    )
    await release_asked(connection, session_ids=[row["id"] for row in rows], reason="offer_cancelled", now=now)
    await connection.execute("UPDATE campaigns.audit SET offer_id = NULL WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.follow_up_slots WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.quotas WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.sessions WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.days WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.groups WHERE offer_id = $1", offer_id)
    await connection.execute("DELETE FROM campaigns.offers WHERE id = $1", offer_id)
    return offer.title
