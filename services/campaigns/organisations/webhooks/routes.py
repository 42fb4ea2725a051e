"""Webhooks: the pages to set them up and to see how their calls went."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.fields import Fields
from services.campaigns.organisations.webhooks.ask_call import ask_call
from services.campaigns.organisations.webhooks.change_webhook import Change, change_webhook
from services.campaigns.organisations.webhooks.create_webhook import create_webhook
from services.campaigns.organisations.webhooks.read import list_calls, list_webhooks, read_webhook
from services.campaigns.organisations.webhooks.webhook import (
    KIND_NAMES,
    KINDS,
    Kind,
    TooManyWebhooks,
    parse_kinds,
    parse_url,
    secret_of,
)

PATH = "/planification/organisation/webhooks"
CALLS_SHOWN = 50
DONE: dict[str, Change] = {"suppression": "end", "pause": "pause", "reprise": "resume", "secret": "renew"}


@get(PATH, action="manage_tokens", include_in_schema=False)
async def get_webhooks(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[str]:
    """The webhooks, and a form for another."""
    return await _webhooks_page(edge, actor)


@post(PATH, action="manage_tokens", include_in_schema=False)
async def post_webhook(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """To the new webhook's own page, where its secret is."""
    sent = await request.form()
    typed, chosen = str(sent.get("url", "")), [str(kind) for kind in sent.getall("kinds", [])]
    faults: dict[str, str] = {}
    url = ""
    kinds: tuple[Kind, ...] = ()
    try:
        url = parse_url(typed, private=edge.settings.private_webhooks)
    except InvalidField as refusal:
        faults["url"] = refusal.sentence
    try:
        kinds = parse_kinds(chosen)
    except InvalidField as refusal:
        faults["kinds"] = refusal.sentence
    if faults:
        return await _webhooks_page(edge, actor, typed=typed, chosen=chosen, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            webhook_id = await create_webhook(
                connection, actor=actor, organisation_id=actor.organisation_id, url=url, kinds=kinds, now=now
            )
    except TooManyWebhooks as refusal:
        return await _webhooks_page(
            edge, actor, typed=typed, chosen=chosen, trouble=refusal.sentence, status=refusal.status
        )
    return Redirect(f"{PATH}/{webhook_id}", status_code=303)


@get(PATH + "/{webhook_id:uuid}", action="manage_tokens", include_in_schema=False)
async def get_webhook(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], webhook_id: FromPath[UUID]
) -> Response[str]:
    """One webhook: its secret, and its last calls with what was answered."""
    async with edge.reading() as connection:
        webhook = await read_webhook(connection, actor.organisation_id, webhook_id)
        calls = await list_calls(connection, webhook_id, limit=CALLS_SHOWN)
    return planner_page(
        "organisations/templates/webhook.html",
        actor,
        here="organisation",
        webhook=webhook,
        secret=secret_of(webhook, edge.signer),
        calls=calls,
        kind_names=KIND_NAMES,
    )


@post(PATH + "/{webhook_id:uuid}/{done:str}", action="manage_tokens", include_in_schema=False)
async def post_change(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    webhook_id: FromPath[UUID],
    done: FromPath[Literal["suppression", "pause", "reprise", "secret", "essai"]],
) -> Redirect:
    """Delete, pause, resume, give another secret, or try it."""
    async with edge.transaction() as connection:
        if done == "essai":
            await ask_call(
                connection, organisation_id=actor.organisation_id, webhook_id=webhook_id, call_id=None, now=now
            )
        else:
            await change_webhook(
                connection,
                actor=actor,
                organisation_id=actor.organisation_id,
                webhook_id=webhook_id,
                change=DONE[done],
                now=now,
            )
    return Redirect(PATH if done == "suppression" else f"{PATH}/{webhook_id}", status_code=303)


@post(PATH + "/{webhook_id:uuid}/appels/{call_id:uuid}", action="manage_tokens", include_in_schema=False)
async def post_call_again(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    webhook_id: FromPath[UUID],
    call_id: FromPath[UUID],
) -> Redirect:
    """Make an earlier call again: the same id and bytes, whoever took it already knows it by its id."""
    async with edge.transaction() as connection:
        await ask_call(
            connection, organisation_id=actor.organisation_id, webhook_id=webhook_id, call_id=call_id, now=now
        )
    return Redirect(f"{PATH}/{webhook_id}", status_code=303)


async def _webhooks_page(
    edge: Edge,
    actor: Actor,
    *,
    typed: str = "",
    chosen: list[str] | None = None,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[str]:
    async with edge.reading() as connection:
        webhooks = await list_webhooks(connection, actor.organisation_id)
    return planner_page(
        "organisations/templates/webhooks.html",
        actor,
        status=status,
        here="organisation",
        webhooks=webhooks,
        kinds=KINDS,
        kind_names=KIND_NAMES,
        typed=typed,
        chosen=list(KINDS) if chosen is None else chosen,
        faults=Fields(faults or {}),
        trouble=trouble,
    )


route_handlers: list[Any] = [get_webhooks, post_webhook, get_webhook, post_change, post_call_again]
