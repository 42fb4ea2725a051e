"""Mark deliveries: what each attempt came to, and when the next one is due."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.notifications.hold_back import domain_of
from services.notifications.letter import Letter
from services.notifications.message import NAMING, SECRET
from services.notifications.note_domains import Heard, note_domains
from services.notifications.notice_letter import NoticeLetter
from services.notifications.render import Rendered
from services.notifications.smtp import Outcome
from shared.database import Connection

# an address that says « later » for so long is given up; a server that is away never costs a mail
GIVE_UP_AFTER = timedelta(days=4)
LONGEST_WAIT, LONGEST_WAIT_AFTER_A_LOSS = timedelta(minutes=15), timedelta(minutes=1)


class Attempt(Struct, frozen=True):
    """One letter and what the mail server said."""

    letter: Letter | NoticeLetter
    outcome: Outcome


async def store_mails(connection: Connection, rendered: Sequence[Rendered]) -> None:
    """Keep the bytes before the first attempt: every later one is the same mail."""
    await connection.execute(
        """
        UPDATE notifications.deliveries d
        SET mail = r.mail, recipient_address = r.address, calendar_uid = r.uid, calendar_sequence = r.sequence
        FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::int[]) AS r (id, mail, address, uid, sequence)
        WHERE d.id = r.id
        """,
        [each.delivery_id for each in rendered],
        [each.mail for each in rendered],
        [each.address for each in rendered],
        [each.calendar_uid for each in rendered],
        [each.calendar_sequence for each in rendered],
    )


async def mark_attempts(connection: Connection, attempts: Sequence[Attempt], *, now: datetime) -> None:
    """Write what became of the attempts. An accepted mail is `sent` whoever holds the lease meanwhile.

    Calendars are locked before deliveries and in order, like in a claim: who writes an outcome late and who claims the
    same delivery anew would else lock each other out, and an outcome that is lost is a mail sent again. Who claims a
    notice waits for nobody.
    """
    registration_ids = {attempt.letter.registration_id for attempt in attempts} - {None}
    if registration_ids:
        await connection.execute(
            """
            SELECT FROM notifications.calendars WHERE registration_id = ANY($1::uuid[])
            ORDER BY registration_id FOR NO KEY UPDATE
            """,
            list(registration_ids),
        )
    await connection.execute(
        """
        WITH outcome AS (
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::int[], $7::text[])
                AS outcome (id, state, due_at, answer, claims, kind)
        ), marked AS (
            UPDATE notifications.deliveries d
            SET state = outcome.state, due_at = coalesce(outcome.due_at, d.due_at), answer = outcome.answer,
                attempts = d.attempts - (outcome.kind IN ('kept', 'lost'))::int,
                losses = d.losses + (outcome.kind = 'lost')::int, lease_until = NULL,
                sent_at = CASE WHEN outcome.state = 'sent' THEN $6::timestamptz END
            FROM outcome
            WHERE d.id = outcome.id
              AND (outcome.state = 'sent' AND d.state IN ('sending', 'due')
                   OR d.state = 'sending' AND d.attempts + d.losses = outcome.claims)
            RETURNING d.registration_id, d.state, d.calendar_sequence
        ), accepted AS (
            SELECT registration_id, max(calendar_sequence) AS sequence FROM marked
            WHERE state = 'sent' AND calendar_sequence IS NOT NULL GROUP BY registration_id
        )
        UPDATE notifications.calendars c SET sequence_sent = greatest(c.sequence_sent, accepted.sequence)
        FROM accepted WHERE c.registration_id = accepted.registration_id
        """,
        [attempt.letter.id for attempt in attempts],
        [_state_after(attempt, now) for attempt in attempts],
        [_next_try(attempt, now) for attempt in attempts],
        [attempt.outcome.answer[:500] for attempt in attempts],
        [attempt.letter.attempts + attempt.letter.losses for attempt in attempts],
        now,
        [attempt.outcome.kind for attempt in attempts],
    )
    await _erase_secrets(connection, attempts)
    await note_domains(connection, [_heard(attempt) for attempt in attempts], now=now)


def _heard(attempt: Attempt) -> Heard:
    domain, outcome = domain_of(attempt.letter.address), attempt.outcome
    return Heard(delivery_id=attempt.letter.id, domain=domain, outcome=outcome.kind, answer=outcome.answer)


async def _erase_secrets(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Bytes that open an account, or name pupils to others, are kept while they may have to be sent again."""
    secrets = [attempt.letter.id for attempt in attempts if attempt.letter.message in SECRET | NAMING]
    if secrets:
        await connection.execute(
            """
            UPDATE notifications.deliveries SET mail = NULL
            WHERE id = ANY($1::uuid[]) AND state NOT IN ('due', 'sending')
            """,
            secrets,
        )


async def fail_deliveries(connection: Connection, ids: Sequence[UUID], *, reason: str) -> None:
    """Give deliveries up that cannot be written at all; the others are not held back by them."""
    await connection.execute(
        """
        UPDATE notifications.deliveries SET state = 'failed', answer = $2, lease_until = NULL
        WHERE id = ANY($1::uuid[])
        """,
        list(ids),
        reason,
    )


def _state_after(attempt: Attempt, now: datetime) -> str:
    kind = attempt.outcome.kind
    if kind == "sent":
        return "sent"
    if kind == "refused" or (kind == "later" and now - attempt.letter.planned_at > GIVE_UP_AFTER):
        return "failed"
    return "due"


def _next_try(attempt: Attempt, now: datetime) -> datetime | None:
    """Twice as long each time, from one second to a quarter of an hour, a quarter more or less by chance.

    What got no answer waits a minute at most: the server is at fault, or this one mail that it does not survive.
    """
    if attempt.outcome.kind == "kept" or _state_after(attempt, now) != "due":
        return None
    lost = attempt.outcome.kind == "lost"
    times = attempt.letter.losses if lost else attempt.letter.attempts - 1
    wait = min(timedelta(seconds=2 ** min(times, 20)), LONGEST_WAIT_AFTER_A_LOSS if lost else LONGEST_WAIT)
    return now + wait * random.uniform(0.75, 1.25)  # noqa: S311  # spreads load, guards nothing
