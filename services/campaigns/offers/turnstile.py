"""The turnstile: requests for one offer that arrive while a batch commits form the next batch."""

import asyncio
from collections import deque
from uuid import UUID

import asyncpg
import structlog

from services.campaigns.figures import MEMBERS, Histogram
from services.campaigns.offers.recognise_pupils import Outcome
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered, RegistrationRequest
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, Pool, transaction
from shared.outbox import Doorbell
from shared.refusal import Refusal
from shared.signed_links import Signer
from shared.traces import Traceparent, spans_of_batch, traceparent

BATCH_AT_MOST = 256
TRIES_WHEN_THE_CONNECTION_IS_LOST = 6

log = structlog.get_logger()

Waiting = tuple[RegistrationRequest, "asyncio.Future[Registered]"]


class Turnstile:
    """One per process. Batches of one offer follow each other; those of different offers run side by side."""

    def __init__(self, pool: Pool, signer: Signer, doorbell: Doorbell) -> None:
        self._pool = pool
        self._signer = signer
        self._doorbell = doorbell
        self._queues: dict[UUID, deque[Waiting]] = {}
        self._turning: set[asyncio.Task[None]] = set()
        self.batches = Histogram(MEMBERS)
        # registration → the span of the request for it, where requests are traced
        self._origins: dict[UUID, Traceparent] = {}

    async def register(self, offer_id: UUID, request: RegistrationRequest) -> Registered:
        """Pass one request through; returns when its transaction has committed, or raises its refusal.

        A caller who is cancelled changes nothing: the request is carried out all the same; its key gives the answer.
        """
        future: asyncio.Future[Registered] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(offer_id)
        if queue is None:
            queue = self._queues[offer_id] = deque()
            task = asyncio.create_task(self._turn(offer_id, queue))
            self._turning.add(task)
            task.add_done_callback(self._turning.discard)
        queue.append((request, future))
        origin = traceparent()
        if origin is not None:
            self._origins[request.id] = origin
        return await future

    async def close(self) -> None:
        """Wait until everybody who is in has been answered."""
        while self._turning:
            await asyncio.wait(self._turning)

    async def _turn(self, offer_id: UUID, queue: deque[Waiting]) -> None:
        while queue:
            batch = [queue.popleft() for _ in range(min(len(queue), BATCH_AT_MOST))]
            await self._pass_batch(offer_id, batch)
        # nothing was awaited since the queue was seen empty: nobody can have joined it meanwhile
        del self._queues[offer_id]

    async def _pass_batch(self, offer_id: UUID, batch: list[Waiting]) -> None:
        try:
            outcomes: list[Outcome | Exception] = list(
                await self._try_again_when_lost(offer_id, [request for request, _ in batch])
            )
        except (Refusal, *CONNECTION_LOST, NO_ROOM) as error:
            # nobody's own fault: with the database away, trying each alone would keep the last waiting for minutes
            outcomes = [error] * len(batch)
        except Exception as error:  # noqa: BLE001  # whatever a member did to the batch, the others must not pay for it
            outcomes = [error] if len(batch) == 1 else await self._pass_singly(offer_id, batch, error)
        for (request, future), outcome in zip(batch, outcomes, strict=True):
            self._origins.pop(request.id, None)
            if future.done():
                continue
            if isinstance(outcome, Registered):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

    async def _pass_singly(self, offer_id: UUID, batch: list[Waiting], why: Exception) -> list[Outcome | Exception]:
        log.warning("turnstile.singly", offer_id=str(offer_id), members=len(batch), error=type(why).__name__)
        outcomes: list[Outcome | Exception] = []
        for request, _ in batch:
            try:
                outcomes += await self._try_again_when_lost(offer_id, [request])
            except Exception as error:  # noqa: BLE001  # it becomes the member's own answer
                outcomes.append(error)
        return outcomes

    async def _try_again_when_lost(self, offer_id: UUID, requests: list[RegistrationRequest]) -> list[Outcome]:
        """One transaction, repeated when the connection was lost in it or a deadlock was broken.

        Nobody knows whether a commit was carried out whose answer got lost; the keys make the repetition harmless.
        """
        for tried in range(TRIES_WHEN_THE_CONNECTION_IS_LOST):
            try:
                return await self._register(offer_id, requests)
            except (*CONNECTION_LOST, asyncpg.DeadlockDetectedError) as error:
                if tried == TRIES_WHEN_THE_CONNECTION_IS_LOST - 1:
                    raise
                log.warning("turnstile.again", offer_id=str(offer_id), error=type(error).__name__, tried=tried + 1)
                await asyncio.sleep(0.05 * 2**tried)
        raise AssertionError("unreachable")

    async def _register(self, offer_id: UUID, requests: list[RegistrationRequest]) -> list[Outcome]:
        self.batches.note(len(requests))
        origins = {each.id: self._origins[each.id] for each in requests if each.id in self._origins}
        with spans_of_batch("turnstile.batch", origins, offer_id=str(offer_id), members=len(requests)):
            async with transaction(self._pool) as connection:
                outcomes = await register_pupils(
                    connection, offer_id=offer_id, requests=requests, signer=self._signer, now=clock.now()
                )
        self._doorbell.ring()
        return outcomes
