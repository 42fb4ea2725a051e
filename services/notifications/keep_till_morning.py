"""Keep till morning: what was put off into the night (a server away, « later ») is not sent by night after all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.notifications.facts import Facts
from services.notifications.hold_back import AnyLetter, put_off
from services.notifications.letter import Letter
from services.notifications.notice_letter import NoticeLetter
from services.notifications.quiet_hours import morning_to_wait_for, starts_of
from services.notifications.reactions import reaction_to_notice, reactions_to
from services.notifications.reminders import REMINDING
from shared.advance_notices import MorningSummed, PupilsSummed
from shared.database import Connection
from shared.events import AnyEvent, OfferCancelled, OfferChanged, RegistrationEvent, SessionEvent
from shared.notices import Notice
from shared.programme import Programme

ABOUT_A_PROGRAMME = (RegistrationEvent, SessionEvent, OfferChanged, OfferCancelled)


async def keep_till_morning(
    connection: Connection,
    letters: Sequence[AnyLetter],
    *,
    facts: Facts,
    quiet: tuple[int, int] | None,
    now: datetime,
) -> tuple[list[AnyLetter], list[UUID]]:
    """Letters that may go now, and the ids of those that are due in the morning; by day nothing is asked.

    The same as when they were planned: never the answer to one's own act, a seat offered, what is about 24 hours.
    """
    morning = morning_to_wait_for(now, quiet=quiet, starts=(), now=now)
    if morning is None or not letters:
        return list(letters), []
    events = await facts.events(connection, [letter.event_id for letter in letters])
    programmes = await facts.programmes(
        connection,
        {(event.offer_id, event.programme) for event in events.values() if isinstance(event, ABOUT_A_PROGRAMME)},
    )
    go: list[AnyLetter] = []
    kept: list[UUID] = []
    for letter in letters:
        event = events.get(letter.event_id)
        starts = None if event is None else _starts(letter, event, programmes, quiet)
        if starts is None or morning_to_wait_for(now, quiet=quiet, starts=starts, now=now) is None:
            go.append(letter)
        else:
            kept.append(letter.id)
    await put_off(connection, [(letter_id, morning, None) for letter_id in kept], quiet_until=morning)
    return go, kept


def _starts(
    letter: Letter | NoticeLetter,
    event: AnyEvent,
    programmes: dict[tuple[UUID, int], Programme],
    quiet: tuple[int, int] | None,
) -> list[datetime] | None:
    """When what it tells of begins; None for what waits for no morning."""
    if isinstance(letter, Letter):
        if letter.message in REMINDING:
            # too late when the first session begins, or the next reminder goes
            return [letter.useless_from] if letter.useless_from else []
        if not isinstance(event, ABOUT_A_PROGRAMME):
            return None
        if not any(line.message == letter.message and line.waits(event) for line in reactions_to(event)):
            return None
        return starts_of(event, programmes.get((event.offer_id, event.programme)))
    if not isinstance(event, Notice):
        return None
    if isinstance(event, MorningSummed | PupilsSummed):
        # its reader may have chosen an early hour, but no late one
        chosen = morning_to_wait_for(event.occurred_at, quiet=quiet, starts=(), now=event.occurred_at)
        return None if chosen else []
    line = reaction_to_notice(event)
    return starts_of(event, None) if line and line.waits(event) else None
