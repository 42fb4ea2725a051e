"""Answer a calendar's reply: what counts of it becomes an act of the campaign service, the rest is noted."""

from datetime import datetime
from uuid import UUID

from services.notifications.inbound.calendar_reply import CalendarReply
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.invitation import SentInvitation, judge
from shared.database import Connection


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
        registration_id=registration_id,
        uid=f"{registration_id}@{mail_domain}",
        sent={row["address"]: row["sent"] for row in rows if row["sent"] is not None},
        written={row["address"]: row["written"] for row in rows},
    )


async def answer_reply(
    campaigns: Campaigns, reply: CalendarReply, invitation: SentInvitation, *, received_at: datetime
) -> str:
    """What it came to, a word for each day answered. Raises `ServiceAway`, `ServiceRefused`."""
    judged = judge(reply, invitation)
    words = list(judged.noted)
    if judged.valid:
        body = {
            "registration_id": invitation.registration_id,
            "answers": [
                {"answer": each.answer, "day": each.day, "sequence": each.sequence, "stamp": each.given_at(received_at)}
                for each in judged.valid
            ],
        }
        words = [*(await campaigns.post("/api/v1/answers/calendar", body))["outcomes"], *words]
    return ",".join(dict.fromkeys(words))
