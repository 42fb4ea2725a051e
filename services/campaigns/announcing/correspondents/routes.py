"""The list of correspondents on pages: brought and looked at before it is kept, looked through, taken along, left."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.announcing.correspondents.correspondent import ROLE_WORDS, ListTooLong, kept_until
from services.campaigns.announcing.correspondents.keep_correspondents import keep_correspondents
from services.campaigns.announcing.correspondents.list_file import TEXT_AT_MOST, write_list
from services.campaigns.announcing.correspondents.list_form import (
    CHANGES_SHOWN,
    ListForm,
    ListPreview,
    compare,
    preview_list,
    read_list_form,
)
from services.campaigns.announcing.correspondents.read import (
    count_listed,
    list_correspondents,
    list_letters_to,
    page_of_correspondents,
    read_correspondent,
)
from services.campaigns.announcing.correspondents.remove_correspondent import remove_correspondent
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given, read_id
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.look.pages import planner_page
from services.campaigns.privacy.records.labels import say_value
from shared.languages import later, n_, speaking
from shared.refusal import Refusal

LIST = "/planification/annonces/correspondants"
TEMPLATES = "announcing/correspondents/templates"
PAGE = 100
# a letter of the list may be three in a form
LIST_AT_MOST = TEXT_AT_MOST * 4

Words = Annotated[str, QueryParameter(name="mots", description="What is looked for in names, addresses and codes")]
After = Annotated[str, QueryParameter(name="apres", description="The last one of the page before")]


class NoList(Refusal):
    """A token of the installation is no organisation: it has no list."""

    reason: ClassVar[str] = "no-organisation"

    def __init__(self) -> None:
        super().__init__(later("Une liste est celle d’une organisation : connectez-vous."))


@get(LIST, action="plan_campaigns", include_in_schema=False)
async def get_list(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], words: Words = "", after: After = ""
) -> Response[Any]:
    """Who is on the list, a hundred a page, by school."""
    async with edge.reading() as connection:
        counts = await count_listed(connection, actor.organisation_id)
        found = await page_of_correspondents(
            connection, actor.organisation_id, words=words.strip()[:80], after=read_id(after), limit=PAGE + 1
        )
    return planner_page(
        f"{TEMPLATES}/list.html",
        actor,
        here="campaigns",
        counts=counts,
        found=found[:PAGE],
        following=found[PAGE - 1].id if len(found) > PAGE else None,
        words_asked=words.strip()[:80],
        role_words=ROLE_WORDS,
    )


@get(f"{LIST}/liste", action="plan_campaigns", include_in_schema=False)
async def get_form(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> Response[Any]:
    """The form that brings a list."""
    return _form(actor, ListPreview(form=ListForm()), now)


@post(
    f"{LIST}/liste/apercu",
    action="plan_campaigns",
    include_in_schema=False,
    # a file, and the form around it
    request_max_body_size=FILE_AT_MOST + LIST_AT_MOST,
)
async def post_preview(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """The list as it was understood, and each line that is left out with its place and why; nothing is kept yet."""
    fields = await form_given(request)
    upload = fields.get("file")
    file = (upload.filename, await upload.read()) if isinstance(upload, UploadFile) and upload.filename else None
    # a workbook takes its time to read, and others are served meanwhile
    preview = await asyncio.to_thread(preview_list, read_list_form(fields), file=file)
    if not preview.ready:
        return _form(actor, preview, now, status=422)
    async with edge.reading() as connection:
        preview = compare(preview, await list_correspondents(connection, actor.organisation_id))
    return planner_page(
        f"{TEMPLATES}/preview.html",
        actor,
        here="campaigns",
        preview=preview,
        changes=preview.changes[:CHANGES_SHOWN],
        role_words=ROLE_WORDS,
        kept_until=kept_until(now),
    )


@post(f"{LIST}/liste", action="plan_campaigns", include_in_schema=False, request_max_body_size=LIST_AT_MOST)
async def post_list(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Keep the list; the same twice is the same list."""
    _own(actor)
    preview = await asyncio.to_thread(preview_list, read_list_form(await form_given(request)))
    if not preview.ready or preview.faults:
        return _form(actor, preview, now, status=422)
    try:
        async with edge.transaction() as connection:
            kept = await keep_correspondents(
                connection,
                organisation_id=actor.organisation_id,
                lines=preview.lines,
                source=preview.form.source,
                signer=edge.signer,
                now=now,
            )
            if kept.added or kept.changed:
                with speaking("fr"):
                    said = n_(
                        "{count} correspondant ajouté ou corrigé.",
                        "{count} correspondants ajoutés ou corrigés.",
                        kept.added + kept.changed,
                    )
                await write_audit(connection, actor, "keep_correspondents", said, now=now)
    except ListTooLong as refusal:
        return _form(actor, preview, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(LIST, status_code=303)


@get(f"{LIST}/liste.csv", action="plan_campaigns", include_in_schema=False)
async def get_file(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[bytes]:
    """The whole list as a file, which can be brought again."""
    async with edge.reading() as connection:
        listed = [each.listed for each in await list_correspondents(connection, actor.organisation_id)]
    return _file(b"\xef\xbb\xbf" + write_list(listed).encode(), "text/csv; charset=utf-8", "correspondants.csv")


@get(f"{LIST}/{{person_id:uuid}}", action="plan_campaigns", include_in_schema=False)
async def get_correspondent(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], person_id: FromPath[UUID]
) -> Response[Any]:
    """All that is kept of one person, to be told to them who ask."""
    async with edge.reading() as connection:
        one = await read_correspondent(connection, actor.organisation_id, person_id)
        letters = await list_letters_to(connection, person_id)
    return planner_page(
        f"{TEMPLATES}/correspondent.html",
        actor,
        here="campaigns",
        one=one,
        letters=letters,
        role_words=ROLE_WORDS,
        say_value=say_value,
    )


@get(f"{LIST}/{{person_id:uuid}}/donnees.json", action="plan_campaigns", include_in_schema=False)
async def get_data(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], person_id: FromPath[UUID]
) -> Response[bytes]:
    """The same as a file, for whom it is about."""
    async with edge.reading() as connection:
        one = await read_correspondent(connection, actor.organisation_id, person_id)
        letters = await list_letters_to(connection, person_id)
    content = msgspec.json.format(msgspec.json.encode({"correspondent": one, "letters": letters}), indent=2)
    return _file(content, "application/json", "donnees.json")


@post(f"{LIST}/{{person_id:uuid}}/retrait", action="plan_campaigns", include_in_schema=False)
async def post_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    person_id: FromPath[UUID],
) -> Response[Any]:
    """Take one person off the list, for good if they declined: what was written to them is erased."""
    async with edge.transaction() as connection:
        await remove_correspondent(connection, organisation_id=actor.organisation_id, person_id=person_id, now=now)
        await write_audit(connection, actor, "remove_correspondent", now=now)
    return Redirect(LIST, status_code=303)


def _own(actor: Actor) -> None:
    if actor.organisation_id == EVERY_ORGANISATION:
        raise NoList


def _form(actor: Actor, preview: ListPreview, now: datetime, *, trouble: str = "", status: int = 200) -> Response[Any]:
    return planner_page(
        f"{TEMPLATES}/form.html",
        actor,
        here="campaigns",
        status=status,
        preview=preview,
        form=preview.form,
        trouble=trouble,
        kept_until=kept_until(now),
    )


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=media_type, headers=headers)


route_handlers: list[Any] = [
    get_list,
    get_form,
    post_preview,
    post_list,
    get_file,
    get_correspondent,
    get_data,
    post_removal,
]
