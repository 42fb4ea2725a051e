"""Note a bounce: an address that takes no mail is shut, and those who plan and need to reach the person are told."""

from datetime import datetime
from uuid import UUID

from services.notifications.inbound.bounce import judge_bounce
from services.notifications.inbound.campaigns_api import Campaigns
from shared.database import Connection, Pool, transaction

# that the news of a bounce bounces is news to nobody; announcements and webinars count their own on their pages,
# where the list says whose they are: of a list of thousands, planners would get hundreds of mails
TOLD_OTHERWISE = ("address_refused", "offers_announced", "webinar_invited", "webinar_changed", "webinar_cancelled")


async def note_bounce(
    pool: Pool, campaigns: Campaigns, *, answer_id: UUID, delivery_id: UUID, report: tuple[dict[str, str], ...]
) -> str:
    """What it came to. Raises `ServiceAway`, `ServiceRefused`; then it is done again, and changes nothing twice."""
    async with pool.acquire() as connection:
        delivery = await connection.fetchrow(
            """
            SELECT recipient_address, recipient_id, registration_id, offer_id, message
            FROM notifications.deliveries WHERE id = $1
            """,
            delivery_id,
        )
    if delivery is None:
        return "foreign"
    verdict, status = judge_bounce(report, delivery["recipient_address"])
    if verdict not in ("shut", "refused"):
        return verdict
    again = False
    if verdict == "shut":
        async with transaction(pool) as connection:
            again = not await shut_address(
                connection, delivery["recipient_address"], delivery_id=delivery_id, status=status, answer_id=answer_id
            )
    if delivery["message"] not in TOLD_OTHERWISE and not again:
        await campaigns.post(
            "/api/v1/answers/refused-addresses",
            {
                "person_id": delivery["recipient_id"],
                "registration_id": delivery["registration_id"],
                "offer_id": delivery["offer_id"],
                "status": status,
                "shut": verdict == "shut",
            },
            key=answer_id,
        )
    return verdict


async def shut_address(
    connection: Connection, address: str, *, delivery_id: UUID, status: str, answer_id: UUID
) -> bool:
    """Nothing is sent to the address any more; the first reason stays.

    Whether this delivery says so for the first time: some servers send a report twice.
    """
    at: datetime = await connection.fetchval("SELECT received_at FROM notifications.answers WHERE id = $1", answer_id)
    await connection.execute(
        """
        INSERT INTO notifications.suppressions (address, reason, at, delivery_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (address) DO NOTHING
        """,
        address.lower(),
        f"bounce {status}",
        at,
        delivery_id,
    )
    said_before: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM notifications.suppressions WHERE address = $1 AND delivery_id = $2 AND at <> $3)
        """,
        address.lower(),
        delivery_id,
        at,
    )
    return not said_before
