"""Remind partners: who has not answered after five days is asked once more, by itself."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.agreements.lock_campaign import lock_campaign
from services.campaigns.agreements.partners.notices import awaited_of, say_agreement
from services.campaigns.agreements.partners.read import list_agreements, people_to_ask
from shared.database import Connection
from shared.notices import AgreementReminded
from shared.outbox import append_events

WAIT = timedelta(days=5)
AT_ONCE = 50


async def find_partners_to_remind(connection: Connection, *, now: datetime) -> list[UUID]:
    """Campaigns with a partner who was asked five days ago or more, has not answered and was not reminded."""
    rows = await connection.fetch(
        """
        SELECT a.campaign_id FROM campaigns.agreements a
        JOIN campaigns.campaigns c ON c.id = a.campaign_id AND c.cancelled_at IS NULL
        WHERE a.asked_at <= $1 AND a.reminded_at IS NULL AND a.left_at IS NULL AND a.declined_at IS NULL
          AND a.agreed_version < a.asked_version
        GROUP BY a.campaign_id ORDER BY min(a.asked_at) LIMIT $2
        """,
        now - WAIT,
        AT_ONCE,
    )
    return [row["campaign_id"] for row in rows]


async def remind_partners(connection: Connection, *, campaign_id: UUID, now: datetime) -> int:
    """Remind those of one campaign; how many. Whoever answers in between, or was reminded by another clock, is not."""
    campaign = await lock_campaign(connection, campaign_id)
    if campaign.cancelled:
        return 0
    agreements = await list_agreements(connection, campaign_id)
    late = [
        agreement
        for agreement in agreements
        if agreement.state == "awaited"
        and agreement.reminded_at is None
        and agreement.asked_at is not None
        and agreement.asked_at <= now - WAIT
    ]
    await connection.execute(
        "UPDATE campaigns.agreements SET reminded_at = $2 WHERE id = ANY($1::uuid[])",
        [agreement.id for agreement in late],
        now,
    )
    await append_events(
        connection,
        [
            say_agreement(
                AgreementReminded,
                campaign,
                agreement,
                recipients=await people_to_ask(connection, agreement.organisation_id),
                awaited=awaited_of(agreements),
                now=now,
            )
            for agreement in late
        ],
    )
    return len(late)
