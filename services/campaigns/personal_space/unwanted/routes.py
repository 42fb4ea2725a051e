"""The address that stands in List-Unsubscribe: a page to look at, and one POST that needs nothing but the address."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from services.campaigns.announcing.correspondents.correspondent import MESSAGES
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.personal_space.unwanted.decline_message import decline_message
from services.campaigns.personal_space.unwanted.read import read_message

TEMPLATE = "personal_space/unwanted/templates/unwanted.html"


@get("/desabonnement/{token:str}", include_in_schema=False)
async def get_unwanted(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """Looking changes nothing: programs that look at every link of a mail press no button."""
    async with edge.reading() as connection:
        message = await read_message(connection, edge.signer.read("unwanted", token).id)
    if message is None:
        raise NotFoundException
    return page(TEMPLATE, private=True, done=False, token=token, listed=message in MESSAGES)


@post("/desabonnement/{token:str}", status_code=200, include_in_schema=False)
async def post_unwanted(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """By the button of the page, or by a mail program (`List-Unsubscribe=One-Click`): no cookie, no question."""
    async with edge.transaction() as connection:
        message = await decline_message(connection, edge.signer.read("unwanted", token).id, now=now)
    if message is None:
        raise NotFoundException
    return page(TEMPLATE, private=True, done=True, token=token, listed=message in MESSAGES)


route_handlers: list[Any] = [get_unwanted, post_unwanted]
