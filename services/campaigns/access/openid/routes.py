"""Signing in through a provider: the way there and the way back."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import QueryParameter
from litestar.response import Redirect

from services.campaigns.access.guard import cookie_name
from services.campaigns.access.openid.attempt import ATTEMPT_LIFE, find_attempt, new_attempt
from services.campaigns.access.openid.identity import NotVouchedFor
from services.campaigns.access.openid.provider import Provider, provider_of
from services.campaigns.access.openid.recognise_person import recognise_person
from services.campaigns.access.read import hash_of
from services.campaigns.access.revoke_device import revoke_secret
from services.campaigns.access.routes import welcome
from services.campaigns.access.sign_in_person import open_device
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from shared.refusal import Refusal
from shared.settings import Settings

GoesTo = Annotated[str, QueryParameter(name="vers")]
State = Annotated[str, QueryParameter(name="state")]
Code = Annotated[str, QueryParameter(name="code")]
Error = Annotated[str, QueryParameter(name="error")]


@get("/connexion/oidc", include_in_schema=False)
async def get_way_there(edge: NamedDependency[Edge], goes_to: GoesTo = "") -> Response[Any]:
    """The browser keeps the secret of the attempt and goes to the provider."""
    provider = _provider(edge)
    attempt = new_attempt(goes_to)
    try:
        address = await provider.address_of(attempt)
    except Refusal as refusal:
        return _trouble(refusal)
    return Redirect(
        address,
        status_code=303,
        cookies=[_cookie(edge.settings, attempt.cookie, int(ATTEMPT_LIFE.total_seconds()))],
        headers={"Cache-Control": "no-store"},
    )


@get("/connexion/oidc/retour", include_in_schema=False)
async def get_way_back(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    given_state: State = "",
    code: Code = "",
    error: Error = "",
) -> Response[Any]:
    """The code becomes an identity, the identity a person we know, and this browser theirs."""
    provider = _provider(edge)
    try:
        attempt = find_attempt(request.cookies.get(_name(edge.settings), ""), given_state)
        if error:
            raise NotVouchedFor
        identity = await provider.exchange(attempt, code, now=now)
        async with edge.transaction() as connection:
            person_id = await recognise_person(connection, identity)
            agent = request.headers.get("User-Agent", "")[:300]
            secret = await open_device(connection, person_id=person_id, agent=agent, now=now)
            if before := request.cookies.get(cookie_name(edge.settings)):
                await revoke_secret(connection, hash_of(before), now=now)
    except Refusal as refusal:
        return _trouble(refusal, forget=_cookie(edge.settings, "", 0))
    response = welcome(edge, secret, attempt.goes_to)
    response.cookies.append(_cookie(edge.settings, "", 0))
    return response


def _provider(edge: Edge) -> Provider:
    provider = provider_of(edge.settings)
    if provider is None:
        raise NotFoundException
    return provider


def _trouble(refusal: Refusal, *, forget: Cookie | None = None) -> Response[str]:
    """What went wrong, with the other way in beside it."""
    response = page(
        "access/templates/openid_trouble.html", status=refusal.status, private=True, sentence=refusal.sentence
    )
    if forget is not None:
        response.cookies.append(forget)
    return response


def _name(settings: Settings) -> str:
    return f"{cookie_name(settings)}-oidc"


def _cookie(settings: Settings, value: str, max_age: int) -> Cookie:
    """Lax: it must come along when the provider sends the browser back."""
    return Cookie(
        key=_name(settings),
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="lax",
        secure=settings.base_url.startswith("https://"),
    )


route_handlers: list[Any] = [get_way_there, get_way_back]
