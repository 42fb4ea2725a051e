"""The JSON bodies of campaigns and agreements: the contract for machines."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.campaigns.agreements.campaign import InvalidCampaign, Wording
from services.campaigns.agreements.overview import CampaignLine, CampaignPage
from services.campaigns.agreements.partners.agreement import Agreement
from services.campaigns.agreements.wording_form import WordingForm
from services.campaigns.catalogue.listing import Listing
from shared.languages import later

Title = Annotated[str, Meta(examples=["Normandie, deux semaines pour découvrir"])]
Departements = Annotated[tuple[str, ...], Meta(description="Their numbers.", examples=[["27", "76"]])]
Word = Annotated[str, Meta(description="A word for the lead, at most 1,000 characters.", examples=["Avec plaisir."])]


class SectorBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A sector by the national platform's code, and the campaign's own word for it, empty for none."""

    code: Annotated[str, Meta(examples=["s21"])]
    label: Annotated[str, Meta(examples=["Nucléaire"])] = ""


class WordingBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the partners agree to; the period includes both days; one or two sectors."""

    title: Title
    presentation: str = ""
    first_day: Date
    last_day: Date
    departements: Departements
    sectors: tuple[SectorBody, ...]


class WordingChangeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these fields; what is left out stays as it is proposed now."""

    title: Title | UnsetType = UNSET
    presentation: str | UnsetType = UNSET
    first_day: Date | UnsetType = UNSET
    last_day: Date | UnsetType = UNSET
    departements: Departements | UnsetType = UNSET
    sectors: tuple[SectorBody, ...] | UnsetType = UNSET


class CopyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The copy of a campaign: its title and its period."""

    title: Title
    first_day: Date
    last_day: Date


class InvitationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that is known by its id, or a new one; somebody to write to where nobody is known."""

    organisation_id: UUID | None = None
    name: str = ""
    kind: Annotated[str, Meta(examples=["company"])] = ""
    siret: Annotated[str, Meta(examples=["73282932000074"])] = ""
    uai: str = ""
    contact_first_name: str = ""
    contact_last_name: str = ""
    contact_email: Annotated[str, Meta(examples=["contact@chambre.example"])] = ""
    contact_phone: str = ""


class WordBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The word that goes with an answer."""

    word: Word = ""


class AgreementBody(Struct, frozen=True, kw_only=True):
    """One organisation's agreement; `state`: agreed, awaited, declined, left, towards `asked_version`."""

    organisation_id: UUID
    organisation: str
    state: str
    asked_version: int
    agreed_version: int
    asked_at: datetime | None
    agreed_at: datetime | None
    answered_at: datetime | None
    left_at: datetime | None
    word: str


class CampaignInListBody(Struct, frozen=True, kw_only=True):
    """A campaign in a list; seats are of its public offers; `awaited` names who has not said yes."""

    id: UUID
    slug: str
    title: str
    first_day: Date
    last_day: Date
    lead: str
    cancelled: bool
    awaited: tuple[str, ...]
    partners: int
    offers: int
    public: int
    seats: int
    taken: int
    waiting: int


class CampaignsBody(Struct, frozen=True):
    """A page of campaigns; `next` is the key to ask for the following page with, or null."""

    items: list[CampaignInListBody]
    next: str | None


class CampaignBody(Struct, frozen=True, kw_only=True):
    """A campaign: what is shown (`agreed`), what is proposed and asked about, who has answered."""

    id: UUID
    slug: str
    version: int
    agreed_version: int
    lead: str
    cancelled: bool
    agreed: WordingBody
    proposed: WordingBody
    changes: tuple[str, ...]
    awaited: tuple[str, ...]
    agreements: tuple[AgreementBody, ...]


class AskedBody(Struct, frozen=True, kw_only=True):
    """What a partner is asked by mail; `outdated`: the campaign has changed since, a newer mail asks."""

    agreement: AgreementBody
    outdated: bool
    lead: str
    cancelled: bool
    proposed: WordingBody
    changes: tuple[str, ...]
    awaited: tuple[str, ...]


class CampaignOfferBody(Struct, frozen=True, kw_only=True):
    """An offer of a campaign, drafts included."""

    id: UUID
    slug: str
    organisation_id: UUID
    organisation: str
    kind: str
    title: str
    status: str
    first_day: Date | None
    last_day: Date | None
    seats: int
    taken: int
    waiting: int


class CampaignOffersBody(Struct, frozen=True):
    """A page of offers; `next` as in the list of campaigns."""

    items: list[CampaignOfferBody]
    next: str | None


class PreviewedOfferBody(Struct, frozen=True, kw_only=True):
    """An offer as it would stand in the copy."""

    title: str
    organisation: str
    first_day: Date | None
    last_day: Date | None


class PreviewBody(Struct, frozen=True, kw_only=True):
    """A copy as it would be; `warnings`: public holidays and other things to look at, French sentences."""

    offers: list[PreviewedOfferBody]
    warnings: tuple[str, ...]


def form_of_body(body: WordingBody) -> WordingForm:
    """The form a body fills; raises `InvalidCampaign` for more than two sectors."""
    if len(body.sectors) > 2:
        raise InvalidCampaign(later("Une campagne nomme un ou deux secteurs."), field="sectors")
    first, second = [*body.sectors, SectorBody(""), SectorBody("")][:2]
    return WordingForm(
        title=body.title,
        presentation=body.presentation,
        first_day=body.first_day.isoformat(),
        last_day=body.last_day.isoformat(),
        departements=",".join(body.departements),
        sector_1=first.code,
        label_1=first.label,
        sector_2=second.code,
        label_2=second.label,
    )


def wording_body(wording: Wording) -> WordingBody:
    """A wording as JSON says it."""
    return WordingBody(
        title=wording.title,
        presentation=wording.presentation,
        first_day=wording.first_day,
        last_day=wording.last_day,
        departements=wording.departements,
        sectors=tuple(SectorBody(chosen.sector, chosen.label) for chosen in wording.sectors),
    )


def changed_body(wording: Wording, change: WordingChangeBody) -> WordingBody:
    """What is proposed now with the change in it."""
    before = wording_body(wording)
    return WordingBody(
        title=before.title if change.title is UNSET else change.title,
        presentation=before.presentation if change.presentation is UNSET else change.presentation,
        first_day=before.first_day if change.first_day is UNSET else change.first_day,
        last_day=before.last_day if change.last_day is UNSET else change.last_day,
        departements=before.departements if change.departements is UNSET else change.departements,
        sectors=before.sectors if change.sectors is UNSET else change.sectors,
    )


def line_body(line: CampaignLine) -> CampaignInListBody:
    """A line of the list as JSON says it."""
    return CampaignInListBody(**{name: getattr(line, name) for name in CampaignInListBody.__struct_fields__})


def campaign_body(view: CampaignPage) -> CampaignBody:
    """A campaign as JSON says it."""
    campaign = view.campaign
    return CampaignBody(
        id=campaign.id,
        slug=campaign.slug,
        version=campaign.version,
        agreed_version=campaign.agreed_version,
        lead=campaign.lead,
        cancelled=campaign.cancelled,
        agreed=wording_body(campaign.agreed),
        proposed=wording_body(campaign.proposed),
        changes=campaign.changes if view.second_round else (),
        awaited=tuple(view.awaited),
        agreements=tuple(agreement_body(agreement) for agreement in view.agreements),
    )


def agreement_body(agreement: Agreement) -> AgreementBody:
    """An agreement as JSON says it."""
    return AgreementBody(**{name: getattr(agreement, name) for name in AgreementBody.__struct_fields__})


def offer_body(organisation_id: UUID, listing: Listing) -> CampaignOfferBody:
    """An offer of a campaign as JSON says it."""
    names = [name for name in CampaignOfferBody.__struct_fields__ if name != "organisation_id"]
    return CampaignOfferBody(organisation_id=organisation_id, **{name: getattr(listing, name) for name in names})
