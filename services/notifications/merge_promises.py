"""Merge promises: what changed of one session close together is one mail to who promised it, from first to last."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from services.notifications.changes import Line, merge_lines
from services.notifications.facts import read_fact
from services.notifications.notice_letter import ClaimedNotice
from shared.changes import FieldChange
from shared.database import Connection
from shared.notices import HostRequested, SpeakerRequested
from shared.promises import PromiseChanged

Change = PromiseChanged | HostRequested | SpeakerRequested
TAGS = [str(event.__struct_config__.tag) for event in (PromiseChanged, HostRequested, SpeakerRequested)]


class Merged(Struct, frozen=True):
    """What is told, which deliveries tell nothing any more, and which ones another tells with its own."""

    told: list[ClaimedNotice]
    needless: list[UUID]
    absorbed: list[tuple[UUID, UUID]]


async def merge_promises(connection: Connection, claimed: Sequence[ClaimedNotice]) -> Merged:
    """The notices with what nobody has told of the same request. A letter whose bytes are stored is sent as it is."""
    merged = Merged([], [], [])
    for each in claimed:
        event = each.event
        if each.letter.mail is not None or not isinstance(event, Change) or not event.changes:
            merged.told.append(each)
            continue
        untold = await _untold(connection, event, each.letter.recipient.id)
        later = [(delivery_id, fact) for delivery_id, fact in untold if fact.id > event.id]
        facts = sorted([*(fact for _, fact in untold), event], key=lambda fact: fact.id)
        changes = _merged(facts)
        asks = any(not fact.changes for fact in facts)
        if not changes and not asks:
            merged.needless.append(each.letter.id)
            continue
        # who was never asked at all is asked for what it is now, not told what it was
        whole = msgspec.structs.replace(
            event,
            changes=() if asks else changes,
            appointment=facts[-1].appointment,
            sequence=max(fact.sequence for fact in facts),
        )
        merged.told.append(msgspec.structs.replace(each, event=whole))
        merged.absorbed.extend((delivery_id, each.letter.id) for delivery_id, _ in later)
    return merged


def _merged(facts: Sequence[Change]) -> tuple[FieldChange, ...]:
    lines = merge_lines(Line(None, change.field, change.before, change.after) for e in facts for change in e.changes)
    return tuple(FieldChange(field=line.field, before=line.before, after=line.after) for line in lines)


async def _untold(connection: Connection, event: Change, recipient_id: UUID) -> list[tuple[UUID, Change]]:
    """What else this person was not told of the request since they were last written to about it.

    Earlier facts whatever became of them, and details that changed after it and wait for their turn.
    """
    rows = await connection.fetch(
        """
        WITH about AS (
            SELECT e.id, e.tag, e.body, d.id AS delivery_id,
                   CASE WHEN by.state IN ('sent', 'sending') THEN 'sent' ELSE d.state END AS state
            FROM contract.events e JOIN notifications.deliveries d ON d.event_id = e.id AND d.recipient_id = $3
            LEFT JOIN notifications.deliveries by ON by.id = d.superseded_by
            WHERE e.offer_id = $1 AND e.body ->> 'request_id' = $2 AND e.id <> $4
        )
        SELECT delivery_id, body FROM about
        WHERE tag = ANY($6::text[])
          AND (id < $4 AND state IN ('due', 'superseded') OR id > $4 AND state = 'due' AND tag = $7)
          AND id > coalesce((SELECT max(id::text)::uuid FROM about WHERE state = 'sent'), $5)
        ORDER BY id
        """,
        event.offer_id,
        str(event.request_id),
        recipient_id,
        event.id,
        UUID(int=0),
        TAGS,
        str(PromiseChanged.__struct_config__.tag),
    )
    found = [(row["delivery_id"], read_fact(row["body"])) for row in rows]
    return [(delivery_id, fact) for delivery_id, fact in found if isinstance(fact, Change)]
