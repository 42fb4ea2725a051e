"""Links by mail: asked for with an address alone, renewed from the personal page."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_email
from services.campaigns.registering.links.read import read_renewable
from services.campaigns.registering.links.renew_guardian_link import renew_guardian_link
from services.campaigns.registering.links.renew_link import renew_link
from services.campaigns.registering.links.request_links import request_links
from shared.languages import _


@get("/lien", include_in_schema=False)
async def get_links_form(edge: NamedDependency[Edge]) -> Response[str]:  # noqa: ARG001  # as every page
    """One field: the address given when registering."""
    return _asks_address()


@post("/lien", include_in_schema=False, status_code=202)
async def post_links_form(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[str]:
    """The same answer, after the same time, for every address: nobody learns who is registered."""
    given = (await form_given(request)).get("email", "")
    given = given if isinstance(given, str) else ""
    try:
        email = parse_email(given, "email")
    except InvalidField as refusal:
        return _asks_address(email=given, fault=refusal.sentence, status=422)
    if email is None:
        return _asks_address(fault=_("Indiquez l’adresse donnée à l’inscription."), status=422)
    async with edge.transaction() as connection:
        await request_links(connection, email=email, signer=edge.signer, now=now)
    return page("registering/links/templates/sent.html", status=202, private=True, email=email)


@get("/inscriptions/{token:str}/lien", include_in_schema=False)
async def get_renewal(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """What renewing does, and the button that does it."""
    async with edge.reading() as connection:
        owner = await read_renewable(connection, edge.signer, token)
    return page(
        "registering/links/templates/renewal.html",
        private=True,
        owner=owner,
        address=f"/inscriptions/{token}",
        hint=_say_hint(owner.address),
    )


@get("/consentement/{token:str}/lien", include_in_schema=False)
async def get_consent_renewal(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """The same, from the page where the guardian consents."""
    async with edge.reading() as connection:
        owner = await read_renewable(connection, edge.signer, token)
    return page(
        "registering/links/templates/renewal.html",
        private=True,
        owner=owner,
        address=f"/consentement/{token}",
        hint=_say_hint(owner.address),
    )


@post("/consentement/{token:str}/lien", include_in_schema=False, status_code=200)
async def post_consent_renewal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """The guardian's links end here, that to the page too; the new ones go by mail alone."""
    return await _renew(edge, token, now)


@post("/inscriptions/{token:str}/lien", include_in_schema=False, status_code=200)
async def post_renewal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """The link that was used ends here; the new one goes by mail alone."""
    return await _renew(edge, token, now)


async def _renew(edge: Edge, token: str, now: datetime) -> Response[str]:
    async with edge.transaction() as connection:
        owner = await read_renewable(connection, edge.signer, token)
        renew, version = (
            (renew_guardian_link, owner.guardian_version) if owner.by_guardian else (renew_link, owner.token_version)
        )
        await renew(connection, registration_id=owner.registration_id, version=version, now=now)
    return page("registering/links/templates/renewed.html", private=True, owner=owner, hint=_say_hint(owner.address))


def _say_hint(address: str | None) -> str:
    """« c…@eleve.example »: enough for its owner."""
    local, _at, domain = (address or "").rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


def _asks_address(*, email: str = "", fault: str = "", status: int = 200) -> Response[str]:
    return page("registering/links/templates/asking.html", status=status, private=True, email=email[:300], fault=fault)


route_handlers: list[Any] = [
    get_links_form,
    post_links_form,
    get_renewal,
    post_renewal,
    get_consent_renewal,
    post_consent_renewal,
]
