"""The address that stands in List-Unsubscribe: a page to look at, and one POST that needs nothing but the address."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.personal_space.unwanted.decline_message import decline_message
from services.campaigns.personal_space.unwanted.read import is_known

TEMPLATE = "personal_space/unwanted/templates/unwanted.html"


@get("/desabonnement/{token:str}", include_in_schema=False)
async def get_unwanted(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """Looking changes nothing: programs that look at every link of a mail press no button."""
    async with edge.reading() as connection:
        if not await is_known(connection, edge.signer.read("unwanted", token).id):
            raise NotFoundException
    return page(TEMPLATE, private=True, done=False, token=token)


@post("/desabonnement/{token:str}", status_code=200, include_in_schema=False)
async def post_unwanted(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """By the button of the page, or by a mail program (`List-Unsubscribe=One-Click`): no cookie, no question."""
    async with edge.transaction() as connection:
        if not await decline_message(connection, edge.signer.read("unwanted", token).id, now=now):
            raise NotFoundException
    return page(TEMPLATE, private=True, done=True, token=token)


route_handlers: list[Any] = [get_unwanted, post_unwanted]
