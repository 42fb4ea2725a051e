"""Answer a calendar of a host, a speaker or a slot: what counts becomes an act of the campaign service."""

from datetime import datetime, timedelta
from uuid import UUID

from services.notifications.inbound.calendar_reply import CalendarReply
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.invitation import SentInvitation, judge
from services.notifications.inbound.same_address import same_address
from shared.answer_notices import Why
from shared.database import Connection, Pool
from shared.signed_links import ReplyScope

# two machines that answer each other stop here
TOLD_AGAIN_AFTER = timedelta(hours=1)
TOLD = ("outdated", "refresh", "counter")
_KINDS: dict[ReplyScope, str] = {"reply_host": "host", "reply_speaker": "speaker", "reply_slot": "slot"}


class SentEntry(SentInvitation, frozen=True, kw_only=True):
    """What was sent of an entry, and who reads each address."""

    people: dict[str, UUID]


async def answer_entry(
    pool: Pool,
    campaigns: Campaigns,
    reply: CalendarReply,
    *,
    scope: ReplyScope,
    entry_id: UUID,
    answer_id: UUID,
    mail_domain: str,
    received_at: datetime,
) -> str:
    """What it came to. Raises `ServiceAway`, `ServiceRefused`."""
    async with pool.acquire() as connection:
        sent = await read_sent_entry(connection, f"{entry_id}@{mail_domain}")
        told_lately = await _told_lately(connection, entry_id, answer_id, received_at - TOLD_AGAIN_AFTER)
    word, body = _judged(reply, sent, received_at)
    attendee = reply.replies[0].attendee
    whose = {"kind": _KINDS[scope], "entry_id": entry_id, "person_id": sent.people.get(attendee)}
    if body is not None:
        word = (await campaigns.post("/api/v1/answers/entries", {**whose, "answer": body}))["outcome"]
    if word in TOLD and not told_lately:
        why: Why = word  # type: ignore[assignment]  # it is one of these
        note = {**whose, "why": why}
        return word if (await campaigns.post("/api/v1/answers/entry-notes", note, key=answer_id))["told"] else "ended"
    return word


def _judged(reply: CalendarReply, sent: SentEntry, received_at: datetime) -> tuple[str, dict[str, object] | None]:
    """A word for what does not count, or the answer that does: to all there is, which is one session."""
    if reply.method != "REPLY":
        known = reply.uid == sent.uid and reply.replies[0].attendee in sent.written
        return (("counter" if reply.method == "COUNTER" else "refresh") if known else "foreign"), None
    judged = judge(reply, sent)
    whole = [each for each in judged.valid if each.day is None]
    if not whole:
        return ([*judged.noted, "unclear"])[0], None
    (answer, *_) = whole
    return "", {
        "answer": answer.answer,
        "sequence": answer.sequence,
        "stamp": answer.given_at(received_at),
    }


async def read_sent_entry(connection: Connection, uid: str) -> SentEntry:
    """What was sent of an entry, by address; who it was sent to last reads that address."""
    rows = await connection.fetch(
        """
        SELECT lower(recipient_address) AS address, max(calendar_sequence) AS written,
               max(calendar_sequence) FILTER (WHERE state = 'sent') AS sent,
               (array_agg(recipient_id ORDER BY planned_at DESC))[1] AS person_id
        FROM notifications.deliveries
        WHERE calendar_uid = $1 AND registration_id IS NULL AND calendar_method IN ('REQUEST', 'CANCEL')
          AND calendar_sequence IS NOT NULL AND recipient_address IS NOT NULL
        GROUP BY lower(recipient_address)
        """,
        uid,
    )
    return SentEntry(
        uid=uid,
        sent={same_address(row["address"]): row["sent"] for row in rows if row["sent"] is not None},
        written={same_address(row["address"]): row["written"] for row in rows},
        people={same_address(row["address"]): row["person_id"] for row in rows},
    )


async def _told_lately(connection: Connection, entry_id: UUID, answer_id: UUID, since: datetime) -> bool:
    told: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM notifications.answers
                       WHERE entry_id = $1 AND id <> $2 AND outcome = ANY($3::text[]) AND received_at > $4)
        """,
        entry_id,
        answer_id,
        list(TOLD),
        since,
    )
    return told
