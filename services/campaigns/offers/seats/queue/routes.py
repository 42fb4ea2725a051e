"""The queue's pages: who is in, who waits and why; what a planner does by hand, with a reason."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.seats.keep_seats import keep_seats
from services.campaigns.offers.seats.queue.by_hand import checked_reason
from services.campaigns.offers.seats.queue.change_group import change_group
from services.campaigns.offers.seats.queue.give_seat import give_seat
from services.campaigns.offers.seats.queue.mark_distinct_pupils import mark_distinct_pupils
from services.campaigns.offers.seats.queue.merge_registrations import merge_registrations
from services.campaigns.offers.seats.queue.move_in_queue import move_in_queue
from services.campaigns.offers.seats.queue.quota_form import QuotaForm, read_quota_form
from services.campaigns.offers.seats.queue.read import (
    LIVING_AT_MOST,
    check_registration,
    find_school,
    find_seats,
    list_distinct,
    list_groups,
    list_seat_pupils,
    list_shares,
)
from services.campaigns.offers.seats.queue.skip_turn import skip_turn
from services.campaigns.offers.seats.queue.standing import PlannedSeats, explain, find_doubles
from services.campaigns.offers.seats.quota import count_kept
from services.campaigns.offers.seats.read import count_claims, list_quotas
from services.campaigns.offers.seats.release_quotas import release_quotas
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal

PLACES = "/planification/{slug:str}/places"
PUPILS_A_PAGE = 200

After = Annotated[str, QueryParameter(name="apres")]
Chosen = Annotated[list[str] | None, QueryParameter(name="prioritaire", description="Schools whose share is shown")]
Act = Callable[[Connection, PlannedSeats, dict[str, str]], Awaitable[tuple[str, str] | None]]


@get(PLACES, action="read_pupils", include_in_schema=False)
async def get_places(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    after: After = "",
    chosen: Chosen = None,
) -> Response[Any]:
    """Who is in, who waits, and why."""
    rank = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    async with edge.reading() as connection:
        return await _page(connection, actor, slug, now, rank=rank, chosen=chosen)


@post(f"{PLACES}/{{registration_id:uuid}}/place", action="manage_seats", include_in_schema=False)
async def post_seat(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Give a seat to somebody who waits: offered, or confirmed at once."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str]:
        reason = checked_reason(fields.get("reason", ""))
        await check_registration(connection, registration_id, offer_id=offer.id)
        confirmed = fields.get("how") == "confirmed"
        await give_seat(
            connection, registration_id=registration_id, how="confirmed" if confirmed else "offered", now=now
        )
        return "give_seat", f"Une place {'confirmée' if confirmed else 'proposée'} à la main : {reason}"

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/{{registration_id:uuid}}/tour", action="manage_seats", include_in_schema=False)
async def post_skip(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Let the next one go first."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str]:
        reason = checked_reason(fields.get("reason", ""))
        await check_registration(connection, registration_id, offer_id=offer.id)
        await skip_turn(connection, registration_id=registration_id, now=now)
        return "skip_turn", f"Un tour passé au suivant : {reason}"

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/{{registration_id:uuid}}/rang", action="manage_seats", include_in_schema=False)
async def post_move(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Move somebody to another place in the queue."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str]:
        reason = checked_reason(fields.get("reason", ""))
        wanted = fields.get("position", "").strip()
        if not (wanted.isascii() and wanted.isdigit() and int(wanted[:9] or 0) > 0 and len(wanted) < 10):
            raise InvalidField(later("Indiquez la place dans la file : 1 est la prochaine servie."), field="position")
        await check_registration(connection, registration_id, offer_id=offer.id)
        position = await move_in_queue(connection, registration_id=registration_id, position=int(wanted), now=now)
        return "move_in_queue", f"Un élève déplacé à la {position}e place de la liste d’attente : {reason}"

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/{{registration_id:uuid}}/groupe", action="manage_seats", include_in_schema=False)
async def post_group(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Put a pupil into another group; the calendar follows."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str] | None:
        await check_registration(connection, registration_id, offer_id=offer.id)
        group_id = _uuid(fields.get("group", ""), "group")
        if not await change_group(connection, registration_id=registration_id, group_id=group_id, now=now):
            return None
        return "change_group", "Un élève a changé de groupe."

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/doublons", action="manage_seats", include_in_schema=False)
async def post_double(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Two registrations are one pupil's, and become one; or are two pupils', and are not asked about again."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str]:
        one, other = _uuid(fields.get("one", ""), "one"), _uuid(fields.get("other", ""), "other")
        for registration_id in (one, other):
            await check_registration(connection, registration_id, offer_id=offer.id)
        if fields.get("verdict") == "same":
            await merge_registrations(connection, one_id=one, other_id=other, now=now)
            return "merge_registrations", "Deux inscriptions du même élève réunies : la meilleure place reste."
        await mark_distinct_pupils(connection, one_id=one, other_id=other)
        return "mark_distinct_pupils", "Deux inscriptions semblables sont celles de deux élèves."

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/quotas", action="manage_seats", include_in_schema=False)
async def post_quota(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Keep seats for a school, or for pupils without another host, until a date."""

    async def act(connection: Connection, offer: PlannedSeats, fields: dict[str, str]) -> tuple[str, str]:
        form = read_quota_form(fields)
        known = await find_school(connection, form.school) if form.whose == "school" else None
        seats, uai, until = form.seats_wanted, known or form.school_uai, form.until_moment
        await keep_seats(connection, offer_id=offer.id, seats=seats, school_uai=uai, until=until, now=now)
        whose = f"l’établissement {uai}" if uai else "les élèves sans autre accueil"
        return "keep_seats", f"Places gardées pour {whose} : {seats}."

    return await _do(request, edge, actor, slug, now, act)


@post(f"{PLACES}/quotas/{{quota_id:uuid}}/ouverture", action="manage_seats", include_in_schema=False)
async def post_release(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    quota_id: FromPath[UUID],
) -> Response[Any]:
    """Open kept seats to everybody before their date."""

    async def act(connection: Connection, offer: PlannedSeats, _: dict[str, str]) -> tuple[str, str]:
        await release_quotas(connection, offer_id=offer.id, quota_id=quota_id, now=now)
        return "release_quotas", "Des places gardées ouvertes à tous avant leur date."

    return await _do(request, edge, actor, slug, now, act)


async def _do(
    request: Request[Any, Any, Any], edge: Edge, actor: Actor, slug: str, now: datetime, act: Act
) -> Response[Any]:
    """Carry out one act with its line in the audit trail; a refusal is told on the page it came from."""
    fields = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        async with edge.transaction() as connection:
            offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
            done = await act(connection, offer, fields)
            if done is not None:
                await write_audit(connection, actor, *done, now=now, offer_id=offer.id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        async with edge.reading() as connection:
            return await _page(connection, actor, slug, now, fields=fields, refusal=refusal)
    return Redirect(f"/planification/{slug}/places", status_code=303)


async def _page(
    connection: Connection,
    actor: Actor,
    slug: str,
    now: datetime,
    *,
    rank: int = 0,
    chosen: list[str] | None = None,
    fields: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
    pupils = await list_seat_pupils(connection, offer.id, after=rank, limit=PUPILS_A_PAGE + 1)
    quotas = await list_quotas(connection, offer.id, now=now)
    taken, _ = await count_claims(connection, offer.id)
    kept = count_kept(quotas, taken)
    schools, classes = await list_shares(connection, offer.id)
    everybody = pupils
    if rank or len(pupils) > PUPILS_A_PAGE:
        everybody = await list_seat_pupils(connection, offer.id, after=0, limit=LIVING_AT_MOST)
    shown = pupils[:PUPILS_A_PAGE]
    return planner_page(
        "offers/seats/queue/templates/places.html",
        actor,
        here="offers",
        status=refusal.status if refusal else 200,
        offer=offer,
        seated=[pupil for pupil in shown if pupil.status != "waiting"],
        queue=[(pupil, explain(pupil, offer, quotas, kept)) for pupil in shown if pupil.status == "waiting"],
        doubles=find_doubles(everybody, await list_distinct(connection, offer.id)),
        groups=await list_groups(connection, offer.id),
        quotas=quotas,
        quota_form=read_quota_form(fields or {}) if refusal and "seats" in (fields or {}) else QuotaForm(),
        kept=kept,
        schools=schools,
        classes=classes,
        chosen=chosen or [],
        following=shown[-1].rank if len(pupils) > PUPILS_A_PAGE else None,
        trouble=refusal.sentence if refusal else "",
        now=now,
    )


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidField(later("Ce choix n’est plus possible. Rechargez la page."), field=field) from error


route_handlers: list[Any] = [
    get_places,
    post_seat,
    post_skip,
    post_move,
    post_group,
    post_double,
    post_quota,
    post_release,
]
