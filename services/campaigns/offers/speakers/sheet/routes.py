"""The sheet of a speaker: added to the bank, or changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.edit_speaker import edit_speaker
from services.campaigns.offers.speakers.read import BankedSpeaker, list_sectors, read_own_speaker
from services.campaigns.offers.speakers.sheet.speaker_form import SpeakerForm, read_speaker_form
from services.campaigns.offers.speakers.speaker import UnknownSpeaker
from shared.database import Connection
from shared.refusal import Refusal

BANK = "/planification/intervenants"


@get(f"{BANK}/nouveau", action="plan_speakers", include_in_schema=False)
async def get_new_speaker(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[Any]:
    """An empty sheet."""
    async with edge.reading() as connection:
        return await _sheet_page(connection, actor, None, SpeakerForm())


@post(f"{BANK}/nouveau", action="plan_speakers", include_in_schema=False)
async def post_new_speaker(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Somebody more in the bank."""
    form = read_speaker_form(await request.form())
    if actor.organisation_id == EVERY_ORGANISATION:
        raise UnknownSpeaker
    async with edge.reading() as connection:
        if faults := form.find_faults():
            return await _sheet_page(connection, actor, None, form, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            sheet = form.parse()
            speaker_id = await add_speaker(connection, organisation_id=actor.organisation_id, sheet=sheet, now=now)
            await write_audit(connection, actor, "add_speaker", f"Intervenant ajouté : {sheet.name}.", now=now)
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _sheet_page(connection, actor, None, form, refusal=refusal)
    return Redirect(f"{BANK}/{speaker_id}", status_code=303)


@get(f"{BANK}/{{speaker_id:uuid}}/fiche", action="plan_speakers", include_in_schema=False)
async def get_sheet(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> Response[Any]:
    """The sheet of a speaker, to be changed."""
    async with edge.reading() as connection:
        speaker = await read_own_speaker(connection, actor, speaker_id, now=now)
        form = SpeakerForm(
            name=speaker.name,
            trade=speaker.trade,
            employer=speaker.employer,
            sector=speaker.sector or "",
            email=speaker.email or "",
            contact_again="oui" if speaker.contact_again_at else "",
        )
        return await _sheet_page(connection, actor, speaker, form)


@post(f"{BANK}/{{speaker_id:uuid}}/fiche", action="plan_speakers", include_in_schema=False)
async def post_sheet(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> Response[Any]:
    """What is known of a speaker, changed."""
    form = read_speaker_form(await request.form())
    async with edge.reading() as connection:
        speaker = await read_own_speaker(connection, actor, speaker_id, now=now)
        if faults := form.find_faults():
            return await _sheet_page(connection, actor, speaker, form, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            await edit_speaker(connection, speaker_id=speaker_id, sheet=form.parse(), now=now)
            await write_audit(connection, actor, "edit_speaker", f"Fiche modifiée : {speaker.name}.", now=now)
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _sheet_page(connection, actor, speaker, form, refusal=refusal)
    return Redirect(f"{BANK}/{speaker_id}", status_code=303)


async def _sheet_page(
    connection: Connection,
    actor: Actor,
    speaker: BankedSpeaker | None,
    form: SpeakerForm,
    *,
    faults: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> Response[Any]:
    beside = {refusal.field: refusal.sentence} if refusal and refusal.field else {}
    return planner_page(
        "offers/speakers/sheet/templates/sheet.html",
        actor,
        status=refusal.status if refusal else status,
        here="speakers",
        speaker=speaker,
        sectors=await list_sectors(connection),
        form=form.shown(),
        faults=faults or beside,
        trouble=refusal.sentence if refusal and not refusal.field else "",
    )


route_handlers: list[Any] = [get_new_speaker, post_new_speaker, get_sheet, post_sheet]
