"""An introduction: one organisation names another, and whom to write to there."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from services.campaigns.organisations.contact import ContactForm, parse_contact
from services.campaigns.organisations.organisation import OrganisationForm, parse_organisation


class Introduction(Struct, frozen=True, kw_only=True):
    """Who is named, checked; `invite` asks the contact to open an account and be responsible."""

    organisation: OrganisationForm
    contact: ContactForm
    invite: bool = False


class Introduced(Struct, frozen=True, kw_only=True):
    """What came of it. An organisation with members or contacts of its own keeps them (`has_members`)."""

    organisation_id: UUID
    new: bool
    has_members: bool = False
    invited: bool = False


def parse_introduction(fields: Mapping[str, str]) -> tuple[Introduction | None, dict[str, str]]:
    """The introduction of a form, or the faults of all its fields: field → French sentence."""
    organisation, faults = parse_organisation(
        name=fields["name"], kind=fields["kind"], siret=fields["siret"], uai=fields["uai"]
    )
    contact, more = parse_contact(
        first_name=fields["first_name"], last_name=fields["last_name"], email=fields["email"], phone=fields["phone"]
    )
    if organisation is None or contact is None:
        return None, {**faults, **more}
    return Introduction(organisation=organisation, contact=contact, invite=bool(fields["invite"])), {}
