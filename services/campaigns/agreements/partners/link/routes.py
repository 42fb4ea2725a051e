"""The link of a mail: a partner reads what is asked and answers, without an account; looking changes nothing."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.campaign import CampaignChangedMeanwhile, say_changes
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.agreement import (
    Agreement,
    AgreementInForce,
    InvalidWord,
    PartnerLeftAlready,
    parse_word,
)
from services.campaigns.agreements.partners.decline_campaign import decline_campaign
from services.campaigns.agreements.partners.read import find_agreement, names_of_sectors
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page
from shared.database import Connection
from shared.languages import _
from shared.signed_links import SignedId

SHOWN_AT_MOST = 2000


@get("/accords/{token:str}", include_in_schema=False)
async def get_agreement(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[Any]:
    """What is asked, by whom, who else is asked, and what changed; a link to an older version says so."""
    return await _page(edge, token)


@post("/accords/{token:str}", include_in_schema=False)
async def post_agreement(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Say yes or no, with a word, to the version of the link."""
    fields = await form_given(request)
    signed = signed_link(edge, token)
    written, answer = str(fields.get("word", "")), fields.get("answer")
    if answer not in ("agreed", "declined"):
        return await _page(edge, token, word=written, trouble=_("Choisissez une réponse."), status=422)
    try:
        async with edge.transaction() as connection:
            await answer_by_link(connection, signed, agrees=answer == "agreed", word=written, now=now)
    except InvalidWord as refusal:
        return await _page(edge, token, word=written, trouble=refusal.sentence, status=refusal.status)
    except CampaignChangedMeanwhile:
        return await _page(edge, token, status=409)
    except (AgreementInForce, PartnerLeftAlready) as refusal:
        return await _page(edge, token, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"/accords/{token}", status_code=303, headers={"Cache-Control": "no-store"})


async def answer_by_link(connection: Connection, signed: SignedId, *, agrees: bool, word: str, now: datetime) -> None:
    """Answer in the caller's transaction for the version of the link, with its line in the trail."""
    agreement, actor = await partner_of(connection, signed)
    await (agree_campaign if agrees else decline_campaign)(
        connection,
        campaign_id=agreement.campaign_id,
        organisation_id=agreement.organisation_id,
        version=signed.version,
        word=parse_word(word),
        now=now,
    )
    detail = f"{'Donne son accord à' if agrees else 'Refuse'} la version {signed.version}, par le lien reçu par e-mail."
    await write_audit(
        connection,
        actor,
        "agree_campaign" if agrees else "decline_campaign",
        detail,
        now=now,
        campaign_id=agreement.campaign_id,
    )


def signed_link(edge: Edge, token: str) -> SignedId:
    """What a link says; one that is not ours is nobody's, and nothing is found for it."""
    return edge.signer.read("agreement", token)


async def partner_of(connection: Connection, signed: SignedId) -> tuple[Agreement, Actor]:
    """The agreement of a link, and who holds it: the partner, in the role of one who looks."""
    agreement = await find_agreement(connection, signed.id)
    actor = Actor(
        organisation_id=agreement.organisation_id,
        organisation=agreement.organisation,
        organisation_kind=agreement.organisation_kind,
        role="viewer",
    )
    return agreement, actor


async def _page(edge: Edge, token: str, *, word: str = "", trouble: str = "", status: int = 200) -> Response[Any]:
    signed = signed_link(edge, token)
    async with edge.reading() as connection:
        agreement, actor = await partner_of(connection, signed)
        left = agreement.left_at is not None
        view: CampaignPage | None = (
            None if left else await read_carried_campaign(connection, actor, name=agreement.campaign_id)
        )
        names = await names_of_sectors(connection)
    return page(
        "agreements/partners/link/templates/agreement.html",
        status=status,
        private=True,
        view=view,
        agreement=agreement,
        old=agreement.asked_version != signed.version,
        sector_names=names,
        changes=say_changes(view.campaign.agreed, view.campaign.proposed, names) if view and view.second_round else (),
        word=word[:SHOWN_AT_MOST],
        trouble=trouble,
    )


route_handlers: list[Any] = [get_agreement, post_agreement]
