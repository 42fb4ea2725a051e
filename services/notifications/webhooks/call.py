"""A call: what it says, what an answer means, and when it is tried again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from standardwebhooks import Webhook

# what Standard Webhooks proposes: at once, then more and more rarely, for three days
TRIED_AGAIN_AFTER = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
# what a fact says to another program: ids and states. Who it is about is behind them, for who may read it
TOLD = ("offer_id", "revision", "registration_id", "session_id", "held_for", "deadline", "position", "how")
TRIED = "webhook.tried"
NOT_TRIED_AGAIN_AFTER = timedelta(minutes=1)
# a resolver of ours that is away is back by then; a name whose own servers fail answers the same for ever
NOT_TRIED_FOR = timedelta(days=1)

Meaning = Literal["answered", "gone", "later"]


class Call(Struct, frozen=True, kw_only=True):
    """One fact for one webhook, claimed. `fact` is the event's body, none of a trial."""

    id: UUID
    webhook_id: UUID
    version: int
    url: str
    tag: str
    occurred_at: datetime
    fact: dict[str, Any]
    attempts: int


class CallAnswer(Struct, frozen=True):
    """What came back: the HTTP status, none where nothing did, and the first words or what went wrong.

    Where it was not even `tried`, it counts as no attempt.
    """

    status: int | None
    words: str
    tried: bool = True

    @property
    def meaning(self) -> Meaning:
        """2xx: it was taken. 410: nobody wants it any more. All else may be mended."""
        if self.status is not None and 200 <= self.status < 300:
            return "answered"
        return "gone" if self.status == 410 else "later"


def body_of(call: Call) -> bytes:
    """The JSON of a call: the same bytes at each attempt."""
    data = {name: call.fact[name] for name in TOLD if call.fact.get(name) is not None}
    return msgspec.json.encode({"type": call.tag, "timestamp": call.occurred_at, "data": data})


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a call that was tried so often is tried again; none: it is given up."""
    return now + TRIED_AGAIN_AFTER[attempts - 1] if attempts <= len(TRIED_AGAIN_AFTER) else None


def headers_of(call: Call, body: bytes, *, secrets: Sequence[bytes], now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks; signed with each key of the installation, so that keys may rotate."""
    message_id = f"msg_{call.id.hex}"
    signatures = [Webhook(secret).sign(message_id, now, body.decode()) for secret in secrets]
    return {
        "content-type": "application/json",
        "user-agent": "Quinzaine-Webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
