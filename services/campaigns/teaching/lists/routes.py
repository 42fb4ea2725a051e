"""A teacher's own list: brought once, looked at before it is kept; a pupil or a class taken off it."""

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import local_day
from services.campaigns.teaching.lists.add_pupils import ListFull, add_pupils
from services.campaigns.teaching.lists.list_form import ListForm, ListPreview, preview_list, read_list_form
from services.campaigns.teaching.lists.remove_pupils import remove_class, remove_pupil
from services.campaigns.teaching.period import end_of_school_year
from services.campaigns.teaching.read import Scope, list_listed
from shared.languages import later, n_, speaking
from shared.refusal import Refusal

LIST = "/planification/eleves/liste"
LIST_AT_MOST = 200_000
TEMPLATES = "teaching/lists/templates"


class NoList(Refusal):
    """A token is nobody: it has no list and no plan of its own."""

    reason: ClassVar[str] = "no-person"

    def __init__(self) -> None:
        super().__init__(later("Une liste et un plan de visites sont ceux d’une personne : connectez-vous."))


@get(LIST, action="follow_pupils", include_in_schema=False)
async def get_list(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Who is on my list, and the form to bring more."""
    return await _page(edge, actor, ListPreview(form=ListForm()), now)


@post(
    f"{LIST}/apercu",
    action="follow_pupils",
    include_in_schema=False,
    # a file, and the form around it
    request_max_body_size=FILE_AT_MOST + LIST_AT_MOST,
)
async def post_list_preview(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """The list as it was understood, or each fault at its line and column; nothing is kept yet."""
    fields = await form_given(request)
    upload = fields.get("file")
    file = (upload.filename, await upload.read()) if isinstance(upload, UploadFile) and upload.filename else None
    # a workbook takes its time to read, and others are served meanwhile
    preview = await asyncio.to_thread(preview_list, read_list_form(fields), file=file)
    if not preview.ready:
        return await _page(edge, actor, preview, now, status=422)
    return planner_page(f"{TEMPLATES}/preview.html", actor, here="pupils", preview=preview)


@post(LIST, action="follow_pupils", include_in_schema=False, request_max_body_size=LIST_AT_MOST)
async def post_list(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Keep the list; then where everybody on it is. The same list twice is one."""
    teacher_id = person_of(actor)
    preview = preview_list(read_list_form(await form_given(request)))
    if not preview.ready:
        return await _page(edge, actor, preview, now, status=422)
    try:
        async with edge.transaction() as connection:
            added = await add_pupils(
                connection,
                organisation_id=actor.organisation_id,
                teacher_id=teacher_id,
                pupils=preview.pupils,
                now=now,
            )
            if added:
                with speaking("fr"):
                    said = n_("{count} élève ajouté à une liste.", "{count} élèves ajoutés à une liste.", added)
                await write_audit(connection, actor, "add_pupils", said, now=now)
    except ListFull as refusal:
        return await _page(edge, actor, preview, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect("/planification/eleves", status_code=303)


@post(f"{LIST}/{{pupil_id:uuid}}/retrait", action="follow_pupils", include_in_schema=False)
async def post_removed_pupil(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    pupil_id: FromPath[UUID],
) -> Response[Any]:
    """Take one pupil off my list; what they are registered for stays."""
    async with edge.transaction() as connection:
        await remove_pupil(
            connection, organisation_id=actor.organisation_id, teacher_id=person_of(actor), pupil_id=pupil_id
        )
        await write_audit(connection, actor, "remove_pupil", "Un élève retiré d’une liste.", now=now)
    return Redirect(LIST, status_code=303)


@post(f"{LIST}/retrait", action="follow_pupils", include_in_schema=False)
async def post_removed_class(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Take a whole class off my list; twice is harmless."""
    name = str((await form_given(request)).get("class_name", ""))
    async with edge.transaction() as connection:
        removed = await remove_class(
            connection, organisation_id=actor.organisation_id, teacher_id=person_of(actor), class_name=name
        )
        if removed:
            with speaking("fr"):
                said = n_("{count} élève retiré d’une liste.", "{count} élèves retirés d’une liste.", removed)
            await write_audit(connection, actor, "remove_class", said, now=now)
    return Redirect(LIST, status_code=303)


def person_of(actor: Actor) -> UUID:
    """The teacher; raises `NoList` for a token."""
    if actor.person_id is None:
        raise NoList
    return actor.person_id


async def _page(
    edge: Edge, actor: Actor, preview: ListPreview, now: datetime, *, trouble: str = "", status: int = 200
) -> Response[Any]:
    scope = Scope(organisation_id=actor.organisation_id, teacher_id=person_of(actor))
    async with edge.reading() as connection:
        listed = await list_listed(connection, scope)
    return planner_page(
        f"{TEMPLATES}/list.html",
        actor,
        here="pupils",
        status=status,
        preview=preview,
        form=preview.form,
        trouble=trouble,
        classes=[(name, list(of_class)) for name, of_class in groupby(listed, key=lambda one: one.class_name)],
        kept_until=end_of_school_year(local_day(now)),
    )


route_handlers: list[Any] = [get_list, post_list_preview, post_list, post_removed_pupil, post_removed_class]
