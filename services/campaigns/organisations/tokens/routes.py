"""API tokens: the page to create, see and revoke them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES, ROLE_PROMISES
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.organisations.fields import Fields, take_fields
from services.campaigns.organisations.tokens.api_token import TOKEN_ROLES, TOKENS_AT_MOST, TooManyTokens, parse_token
from services.campaigns.organisations.tokens.create_token import create_token
from services.campaigns.organisations.tokens.read import list_tokens
from services.campaigns.organisations.tokens.revoke_token import revoke_token
from shared.languages import _

PATH = "/planification/organisation/jetons"


@get(PATH, action="manage_tokens", include_in_schema=False)
async def get_tokens(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[str]:
    """The tokens in use, and a form for another."""
    return await _tokens_page(edge, actor, now)


@post(PATH, action="manage_tokens", include_in_schema=False)
async def post_token(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[str]:
    """The token itself, this once: no redirect could carry it."""
    typed = take_fields(await request.form(), ("name", "role", "until"))
    form, faults = parse_token(name=typed["name"], role=typed["role"], until=typed["until"], now=now)
    if form is None:
        return await _tokens_page(edge, actor, now, typed=typed, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            _id, secret = await create_token(
                connection, actor=actor, organisation_id=actor.organisation_id, form=form, now=now
            )
    except TooManyTokens as refusal:
        return await _tokens_page(edge, actor, now, typed=typed, trouble=refusal.sentence, status=refusal.status)
    return await _tokens_page(edge, actor, now, secret=secret, created=form.name, status=201)


@post(PATH + "/{token_id:uuid}/revocation", action="manage_tokens", include_in_schema=False)
async def post_revocation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    token_id: FromPath[UUID],
) -> Response[Any]:
    """The token opens nothing any more."""
    async with edge.transaction() as connection:
        await revoke_token(connection, actor=actor, organisation_id=actor.organisation_id, token_id=token_id, now=now)
    return Redirect(PATH, status_code=303)


async def _tokens_page(
    edge: Edge,
    actor: Actor,
    now: datetime,
    *,
    typed: Fields | None = None,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    secret: str = "",
    created: str = "",
    status: int = 200,
) -> Response[str]:
    async with edge.reading() as connection:
        tokens = await list_tokens(connection, actor.organisation_id, now=now, limit=TOKENS_AT_MOST)
    return planner_page(
        "organisations/templates/tokens.html",
        actor,
        status=status,
        here="organisation",
        tokens=tokens,
        role_options=[
            (role, _("{role} : {promise}", role=ROLE_NAMES[role], promise=ROLE_PROMISES[role])) for role in TOKEN_ROLES
        ],
        typed=typed or Fields(),
        faults=Fields(faults or {}),
        trouble=trouble,
        secret=secret,
        created=created,
    )


route_handlers: list[Any] = [get_tokens, post_token, post_revocation]
