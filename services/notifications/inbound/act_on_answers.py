"""Act on answers that were read: claim with a lease, ask the campaign service, write down what it came to.

No transaction is held open across HTTP. Who is killed in between leaves a row whose lease ends; asked twice, the
campaign service does it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from services.notifications.failure import describe
from services.notifications.inbound.answer_entry import answer_entry
from services.notifications.inbound.answer_reply import answer_reply
from services.notifications.inbound.campaigns_api import Campaigns, ServiceAway, ServiceRefused
from services.notifications.inbound.note_bounce import note_bounce
from services.notifications.inbound.note_complaint import note_complaint
from services.notifications.inbound.pass_letter import pass_letter
from services.notifications.inbound.record_answer import Facts
from shared import clock
from shared.database import Connection, Pool, transaction
from shared.settings import Settings
from shared.signed_links import ReplyScope

LEASE = timedelta(seconds=30)
CLAIMED_AT_ONCE = 20
GIVE_UP_AFTER = timedelta(days=4)
LONGEST_WAIT = timedelta(minutes=5)

log = structlog.get_logger()


class ClaimedAnswer(Struct, frozen=True, kw_only=True):
    """A row that is this process's to act on while its lease lasts."""

    id: UUID
    kind: str
    registration_id: UUID | None
    delivery_id: UUID | None
    entry_id: UUID | None
    entry_scope: ReplyScope | None
    facts: Facts
    attempts: int
    received_at: datetime


class Answers:
    """What acting stands on, one per process."""

    def __init__(self, settings: Settings, pool: Pool, campaigns: Campaigns) -> None:
        self._settings = settings
        self._pool = pool
        self._campaigns = campaigns

    async def act_on(self, answer_id: UUID) -> str:
        """What one answer came to; empty where somebody else acts on it, or the service cannot be asked now."""
        async with transaction(self._pool) as connection:
            claimed = await claim_answers(connection, now=clock.now(), answer_id=answer_id)
        return await self._act(claimed[0]) if claimed else ""

    async def act_on_due(self) -> int:
        """Act on what is due; how many there were."""
        async with transaction(self._pool) as connection:
            claimed = await claim_answers(connection, now=clock.now())
        for each in claimed:
            await self._act(each)
        return len(claimed)

    async def _act(self, answer: ClaimedAnswer) -> str:
        try:
            outcome = await self._outcome(answer)
        except ServiceAway as error:
            await self._postpone(answer, str(error))
            return ""
        except ServiceRefused as error:
            outcome = error.reason
        except Exception as error:  # noqa: BLE001  # one that cannot be acted on holds back no other
            log.warning("answer.failed", answer_id=str(answer.id), **describe(error))
            await self._postpone(answer, type(error).__name__)
            return ""
        async with transaction(self._pool) as connection:
            await _finish(connection, answer.id, "done", outcome, now=clock.now())
        log.info("answer.acted", answer_id=str(answer.id), kind=answer.kind, outcome=outcome)
        return outcome

    async def _outcome(self, answer: ClaimedAnswer) -> str:
        given = {"answer_id": answer.id}
        if answer.kind == "bounce" and answer.delivery_id is not None:
            return await note_bounce(
                self._pool, self._campaigns, delivery_id=answer.delivery_id, report=answer.facts.report, **given
            )
        if answer.kind == "complaint" and answer.delivery_id is not None:
            return await note_complaint(
                self._pool, delivery_id=answer.delivery_id, kind=answer.facts.complaint, **given
            )
        if answer.facts.reply is not None and answer.registration_id is not None:
            return await answer_reply(
                self._pool,
                self._campaigns,
                answer.facts.reply,
                mail_domain=self._settings.mail_domain,
                received_at=answer.received_at,
                registration_id=answer.registration_id,
                **given,
            )
        if answer.facts.reply is not None and answer.entry_id is not None and answer.entry_scope is not None:
            return await answer_entry(
                self._pool,
                self._campaigns,
                answer.facts.reply,
                scope=answer.entry_scope,
                entry_id=answer.entry_id,
                mail_domain=self._settings.mail_domain,
                received_at=answer.received_at,
                **given,
            )
        if answer.kind != "letter":
            # erased before it was acted on
            return "noted"
        return await pass_letter(
            self._pool,
            self._campaigns,
            registration_id=answer.registration_id,
            delivery_id=answer.delivery_id,
            received_at=answer.received_at,
            **given,
        )

    async def _postpone(self, answer: ClaimedAnswer, why: str) -> None:
        now = clock.now()
        log.warning("answer.postponed", answer_id=str(answer.id), error=why, attempt=answer.attempts)
        async with transaction(self._pool) as connection:
            if now - answer.received_at > GIVE_UP_AFTER:
                await _finish(connection, answer.id, "failed", why, now=now)
            else:
                wait = min(timedelta(seconds=2 ** min(answer.attempts, 20)), LONGEST_WAIT)
                await connection.execute(
                    "UPDATE notifications.answers SET due_at = $2 WHERE id = $1 AND state = 'read'",
                    answer.id,
                    now + wait,
                )


async def claim_answers(
    connection: Connection, *, now: datetime, answer_id: UUID | None = None
) -> Sequence[ClaimedAnswer]:
    """One that was just written and nobody has claimed, or those that are due; nobody else's claim is waited for."""
    rows = await connection.fetch(
        """
        WITH chosen AS (
            SELECT id FROM notifications.answers
            WHERE state = 'read' AND CASE WHEN $4::uuid IS NULL THEN due_at <= $1 ELSE id = $4 AND attempts = 0 END
            ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
        )
        UPDATE notifications.answers a SET attempts = a.attempts + 1, due_at = $2
        FROM chosen WHERE a.id = chosen.id
        RETURNING a.id, a.kind, a.registration_id, a.delivery_id, a.entry_id, a.entry_scope, a.facts, a.attempts,
                  a.received_at
        """,
        now,
        now + LEASE,
        CLAIMED_AT_ONCE,
        answer_id,
    )
    return [
        ClaimedAnswer(**{**row, "facts": msgspec.json.decode(row["facts"], type=Facts)})
        for row in sorted(rows, key=lambda row: row["id"])
    ]


async def _finish(connection: Connection, answer_id: UUID, state: str, outcome: str, *, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE notifications.answers SET state = $2, outcome = $3, acted_at = $4
        WHERE id = $1 AND state = 'read'
        """,
        answer_id,
        state,
        outcome[:200],
        now,
    )
