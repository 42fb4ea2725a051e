"""The file of an offer: JSON."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.imports.fault import FileRefused
from services.campaigns.imports.import_programme import ProgrammeChange
from services.campaigns.imports.preview import Carried, bare_name, preview_of
from services.campaigns.imports.read import read_target
from services.campaigns.imports.routes import BODY_AT_MOST, WRITERS, UnknownForm, give_file, rehearse_file, take_file
from services.campaigns.offers.life.consequences.consequences import Words, checked_note
from services.campaigns.offers.life.read import read_own_offer
from shared.languages import _
from shared.refusal import Refusal

FAULTS_TOLD = 100


class FileFaulty(Refusal):
    """The file cannot be brought in; the sentence lists its faults."""

    reason: ClassVar[str] = "file-refused"
    status: ClassVar[int] = 422


class FileBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme file; its name's ending says its form. With `dry_run` (the default) nothing is done."""

    name: Annotated[str, Meta(max_length=200, examples=["programme.csv"])]
    content: Annotated[bytes, Meta(description="The file, base64.")]
    dry_run: bool = True
    note: Annotated[str, Meta(max_length=2000)] = ""
    hold: bool = False


class FileReportBody(Struct, frozen=True, kw_only=True):
    """What the file did, or would do; each session and field in a line."""

    done: bool
    added: list[str]
    changed: list[str]
    cancelled: list[str]
    unchanged: int
    offer: list[str]
    seats: int | None


@get(
    "/api/v1/offers/{offer_id:uuid}/programme-file/{name:str}",
    action="plan_offers",
    summary="The programme as a file",
    media_type="application/octet-stream",
)
async def get_programme_file(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], name: FromPath[str]
) -> Response[Any]:
    """`programme.csv`, `programme.xlsx` or `programme.yaml`; brought in again, it changes nothing."""
    if name not in WRITERS:
        raise UnknownForm
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
    return await give_file(edge, offer, name)


@post(
    "/api/v1/offers/{offer_id:uuid}/programme-file",
    action="plan_offers",
    status_code=200,
    summary="Bring in a programme file",
    request_max_body_size=BODY_AT_MOST,
)
async def post_programme_file(
    request: Request[Any, Any, Any],  # noqa: ARG001  # its size is checked as it is read
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[FileBody],
) -> FileReportBody:
    """All of it or nothing; what is not in the file leaves the programme. 422 lists the faults."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        target = await read_target(connection, offer.id)
    file = Carried(name=bare_name(data.name), content=data.content)
    words = Words(note=checked_note(data.note), hold=data.hold)
    try:
        if data.dry_run:
            change, _ = await rehearse_file(edge, target, file, words, now=now)
        else:
            change = await take_file(edge, actor, target, file, words, seen="", now=now)
    except FileRefused as refused:
        raise FileFaulty(" ".join(str(fault) for fault in refused.faults[:FAULTS_TOLD])) from refused
    return _report(change, done=not data.dry_run)


def _report(change: ProgrammeChange, *, done: bool) -> FileReportBody:
    preview = preview_of(change)
    return FileReportBody(
        done=done,
        added=[line.heading for line in preview.added],
        changed=[f"{line.heading} ({_said(line.changes)})" for line in preview.changed],
        cancelled=[line.heading for line in preview.gone],
        unchanged=preview.unchanged,
        offer=[_said((one,)) for one in preview.offer],
        seats=preview.seats,
    )


def _said(changes: tuple[tuple[str, str, str], ...]) -> str:
    return _(" ; ").join(
        _("{field} : {before} → {after}", field=field, before=before or _("rien"), after=after or _("rien"))
        for field, before, after in changes
    )


route_handlers: list[Any] = [get_programme_file, post_programme_file]
