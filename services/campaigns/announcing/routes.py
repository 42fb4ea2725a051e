"""Announcing on pages: what was announced and what came of it, a new one looked at before it goes, the brake."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.announcement import (
    BATCH,
    DISTANCES,
    STOPS,
    WORD_AT_MOST,
    AnnouncedCampaign,
    Choice,
    NobodyToTell,
    read_choice,
)
from services.campaigns.announcing.correspondents.correspondent import ROLE_WORDS
from services.campaigns.announcing.correspondents.read import count_listed
from services.campaigns.announcing.correspondents.routes import LIST
from services.campaigns.announcing.correspondents.routes import route_handlers as correspondents
from services.campaigns.announcing.open_announcement import open_announcement
from services.campaigns.announcing.reach import REASONS, announce
from services.campaigns.announcing.read import (
    list_announcements,
    list_campaigns_to_announce,
    read_announcement,
    read_campaign_to_announce,
    read_progress,
    read_reach,
)
from services.campaigns.announcing.switch_announcement import resume_announcement, stop_announcement
from services.campaigns.announcing.webinars.routes import route_handlers as webinars
from services.campaigns.catalogue.finding.places import DEPARTEMENTS
from services.campaigns.edge import Edge
from services.campaigns.given import form_given, read_id
from services.campaigns.look.pages import planner_page
from shared.identifiers import new_id
from shared.languages import _

HOME = "/planification/annonces"
TEMPLATES = "announcing/templates"
PAGE = 20

After = Annotated[str, QueryParameter(name="apres", description="The last one of the page before")]
CampaignName = Annotated[str, QueryParameter(name="campagne", description="The slug of the campaign to announce")]


@get(HOME, action="plan_campaigns", include_in_schema=False)
async def get_announcements(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], now: NamedDependency[datetime], after: After = ""
) -> Response[Any]:
    """What was announced, and what came of it."""
    async with edge.reading() as connection:
        counts = await count_listed(connection, actor.organisation_id)
        campaigns = await list_campaigns_to_announce(connection, actor.organisation_id, now=now)
        found = await list_announcements(connection, actor.organisation_id, after=read_id(after), limit=PAGE + 1)
        shown = [(each, await read_progress(connection, each.id)) for each in found[:PAGE]]
    return planner_page(
        f"{TEMPLATES}/announcements.html",
        actor,
        here="campaigns",
        counts=counts,
        campaigns=campaigns,
        shown=shown,
        following=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@get(f"{HOME}/nouvelle", action="plan_campaigns", include_in_schema=False)
async def get_new_announcement(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    campaign: CampaignName = "",
) -> Response[Any]:
    """What to announce, and to whom."""
    return await _form(edge, actor, Choice(campaign=campaign), {}, now)


@post(f"{HOME}/apercu", action="plan_campaigns", include_in_schema=False)
async def post_preview(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Whom it would reach, whom not and why, and the very mail; nothing is sent."""
    choice, faults = await _choice(request)
    campaign = await _campaign(edge, actor, choice, faults, now)
    if campaign is None or faults:
        return await _form(edge, actor, choice, faults, now, status=422)
    return await _preview(edge, actor, campaign, choice, now)


@post(HOME, action="plan_campaigns", include_in_schema=False)
async def post_announcement(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Send the first batch; the others follow. Pressed twice it is one announcement."""
    choice, faults = await _choice(request)
    announcement_id = read_id(str((await form_given(request)).get("id", "")))
    campaign = await _campaign(edge, actor, choice, faults, now)
    if campaign is None or faults or announcement_id is None:
        return await _form(edge, actor, choice, faults, now, status=422)
    try:
        async with edge.transaction() as connection:
            await open_announcement(
                connection, actor, announcement_id=announcement_id, campaign=campaign, choice=choice, now=now
            )
    except NobodyToTell as refusal:
        return await _preview(edge, actor, campaign, choice, now, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"{HOME}/{announcement_id}", status_code=303)


@get(f"{HOME}/{{announcement_id:uuid}}", action="plan_campaigns", include_in_schema=False)
async def get_announcement(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    announcement_id: FromPath[UUID],
) -> Response[Any]:
    """How far it is, and what came of it."""
    async with edge.reading() as connection:
        announcement = await read_announcement(connection, actor.organisation_id, announcement_id)
        progress = await read_progress(connection, announcement_id)
        left = 0
        if not announcement.ended_at:
            found = await read_reach(
                connection,
                organisation_id=actor.organisation_id,
                campaign_id=announcement.campaign_id,
                choice=announcement.choice,
                now=now,
            )
            left = len(found.people)
    return planner_page(
        f"{TEMPLATES}/announcement.html",
        actor,
        here="campaigns",
        announcement=announcement,
        progress=progress,
        left=left,
        stops=STOPS,
        role_words=ROLE_WORDS,
        departements=DEPARTEMENTS,
    )


@post(f"{HOME}/{{announcement_id:uuid}}/arret", action="plan_campaigns", include_in_schema=False)
async def post_stop(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    announcement_id: FromPath[UUID],
) -> Redirect:
    """No further batch goes."""
    async with edge.transaction() as connection:
        await stop_announcement(connection, actor, announcement_id=announcement_id, now=now)
    return Redirect(f"{HOME}/{announcement_id}", status_code=303)


@post(f"{HOME}/{{announcement_id:uuid}}/reprise", action="plan_campaigns", include_in_schema=False)
async def post_resumption(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    announcement_id: FromPath[UUID],
) -> Redirect:
    """The next batches go."""
    async with edge.transaction() as connection:
        await resume_announcement(connection, actor, announcement_id=announcement_id, now=now)
    return Redirect(f"{HOME}/{announcement_id}", status_code=303)


async def _preview(
    edge: Edge,
    actor: Actor,
    campaign: AnnouncedCampaign,
    choice: Choice,
    now: datetime,
    *,
    trouble: str = "",
    status: int = 200,
) -> Response[Any]:
    async with edge.reading() as connection:
        found = await read_reach(
            connection, organisation_id=actor.organisation_id, campaign_id=campaign.id, choice=choice, now=now
        )
    announcement_id = new_id()
    facts = announce(
        found.people[:1],
        found.near,
        announcement_id=announcement_id,
        organisation=actor.organisation,
        campaign=campaign,
        word=choice.word,
        now=now,
    )
    return planner_page(
        f"{TEMPLATES}/preview.html",
        actor,
        here="campaigns",
        status=status,
        id=announcement_id,
        campaign=campaign,
        choice=choice,
        found=found,
        reasons=REASONS,
        batch=BATCH,
        mails=edge.preview(facts, None),
        example=facts[0].school if facts else "",
        trouble=trouble,
        role_words=ROLE_WORDS,
        departements=DEPARTEMENTS,
    )


async def _form(
    edge: Edge, actor: Actor, choice: Choice, faults: dict[str, str], now: datetime, *, status: int = 200
) -> Response[Any]:
    async with edge.reading() as connection:
        counts = await count_listed(connection, actor.organisation_id)
        campaigns = await list_campaigns_to_announce(connection, actor.organisation_id, now=now)
    return planner_page(
        f"{TEMPLATES}/form.html",
        actor,
        here="campaigns",
        status=status,
        counts=counts,
        campaigns=[(each.slug, each.title) for each in campaigns],
        choice=choice,
        faults=faults,
        distances=[(each, _("{distance} km", distance=each)) for each in DISTANCES],
        departements=list(DEPARTEMENTS.items()),
        role_words=ROLE_WORDS,
        word_at_most=WORD_AT_MOST,
        list_path=LIST,
    )


async def _choice(request: Request[Any, Any, Any]) -> tuple[Choice, dict[str, str]]:
    form = await form_given(request)
    return read_choice(dict(form), form.getall("roles", []))


async def _campaign(
    edge: Edge, actor: Actor, choice: Choice, faults: dict[str, str], now: datetime
) -> AnnouncedCampaign | None:
    """The campaign chosen; one that the organisation may not announce is a fault of the form."""
    async with edge.reading() as connection:
        campaign = await read_campaign_to_announce(connection, actor.organisation_id, choice.campaign, now=now)
    if campaign is None:
        faults.setdefault("campaign", _("Choisissez une campagne publiée."))
    return campaign


route_handlers: list[Any] = [
    get_announcements,
    get_new_announcement,
    post_preview,
    post_announcement,
    get_announcement,
    post_stop,
    post_resumption,
    *correspondents,
    *webinars,
]
