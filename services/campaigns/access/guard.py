"""The guard: finds who asks, and lets pass only whose role holds the action that the route names.

A route says what it is with `action="plan_offers"` in its decorator, and takes `actor: NamedDependency[Actor]`.
A form of a signed-in person carries `csrf`, derived from the device and the organisation acted for (`X-CSRF-Token`
for scripts).
"""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

import msgspec
from litestar import Request
from litestar.di import NamedDependency

from services.campaigns.access.actor import Actor, FormTooOld, NotSignedIn
from services.campaigns.access.permissions import ACTIONS
from services.campaigns.access.read import read_device_actor, read_installation_actor, read_token_actor
from services.campaigns.edge import Edge
from shared.database import Connection
from shared.settings import Settings

DEVICE_LIFE = timedelta(days=30)
TOKEN_PREFIX = "qz_"  # noqa: S105  # the mark of an organisation's API token, not one
SAFE = ("GET", "HEAD", "OPTIONS")


def cookie_name(settings: Settings) -> str:
    """`__Host-` where the browser lets it: over HTTPS. Then no other host of the domain can set it (RFC 6265bis)."""
    return "__Host-quinzaine" if settings.base_url.startswith("https://") else "quinzaine"


async def provide_actor(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Actor:
    """Who asks; raises `NotSignedIn`, `NotAllowed`, `FormTooOld`."""
    action = request.route_handler.opt.get("action")
    if action not in ACTIONS:
        raise RuntimeError(f"{request.route_handler} names no action of the table")
    actor = await _actor(request, edge, now)
    if actor is None:
        raise NotSignedIn
    if actor.device_id is not None:
        # of the device and the organisation: a form that was opened for one acts for no other, switched to meanwhile
        opened_for = uuid5(actor.device_id, str(actor.organisation_id))
        actor = msgspec.structs.replace(actor, csrf=edge.signer.token("form", opened_for))
        if request.method not in SAFE:
            await _refuse_foreign_form(request, actor.csrf)
    actor.need(action)
    return actor


def refuse_strangers(request: Request[Any, Any, Any], edge: Edge) -> None:
    """Raise `NotSignedIn` unless another of our services asks: it holds the installation's keys."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not edge.signer.is_service_token(token.strip()):
        raise NotSignedIn


async def _actor(request: Request[Any, Any, Any], edge: Edge, now: datetime) -> Actor | None:
    authorization = request.headers.get("Authorization", "")
    async with edge.reading() as connection:
        if authorization:
            scheme, _, token = authorization.partition(" ")
            return await _bearer(edge, connection, token.strip(), now) if scheme.lower() == "bearer" else None
        secret = request.cookies.get(cookie_name(edge.settings), "")
        if not secret:
            return None
        actor = await read_device_actor(connection, secret, now=now)
        if actor is not None:
            await connection.execute(
                """
                UPDATE campaigns.devices SET last_seen_at = $2
                WHERE id = $1 AND last_seen_at < $2::timestamptz - interval '1 minute'
                """,
                actor.device_id,
                now,
            )
        return actor


async def _bearer(edge: Edge, connection: Connection, token: str, now: datetime) -> Actor | None:
    if token.startswith(TOKEN_PREFIX):
        return await read_token_actor(connection, token, now=now)
    signed = edge.signer.verify("planner", token)
    return await read_installation_actor(connection, signed.id) if signed else None


def refuse_other_sites(request: Request[Any, Any, Any]) -> None:
    """Raise `FormTooOld` for a form that another site's page sent: nobody is signed in by somebody else's link."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise FormTooOld


async def _refuse_foreign_form(request: Request[Any, Any, Any], expected: str) -> None:
    """Two locks: what the browser says of where the request comes from, and the mark only our own pages hold."""
    refuse_other_sites(request)
    given = request.headers.get("X-CSRF-Token", "")
    if not given and "form" in request.headers.get("Content-Type", ""):
        try:
            given = str((await request.form()).get("csrf", ""))
        except (UnicodeDecodeError, LookupError) as error:
            raise FormTooOld from error
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise FormTooOld
