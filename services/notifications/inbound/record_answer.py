"""Record an answer: a row for each mail, written before its sender is told that it was taken; a second time, none."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from services.notifications.inbound.calendar_reply import CalendarReply
from services.notifications.inbound.find_addressee import Addressee
from services.notifications.inbound.incoming import Incoming
from services.notifications.inbound.reading import Reading
from shared.database import Connection
from shared.identifiers import new_id

# who wrote it acts on it at once; if they are gone by then, the loop of any process does
LEFT_TO_WHO_WROTE_IT = timedelta(seconds=30)


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a mail besides a person's words: the answers of a calendar, the fields of a report."""

    reply: CalendarReply | None = None
    report: tuple[dict[str, str], ...] = ()
    # its type
    complaint: str = ""
    sender_name: str = ""
    attachments: int = 0


class Recorded(Struct, frozen=True, kw_only=True):
    """The row of a mail; `repeated`: it, or the same answer, had come before."""

    id: UUID
    repeated: bool
    state: str
    outcome: str


async def record_answer(
    connection: Connection, reading: Reading, addressee: Addressee, *, raw: bytes, now: datetime
) -> Recorded:
    """Write down what was read. The same Message-ID at the same address, and the same answer of a calendar (UID, days,
    SEQUENCE, DTSTAMP, PARTSTAT, who) in another mail, are the row that is there.
    """
    keys = (_message_key(reading.mail, addressee, raw), _answer_key(reading, addressee))
    nothing = reading.kind == "automatic"
    row = await connection.fetchrow(
        """
        INSERT INTO notifications.answers
            (id, kind, registration_id, delivery_id, message_key, answer_key, facts, sender, subject, words,
             received_at, due_at, state, outcome, acted_at, entry_id, entry_scope)
        VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT DO NOTHING
        RETURNING id, state, outcome
        """,
        new_id(),
        reading.kind,
        addressee.registration_id,
        addressee.delivery_id,
        *keys,
        msgspec.json.encode(_facts(reading)).decode(),
        *_words(reading),
        now,
        now + LEFT_TO_WHO_WROTE_IT,
        "done" if nothing else "read",
        "nothing" if nothing else "",
        now if nothing else None,
        addressee.entry_id,
        addressee.scope if addressee.entry_id else None,
    )
    repeated = row is None
    if row is None:
        row = await connection.fetchrow(
            "SELECT id, state, outcome FROM notifications.answers WHERE message_key = $1 OR answer_key = $2 LIMIT 1",
            *keys,
        )
    if row is None:  # erased between the two statements
        raise LookupError("the answer was there a moment ago")
    return Recorded(id=row["id"], repeated=repeated, state=row["state"], outcome=row["outcome"])


def _facts(reading: Reading) -> Facts:
    """An automatic answer is told to nobody: nothing of it is kept."""
    if reading.kind == "automatic":
        return Facts()
    if reading.kind == "bounce":
        return Facts(report=reading.mail.report)
    if reading.kind == "complaint":
        return Facts(complaint=reading.mail.complaint)
    if reading.kind == "letter":
        return Facts(sender_name=reading.mail.sender_name, attachments=reading.mail.attachments)
    return Facts(reply=reading.reply)


def _words(reading: Reading) -> tuple[str, str, str]:
    """Sender, subject and words, of a letter alone."""
    mail = reading.mail
    return (mail.sender, mail.subject, mail.words) if reading.kind == "letter" else ("", "", "")


def _message_key(mail: Incoming, addressee: Addressee, raw: bytes) -> bytes:
    """A mail without Message-ID is known by its bytes."""
    return _hash("message", _whose(addressee), mail.message_id or hashlib.sha256(raw).hexdigest())


def _answer_key(reading: Reading, addressee: Addressee) -> bytes | None:
    reply = reading.reply
    if reply is None:
        return None
    said = msgspec.json.encode([reply.method, reply.uid, reply.replies]).decode()
    return _hash("answer", _whose(addressee), said)


def _whose(addressee: Addressee) -> str:
    return str(addressee.registration_id or addressee.entry_id or addressee.delivery_id)


def _hash(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=32).digest()
