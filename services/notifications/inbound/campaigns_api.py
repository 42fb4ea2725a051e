"""The campaign service as who reads mails asks it: JSON over HTTP, with the pass of our own services."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from shared.settings import Settings
from shared.signed_links import Signer

if TYPE_CHECKING:
    import httpx

SECONDS_TO_ANSWER = 10.0


class ServiceAway(Exception):
    """No answer, or one that says « later »: nothing is known, and it is asked again."""


class ServiceRefused(Exception):
    """The service understood, and will not: `reason` is its problem's title (RFC 9457)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Campaigns:
    """One client per process, opened when first needed: until then its library takes no memory."""

    def __init__(self, settings: Settings, client: "httpx.AsyncClient | None" = None) -> None:
        self._url = settings.api_url or settings.base_url
        self._pass = Signer(settings.secret_keys).service_token()
        self._client = client

    async def post(self, path: str, body: object, *, key: UUID | None = None) -> Any:
        """What it answers, decoded. With a key it is done once. Raises `ServiceAway`, `ServiceRefused`."""
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(base_url=self._url, timeout=SECONDS_TO_ANSWER)
        headers = {"Authorization": f"Bearer {self._pass}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        try:
            answer = await self._client.post(path, content=msgspec.json.encode(body), headers=headers)
        except httpx.TransportError as error:
            raise ServiceAway(type(error).__name__) from error
        if answer.status_code in (401, 408, 429) or answer.status_code >= 500:
            # 401: the services do not have the same keys, which an operator mends
            raise ServiceAway(str(answer.status_code))
        if answer.status_code >= 300:
            raise ServiceRefused(_reason(answer))
        return msgspec.json.decode(answer.content)

    async def close(self) -> None:
        """Let its connections go."""
        if self._client is not None:
            await self._client.aclose()


def _reason(answer: "httpx.Response") -> str:
    try:
        return str(msgspec.json.decode(answer.content)["title"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return str(answer.status_code)
