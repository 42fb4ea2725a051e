"""The schools a few letters may mean, for the field of the registration form."""

from functools import lru_cache
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get
from litestar.params import QueryParameter

from services.campaigns.schools.directory import find_schools

Asked = Annotated[str, QueryParameter(name="q")]


@get("/etablissements", include_in_schema=False)
async def get_schools(asked: Asked = "") -> Response[bytes]:
    """At most ten, best first: `[{"uai": …, "label": …}]`; the same letters are the same answer for a day."""
    return Response(
        _answer(asked[:320]),
        media_type=MediaType.JSON,
        headers={"Cache-Control": "public, max-age=86400", "X-Robots-Tag": "noindex"},
    )


@lru_cache(maxsize=2048)
def _answer(asked: str) -> bytes:
    return msgspec.json.encode([{"uai": school.uai, "label": school.label} for school in find_schools(asked)])


route_handlers: list[Any] = [get_schools]
