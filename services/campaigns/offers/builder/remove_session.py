"""Remove a session from a draft, as if it had never been; in a public offer it is cancelled instead."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.ask_again import release_asked
from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.session import SessionChangedMeanwhile
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal


class OnlyCancelled(Refusal):
    """What was public does not vanish: people have it in their calendars."""

    reason: ClassVar[str] = "only-cancelled"

    def __init__(self) -> None:
        super().__init__(
            later("Cette offre est publiée : une séance s’y annule, et ceux qui l’ont au programme l’apprennent.")
        )


async def remove_session(
    connection: Connection, *, session_id: UUID, if_match: int | None = None, now: datetime
) -> None:
    """Delete a draft's session; a company that was asked to host it is told. Raises `OnlyCancelled`."""
    offer, session = await lock_session(connection, session_id)
    if offer.status != "draft":
        raise OnlyCancelled
    if if_match is not None and if_match != session.version:
        raise SessionChangedMeanwhile
    await release_asked(connection, session_ids=[session_id], reason="session_cancelled", now=now)
    await connection.execute("DELETE FROM campaigns.sessions WHERE id = $1", session_id)
    await settle_draft(connection, offer_id=offer.id)
