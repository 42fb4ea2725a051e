"""What is read of mails that came in: the words of letters, for who passes them on."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.notifications.inbound.record_answer import Facts
from services.notifications.notice_letter import ReceivedLetter
from shared.database import Connection


async def read_letters(connection: Connection, answer_ids: Sequence[UUID]) -> dict[UUID, ReceivedLetter]:
    """The letters of these ids that are not erased."""
    rows = await connection.fetch(
        """
        SELECT id, sender, subject, words, facts FROM notifications.answers
        WHERE id = ANY($1::uuid[]) AND kind = 'letter' AND words <> ''
        """,
        list(answer_ids),
    )
    letters = {}
    for row in rows:
        facts = msgspec.json.decode(row["facts"], type=Facts)
        letters[row["id"]] = ReceivedLetter(
            sender=row["sender"],
            sender_name=facts.sender_name,
            subject=row["subject"],
            words=row["words"],
            attachments=facts.attachments,
        )
    return letters
