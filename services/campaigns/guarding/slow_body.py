"""Bodies that arrive slowly: the server waits for a head as long as it is told to, and for a body for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from shared.languages import later
from shared.refusal import Refusal

Receive = Callable[[], Awaitable[Any]]

# what every body is given from the end of its head, and how fast a large one must come: a school's line does
SECONDS, BYTES_A_SECOND = 20.0, 50_000


class TooSlow(Refusal):
    """The body has not arrived in the time that any body needs (RFC 9110 §15.5.9)."""

    reason: ClassVar[str] = "request-timeout"
    status: ClassVar[int] = 408

    def __init__(self) -> None:
        super().__init__(later("Votre envoi n’est pas arrivé à temps. Vérifiez votre connexion et recommencez."))


def in_time(receive: Receive, *, seconds: float = SECONDS) -> Receive:
    """`receive`, which raises `TooSlow` where the body does not come in time; after it one may wait for ever."""
    until = asyncio.get_running_loop().time() + seconds
    arrived = False

    async def receive_in_time() -> Any:
        nonlocal arrived, until
        if arrived:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        until += len(message.get("body", b"")) / BYTES_A_SECOND
        arrived = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return receive_in_time
