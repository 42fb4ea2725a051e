"""Merge promises: details of one session that changed close together are one mail, from first to last."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.notifications.changes import Line, merge_lines
from services.notifications.notice_letter import ClaimedNotice
from shared.changes import FieldChange
from shared.database import Connection
from shared.promises import PromiseChanged


async def merge_promises(
    connection: Connection, claimed: Sequence[ClaimedNotice]
) -> tuple[list[ClaimedNotice], list[UUID]]:
    """The notices with what nobody has told of the same promise, and the ids of those that tell nothing any more.

    A letter whose bytes are stored is sent as it is.
    """
    told: list[ClaimedNotice] = []
    needless: list[UUID] = []
    for each in claimed:
        event = each.event
        if not isinstance(event, PromiseChanged) or each.letter.mail is not None:
            told.append(each)
            continue
        changes = _merged([*await _untold(connection, event, each.letter.recipient.id), event])
        if changes:
            told.append(msgspec.structs.replace(each, event=msgspec.structs.replace(event, changes=changes)))
        else:
            needless.append(each.letter.id)
    return told, needless


def _merged(events: Sequence[PromiseChanged]) -> tuple[FieldChange, ...]:
    lines = merge_lines(Line(None, change.field, change.before, change.after) for e in events for change in e.changes)
    return tuple(FieldChange(field=line.field, before=line.before, after=line.after) for line in lines)


async def _untold(connection: Connection, event: PromiseChanged, recipient_id: UUID) -> list[PromiseChanged]:
    """Earlier changes since this person was last written to about the request, which never were a mail."""
    rows = await connection.fetch(
        """
        WITH about AS (
            SELECT e.id, e.tag, e.body, d.state
            FROM contract.events e JOIN notifications.deliveries d ON d.event_id = e.id AND d.recipient_id = $3
            WHERE e.offer_id = $1 AND e.body ->> 'request_id' = $2 AND e.id < $4
        )
        SELECT body FROM about
        WHERE tag = 'promise.changed' AND state IN ('due', 'superseded')
          AND id > coalesce((SELECT max(id::text)::uuid FROM about WHERE state = 'sent'), $5)
        ORDER BY id
        """,
        event.offer_id,
        str(event.request_id),
        recipient_id,
        event.id,
        UUID(int=0),
    )
    return [msgspec.json.decode(row["body"], type=PromiseChanged) for row in rows]
