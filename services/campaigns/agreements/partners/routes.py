"""Partners: the pages on which they are invited, asked again, and answer; with an account, or by the link of a mail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.agreement import AlreadyPartner, NobodyToAsk, UnknownAgreement, parse_word
from services.campaigns.agreements.partners.decline_campaign import decline_campaign
from services.campaigns.agreements.partners.invitation import (
    ChooseOrganisation,
    Invitation,
    InvitationForm,
    OrganisationKnown,
    read_invitation_form,
)
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.agreements.partners.link.routes import route_handlers as link
from services.campaigns.agreements.partners.read import name_of_organisation, people_to_ask, read_agreement
from services.campaigns.agreements.partners.request_agreement import request_agreement
from services.campaigns.agreements.read import read_carried_campaign, search_organisations
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_number
from services.campaigns.look.pages import planner_page
from services.campaigns.organisations.add_contact import add_contact
from services.campaigns.organisations.add_organisation import add_organisation
from services.campaigns.organisations.contact import HasItsOwnMembers, TooManyContacts
from services.campaigns.organisations.organisation import KIND_NAMES
from shared.database import Connection

SEARCH_AT_MOST = 100

Query = Annotated[str, QueryParameter(name="q", description="Part of a name, a SIRET or a UAI")]


@get("/planification/campagnes/{slug:str}/inviter", action="plan_campaigns", include_in_schema=False)
async def get_invitation(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], q: Query = ""
) -> Response[Any]:
    """Search an organisation that is known, or write down a new one."""
    return await _invitation(edge, actor, slug, InvitationForm(), q=q)


@post("/planification/campagnes/{slug:str}/inviter", action="plan_campaigns", include_in_schema=False)
async def post_invitation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Ask the organisation; or the form again, each fault beside its field."""
    fields = await request.form()
    form, q = read_invitation_form(fields), str(fields.get("q", ""))
    invitation, faults = form.read()
    if invitation is None:
        return await _invitation(edge, actor, slug, form, q=q, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            campaign_page = await read_carried_campaign(connection, actor, name=slug)
            await invite(connection, actor, campaign_page, invitation, now=now)
    except (
        AlreadyPartner,
        ChooseOrganisation,
        HasItsOwnMembers,
        NobodyToAsk,
        OrganisationKnown,
        TooManyContacts,
    ) as refusal:
        faults = {refusal.field or "contact_email": refusal.sentence}
        return await _invitation(edge, actor, slug, form, q=q, faults=faults, status=refusal.status)
    return Redirect(f"/planification/campagnes/{slug}#accords", status_code=303)


async def invite(
    connection: Connection, actor: Actor, campaign_page: CampaignPage, invitation: Invitation, *, now: datetime
) -> UUID:
    """Add the organisation where it is new, its contact where nobody answers for it yet, and ask; the partner's id.

    Whoever is known at an organisation answers for it: the lead cannot name itself there.
    """
    campaign_page.need_lead()
    if isinstance(invitation.organisation, UUID):
        organisation_id = invitation.organisation
    else:
        organisation_id, new = await add_organisation(connection, actor=actor, form=invitation.organisation, now=now)
        if not new:
            raise OrganisationKnown(await name_of_organisation(connection, organisation_id))
    if invitation.contact is not None and not await people_to_ask(connection, organisation_id):
        await add_contact(
            connection,
            actor=actor,
            organisation_id=organisation_id,
            form=invitation.contact,
            now=now,
            from_outside=True,
        )
    campaign_id = campaign_page.campaign.id
    await invite_partner(connection, campaign_id=campaign_id, organisation_id=organisation_id, now=now)
    asked = await read_agreement(connection, campaign_id, organisation_id)
    await write_audit(
        connection, actor, "invite_partner", f"Invite « {asked.organisation} ».", now=now, campaign_id=campaign_id
    )
    return organisation_id


@post("/planification/campagnes/{slug:str}/accord", action="answer_agreements", include_in_schema=False)
async def post_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Say yes or no for one's organisation, with a word, to the version the page showed."""
    fields = await request.form()
    async with edge.transaction() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        await answer(
            connection,
            actor,
            campaign_page,
            organisation_id=actor.organisation_id,
            agrees=fields.get("answer") == "agreed",
            version=read_number(fields.get("version")),
            word=str(fields.get("word", "")),
            now=now,
        )
    return Redirect(f"/planification/campagnes/{slug}#accords", status_code=303)


async def answer(
    connection: Connection,
    actor: Actor,
    campaign_page: CampaignPage,
    *,
    organisation_id: UUID,
    agrees: bool,
    version: int,
    word: str,
    now: datetime,
) -> None:
    """Answer in the caller's transaction, with its line in the trail; only for the actor's own organisation."""
    if not actor.acts_for(organisation_id):
        raise UnknownAgreement
    campaign = campaign_page.campaign
    await (agree_campaign if agrees else decline_campaign)(
        connection,
        campaign_id=campaign.id,
        organisation_id=organisation_id,
        version=version,
        word=parse_word(word),
        now=now,
    )
    said = campaign.proposed.title
    detail = f"{'Donne son accord à' if agrees else 'Refuse'} la version {version} de la campagne « {said} »."
    await write_audit(
        connection,
        actor,
        "agree_campaign" if agrees else "decline_campaign",
        detail,
        now=now,
        campaign_id=campaign.id,
    )


@post(
    "/planification/campagnes/{slug:str}/partenaires/{organisation_id:uuid}/demande",
    action="plan_campaigns",
    include_in_schema=False,
)
async def post_request(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    organisation_id: FromPath[UUID],
) -> Response[Any]:
    """Ask a partner again."""
    async with edge.transaction() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        await ask_again(connection, actor, campaign_page, organisation_id, now=now)
    return Redirect(f"/planification/campagnes/{slug}#accords", status_code=303)


async def ask_again(
    connection: Connection, actor: Actor, campaign_page: CampaignPage, organisation_id: UUID, *, now: datetime
) -> None:
    """Ask again in the caller's transaction, with its line in the trail; for the lead."""
    campaign_page.need_lead()
    campaign_id = campaign_page.campaign.id
    await request_agreement(connection, campaign_id=campaign_id, organisation_id=organisation_id, now=now)
    asked = await read_agreement(connection, campaign_id, organisation_id)
    detail = f"Redemande son accord à « {asked.organisation} »."
    await write_audit(connection, actor, "request_agreement", detail, now=now, campaign_id=campaign_id)


@post(
    "/planification/campagnes/{slug:str}/partenaires/{organisation_id:uuid}/retrait",
    action="plan_campaigns",
    include_in_schema=False,
)
async def post_taking_back(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    organisation_id: FromPath[UUID],
) -> Response[Any]:
    """Take a request back from a partner that does not carry the campaign."""
    async with edge.transaction() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        await take_back(connection, actor, campaign_page, organisation_id, now=now)
    return Redirect(f"/planification/campagnes/{slug}#accords", status_code=303)


async def take_back(
    connection: Connection, actor: Actor, campaign_page: CampaignPage, organisation_id: UUID, *, now: datetime
) -> None:
    """Take a request back in the caller's transaction, with its line in the trail; for the lead."""
    campaign_page.need_lead()
    campaign_id = campaign_page.campaign.id
    asked = await read_agreement(connection, campaign_id, organisation_id)
    await withdraw_partner(
        connection, campaign_id=campaign_id, organisation_id=organisation_id, taken_back=True, now=now
    )
    detail = f"Retire la demande d’accord faite à « {asked.organisation} »."
    await write_audit(connection, actor, "withdraw_partner", detail, now=now, campaign_id=campaign_id)


async def _invitation(
    edge: Edge,
    actor: Actor,
    slug: str,
    form: InvitationForm,
    *,
    q: str,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    text = q.replace("\x00", "").strip()[:SEARCH_AT_MOST]
    async with edge.reading() as connection:
        campaign_page = await read_carried_campaign(connection, actor, name=slug)
        campaign_page.need_lead()
        found = await search_organisations(connection, text) if text else []
    campaign_page.campaign.refuse_if_cancelled()
    asked = {one.organisation_id for one in campaign_page.partners}
    kind_names = {str(kind): name for kind, name in KIND_NAMES.items()}
    return planner_page(
        "agreements/partners/templates/invitation.html",
        actor,
        status=status,
        here="campaigns",
        campaign=campaign_page.campaign,
        form=form,
        faults=faults or {},
        q=text,
        found=[(one, name, kind_names[kind], one in asked) for one, name, kind in found],
        kinds=list(kind_names.items()),
    )


route_handlers: list[Any] = [
    get_invitation,
    post_invitation,
    post_answer,
    post_request,
    post_taking_back,
    *link,
]
