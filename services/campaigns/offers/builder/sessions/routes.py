"""Sessions in the week builder: the sheet, adding, changing, moving, removing, and the choice between two planners."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.offers.builder.board.routes import (
    WHOLE_PAGE,
    Answer,
    act_or_ask,
    by_script,
    changed,
    drawn,
    read_own_week,
)
from services.campaigns.offers.builder.remove_session import remove_session
from services.campaigns.offers.builder.sessions.answers import choice, removal, say_change, sheet
from services.campaigns.offers.builder.sessions.read import list_sites, read_last_hand
from services.campaigns.offers.builder.sessions.session_form import (
    WHEN,
    Form,
    form_of,
    new_form,
    read_base,
    read_form,
    read_uuid,
    texts_in,
    texts_of_change,
)
from services.campaigns.offers.builder.week import BuiltSession, Week
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.life.consequences.read import read_consequences
from services.campaigns.offers.life.consequences.routes import propose
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.life.sheet_form import texts_of
from services.campaigns.offers.session import SessionChange, SessionChangedMeanwhile, UnknownSession
from shared.database import Connection
from shared.languages import _
from shared.refusal import Refusal

Jour = Annotated[str, QueryParameter(name="jour")]
Debut = Annotated[str, QueryParameter(name="debut")]
Groupe = Annotated[str, QueryParameter(name="groupe")]
AnyRequest = Request[Any, Any, Any]


@get("/planification/{slug:str}/semaine/seances/nouvelle", action="plan_offers", include_in_schema=False)
async def get_new_session(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    day: Jour = "",
    starts: Debut = "",
    group: Groupe = "",
) -> Answer:
    """An empty sheet, at the hour that was clicked."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        form = new_form(week, date=day, starts=starts, group=group)
        return await _sheet(connection, request, actor, week, form)


@post("/planification/{slug:str}/semaine/seances", action="plan_offers", include_in_schema=False)
async def post_session(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Answer:
    """Add a session; where people have the week already, who will be told comes first."""
    form = texts_in(texts_of(await request.form()))
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        read = read_form(form, {}, week, await list_sites(connection))
        if read.faults:
            return await _sheet(connection, request, actor, week, form, faults=read.faults)
    try:
        fields = {"act": "add_session"} | texts_of_change(read.change)
        asked, session_id = await act_or_ask(request, edge, actor, week, fields, now=now)
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _sheet(connection, request, actor, week, form, refusal=refusal)
    if asked is not None:
        return asked
    said = _("« {title} » ajoutée, {starts} à {ends}.", title=form["title"], starts=form["starts"], ends=form["ends"])
    return await changed(request, edge, actor, slug, said=said, anchor=f"#s-{session_id}")


@get("/planification/{slug:str}/semaine/seances/{session_id:str}", action="plan_offers", include_in_schema=False)
async def get_session_sheet(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Answer:
    """The sheet of a session."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        session = _session(week, session_id)
        return await _sheet(connection, request, actor, week, form_of(session), session=session)


@post("/planification/{slug:str}/semaine/seances/{session_id:str}", action="plan_offers", include_in_schema=False)
async def post_session_sheet(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Answer:
    """Save what was touched; where somebody else saved meanwhile, ask which of both stands."""
    fields = texts_of(await request.form())
    form, base = texts_in(fields), read_base(fields.get("base", ""))
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        session = _session(week, session_id)
        if fields.get("version") != str(session.version):
            return await _choice(connection, request, actor, week, session, base, form)
        base = base or form_of(session)
        read = read_form(form, base, week, await list_sites(connection))
        if read.faults:
            return await _sheet(connection, request, actor, week, form, session=session, base=base, faults=read.faults)
    try:
        return await _change(request, edge, actor, week, session, read.change, now=now)
    except SessionChangedMeanwhile:
        async with edge.reading() as connection:
            week = await read_own_week(connection, actor, slug)
            return await _choice(connection, request, actor, week, _session(week, session_id), base, form)
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _sheet(connection, request, actor, week, form, session=session, base=base, refusal=refusal)


@post(
    "/planification/{slug:str}/semaine/seances/{session_id:str}/deplacement",
    action="plan_offers",
    include_in_schema=False,
)
async def post_move(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Answer:
    """Move or stretch a session: to a day, hours and a lane. What a drag, a key or a form says is the same."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
        session = _session(week, session_id)
        base = form_of(session)
        moved = {name: fields.get(name, base[name]) for name in (*WHEN, "group")}
        read = read_form(base | moved, base, week, ())
        if fields.get("version") != str(session.version):
            return await _choice(connection, request, actor, week, session, {}, base | moved)
    try:
        if read.faults:
            return await _refused(request, edge, actor, slug, next(iter(read.faults.values())), 422)
        return await _change(request, edge, actor, week, session, read.change, now=now)
    except SessionChangedMeanwhile:
        async with edge.reading() as connection:
            week = await read_own_week(connection, actor, slug)
            return await _choice(connection, request, actor, week, _session(week, session_id), {}, base | moved)
    except Refusal as refusal:
        return await _refused(request, edge, actor, slug, refusal.sentence, refusal.status)


@get(
    "/planification/{slug:str}/semaine/seances/{session_id:str}/retrait", action="plan_offers", include_in_schema=False
)
async def get_removal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], session_id: FromPath[str]
) -> Answer:
    """Ask once before a draft's session goes."""
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    page: Answer = removal(actor, week, _session(week, session_id))
    return page


@post(
    "/planification/{slug:str}/semaine/seances/{session_id:str}/retrait", action="plan_offers", include_in_schema=False
)
async def post_removal(
    request: AnyRequest,
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Answer:
    """Remove a draft's session."""
    version = texts_of(await request.form()).get("version", "")
    async with edge.reading() as connection:
        week = await read_own_week(connection, actor, slug)
    session = _session(week, session_id)
    try:
        async with edge.transaction() as connection:
            seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
            await remove_session(connection, session_id=session.id, if_match=seen, now=now)
            detail = f"a retiré la séance « {session.title} »."
            await write_audit(connection, actor, "remove_session", detail, now=now, offer_id=week.offer_id)
    except Refusal as refusal:
        page: Answer = removal(actor, week, session, refusal)
        return page
    return await changed(request, edge, actor, slug, said=_("« {title} » retirée.", title=session.title))


async def _change(
    request: AnyRequest,
    edge: Edge,
    actor: Actor,
    week: Week,
    session: BuiltSession,
    change: SessionChange,
    *,
    now: datetime,
) -> Answer:
    """Make a change at once where nobody has to be told of it; else show whom it concerns, and the mail, before."""

    async def act(connection: Connection) -> None:
        await change_session(connection, session_id=session.id, change=change, if_match=session.version, now=now)

    if week.public and (await read_consequences(edge, week.offer_id, act)).told.anybody:
        async with edge.reading() as connection:
            offer = await read_own_offer(connection, actor, week.slug)
        fields = {"act": "change_session", "session_id": str(session.id), "version": str(session.version)}
        answer = await propose(edge, actor, offer, fields | texts_of_change(change), now=now)
        if by_script(request):
            answer.headers.update(WHOLE_PAGE)
        return answer
    async with edge.transaction() as connection:
        await act(connection)
        detail = f"a changé la séance « {session.title} »."
        await write_audit(connection, actor, "change_session", detail, now=now, offer_id=week.offer_id)
    return await changed(request, edge, actor, week.slug, said=say_change(session, change), anchor=f"#s-{session.id}")


def _session(week: Week, session_id: str) -> BuiltSession:
    found = read_uuid(session_id)
    session = week.session(found) if found else None
    if session is None:
        raise UnknownSession
    return session


async def _sheet(
    connection: Connection, request: AnyRequest, actor: Actor, week: Week, form: Form, **given: Any
) -> Answer:
    page: Answer = sheet(actor, week, form, await list_sites(connection), fragment=by_script(request), **given)
    return page


async def _choice(
    connection: Connection,
    request: AnyRequest,
    actor: Actor,
    week: Week,
    session: BuiltSession,
    base: Form,
    mine: Form,
) -> Answer:
    who = await read_last_hand(connection, week.offer_id, session.changed_at)
    page: Answer = choice(actor, week, session, base, mine, who=who, fragment=by_script(request))
    return page


async def _refused(request: AnyRequest, edge: Edge, actor: Actor, slug: str, sentence: str, status: int) -> Answer:
    async with edge.reading() as connection:
        return await drawn(connection, actor, slug, fragment=by_script(request), trouble=sentence, status=status)


route_handlers: list[Any] = [
    get_new_session,
    post_session,
    get_session_sheet,
    post_session_sheet,
    post_move,
    get_removal,
    post_removal,
]
