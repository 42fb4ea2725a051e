"""Days and groups in the week builder: pages, each with its form, and a day on paper."""

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.builder.add_day import add_day
from services.campaigns.offers.builder.board.routes import Answer, act_or_ask, read_own_week
from services.campaigns.offers.builder.days.read import list_day_pupils, list_sectors
from services.campaigns.offers.builder.edit_day import DayChangedMeanwhile, UnknownDay, checked_phone
from services.campaigns.offers.builder.remove_day import remove_day
from services.campaigns.offers.builder.screen import base_of
from services.campaigns.offers.builder.sessions.session_form import read_date
from services.campaigns.offers.builder.template_week import DAY
from services.campaigns.offers.builder.week import BuiltDay, Week
from services.campaigns.offers.life.sheet_form import texts_of
from shared.french_dates import say_date
from shared.languages import _, later, speaking, translate
from shared.refusal import Refusal

NEEDS_A_DATE = later("Donnez une date.")
AnyRequest = Request[Any, Any, Any]


@get("/planification/{slug:str}/semaine/jours/nouveau", action="plan_offers", include_in_schema=False)
async def get_new_day(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Answer:
    """The form of a new day: the one after the last."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    form = {"date": week.next_date.isoformat(), "sector": "", "emergency_phone": week.phone}
    return await _page(edge, actor, week, "new_day", form)


@post("/planification/{slug:str}/semaine/jours", action="plan_offers", include_in_schema=False)
async def post_day(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Answer:
    """Add a day."""
    fields = texts_of(await request.form())
    form = {name: fields.get(name, "").strip() for name in ("date", "sector", "emergency_phone")}
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    day = read_date(form["date"])
    if day is None:
        return await _page(edge, actor, week, "new_day", form, faults={"date": str(NEEDS_A_DATE)}, status=422)
    try:
        async with edge.transaction() as connection:
            await add_day(
                connection,
                offer_id=week.offer_id,
                date=day,
                sector=form["sector"] or None,
                emergency_phone=checked_phone(form["emergency_phone"]),
            )
            with speaking("fr"):
                detail = f"a ajouté la journée du {say_date(day)}."
            await write_audit(connection, actor, "add_day", detail, now=now, offer_id=week.offer_id)
    except Refusal as refusal:
        return await _page(edge, actor, week, "new_day", form, refusal=refusal)
    return Redirect(f"{base_of(slug)}#j-{day.isoformat()}", status_code=303)


@get("/planification/{slug:str}/semaine/jours/{date:str}", action="plan_offers", include_in_schema=False)
async def get_day(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], date: FromPath[str]
) -> Answer:
    """A day: its sector and emergency number, to copy it, to remove it."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    day = _day(week, date)
    return await _page(edge, actor, week, "day", _form(week, day), day=day)


@post("/planification/{slug:str}/semaine/jours/{date:str}", action="plan_offers", include_in_schema=False)
async def post_day_sheet(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    date: FromPath[str],
) -> Answer:
    """Set a day's sector and emergency number; of another sector people are told, which is shown first."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    day = _day(week, date)
    form = _form(week, day) | {name: fields.get(name, "").strip() for name in ("sector", "emergency_phone")}
    seen = fields.get("version", "")
    try:
        if seen not in ("", str(day.version)):
            raise DayChangedMeanwhile(_say_now(day))
        said = {
            "act": "edit_day",
            "version": seen,
            "phone_of_all": fields.get("phone_of_all", ""),
            **form,
            "date": day.date.isoformat(),
        }
        asked, _said = await act_or_ask(request, edge, actor, week, said, now=now)
    except Refusal as refusal:
        return await _page(edge, actor, week, "day", form, refusal=refusal, day=day)
    return asked or Redirect(f"{base_of(slug)}#j-{day.date.isoformat()}", status_code=303)


@post("/planification/{slug:str}/semaine/jours/{date:str}/copie", action="plan_offers", include_in_schema=False)
async def post_copy(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    date: FromPath[str],
) -> Answer:
    """Copy a day to another; in a public offer who will be told comes first."""
    given = texts_of(await request.form()).get("date", "").strip()
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    day, target = _day(week, date), read_date(given)
    form = _form(week, day) | {"date": given}
    if target is None:
        return await _page(edge, actor, week, "day", form, faults={"date": str(NEEDS_A_DATE)}, status=422, day=day)
    try:
        said = {"act": "copy_day", "date": day.date.isoformat(), "target": target.isoformat()}
        asked, _ = await act_or_ask(request, edge, actor, week, said, now=now)
    except Refusal as refusal:
        return await _page(edge, actor, week, "day", form, refusal=refusal, day=day)
    return asked or Redirect(f"{base_of(slug)}#j-{target.isoformat()}", status_code=303)


@post("/planification/{slug:str}/semaine/jours/{date:str}/retrait", action="plan_offers", include_in_schema=False)
async def post_day_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    date: FromPath[str],
) -> Answer:
    """Remove a day, in a draft with its sessions."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    day = _day(week, date)
    try:
        async with edge.transaction() as connection:
            await remove_day(connection, offer_id=week.offer_id, date=day.date, now=now)
            with speaking("fr"):
                detail = f"a retiré la journée du {say_date(day.date)}."
            await write_audit(connection, actor, "remove_day", detail, now=now, offer_id=week.offer_id)
    except Refusal as refusal:
        return await _page(edge, actor, week, "day", _form(week, day), refusal=refusal, day=day)
    return Redirect(base_of(slug), status_code=303)


@get("/planification/{slug:str}/semaine/modele", action="plan_offers", include_in_schema=False)
async def get_template(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Answer:
    """What the template week would put on each empty day."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    return await _page(edge, actor, week, "template", {"date": week.first_day.isoformat()}, slots=DAY)


@post("/planification/{slug:str}/semaine/modele", action="plan_offers", include_in_schema=False)
async def post_template(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Answer:
    """Fill the empty days; in a public offer who will be told comes first."""
    form = {"date": texts_of(await request.form()).get("date", "").strip()}
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    if not week.days and read_date(form["date"]) is None:
        faults = {"date": str(NEEDS_A_DATE)}
        return await _page(edge, actor, week, "template", form, faults=faults, status=422, slots=DAY)
    try:
        asked, _ = await act_or_ask(request, edge, actor, week, {"act": "apply_template_week", **form}, now=now)
    except Refusal as refusal:
        return await _page(edge, actor, week, "template", form, refusal=refusal, slots=DAY)
    return asked or Redirect(base_of(slug), status_code=303)


@get("/planification/{slug:str}/jour/{date:str}", action="plan_offers", include_in_schema=False)
async def get_paper(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], date: FromPath[str]
) -> Answer:
    """The day on paper: sessions, hosts, contacts, whom to call, and the pupils with boxes to tick."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        pupils = await list_day_pupils(connection, week.offer_id) if actor.may("read_pupils") else None
    day = _day(week, date)
    return planner_page("offers/builder/templates/paper.html", actor, here="offers", week=week, day=day, pupils=pupils)


async def _page(
    edge: Edge,
    actor: Actor,
    week: Week,
    template: str,
    form: dict[str, str],
    *,
    faults: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    **values: Any,
) -> Answer:
    async with edge.reading() as connection:
        sectors = await list_sectors(connection)
    faults = dict(faults or {})
    if refusal is not None and refusal.field in form:
        faults[str(refusal.field)] = refusal.sentence
    return planner_page(
        f"offers/builder/templates/{template}.html",
        actor,
        status=refusal.status if refusal else status,
        here="offers",
        week=week,
        base=base_of(week.slug),
        form=form,
        faults=faults,
        trouble=refusal.sentence if refusal is not None and refusal.field not in form else "",
        sectors=sectors,
        told=week.taken,
        **values,
    )


def _day(week: Week, text: str) -> BuiltDay:
    date = read_date(text)
    day = week.day_of(date) if date else None
    if day is None:
        raise UnknownDay
    return day


def _say_now(day: BuiltDay) -> str:
    return _(
        "Elle a maintenant secteur : {sector}, numéro d’urgence : {phone}. Enregistrez pour mettre les vôtres.",
        sector=translate(day.sector_label) if day.sector_label else _("aucun"),
        phone=day.emergency_phone or _("aucun"),
    )


def _form(week: Week, day: BuiltDay) -> dict[str, str]:
    return {
        "sector": day.sector or "",
        "emergency_phone": day.emergency_phone,
        "date": week.next_date.isoformat(),
    }


route_handlers: list[Any] = [
    get_new_day,
    post_day,
    get_day,
    post_day_sheet,
    post_copy,
    post_day_removal,
    get_template,
    post_template,
    get_paper,
]
