"""The JSON bodies of organisations, members, invitations, tokens and journals: the contract for machines."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.campaigns.access.permissions import Role
from services.campaigns.organisations.organisation import OrganisationKind
from services.campaigns.organisations.tokens.api_token import TokenRole

Email = Annotated[str, Meta(description="At most 254 characters.", examples=["maud@federation.example"])]
Name = Annotated[str, Meta(description="At most 120 characters.", examples=["Scierie du Bec"])]
FirstName = Annotated[str, Meta(examples=["Ève"])]
LastName = Annotated[str, Meta(examples=["Duroc"])]
Phone = Annotated[str, Meta(examples=["02 32 00 00 00"])]
Siret = Annotated[str | None, Meta(description="14 digits with their key.", examples=["12345678200010"])]
Uai = Annotated[str | None, Meta(description="7 digits and their letter.", examples=["0270016W"])]


class OrganisationBody(Struct, frozen=True, kw_only=True):
    """An organisation."""

    id: UUID
    slug: str
    kind: OrganisationKind
    name: str
    siret: Siret
    uai: Uai


class OrganisationChangeBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed of one's own organisation; what is absent stays, null takes a number away."""

    kind: OrganisationKind | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    siret: Siret | UnsetType = UNSET
    uai: Uai | UnsetType = UNSET


class ContactBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody whom requests to an organisation go to."""

    first_name: FirstName
    last_name: LastName
    email: Email
    phone: Phone = ""


class KnownContactBody(Struct, frozen=True, kw_only=True):
    """A contact of the organisation; `id` is the person's."""

    id: UUID
    name: str
    email: Email
    phone: str


class IntroductionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that is to be known here, and whom to write to; `invite` asks them to be responsible for it."""

    name: Name
    kind: OrganisationKind
    siret: Siret = None
    uai: Uai = None
    contact: ContactBody
    invite: bool = False


class IntroducedBody(Struct, frozen=True, kw_only=True):
    """What came of it: `has_members` says that the organisation keeps its own contacts."""

    organisation: OrganisationBody
    new: bool
    has_members: bool
    invited: bool


class MemberBody(Struct, frozen=True, kw_only=True):
    """Somebody who acts for the organisation."""

    id: UUID
    person_id: UUID
    name: str
    email: Email
    role: Role
    joined_at: datetime


class MembersBody(Struct, frozen=True):
    """A page of members in the order they joined; `next` is the key of the following page, or null."""

    items: list[MemberBody]
    next: str | None


class RoleBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The role a member is to have."""

    role: Role


class InvitationRequestBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to invite, to which role."""

    email: Email
    role: Role


class InvitationBody(Struct, frozen=True, kw_only=True):
    """An invitation that can still be accepted."""

    id: UUID
    email: Email
    role: Role
    invited_by: str
    invited_at: datetime
    expires_at: datetime


class InvitationsBody(Struct, frozen=True):
    """A page of open invitations; `next` as in the list of members."""

    items: list[InvitationBody]
    next: str | None


class OpenInvitationBody(Struct, frozen=True, kw_only=True):
    """An invitation as whoever holds its link sees it; `has_account` says that the address can sign in already."""

    organisation: str
    email: Email
    role: Role
    invited_by: str
    expires_at: datetime
    has_account: bool


class AcceptanceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who accepts, by their own name; needed where the address has no account yet."""

    first_name: FirstName = ""
    last_name: LastName = ""


class AcceptedBody(Struct, frozen=True, kw_only=True):
    """For whom the person acts from now on."""

    organisation_id: UUID
    organisation: str
    email: Email
    role: Role


class TokenRequestBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to create; `until` is its last day, within a year."""

    name: Annotated[str, Meta(description="At most 80 characters.", examples=["Site de la fédération"])]
    role: TokenRole
    until: Annotated[Date, Meta(examples=["2027-06-30"])]


class TokenBody(Struct, frozen=True, kw_only=True):
    """A token in use; its secret is not kept."""

    id: UUID
    name: str
    role: TokenRole
    created_by: str
    creator_left: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class CreatedTokenBody(Struct, frozen=True, kw_only=True):
    """A token just created. `secret` is shown this once; an answer repeated by its idempotency key holds null."""

    id: UUID
    name: str
    role: TokenRole
    expires_at: datetime
    secret: str | None


class TokensBody(Struct, frozen=True):
    """A page of tokens; `next` as in the list of members."""

    items: list[TokenBody]
    next: str | None


class AuditLineBody(Struct, frozen=True, kw_only=True):
    """Who did what, when. `who` is a person's or a token's name, empty for the installation."""

    id: UUID
    occurred_at: datetime
    action: str
    detail: str
    who: str
    by_token: bool
    organisation: str
    offer_id: UUID | None
    campaign_id: UUID | None


class JournalBody(Struct, frozen=True):
    """A page of a journal, the newest line first; `next` is the key of the page before it in time, or null."""

    items: list[AuditLineBody]
    next: str | None
