"""Whom one invites to carry a campaign: an organisation that is known, or a new one with somebody to write to."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.contact import ContactForm, parse_contact
from services.campaigns.organisations.organisation import OrganisationForm, parse_organisation
from shared.languages import _, later
from shared.refusal import Refusal


class OrganisationKnown(Refusal):
    """The number given for a new organisation is that of one that exists."""

    reason: ClassVar[str] = "organisation-known"

    def __init__(self, name: str) -> None:
        super().__init__(
            later(
                "Ce numéro est celui de « {name} », qui existe déjà : cherchez-la par son nom pour l’inviter.",
                name=name,
            ),
            field="name",
        )


class ChooseOrganisation(Refusal):
    """No organisation has this id."""

    reason: ClassVar[str] = "unknown-organisation"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Choisissez une organisation de la liste."), field="organisation_id")


class Invitation(Struct, frozen=True, kw_only=True):
    """A known organisation (its id) or a new one; somebody to write to where nobody is known."""

    organisation: UUID | OrganisationForm
    contact: ContactForm | None


class InvitationForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields, as text; with an `organisation_id` the fields of a new one do not count."""

    organisation_id: str = ""
    name: str = ""
    kind: str = ""
    siret: str = ""
    uai: str = ""
    contact_first_name: str = ""
    contact_last_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""

    def read(self) -> tuple[Invitation | None, dict[str, str]]:
        """The invitation, or None and a French sentence for each field at fault."""
        faults: dict[str, str] = {}
        organisation = self._chosen(faults) if self.organisation_id else self._new(faults)
        contact = self._contact(faults)
        if contact is None and not self.organisation_id and not any(name.startswith("contact_") for name in faults):
            faults["contact_email"] = _("Donnez l’adresse e-mail de la personne à qui écrire.")
        if faults or organisation is None:
            return None, faults
        return Invitation(organisation=organisation, contact=contact), {}

    def parse(self) -> Invitation:
        """The invitation; raises `InvalidField` with the first fault."""
        invitation, faults = self.read()
        if invitation is None:
            field, sentence = next(iter(faults.items()))
            raise InvalidField(sentence, field=field)
        return invitation

    def _chosen(self, faults: dict[str, str]) -> UUID | None:
        try:
            return UUID(self.organisation_id)
        except ValueError:
            faults["organisation_id"] = ChooseOrganisation().sentence
            return None

    def _new(self, faults: dict[str, str]) -> OrganisationForm | None:
        form, found = parse_organisation(name=self.name, kind=self.kind, siret=self.siret, uai=self.uai)
        faults.update(found)
        if self.kind == "school" and not (self.uai.strip() or self.siret.strip()):
            faults["uai"] = _("Donnez le code UAI de l’établissement, ou son SIRET.")
        elif self.kind != "school" and not self.siret.strip():
            faults["siret"] = _("Donnez le SIRET de l’organisation : 14 chiffres.")
        return form

    def _contact(self, faults: dict[str, str]) -> ContactForm | None:
        if not self.contact_email.strip():
            return None
        form, found = parse_contact(
            first_name=self.contact_first_name,
            last_name=self.contact_last_name,
            email=self.contact_email,
            phone=self.contact_phone,
        )
        faults.update({f"contact_{field}": sentence for field, sentence in found.items()})
        return form


def read_invitation_form(fields: Mapping[str, object]) -> InvitationForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = InvitationForm.__struct_fields__
    return InvitationForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})
