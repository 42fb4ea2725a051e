"""Leave unread: what a newer release has planned and this one cannot write is left to a worker of the newer one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, get_args
from uuid import UUID

import structlog

from services.notifications.hold_back import put_off
from services.notifications.letter import Letter
from services.notifications.message import Message, NoticeMessage
from services.notifications.notice_letter import NoticeLetter
from shared.database import Connection
from shared.events import AnyEvent

AnyLetter = TypeVar("AnyLetter", Letter, NoticeLetter)

# longer than a newer worker needs to hear of it, and no wait for who reads it
_AGAIN_AFTER = timedelta(seconds=2)
_KNOWN = {*get_args(Message), *get_args(NoticeMessage)}

log = structlog.get_logger()


async def leave_unread(
    connection: Connection, letters: Sequence[AnyLetter], events: Mapping[UUID, AnyEvent], now: datetime
) -> tuple[list[AnyLetter], list[UUID]]:
    """Letters of a kind and a fact that this release knows, and the ids of the others: due again, no attempt counts."""
    known = [letter for letter in letters if letter.event_id in events and letter.message in _KNOWN]
    left = [letter.id for letter in letters if letter not in known]
    if left:
        log.info("deliveries.unread", number=len(left))
        await put_off(connection, [(letter_id, now + _AGAIN_AFTER, None) for letter_id in left])
    return known, left
