"""The guardian's pages: what is asked, and the answers. Each is a button: mail scanners press none."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.offers.consent.asking import Asking
from services.campaigns.offers.consent.consent import TEXT_VERSION, TEXTS
from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.consent.read import read_asking
from services.campaigns.offers.consent.refuse_consent import refuse_consent
from services.campaigns.offers.consent.withdraw_consent import withdraw_consent
from services.campaigns.offers.read import read_programme

NOT_STORED = {"Cache-Control": "no-store"}


@get("/consentement/{token:str}", include_in_schema=False)
async def get_consent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """Who would go where and when, who sees which data for how long; and what was answered."""
    async with edge.reading() as connection:
        asking = await read_asking(connection, edge.signer, token)
        programme = await read_programme(connection, asking.offer_id)
    return page(
        "offers/consent/templates/consent.html",
        private=True,
        asking=asking,
        stage=asking.stage(now),
        days=programme.of_group(asking.group_id) if asking.group_id else programme.days,
        programme=programme,
        address=f"/consentement/{token}",
        feed_url=f"{edge.settings.base_url}/calendars/{programme.slug}.ics",
        text=str(TEXTS[TEXT_VERSION]),
        text_version=TEXT_VERSION,
        now=now,
    )


@post("/consentement/{token:str}", include_in_schema=False)
async def post_consent(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
) -> Response[Any]:
    """Consent to the words that were read, then show where the registration stands."""
    version = (await request.form()).get("text_version", "")
    async with edge.transaction() as connection:
        asking = await read_asking(connection, edge.signer, token)
        await give_consent(
            connection,
            registration_id=asking.id,
            text_version=int(version) if isinstance(version, str) and version in map(str, TEXTS) else 0,
            now=now,
        )
    return _back(token)


@get("/consentement/{token:str}/refus", include_in_schema=False)
async def get_refusal_of_consent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Ask before the seat is given back."""
    asking = await _asking(edge, token)
    return _question(asking, token, "refus") if asking.stage(now) in ("asked", "early") else _back(token)


@post("/consentement/{token:str}/refus", include_in_schema=False)
async def post_refusal_of_consent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """End the registration; the next in the queue has the seat."""
    async with edge.transaction() as connection:
        asking = await read_asking(connection, edge.signer, token)
        await refuse_consent(connection, registration_id=asking.id, now=now)
    return _back(token)


@get("/consentement/{token:str}/retrait", include_in_schema=False)
async def get_withdrawal_of_consent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Ask before the registration ends."""
    asking = await _asking(edge, token)
    takes_back = asking.stage(now) == "given" and not asking.offer_over
    return _question(asking, token, "retrait") if takes_back else _back(token)


@post("/consentement/{token:str}/retrait", include_in_schema=False)
async def post_withdrawal_of_consent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Take the consent back, which ends the registration."""
    async with edge.transaction() as connection:
        asking = await read_asking(connection, edge.signer, token)
        await withdraw_consent(connection, registration_id=asking.id, now=now)
    return _back(token)


async def _asking(edge: Edge, token: str) -> Asking:
    async with edge.reading() as connection:
        return await read_asking(connection, edge.signer, token)


def _question(asking: Asking, token: str, what: str) -> Response[str]:
    return page(
        "offers/consent/templates/question.html",
        private=True,
        asking=asking,
        what=what,
        address=f"/consentement/{token}",
    )


def _back(token: str) -> Response[Any]:
    return Redirect(f"/consentement/{token}", status_code=303, headers=NOT_STORED)


route_handlers: list[Any] = [
    get_consent,
    post_consent,
    get_refusal_of_consent,
    post_refusal_of_consent,
    get_withdrawal_of_consent,
    post_withdrawal_of_consent,
]
