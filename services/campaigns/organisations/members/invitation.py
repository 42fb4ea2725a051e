"""An invitation to act for an organisation: sent by mail, open for seven days, accepted once."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.permissions import Role
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_line
from services.campaigns.organisations.contact import parse_needed_email
from services.campaigns.organisations.members.member import parse_role
from shared.languages import _, later
from shared.refusal import Refusal

INVITATION_LIFE = timedelta(days=7)
# who invites more than this at once is not inviting colleagues
OPEN_AT_MOST = 100
# mails that one organisation may send to one address within a day
PER_ADDRESS_AND_DAY = 3
NAME_AT_MOST = 80


class UnknownInvitation(Refusal):
    """The link is cut or forged, or the invitation is not this organisation's."""

    reason: ClassVar[str] = "unknown-invitation"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette invitation n’existe pas."))


class InvitationEnded(Refusal):
    """The invitation was accepted, taken back, or is older than seven days."""

    reason: ClassVar[str] = "invitation-ended"
    status: ClassVar[int] = 410

    def __init__(self) -> None:
        super().__init__(
            later(
                "Cette invitation a déjà servi, a été retirée, ou date de plus de sept jours. "
                "Si vous avez déjà accepté, connectez-vous ; sinon, demandez-en une autre à la personne qui vous a "
                "invité."
            )
        )


class AlreadyMember(Refusal):
    """The address is a member's."""

    reason: ClassVar[str] = "already-member"

    def __init__(self) -> None:
        super().__init__(
            later("Cette personne est déjà membre de l’organisation : changez plutôt son rôle."), field="email"
        )


class AlreadyInvited(Refusal):
    """The address has an open invitation of this organisation."""

    reason: ClassVar[str] = "already-invited"

    def __init__(self) -> None:
        super().__init__(
            later("Cette personne a déjà une invitation en attente : retirez-la pour en envoyer une autre."),
            field="email",
        )


class TooManyInvitations(Refusal):
    """The organisation has a hundred open invitations."""

    reason: ClassVar[str] = "too-many-invitations"

    def __init__(self) -> None:
        super().__init__(
            later(
                "{count} invitations attendent déjà une réponse : retirez celles qui sont inutiles.", count=OPEN_AT_MOST
            )
        )


class InvitedTooOften(Refusal):
    """The address has been written to three times within a day."""

    reason: ClassVar[str] = "invited-too-often"
    status: ClassVar[int] = 429

    def __init__(self) -> None:
        super().__init__(
            later(
                "{count} invitations sont déjà parties à cette adresse depuis hier : vérifiez-la, ou attendez demain.",
                count=PER_ADDRESS_AND_DAY,
            ),
            field="email",
        )


class InvitationForm(Struct, frozen=True, kw_only=True):
    """Who is invited to which role, checked."""

    email: str
    role: Role


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation of the database; `invited_by` is a name, `has_account` whether the address can sign in already."""

    id: UUID
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    person_id: UUID
    email: str
    role: Role
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    has_account: bool
    refused: bool = False

    def refuse_if_ended(self, now: datetime) -> None:
        """Raise `InvitationEnded` unless it can still be accepted."""
        if self.accepted_at is not None or self.revoked_at is not None or now >= self.expires_at:
            raise InvitationEnded


def parse_invitation(*, email: str, role: str) -> tuple[InvitationForm | None, dict[str, str]]:
    """The invitation of a form, or the faults of its fields: field → French sentence."""
    faults: dict[str, str] = {}
    address, wanted = None, None
    try:
        address = parse_needed_email(email)
    except InvalidField as refusal:
        faults["email"] = refusal.sentence
    try:
        wanted = parse_role(role)
    except InvalidField as refusal:
        faults["role"] = refusal.sentence
    if address is None or wanted is None:
        return None, faults
    return InvitationForm(email=address, role=wanted), {}


def parse_own_name(*, first_name: str, last_name: str) -> tuple[tuple[str, str], dict[str, str]]:
    """First and last name as their owner writes them, and the faults: field → French sentence."""
    faults: dict[str, str] = {}
    names = []
    for field, value, subject in (
        ("first_name", first_name, _("Votre prénom")),
        ("last_name", last_name, _("Votre nom")),
    ):
        try:
            names.append(parse_line(value, field, subject, NAME_AT_MOST))
        except InvalidField as refusal:
            faults[field] = refusal.sentence
            names.append("")
    return (names[0], names[1]), faults
