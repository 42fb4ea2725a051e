"""Publish an offer: from now on it can be seen and joined."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.record_programme import record_programme
from shared.database import Connection
from shared.events import OfferPublished
from shared.languages import later
from shared.outbox import append_events
from shared.refusal import Refusal


class AgreementMissing(Refusal):
    """An organisation of the campaign has not agreed yet: nothing goes out in its name."""

    reason: ClassVar[str] = "agreement-missing"

    def __init__(self, names: list[str]) -> None:
        super().__init__(later("Il manque l’accord de : {names}.", names=", ".join(names)))


class OrganiserLeft(Refusal):
    """The campaign was cancelled, or the offer's organisation carries it no more."""

    reason: ClassVar[str] = "organiser-left"

    def __init__(self) -> None:
        super().__init__(later("La campagne de cette offre est annulée, ou votre organisation l’a quittée."))


class NothingPlanned(Refusal):
    """An offer without a session cannot be published."""

    reason: ClassVar[str] = "nothing-planned"

    def __init__(self) -> None:
        super().__init__(later("Cette offre n’a encore aucune séance."))


async def publish_offer(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Publish a draft; on a published offer it does nothing. Raises `AgreementMissing`, `OrganiserLeft`,
    `NothingPlanned`.

    The series' first instance is fixed here, for the offer's whole life (RFC 5545 §3.8.5.3): on the date of the first
    day, at the times of the first day that has a session.
    """
    await _lock_agreements(connection, offer_id)
    offer = await lock_offer(connection, offer_id)
    if offer.status != "draft":
        return
    await _refuse_without_agreements(connection, offer_id)
    await _place_instances(connection, offer_id)
    # from the first day even where nothing is left on it: no instance may come before the series
    first = await connection.fetchrow(
        """
        SELECT (first.day + (min(s.starts_at) AT TIME ZONE 'Europe/Paris')::time) AT TIME ZONE 'Europe/Paris'
                   AS starts_at,
               (first.day + (max(s.ends_at) AT TIME ZONE 'Europe/Paris')::time) AT TIME ZONE 'Europe/Paris'
                   AS ends_at
        FROM campaigns.sessions s JOIN campaigns.days d ON d.id = s.day_id
        CROSS JOIN (SELECT min(instance_on) AS day FROM campaigns.days WHERE offer_id = $1) first
        WHERE s.offer_id = $1 AND s.status = 'planned'
        GROUP BY d.instance_on, first.day ORDER BY d.instance_on LIMIT 1
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


async def _lock_agreements(connection: Connection, offer_id: UUID) -> None:
    """Nobody joins, leaves or cancels the campaign until this transaction ends; before the offer, as imports lock."""
    await connection.execute(
        """
        SELECT FROM campaigns.campaigns
        WHERE id = (SELECT campaign_id FROM campaigns.offers WHERE id = $1) FOR SHARE
        """,
        offer_id,
    )


async def _refuse_without_agreements(connection: Connection, offer_id: UUID) -> None:
    """Everybody asked has agreed; the campaign stands, and the offer's organisation is still in it."""
    awaited = await connection.fetch(
        """
        SELECT g.name, a.agreed_at IS NULL AS missing, a.agreed_version < a.asked_version AS silent
        FROM campaigns.offers o
        JOIN campaigns.agreements a ON a.campaign_id = o.campaign_id AND a.left_at IS NULL
        JOIN campaigns.organisations g ON g.id = a.organisation_id
        WHERE o.id = $1 ORDER BY g.name
        """,
        offer_id,
    )
    missing = [row["name"] for row in awaited if row["missing"]]
    if missing:
        # who joined during a second round may have said yes, and waits with us for those who have not
        raise AgreementMissing([row["name"] for row in awaited if row["silent"]] or missing)
    left = await connection.fetchval(
        """
        SELECT c.cancelled_at IS NOT NULL OR EXISTS (
            SELECT FROM campaigns.agreements a
            WHERE a.campaign_id = c.id AND a.organisation_id = o.organisation_id AND a.left_at IS NOT NULL)
        FROM campaigns.offers o JOIN campaigns.campaigns c ON c.id = o.campaign_id WHERE o.id = $1
        """,
        offer_id,
    )
    if left:
        raise OrganiserLeft


async def _place_instances(connection: Connection, offer_id: UUID) -> None:
    """Each day of a draft stands for its own date, wherever it was moved before: no calendar has seen it yet."""
    # far away first, so that no two days stand for one date in between
    for statement in (
        "UPDATE campaigns.days SET instance_on = instance_on + 100000 WHERE offer_id = $1",
        "UPDATE campaigns.days SET instance_on = date WHERE offer_id = $1",
    ):
        await connection.execute(statement, offer_id)
