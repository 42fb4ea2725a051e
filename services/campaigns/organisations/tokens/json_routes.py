"""API tokens: JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.bodies import CreatedTokenBody, TokenBody, TokenRequestBody, TokensBody
from services.campaigns.organisations.page_keys import PAGE, cut_page, parse_key, refuse_stranger
from services.campaigns.organisations.tokens.api_token import TokenForm, parse_token
from services.campaigns.organisations.tokens.create_token import create_token
from services.campaigns.organisations.tokens.read import list_tokens
from services.campaigns.organisations.tokens.revoke_token import revoke_token
from shared.database import Connection

PATH = "/api/v1/organisations/{organisation_id:uuid}/tokens"
NO_STORE = {"Cache-Control": "no-store"}

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get(PATH, action="manage_tokens", summary="The tokens in use")
async def get_tokens(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    after: After = None,
) -> Response[TokensBody]:
    """Tokens with their last use, without their secrets, a hundred a page."""
    refuse_stranger(actor, organisation_id)
    key = parse_key(after)
    async with edge.reading() as connection:
        tokens, following = cut_page(await list_tokens(connection, organisation_id, now=now, after=key, limit=PAGE + 1))
    items = msgspec.convert(tokens, list[TokenBody], from_attributes=True)
    return Response(TokensBody(items, following), headers=NO_STORE)


@post(PATH, action="manage_tokens", summary="Create a token")
async def post_token(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    data: JSONBody[TokenRequestBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[CreatedTokenBody]:
    """Its secret is in this answer and nowhere else; repeated by its idempotency key, the answer holds null for it."""
    refuse_stranger(actor, organisation_id)
    form = _checked(data, now)

    async def write(connection: Connection) -> Response[CreatedTokenBody]:
        token_id, secret = await create_token(
            connection, actor=actor, organisation_id=organisation_id, form=form, now=now
        )
        body = CreatedTokenBody(id=token_id, name=form.name, role=form.role, expires_at=form.expires_at, secret=secret)
        return Response(body, headers=NO_STORE)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now, kept=_without_secret)


@delete(PATH + "/{token_id:uuid}", action="manage_tokens", summary="Revoke a token")
async def delete_token(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    token_id: FromPath[UUID],
) -> None:
    """From this moment on it opens nothing."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await revoke_token(connection, actor=actor, organisation_id=organisation_id, token_id=token_id, now=now)


def _without_secret(response: Response[CreatedTokenBody]) -> CreatedTokenBody:
    return msgspec.structs.replace(response.content, secret=None)


def _checked(data: TokenRequestBody, now: datetime) -> TokenForm:
    form, faults = parse_token(name=data.name, role=data.role, until=data.until.isoformat(), now=now)
    if form is None:
        field, sentence = next(iter(faults.items()))
        raise InvalidField(sentence, field=field)
    return form


route_handlers: list[Any] = [get_tokens, post_token, delete_token]
