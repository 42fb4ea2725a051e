"""Signing in by a link, and what a person sees of their account: for whom they act, where they are signed in."""

import asyncio
from datetime import datetime
from time import monotonic
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.access.guard import DEVICE_LIFE, cookie_name, refuse_other_sites
from services.campaigns.access.read import hash_of, list_devices, read_sign_in
from services.campaigns.access.request_sign_in import request_sign_in
from services.campaigns.access.revoke_device import revoke_device, revoke_secret
from services.campaigns.access.sign_in import HOME, NotAnAddress, own_path, parse_address
from services.campaigns.access.sign_in_person import sign_in_person
from services.campaigns.access.switch_organisation import NotAMember, switch_organisation
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page, planner_page

# far longer than writing a link down takes, which only who has an account waits for
TAKES_SECONDS = 0.15

GoesTo = Annotated[str, QueryParameter(name="vers")]


@get("/connexion", include_in_schema=False)
async def get_sign_in(edge: NamedDependency[Edge], goes_to: GoesTo = "") -> Response[str]:
    """One field: the address."""
    return _asks_address(edge, own_path(goes_to))


@post("/connexion", include_in_schema=False, status_code=200)
async def post_sign_in(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[str]:
    """The same answer for every address, after the same time: nobody learns who has an account."""
    answered_at = monotonic() + TAKES_SECONDS
    form = await request.form()
    given, goes_to = str(form.get("email", ""))[:320], own_path(str(form.get("vers", "")))
    try:
        email = parse_address(given)
    except NotAnAddress as refusal:
        return _asks_address(edge, goes_to, email=given, fault=refusal.sentence, status=refusal.status)
    async with edge.transaction() as connection:
        await request_sign_in(connection, email=email, goes_to=goes_to, now=now)
    await asyncio.sleep(answered_at - monotonic())
    return page("access/templates/sent.html", private=True, email=email)


@get("/connexion/{token:str}", include_in_schema=False)
async def get_sign_in_link(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """A page with a button: scanners of mail open links, and must not use them up."""
    signed = edge.signer.read("sign_in", token)
    async with edge.reading() as connection:
        sign_in = await read_sign_in(connection, signed.id)
    sign_in.refuse_if_ended(now)
    return page("access/templates/link.html", private=True, token=token)


@post("/connexion/{token:str}", include_in_schema=False)
async def post_sign_in_link(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Use the link up; the browser gets a new cookie, whatever it had before."""
    refuse_other_sites(request)
    signed = edge.signer.read("sign_in", token)
    async with edge.transaction() as connection:
        secret, goes_to = await sign_in_person(
            connection, sign_in_id=signed.id, agent=request.headers.get("User-Agent", "")[:300], now=now
        )
        if before := request.cookies.get(cookie_name(edge.settings)):
            await revoke_secret(connection, hash_of(before), now=now)
    return welcome(edge, secret, goes_to)


def welcome(edge: Edge, secret: str, goes_to: str = HOME) -> Response[Any]:
    """The way in for who has just signed in, with the device's cookie."""
    return Redirect(
        own_path(goes_to),
        status_code=303,
        cookies=[_cookie(edge, secret, int(DEVICE_LIFE.total_seconds()))],
        headers={"Cache-Control": "no-store"},
    )


@get("/compte", action="sign_out", include_in_schema=False)
async def get_account(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[str]:
    """For whom one acts, and where one is signed in."""
    async with edge.reading() as connection:
        devices = await list_devices(connection, actor.person_id, now=now) if actor.person_id else []
    return planner_page("access/templates/account.html", actor, here="account", devices=devices)


@post("/compte/organisation", action="sign_out", include_in_schema=False)
async def post_organisation(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Act for another of one's organisations."""
    form = await request.form()
    try:
        organisation_id = UUID(str(form.get("organisation", "")))
    except ValueError as error:
        raise NotAMember from error
    if actor.device_id is None or actor.person_id is None:
        raise NotAMember
    async with edge.transaction() as connection:
        await switch_organisation(
            connection, device_id=actor.device_id, person_id=actor.person_id, organisation_id=organisation_id
        )
    return Redirect(HOME, status_code=303)


@post("/compte/appareils/{device_id:uuid}/deconnexion", action="sign_out", include_in_schema=False)
async def post_device_end(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    device_id: FromPath[UUID],
) -> Response[Any]:
    """Sign out on one of one's devices; on this one, the cookie goes too."""
    if actor.person_id is not None:
        async with edge.transaction() as connection:
            await revoke_device(connection, device_id=device_id, person_id=actor.person_id, now=now)
    if device_id != actor.device_id:
        return Redirect("/compte", status_code=303)
    return Redirect("/connexion", status_code=303, cookies=[_cookie(edge, "", 0)])


def _cookie(edge: Edge, secret: str, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(edge.settings),
        value=secret,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="lax",
        secure=edge.settings.base_url.startswith("https://"),
    )


def _asks_address(edge: Edge, goes_to: str, *, email: str = "", fault: str = "", status: int = 200) -> Response[str]:
    return page(
        "access/templates/sign_in.html",
        status=status,
        private=True,
        goes_to=goes_to,
        email=email,
        fault=fault,
        oidc=bool(getattr(edge.settings, "oidc_issuer", "")),
    )


route_handlers: list[Any] = [
    get_sign_in,
    post_sign_in,
    get_sign_in_link,
    post_sign_in_link,
    get_account,
    post_organisation,
    post_device_end,
]
