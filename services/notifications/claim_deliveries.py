"""Claim deliveries: take some that are due, with a lease, merged with what is waiting for the same person."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.notifications.absent_days import reminded_of_absence
from services.notifications.changes import Line, left_to_tell, lines_of, merge_lines, notes_of, of_own_programme
from services.notifications.facts import Facts
from services.notifications.hold_back import NONE, Brakes, hold_back
from services.notifications.keep_till_morning import keep_till_morning
from services.notifications.leave_unread import leave_unread
from services.notifications.letter import Letter, letter_of
from services.notifications.message import COALESCED, ENDS
from services.notifications.reminders import REMINDING
from shared.database import Connection
from shared.events import AnyEvent
from shared.programme import Programme

# longer than SMTP's time-out (smtp.SECONDS_PER_MAIL): who still holds a lease is still sending
LEASE = timedelta(seconds=30)

# nothing is on its way to this person, and nothing as urgent that happened before is due; $2 is now
ITS_TURN = """
    NOT EXISTS (SELECT FROM notifications.deliveries other
                WHERE other.recipient_id = due.recipient_id AND other.id <> due.id
                  AND (other.state = 'sending'
                       OR other.state = 'due' AND other.due_at <= $2 AND other.priority <= due.priority
                          AND (other.event_id, other.sequence) < (due.event_id, due.sequence)))
"""
_COLUMNS = """
    d.id, d.event_id, d.message, d.registration_id, d.offer_id, d.sequence, d.attempts, d.message_id,
    d.calendar_method, d.planned_at, d.useless_from, d.recipient_address, d.mail, d.priority, d.losses, d.turn_at,
    c.reply_address,
    EXISTS (SELECT FROM notifications.suppressions s WHERE s.address = lower(coalesce(d.recipient_address, r.email)))
        OR EXISTS (SELECT FROM contract.unwanted u WHERE u.person_id = d.recipient_id AND u.message = d.message)
        AS barred,
    c.status, c.sequence AS newest_sequence, c.programme_version, c.group_id, c.occurred_at,
    p.id AS pupil_id, p.first_name AS pupil_first_name, p.last_name AS pupil_last_name, p.email AS pupil_email,
    r.id AS recipient_id, r.first_name, r.last_name, r.email, r.language, r.calendar_version,
    coalesce((SELECT version FROM contract.link_versions v WHERE v.registration_id = d.registration_id), 1)
        AS link_version,
    coalesce((SELECT guardian_version FROM contract.link_versions v WHERE v.registration_id = d.registration_id), 1)
        AS guardian_version
"""


class Claimed(Struct, frozen=True):
    """A letter to send, the fact behind it, the changes it tells and the planners' words (of all merged into it)."""

    letter: Letter
    event: AnyEvent
    changes: tuple[Line, ...]
    notes: tuple[str, ...] = ()


class Claim(Struct, frozen=True):
    """What one claim came to: letters to send, and the ids of those that needed no sending after all."""

    letters: list[Claimed]
    settled: list[UUID]


class _Row(Struct, frozen=True):
    """Another delivery for the same registration and person."""

    id: UUID
    event_id: UUID
    message: str
    sequence: int
    state: str
    calendar_sequence: int | None
    told: bool


async def claim_deliveries(
    connection: Connection, ids: Sequence[UUID], *, most: int, facts: Facts, now: datetime, brakes: Brakes = NONE
) -> Claim:
    """Up to `most` of these deliveries, those still due, at most one for each person.

    What nobody needs any more becomes `superseded` on the way, letters without an address or to one that takes no mail
    `suppressed`; what its domain does not take now, or what nobody should get by night, is due later.
    """
    taken = await _take(connection, ids, most, now)
    absent = await reminded_of_absence(connection, taken)
    await end_deliveries(connection, [(letter_id, "superseded") for letter_id in absent])
    coming = [letter for letter in taken if letter.id not in absent]
    by_day, kept = await keep_till_morning(connection, coming, facts=facts, quiet=brakes.quiet, now=now)
    letters, put_off = await hold_back(connection, by_day, brakes, now)
    put_off += [*kept, *absent]
    if not letters:
        return Claim([], put_off)
    others = await _others(connection, letters)
    events = await facts.events(
        connection,
        [letter.event_id for letter in letters] + [row.event_id for rows in others.values() for row in rows],
    )
    letters, left = await leave_unread(connection, letters, events, now)
    put_off += left
    programmes = await facts.programmes(
        connection, [(letter.offer_id, letter.newest.programme) for letter in letters if letter.coalesced]
    )
    claimed: list[Claimed] = []
    merged: list[tuple[UUID, UUID]] = []
    ended: list[tuple[UUID, str]] = []
    for letter in letters:
        rows = others.get((letter.registration_id, letter.recipient.id), [])
        state, changes, absorbed = _judge(
            letter, rows, events, programmes.get((letter.offer_id, letter.newest.programme)), now
        )
        merged += [(row_id, letter.id) for row_id in absorbed]
        if state:
            ended.append((letter.id, state))
        else:
            told = sorted(
                [(letter.sequence, letter.event_id)]
                + [(row.sequence, row.event_id) for row in rows if row.id in absorbed]
            )
            notes = notes_of((events[event_id] for _, event_id in told), changes)
            claimed.append(Claimed(letter, events[letter.event_id], changes, notes))
    await end_deliveries(connection, ended)
    await supersede(connection, merged)
    return Claim(claimed, put_off + [ended_id for ended_id, _ in ended])


async def _take(connection: Connection, ids: Sequence[UUID], most: int, now: datetime) -> list[Letter]:
    """Lock the registrations first, then the people: two workers never send to one person at once.

    What one person is told leaves in the order of the facts, but that what is more urgent does not wait.
    """
    await connection.execute(
        """
        SELECT registration_id FROM notifications.calendars
        WHERE registration_id IN (SELECT registration_id FROM notifications.deliveries WHERE id = ANY($1::uuid[]))
        ORDER BY registration_id FOR NO KEY UPDATE
        """,
        list(ids),
    )
    await lock_people(connection, ids)
    rows = await connection.fetch(
        f"""
        WITH first AS (
            SELECT DISTINCT ON (recipient_id) id, priority, due_at
            FROM notifications.deliveries due
            WHERE id = ANY($1::uuid[]) AND state = 'due' AND due_at <= $2
              AND registration_id IS NOT NULL AND {ITS_TURN}
            ORDER BY recipient_id, priority, event_id, sequence
        ), chosen AS (
            SELECT id FROM first ORDER BY priority, due_at, id LIMIT $3
        )
        UPDATE notifications.deliveries d
        SET state = 'sending', attempts = d.attempts + 1, lease_until = $4
        FROM chosen, notifications.calendars c, contract.people p, contract.people r
        WHERE d.id = chosen.id AND d.state = 'due' AND c.registration_id = d.registration_id
          AND p.id = c.pupil_id AND r.id = d.recipient_id
        RETURNING {_COLUMNS}
        """,  # noqa: S608  # the columns are a constant of this module
        list(ids),
        now,
        most,
        now + LEASE,
    )
    return [letter_of(dict(row)) for row in rows]


async def lock_people(connection: Connection, ids: Sequence[UUID]) -> None:
    """Until the transaction ends, nobody else claims anything for the recipients of these deliveries."""
    await connection.execute(
        """
        SELECT pg_advisory_xact_lock(3434, key) FROM (
            SELECT DISTINCT hashtext(recipient_id::text) AS key FROM notifications.deliveries
            WHERE id = ANY($1::uuid[]) AND state = 'due' ORDER BY key
        ) AS people
        """,
        list(ids),
    )


async def _others(connection: Connection, letters: Iterable[Letter]) -> dict[tuple[UUID, UUID], list[_Row]]:
    """What else was, or will be, said to the same people about the same registrations, in the order of the facts."""
    keys = [(letter.registration_id, letter.recipient.id) for letter in letters]
    if not keys:
        return {}
    rows = await connection.fetch(
        """
        SELECT d.registration_id, d.recipient_id, d.id, d.event_id, d.message, d.sequence, d.state,
               d.calendar_sequence, d.state = 'sent' OR coalesce(by.state = 'sent', false) AS told
        FROM unnest($1::uuid[], $2::uuid[]) AS person (registration_id, recipient_id)
        JOIN notifications.deliveries d USING (registration_id, recipient_id)
        LEFT JOIN notifications.deliveries by ON by.id = d.superseded_by
        WHERE d.state <> 'sending'
        ORDER BY d.sequence, d.event_id
        """,
        [registration_id for registration_id, _ in keys],
        [recipient_id for _, recipient_id in keys],
    )
    found: dict[tuple[UUID, UUID], list[_Row]] = {}
    for row in rows:
        key = (row["registration_id"], row["recipient_id"])
        found.setdefault(key, []).append(_Row(**{name: row[name] for name in _Row.__struct_fields__}))
    return found


def _judge(
    letter: Letter, rows: Sequence[_Row], events: dict[UUID, AnyEvent], programme: Programme | None, now: datetime
) -> tuple[str, tuple[Line, ...], list[UUID]]:
    """The state that ends the letter here, or none, what changes it tells, and the deliveries it tells with it."""
    if letter.address is None or letter.barred:
        return "suppressed", (), []
    if letter.useless(now) or letter.overtaken(
        end_was_sent=any(row.message in ENDS and row.state == "sent" for row in rows)
    ):
        return "superseded", (), []
    if letter.mail is not None or not letter.coalesced:
        return "", (), []
    sent = [row.calendar_sequence for row in rows if row.state == "sent" and row.calendar_sequence is not None]
    if sent and min(sent) >= letter.sequence:
        # the very first programme this person was sent had the change in it
        return "superseded", (), []
    rows = [row for row in rows if row.event_id in events or row.state == "sent"]
    absorbed = [row for row in rows if row.state == "due" and row.message in COALESCED]
    facts = sorted([(letter.sequence, letter.event_id), *((row.sequence, row.event_id) for row in absorbed)])
    lines = merge_lines(line for _, event_id in facts for line in lines_of(events[event_id]))
    if not lines:
        # there and back again, unless a calendar in between may have shown the middle: an unheard answer may be a yes
        shown = max((row.calendar_sequence for row in rows if row.calendar_sequence is not None), default=0)
        lines = merge_lines(
            line for sequence, event_id in facts if sequence > shown for line in lines_of(events[event_id])
        )
    told_since = (
        line
        for row in rows
        if row.told and row.sequence > letter.sequence and row.message not in REMINDING and row.event_id in events
        for line in lines_of(events[row.event_id])
    )
    lines = left_to_tell(lines, told_since)
    if programme is not None:
        lines = of_own_programme(lines, programme, letter.newest.group_id)
    return ("" if lines else "superseded"), lines, [row.id for row in absorbed]


async def end_deliveries(connection: Connection, ended: Sequence[tuple[UUID, str]]) -> None:
    """Write the states (`superseded`, `suppressed`) of claimed deliveries that need no sending; their bytes go."""
    if not ended:
        return
    await connection.execute(
        """
        UPDATE notifications.deliveries d SET state = ended.state, lease_until = NULL, mail = NULL
        FROM unnest($1::uuid[], $2::text[]) AS ended (id, state) WHERE d.id = ended.id
        """,
        [ended_id for ended_id, _ in ended],
        [state for _, state in ended],
    )


async def supersede(connection: Connection, merged: Sequence[tuple[UUID, UUID]]) -> None:
    """What the first of each two would have told, the second tells with its own."""
    if not merged:
        return
    await connection.execute(
        """
        UPDATE notifications.deliveries d SET state = 'superseded', superseded_by = merged.by
        FROM unnest($1::uuid[], $2::uuid[]) AS merged (id, by) WHERE d.id = merged.id AND d.state = 'due'
        """,
        [merged_id for merged_id, _ in merged],
        [by for _, by in merged],
    )
