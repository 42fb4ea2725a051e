"""Hold back: claimed letters whose domain is left alone for a while, or has had its share, wait for their turn."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from services.notifications.letter import Letter
from services.notifications.notice_letter import NoticeLetter
from services.notifications.reactions import URGENT_BELOW
from shared.database import Connection

AnyLetter = TypeVar("AnyLetter", Letter, NoticeLetter)

# a turn that was not taken in time (a pause, a server that was away) is gone: no flood after a stop
_TURN_LASTS = timedelta(seconds=5)
_SECOND = timedelta(seconds=1)


class Brakes(Struct, frozen=True):
    """Domains that are left alone until a moment, how many mails a second a domain takes (`*`: any other one), and the
    hours of the night.
    """

    held: Mapping[str, datetime] = {}
    rates: Mapping[str, float] = {}
    quiet: tuple[int, int] | None = None


NONE = Brakes()


def domain_of(address: str | None) -> str:
    """What stands behind the last @ of an address, in lower case."""
    return (address or "").rpartition("@")[2].lower()


async def hold_back(
    connection: Connection, letters: Sequence[AnyLetter], brakes: Brakes, now: datetime
) -> tuple[list[AnyLetter], list[UUID]]:
    """Letters that may go now, and the ids of those that are due later; no attempt is counted for them.

    What is urgent waits for what is urgent alone, and lets others wait; a domain that says « later » is left alone by
    all.
    """
    go: list[AnyLetter] = []
    later: list[tuple[UUID, datetime, datetime | None]] = []
    rated: dict[tuple[str, bool], list[AnyLetter]] = {}
    for letter in letters:
        domain = domain_of(letter.address)
        if until := brakes.held.get(domain):
            # not all at the same moment
            later.append((letter.id, until + random.random() * _SECOND, None))  # noqa: S311
        elif _rate(brakes, domain) and not _has_turn(letter, now):
            rated.setdefault((domain, letter.priority >= URGENT_BELOW), []).append(letter)
        else:
            go.append(letter)
    for domain, patient in sorted(rated):
        same = rated[domain, patient]
        turns = await _take_turns(connection, domain, len(same), _rate(brakes, domain), now, urgent=not patient)
        for letter, turn in zip(same, turns, strict=True):
            if turn <= now:
                go.append(letter)
            else:
                later.append((letter.id, turn, turn))
    await put_off(connection, later)
    return go, [delivery_id for delivery_id, _, _ in later]


def _rate(brakes: Brakes, domain: str) -> float:
    return brakes.rates.get(domain, brakes.rates.get("*", 0))


def _has_turn(letter: Letter | NoticeLetter, now: datetime) -> bool:
    return letter.turn_at is not None and now - _TURN_LASTS <= letter.turn_at <= now


async def _take_turns(
    connection: Connection, domain: str, number: int, rate: float, now: datetime, *, urgent: bool
) -> list[datetime]:
    """So many turns, a `rate`-th of a second apart, behind those given out already; a second's worth at once.

    Urgent ones stand behind urgent ones, and all others make room for them.
    """
    at_once = max(1.0, 1 / rate) * _SECOND
    behind = await connection.fetchval(
        """
        INSERT INTO notifications.domains AS known (domain, free_at, urgent_free_at) VALUES ($1, $2, $2)
        ON CONFLICT (domain) DO UPDATE
        SET free_at = greatest(known.free_at, excluded.free_at),
            urgent_free_at = greatest(known.urgent_free_at, excluded.urgent_free_at)
        RETURNING CASE WHEN $3 THEN urgent_free_at ELSE free_at END
        """,
        domain,
        now - at_once,
        urgent,
    )
    turns = [behind + (each + 1) / rate * _SECOND for each in range(number)]
    await connection.execute(
        """
        UPDATE notifications.domains
        SET free_at = CASE WHEN $3 THEN free_at + $4::interval ELSE $2 END,
            urgent_free_at = CASE WHEN $3 THEN $2 ELSE urgent_free_at END
        WHERE domain = $1
        """,
        domain,
        turns[-1],
        urgent,
        number / rate * _SECOND,
    )
    return turns


async def put_off(
    connection: Connection,
    later: Sequence[tuple[UUID, datetime, datetime | None]],
    *,
    quiet_until: datetime | None = None,
) -> None:
    """Claimed deliveries (id, due when, turn) are due again later, and it counts as no attempt."""
    if later:
        await connection.execute(
            """
            UPDATE notifications.deliveries d
            SET state = 'due', attempts = d.attempts - 1, lease_until = NULL, due_at = later.due_at,
                turn_at = later.turn_at, quiet_until = coalesce($4, d.quiet_until)
            FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS later (id, due_at, turn_at)
            WHERE d.id = later.id
            """,
            [delivery_id for delivery_id, _, _ in later],
            [due_at for _, due_at, _ in later],
            [turn_at for _, _, turn_at in later],
            quiet_until,
        )
