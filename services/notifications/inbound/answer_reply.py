"""Answer a calendar: what counts of its reply becomes an act of the campaign service, the rest is noted or told."""

from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.inbound.calendar_reply import CalendarReply, Reply
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.invitation import SentInvitation, judge
from services.notifications.inbound.same_address import same_address
from services.notifications.message import Message
from shared.answer_notices import Why
from shared.database import Connection, Pool

# two machines that answer each other stop here
TOLD_AGAIN_AFTER = timedelta(hours=1)
_MESSAGES: dict[Why, Message] = {
    "outdated": "answer_outdated",
    "refresh": "invitation_again",
    "counter": "counter_declined",
}


async def answer_reply(
    pool: Pool,
    campaigns: Campaigns,
    reply: CalendarReply,
    *,
    registration_id: UUID,
    answer_id: UUID,
    mail_domain: str,
    received_at: datetime,
) -> str:
    """What it came to, a word for each day answered. Raises `ServiceAway`, `ServiceRefused`."""
    async with pool.acquire() as connection:
        invitation = await read_invitation(connection, registration_id, mail_domain=mail_domain)
    if reply.method != "REPLY":
        known = reply.uid == invitation.uid and reply.replies[0].attendee in invitation.written
        why: Why = "counter" if reply.method == "COUNTER" else "refresh"
        told = known and await _tell(pool, campaigns, registration_id, why, reply.replies[0], answer_id, received_at)
        return "foreign" if not known else why if told else "noted"
    judged = judge(reply, invitation)
    words = list(judged.noted)
    if judged.valid:
        body = {
            "registration_id": registration_id,
            "answers": [
                {
                    "answer": each.answer,
                    "day": each.day,
                    "following": each.ranged,
                    "sequence": each.sequence,
                    "stamp": each.given_at(received_at),
                }
                for each in judged.valid
            ],
        }
        words = [*(await campaigns.post("/api/v1/answers/calendar", body))["outcomes"], *words]
    elif "outdated" in words:
        await _tell(pool, campaigns, registration_id, "outdated", reply.replies[0], answer_id, received_at)
    return ",".join(dict.fromkeys(words))


async def read_invitation(connection: Connection, registration_id: UUID, *, mail_domain: str) -> SentInvitation:
    """What was sent of a registration, by address; a mail that is on its way may be answered before we know of it."""
    rows = await connection.fetch(
        """
        SELECT lower(recipient_address) AS address, max(calendar_sequence) AS written,
               max(calendar_sequence) FILTER (WHERE state = 'sent') AS sent
        FROM notifications.deliveries
        WHERE registration_id = $1 AND calendar_method IN ('REQUEST', 'CANCEL') AND calendar_sequence IS NOT NULL
          AND recipient_address IS NOT NULL
        GROUP BY lower(recipient_address)
        """,
        registration_id,
    )
    return SentInvitation(
        uid=f"{registration_id}@{mail_domain}",
        sent={same_address(row["address"]): row["sent"] for row in rows if row["sent"] is not None},
        written={same_address(row["address"]): row["written"] for row in rows},
    )


async def _tell(
    pool: Pool,
    campaigns: Campaigns,
    registration_id: UUID,
    why: Why,
    reply: Reply,
    answer_id: UUID,
    received_at: datetime,
) -> bool:
    """Whether its owner is answered: not twice within the hour, nor where there is no seat."""
    told_lately = await pool.fetchval(
        """
        SELECT EXISTS (SELECT FROM notifications.deliveries
                       WHERE registration_id = $1 AND message = $2 AND planned_at > $3)
        """,
        registration_id,
        _MESSAGES[why],
        received_at - TOLD_AGAIN_AFTER,
    )
    if told_lately:
        return False
    body = {
        "registration_id": registration_id,
        "why": why,
        "sequence": reply.sequence,
        "day": reply.day,
    }
    told: bool = (await campaigns.post("/api/v1/answers/notes", body, key=answer_id))["told"]
    return told
