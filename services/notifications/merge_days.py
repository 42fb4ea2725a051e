"""Merge days: who receives or speaks several times on one day is reminded of that day by one mail."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from services.notifications.facts import read_fact
from services.notifications.merge_promises import Merged
from services.notifications.notice_letter import ClaimedNotice, is_overtaken, is_too_late
from services.notifications.read import read_later_facts
from shared.advance_notices import PromiseDrewNear
from shared.database import Connection
from shared.french_dates import PARIS
from shared.people import read_people


async def merge_days(connection: Connection, claimed: Sequence[ClaimedNotice], *, now: datetime) -> Merged:
    """The notices, with the other sessions of the same person and day that are due to be told, or are told with it.

    What is not so any more is left for its own claim. A letter whose bytes are stored is sent as it is.
    """
    merged = Merged([], [], [])
    for each in claimed:
        event = each.event
        if each.letter.mail is not None or not isinstance(event, PromiseDrewNear):
            merged.told.append(each)
            continue
        found = await _others(connection, each.letter.id, each.letter.recipient.id)
        later = await read_later_facts(connection, [fact.id for _, fact in found]) if found else {}
        besides = [
            (delivery_id, fact)
            for delivery_id, fact in found
            if _day(fact) == _day(event)
            and not is_too_late(fact, now)
            and not any(is_overtaken(fact, one) for one in later.get(fact.id, ()))
        ]
        named = {pupil_id for _, fact in besides for pupil_id in fact.pupil_ids} - set(each.pupils)
        people = await read_people(connection, named) if named else {}
        merged.told.append(
            msgspec.structs.replace(each, besides=tuple(fact for _, fact in besides), pupils={**each.pupils, **people})
        )
        merged.absorbed.extend((delivery_id, each.letter.id) for delivery_id, _ in besides)
    return merged


def _day(event: PromiseDrewNear) -> date:
    return event.appointment.starts_at.astimezone(PARIS).date()


async def _others(connection: Connection, letter_id: UUID, recipient_id: UUID) -> list[tuple[UUID, PromiseDrewNear]]:
    """Also what this very mail told before its bytes went, because a pupil in it was erased."""
    rows = await connection.fetch(
        """
        SELECT d.id, e.body FROM notifications.deliveries d JOIN contract.events e ON e.id = d.event_id
        WHERE d.recipient_id = $1 AND d.message = 'promise_near' AND d.mail IS NULL AND d.id <> $2
          AND (d.state = 'due' OR d.state = 'superseded' AND d.superseded_by = $2)
        ORDER BY d.id
        """,
        recipient_id,
        letter_id,
    )
    found = [(row["id"], read_fact(row["body"])) for row in rows]
    return [(delivery_id, fact) for delivery_id, fact in found if isinstance(fact, PromiseDrewNear)]
