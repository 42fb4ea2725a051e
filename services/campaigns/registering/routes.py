"""The registration form: shown, taken, answered."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import structs

from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import read_listing
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page
from services.campaigns.look.spoken import prefix
from services.campaigns.offers.eligibility import GRADE_WORDS, NotForThisPupil
from services.campaigns.offers.offer import OfferClosed
from services.campaigns.offers.registration import AlreadyRegistered, KeyReused, PupilElsewhere, Registered
from services.campaigns.registering.form import Form, empty_form, read_form
from shared.languages import later

KEY_REUSED = later("Ce formulaire a déjà été envoyé avec d’autres réponses. Relisez-les, puis envoyez-le de nouveau.")
# what the form's own script accepts: it is told where to go, and forgets what it has kept
SCRIPT = "application/json"


@get("/offres/{slug:str}/inscription", include_in_schema=False)
async def get_registration_form(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[str]:
    """The empty form, or why there is none."""
    listing = await _listing(edge, slug)
    if listing.state(now) not in ("open", "full"):
        return _closed(listing, now, listing.say_state(now))
    return _form(listing, now, empty_form())


@post("/offres/{slug:str}/inscription", include_in_schema=False)
async def post_registration_form(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[Any]:
    """Register, then go to the personal page; or the form again, each fault beside its field."""
    form = read_form(await form_given(request))
    listing = await _listing(edge, slug)
    faults = form.find_faults(asks_age=listing.audience != "schools")
    if "Idempotency-Key" in faults:
        del faults["Idempotency-Key"]
        form = structs.replace(form, key=empty_form().key)
    if faults:
        return _form(listing, now, form, faults=faults, status=422)
    try:
        registered = await edge.turnstile.register(listing.id, form.parse())
    except OfferClosed as refusal:
        return _closed(listing, now, refusal.sentence)
    except AlreadyRegistered as refusal:
        return page("registering/templates/already.html", status=refusal.status, private=True, listing=listing)
    except PupilElsewhere as refusal:
        return _form(listing, now, form, trouble=refusal.sentence, status=refusal.status)
    except NotForThisPupil as refusal:
        return _form(listing, now, form, faults={refusal.field or "school": refusal.sentence}, status=refusal.status)
    except KeyReused as refusal:
        again = structs.replace(form, key=empty_form().key)
        return _form(listing, now, again, trouble=str(KEY_REUSED), status=refusal.status)
    return _registered(request, edge, listing, form, registered)


def _registered(
    request: Request[Any, Any, Any], edge: Edge, listing: Listing, form: Form, registered: Registered
) -> Response[Any]:
    """The way to the personal page, as a script or a browser takes it; where the address is to be proved, none."""
    if registered.by_mail:
        return page("registering/templates/see_mail.html", status=202, private=True, listing=listing, form=form)
    to = f"/inscriptions/{edge.signer.token('registration', registered.id, registered.token_version)}"
    headers = {"Cache-Control": "no-store"}
    if request.headers.get("Accept") == SCRIPT:
        return Response({"to": prefix() + to}, headers=headers, status_code=200)
    return Redirect(to, status_code=303, headers=headers)


async def _listing(edge: Edge, slug: str) -> Listing:
    async with edge.reading() as connection:
        return await read_listing(connection, slug)


def _form(
    listing: Listing,
    now: datetime,
    form: Form,
    *,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[str]:
    return page(
        "registering/templates/form.html",
        status=status,
        private=True,
        listing=listing,
        now=now,
        form=form.shown(),
        grade_words=GRADE_WORDS,
        faults=faults or {},
        trouble=trouble,
    )


def _closed(listing: Listing, now: datetime, sentence: str) -> Response[str]:
    return page(
        "registering/templates/closed.html", status=409, private=True, listing=listing, now=now, sentence=sentence
    )


route_handlers: list[Any] = [get_registration_form, post_registration_form]
