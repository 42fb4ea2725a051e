"""Note domains: how they answered, so that one which says « later » again and again is left alone for a while."""

import os
import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from shared.database import Connection

# so many different mails in a row must have been put off; then one wave is enough
FAILURES = 3
FIRST_HOLD, LONGEST_HOLD = timedelta(seconds=2), timedelta(minutes=5)
_SHARD = os.getpid() % 64


class Heard(Struct, frozen=True):
    """What one attempt came to at one domain."""

    delivery_id: UUID
    domain: str
    outcome: str
    answer: str


async def note_domains(connection: Connection, heard: Iterable[Heard], *, now: datetime) -> None:
    """Count, and hold or free the domains. A wave of answers while a domain is held already makes it no worse.

    Rows are taken in order of the domain: two who write their outcomes do not lock each other out.
    """
    heard = list(heard)
    good = sorted({each.domain for each in heard if each.outcome == "sent"})
    bad: dict[str, list[Heard]] = {}
    for each in heard:
        if each.outcome == "later" and each.domain not in good:
            bad.setdefault(each.domain, []).append(each)
    if bad:
        await connection.execute(
            "SELECT FROM notifications.domains WHERE domain = ANY($1::text[]) ORDER BY domain FOR NO KEY UPDATE",
            [*good, *bad],
        )
    if good:
        await connection.execute(
            """
            UPDATE notifications.domains SET failures = 0, waves = 0, held_until = NULL, last_failed = NULL, answer = ''
            WHERE domain IN (SELECT domain FROM notifications.domains WHERE domain = ANY($1::text[]) AND failures > 0
                             ORDER BY domain FOR NO KEY UPDATE)
            """,
            good,
        )
    for domain in sorted(bad):
        await _note_failures(connection, domain, bad[domain], now)
    await _count(connection, heard, now)


async def _note_failures(connection: Connection, domain: str, heard: list[Heard], now: datetime) -> None:
    """The same mail that is put off once more is the mail's trouble, or one mailbox's: it counts once."""
    await connection.execute(
        """
        INSERT INTO notifications.domains AS known (domain, failures, last_failed, answer)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (domain) DO UPDATE
        SET failures = known.failures + excluded.failures
                       - (excluded.failures = 1 AND known.last_failed IS NOT DISTINCT FROM excluded.last_failed)::int,
            last_failed = excluded.last_failed, answer = excluded.answer
        """,
        domain,
        len({each.delivery_id for each in heard}),
        heard[-1].delivery_id,
        heard[-1].answer[:3],
    )
    await connection.execute(
        """
        UPDATE notifications.domains
        SET waves = waves + 1,
            held_until = $2::timestamptz + least($3::interval * 2 ^ least(waves, 20), $4::interval) * $5::float
        WHERE domain = $1 AND failures >= $6 AND (held_until IS NULL OR held_until <= $2)
        """,
        domain,
        now,
        FIRST_HOLD,
        LONGEST_HOLD,
        random.uniform(0.75, 1.25),  # noqa: S311  # spreads load, guards nothing
        FAILURES,
    )


async def _count(connection: Connection, heard: list[Heard], now: datetime) -> None:
    """In a row of this process's own: nobody waits for anybody."""
    counted = Counter((each.domain, each.outcome) for each in heard if each.outcome != "kept")
    if counted:
        keys = sorted(counted)
        await connection.execute(
            """
            INSERT INTO notifications.tallies AS known (hour, shard, domain, outcome, number)
            SELECT date_trunc('hour', $1::timestamptz), $2::int, domain, outcome, number
            FROM unnest($3::text[], $4::text[], $5::bigint[]) AS counted (domain, outcome, number)
            ON CONFLICT (hour, shard, domain, outcome) DO UPDATE SET number = known.number + excluded.number
            """,
            now,
            _SHARD,
            [domain for domain, _ in keys],
            [outcome for _, outcome in keys],
            [counted[key] for key in keys],
        )
