"""The turnstile: requests for one offer that arrive while a batch commits form the next batch."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import structlog

from services.campaigns.offers.recognise_pupils import Outcome
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import Registered, RegistrationRequest
from shared.database import CONNECTION_LOST, Pool, transaction
from shared.outbox import Doorbell
from shared.refusal import Refusal
from shared.signed_links import Signer

BATCH_AT_MOST = 256
BATCHES_UNDER_WAY = 2
TRIES_WHEN_THE_CONNECTION_IS_LOST = 6

log = structlog.get_logger()

Waiting = tuple[RegistrationRequest, "asyncio.Future[Registered]"]


class _Lane:
    """One offer's queue at the turnstile, and the batches of it that are under way."""

    def __init__(self) -> None:
        self.queue: deque[Waiting] = deque()
        self.gate = asyncio.Lock()
        self.under_way: dict[asyncio.Task[None], int] = {}

    def next_batch(self) -> list[Waiting]:
        """The next batch, or nothing yet.

        A second batch may already stand at the lock while the first commits, so that the database never waits for us;
        but not a crumb: one of at least half the size of the first.
        """
        if not self.queue or len(self.under_way) >= BATCHES_UNDER_WAY:
            return []
        if self.under_way and len(self.queue) < max(self.under_way.values()) / 2:
            return []
        return [self.queue.popleft() for _ in range(min(len(self.queue), BATCH_AT_MOST))]


class Turnstile:
    """One per process. Batches of one offer follow each other; those of different offers run side by side."""

    def __init__(self, pool: Pool, signer: Signer, doorbell: Doorbell) -> None:
        self._pool = pool
        self._signer = signer
        self._doorbell = doorbell
        self._lanes: dict[UUID, _Lane] = {}

    async def register(self, offer_id: UUID, request: RegistrationRequest) -> Registered:
        """Pass one request through; returns when its transaction has committed, or raises its refusal.

        A caller who is cancelled changes nothing: the request is carried out all the same; its key gives the answer.
        """
        future: asyncio.Future[Registered] = asyncio.get_running_loop().create_future()
        lane = self._lanes.setdefault(offer_id, _Lane())
        lane.queue.append((request, future))
        self._turn(offer_id, lane)
        return await future

    async def close(self) -> None:
        """Wait until everybody who is in has been answered."""
        while under_way := [task for lane in self._lanes.values() for task in lane.under_way]:
            await asyncio.wait(under_way)

    def _turn(self, offer_id: UUID, lane: _Lane) -> None:
        while batch := lane.next_batch():
            task = asyncio.create_task(self._pass_batch(offer_id, lane.gate, batch))
            lane.under_way[task] = len(batch)
            task.add_done_callback(lambda done: self._turn_on(offer_id, lane, done))
        if not lane.under_way:
            self._lanes.pop(offer_id, None)

    def _turn_on(self, offer_id: UUID, lane: _Lane, done: "asyncio.Task[None]") -> None:
        del lane.under_way[done]
        self._turn(offer_id, lane)

    async def _pass_batch(self, offer_id: UUID, gate: asyncio.Lock, batch: list[Waiting]) -> None:
        try:
            outcomes: list[Outcome | Exception] = list(
                await self._try_again_when_lost(offer_id, gate, [request for request, _ in batch])
            )
        except Refusal as refusal:
            outcomes = [refusal] * len(batch)
        except Exception as error:  # noqa: BLE001  # whatever a member did to the batch, the others must not pay for it
            outcomes = [error] if len(batch) == 1 else await self._pass_singly(offer_id, gate, batch, error)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue
            if isinstance(outcome, Registered):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

    async def _pass_singly(
        self, offer_id: UUID, gate: asyncio.Lock, batch: list[Waiting], why: Exception
    ) -> list[Outcome | Exception]:
        log.warning("turnstile.singly", offer_id=str(offer_id), members=len(batch), error=type(why).__name__)
        outcomes: list[Outcome | Exception] = []
        for request, _ in batch:
            try:
                outcomes += await self._try_again_when_lost(offer_id, gate, [request])
            except Exception as error:  # noqa: BLE001  # it becomes the member's own answer
                outcomes.append(error)
        return outcomes

    async def _try_again_when_lost(
        self, offer_id: UUID, gate: asyncio.Lock, requests: list[RegistrationRequest]
    ) -> list[Outcome]:
        """One transaction, repeated when the connection was lost in it or a deadlock was broken.

        Nobody knows whether a commit was carried out whose answer got lost; the keys make the repetition harmless.
        """
        for tried in range(TRIES_WHEN_THE_CONNECTION_IS_LOST):
            try:
                return await self._register(offer_id, gate, requests)
            except (*CONNECTION_LOST, asyncpg.DeadlockDetectedError) as error:
                if tried == TRIES_WHEN_THE_CONNECTION_IS_LOST - 1:
                    raise
                log.warning("turnstile.again", offer_id=str(offer_id), error=type(error).__name__, tried=tried + 1)
                await asyncio.sleep(0.05 * 2**tried)
        raise AssertionError("unreachable")

    async def _register(self, offer_id: UUID, gate: asyncio.Lock, requests: list[RegistrationRequest]) -> list[Outcome]:
        async with transaction(self._pool) as connection:
            outcomes = await register_pupils(
                connection,
                offer_id=offer_id,
                requests=requests,
                signer=self._signer,
                now=datetime.now(UTC),
                gate=gate,
            )
        self._doorbell.ring()
        return outcomes
