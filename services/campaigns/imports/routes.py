"""The file of an offer: taken with a preview of what it would do, given as .csv, .xlsx or .yaml."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.imports.document import read_document
from services.campaigns.imports.exported import write_csv, write_xlsx, write_yaml
from services.campaigns.imports.fault import Fault, FileRefused
from services.campaigns.imports.import_file import import_upload
from services.campaigns.imports.import_programme import ProgrammeChange
from services.campaigns.imports.preview import Carried, Preview, bare_name, preview_of, unpack
from services.campaigns.imports.read import read_exported, read_fingerprint, read_target
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.imports.target import Target
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.life.consequences.consequences import Consequences, Words, read_words
from services.campaigns.offers.life.consequences.read import read_consequences
from services.campaigns.offers.life.read import OfferInLife, read_own_offer
from services.campaigns.offers.life.sheet_form import texts_of
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.languages import _, later
from shared.refusal import Refusal

# a file of the largest size, as text in a hidden field, and the rest of the form
BODY_AT_MOST = FILE_AT_MOST * 3 // 2
FAULTS_SHOWN = 100
WRITERS = {
    "programme.csv": (write_csv, "text/csv; charset=utf-8"),
    "programme.xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "programme.yaml": (write_yaml, "application/yaml"),
}


class UnknownForm(Refusal):
    """The programme is not given in this form."""

    reason: ClassVar[str] = "unknown-form"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Le programme se donne en .csv, .xlsx ou .yaml."))


class ChangedSincePreview(Exception):
    """The offer is not what it was when the preview was made."""


@get("/planification/{slug:str}/fichier", action="plan_offers", include_in_schema=False)
async def get_file_page(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Where a file is given, and the three in which the programme is."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return _page(actor, offer)


@get("/planification/{slug:str}/fichier/{name:str}", action="plan_offers", include_in_schema=False)
async def get_file(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """The programme as a file; brought in again, it changes nothing."""
    if name not in WRITERS:
        raise UnknownForm
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await give_file(edge, offer, name)


@post(
    "/planification/{slug:str}/fichier",
    action="plan_offers",
    include_in_schema=False,
    request_max_body_size=BODY_AT_MOST,
)
async def post_file(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Show what the file would do; do it once that is confirmed. A fault anywhere, and nothing is done."""
    form = await request.form()
    fields = texts_of({name: value for name, value in form.items() if isinstance(value, str)})
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        target = await read_target(connection, offer.id)
        fingerprint = await read_fingerprint(connection, offer.id)
    file = await _given(form)
    if file is None:
        return _page(actor, offer, faults=(Fault(0, "", _("choisissez un fichier.")),), status=422)
    try:
        words = read_words(fields)
        if fields.get("confirmed"):
            try:
                await take_file(edge, actor, target, file, words, seen=fields.get("seen", ""), now=now)
            except ChangedSincePreview:
                change, consequences = await rehearse_file(edge, target, file, words, now=now)
                return _page(
                    actor, offer, file, change, consequences, words, seen=fingerprint, meanwhile=True, status=412
                )
            return Redirect(f"/planification/{slug}/semaine", status_code=303)
        change, consequences = await rehearse_file(edge, target, file, words, now=now)
    except FileRefused as refused:
        return _page(actor, offer, file, faults=refused.faults, status=422)
    except Refusal as refusal:
        return _page(actor, offer, file, faults=(Fault(0, "", refusal.sentence),), status=refusal.status)
    return _page(actor, offer, file, change, consequences, words, seen=fingerprint)


async def rehearse_file(
    edge: Edge, target: Target, file: Carried, words: Words, *, now: datetime
) -> tuple[ProgrammeChange, Consequences]:
    """What a file would do and who would be told; nothing is kept of it. Raises `FileRefused`."""
    reading = await asyncio.to_thread(read_document, file.name, file.content, target.known)
    done: list[ProgrammeChange] = []

    async def act(connection: Connection) -> None:
        change, _ = await import_upload(
            connection, reading, target, note=words.note, tell_after=words.tell_after(now), now=now
        )
        done.append(change)

    consequences = await read_consequences(edge, target.offer_id, act)
    return done[0], consequences


async def take_file(
    edge: Edge, actor: Actor, target: Target, file: Carried, words: Words, *, seen: str, now: datetime
) -> ProgrammeChange:
    """Bring a file in; raises `FileRefused`, and `ChangedSincePreview` unless the offer is as it was `seen` (or "")."""
    reading = await asyncio.to_thread(read_document, file.name, file.content, target.known)
    async with edge.transaction() as connection:
        await lock_offer(connection, target.offer_id)
        if seen and seen != await read_fingerprint(connection, target.offer_id):
            raise ChangedSincePreview
        change, imported = await import_upload(
            connection, reading, target, note=words.note, tell_after=words.tell_after(now), now=now
        )
        if not imported.untouched:
            detail = (
                f"a importé un fichier : {imported.added} séances ajoutées, {imported.changed} modifiées, "
                f"{imported.cancelled} retirées."
            )
            await write_audit(connection, actor, "import_file", detail, now=now, offer_id=target.offer_id)
    return change


async def give_file(edge: Edge, offer: OfferInLife, name: str) -> Response[Any]:
    """The answer that carries one of `WRITERS`."""
    write, media_type = WRITERS[name]
    async with edge.reading() as connection:
        exported = await read_exported(connection, offer.id)
    ending = name.rpartition(".")[2]
    headers = {
        "Content-Disposition": f'attachment; filename="{offer.slug}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(await asyncio.to_thread(write, exported), media_type=media_type, headers=headers)


async def _given(form: Mapping[str, Any]) -> Carried | None:
    """The file that was uploaded, or the one that a page carries on."""
    uploaded = form.get("file")
    if isinstance(uploaded, UploadFile) and uploaded.filename:
        return Carried(name=bare_name(uploaded.filename), content=await uploaded.read(FILE_AT_MOST + 1))
    packed, name = form.get("content"), form.get("name")
    return unpack(name, packed) if isinstance(packed, str) and isinstance(name, str) else None


def _page(
    actor: Actor,
    offer: OfferInLife,
    file: Carried | None = None,
    change: ProgrammeChange | None = None,
    consequences: Consequences | None = None,
    words: Words | None = None,
    *,
    faults: tuple[Fault, ...] = (),
    seen: str = "",
    meanwhile: bool = False,
    status: int = 200,
) -> Response[Any]:
    preview: Preview | None = preview_of(change) if change else None
    return planner_page(
        "imports/templates/file.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        file=file,
        preview=preview,
        told=consequences.told if consequences else None,
        mail=consequences.mail if consequences else None,
        words_added=words or Words(),
        faults=faults[:FAULTS_SHOWN],
        more_faults=max(0, len(faults) - FAULTS_SHOWN),
        seen=seen,
        meanwhile=meanwhile,
    )


route_handlers: list[Any] = [get_file_page, get_file, post_file]
