"""Webhooks: JSON."""

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
from services.campaigns.organisations.page_keys import PAGE, parse_key, refuse_stranger
from services.campaigns.organisations.webhooks.ask_call import ask_call
from services.campaigns.organisations.webhooks.bodies import (
    CallBody,
    CallsBody,
    WebhookBody,
    WebhookRequestBody,
    WebhooksBody,
)
from services.campaigns.organisations.webhooks.change_webhook import change_webhook
from services.campaigns.organisations.webhooks.create_webhook import create_webhook
from services.campaigns.organisations.webhooks.read import list_calls, list_webhooks, read_webhook
from services.campaigns.organisations.webhooks.webhook import Webhook, parse_kinds, parse_url, secret_of
from shared.database import Connection

PATH = "/api/v1/organisations/{organisation_id:uuid}/webhooks"

Before = Annotated[str | None, QueryParameter(name="before", description="The `next` of the page before")]


@get(PATH, action="manage_tokens", summary="The webhooks")
async def get_webhooks(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], organisation_id: FromPath[UUID]
) -> WebhooksBody:
    """All of them, with their secrets: ten at most."""
    refuse_stranger(actor, organisation_id)
    async with edge.reading() as connection:
        return WebhooksBody([_body(edge, each) for each in await list_webhooks(connection, organisation_id)])


@post(PATH, action="manage_tokens", summary="Create a webhook")
async def post_webhook(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    data: JSONBody[WebhookRequestBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[WebhookBody]:
    """From now on facts of these kinds are posted to the address, signed (Standard Webhooks), with ids and no names."""
    refuse_stranger(actor, organisation_id)
    url, kinds = parse_url(data.url, private=edge.settings.private_webhooks), parse_kinds(data.kinds)

    async def write(connection: Connection) -> Response[WebhookBody]:
        webhook_id = await create_webhook(
            connection, actor=actor, organisation_id=organisation_id, url=url, kinds=kinds, now=now
        )
        return Response(_body(edge, await read_webhook(connection, organisation_id, webhook_id)))

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete(PATH + "/{webhook_id:uuid}", action="manage_tokens", summary="Delete a webhook")
async def delete_webhook(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    webhook_id: FromPath[UUID],
) -> None:
    """It is called no more."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await change_webhook(
            connection, actor=actor, organisation_id=organisation_id, webhook_id=webhook_id, change="end", now=now
        )


@get(PATH + "/{webhook_id:uuid}/calls", action="manage_tokens", summary="How the calls of a webhook went")
async def get_calls(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    webhook_id: FromPath[UUID],
    before: Before = None,
) -> CallsBody:
    """Newest first, a hundred a page."""
    refuse_stranger(actor, organisation_id)
    key = parse_key(before)
    async with edge.reading() as connection:
        await read_webhook(connection, organisation_id, webhook_id)
        calls = await list_calls(connection, webhook_id, before=key, limit=PAGE + 1)
    items = msgspec.convert(calls[:PAGE], list[CallBody], from_attributes=True)
    return CallsBody(items, items[-1].id if len(calls) > PAGE else None)


@post(PATH + "/{webhook_id:uuid}/calls/{call_id:uuid}/replay", action="manage_tokens", summary="Make a call again")
async def post_replay(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    webhook_id: FromPath[UUID],
    call_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """With the same id and bytes: whoever took it already knows it."""
    refuse_stranger(actor, organisation_id)

    async def write(connection: Connection) -> Response[None]:
        await ask_call(connection, organisation_id=organisation_id, webhook_id=webhook_id, call_id=call_id, now=now)
        return Response(None, status_code=204)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


def _body(edge: Edge, webhook: Webhook) -> WebhookBody:
    return WebhookBody(
        id=webhook.id,
        url=webhook.url,
        kinds=list(webhook.kinds),
        secret=secret_of(webhook, edge.signer),
        created_at=webhook.created_at,
        paused_at=webhook.paused_at,
    )


route_handlers: list[Any] = [get_webhooks, post_webhook, delete_webhook, get_calls, post_replay]
