"""The caller: makes the calls that are due, some at once, never two at once to the same webhook from one process."""

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog

from services.notifications.failure import describe
from services.notifications.webhooks.call import Call, body_of, headers_of
from services.notifications.webhooks.claim_calls import claim_calls, mark_call
from services.notifications.webhooks.plan_calls import plan_asked_calls
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, Pool, transaction
from shared.settings import Settings
from shared.signed_links import Signer

POLL_SECONDS = 1.0
AT_ONCE = 16

log = structlog.get_logger()


class Caller:
    """One per worker; several beside each other share the work by their claims."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self._settings = settings
        self._pool = pool
        self._signer = Signer(settings.secret_keys)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._again = asyncio.Event()

    async def run(self) -> None:
        """Call until cancelled. What was under way then is due again when its lease ends."""
        try:
            while True:
                self._again.clear()
                try:
                    await self.call_due()
                except (*CONNECTION_LOST, NO_ROOM) as error:
                    log.warning("calls.postponed", error=type(error).__name__)
                except Exception as error:  # noqa: BLE001  # whatever it is, the table is the truth
                    log.warning("calls.failed", **describe(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._again.wait(), POLL_SECONDS)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def call_due(self) -> list[asyncio.Task[None]]:
        """Begin the calls that are due; the tasks."""
        async with transaction(self._pool) as connection:
            await plan_asked_calls(connection, now=clock.now())
            calls = await claim_calls(
                connection, busy=self._under_way, most=AT_ONCE - len(self._under_way), now=clock.now()
            )
        for call in calls:
            self._under_way[call.webhook_id] = asyncio.create_task(self._call(call))
        return [self._under_way[call.webhook_id] for call in calls]

    async def _call(self, call: Call) -> None:
        # its HTTP client weighs ten megabytes, and most installations have no webhook
        from services.notifications.webhooks.post_call import post_call

        try:
            body = body_of(call)
            secrets = self._signer.webhook_secrets(call.webhook_id, call.version)
            headers = headers_of(call, body, secrets=secrets, now=clock.now())
            answer = await post_call(call.url, body, headers, private=self._settings.private_webhooks)
            async with transaction(self._pool) as connection:
                await mark_call(connection, call, answer, now=clock.now())
            log.info("call.made", call_id=str(call.id), status=answer.status, attempt=call.attempts)
        except CONNECTION_LOST as error:
            log.warning("call.postponed", call_id=str(call.id), error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # one that cannot be made holds back no other
            log.warning("call.failed", call_id=str(call.id), **describe(error))
        finally:
            self._under_way.pop(call.webhook_id, None)
            self._again.set()
