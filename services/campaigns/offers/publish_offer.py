"""Publish an offer: from now on it can be seen and joined."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.record_programme import record_programme
from shared.database import Connection
from shared.events import OfferPublished
from shared.outbox import append_events
from shared.refusal import Refusal


class AgreementMissing(Refusal):
    """An organisation of the campaign has not agreed yet: nothing goes out in its name."""

    reason: ClassVar[str] = "agreement-missing"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Il manque l’accord de : {', '.join(names)}.")


class NothingPlanned(Refusal):
    """An offer without a session cannot be published."""

    reason: ClassVar[str] = "nothing-planned"

    def __init__(self) -> None:
        super().__init__("Cette offre n’a encore aucune séance.")


async def publish_offer(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Publish a draft; on a published offer it does nothing. Raises `AgreementMissing`, `NothingPlanned`.

    The first day's times become the series' first instance and stay so for the offer's whole life (RFC 5545 §3.8.5.3).
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status != "draft":
        return
    awaited = await connection.fetch(
        """
        SELECT g.name FROM campaigns.offers o
        JOIN campaigns.agreements a ON a.campaign_id = o.campaign_id AND a.agreed_at IS NULL
        JOIN campaigns.organisations g ON g.id = a.organisation_id
        WHERE o.id = $1 ORDER BY g.name
        """,
        offer_id,
    )
    if awaited:
        raise AgreementMissing([row["name"] for row in awaited])
    first = await connection.fetchrow(
        """
        SELECT min(s.starts_at) AS starts_at, max(s.ends_at) AS ends_at
        FROM campaigns.sessions s JOIN campaigns.days d ON d.id = s.day_id
        WHERE s.offer_id = $1 AND s.status = 'planned'
        GROUP BY d.instance_on ORDER BY d.instance_on LIMIT 1
        """,
        offer_id,
    )
    if first is None:
        raise NothingPlanned
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET status = 'published', opens_at = coalesce(opens_at, $2), series_starts_at = $3, series_ends_at = $4,
            revision = revision + 1
        WHERE id = $1
        """,
        offer_id,
        now,
        first["starts_at"],
        first["ends_at"],
    )
    programme = await record_programme(connection, offer_id=offer_id, now=now)
    await append_events(
        connection,
        [OfferPublished(occurred_at=now, offer_id=offer_id, revision=offer.revision + 1, programme=programme.version)],
    )
