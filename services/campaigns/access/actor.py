"""The actor: who asks, for which organisation, in which role."""

from typing import ClassVar
from uuid import UUID, uuid5

from msgspec import Struct

from services.campaigns.access.permissions import MAY, Action, Role
from shared.languages import later
from shared.refusal import Refusal

# a token of the installation itself (an operator's, another service's) acts for every organisation
EVERY_ORGANISATION = UUID(int=0)


class NotSignedIn(Refusal):
    """Nobody is signed in, or the token is not valid (any more)."""

    reason: ClassVar[str] = "token-needed"
    status: ClassVar[int] = 401

    def __init__(self) -> None:
        super().__init__(later("Connectez-vous, ou donnez un jeton valable."))


class NotAllowed(Refusal):
    """The role of the actor does not hold this action."""

    reason: ClassVar[str] = "not-allowed"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(later("Votre rôle dans cette organisation ne permet pas de faire cela."))


class FormTooOld(Refusal):
    """A form came without the mark of the page it was sent from (CSRF), or from before the person signed in again."""

    reason: ClassVar[str] = "form-too-old"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__(later("Ce formulaire n’est plus valable. Revenez à la page et envoyez-le de nouveau."))


class Membership(Struct, frozen=True, kw_only=True):
    """One organisation a person may act for."""

    organisation_id: UUID
    organisation: str
    organisation_kind: str
    role: Role


class Actor(Struct, frozen=True, kw_only=True):
    """Who asks. Exactly one of `device_id`, `api_token_id` is set, or neither for a token of the installation.

    `csrf` is what forms of this device carry for this organisation; `memberships` are the other hats of the person.
    """

    organisation_id: UUID
    organisation: str
    organisation_kind: str
    role: Role
    person_id: UUID | None = None
    name: str = ""
    email: str = ""
    device_id: UUID | None = None
    api_token_id: UUID | None = None
    csrf: str = ""
    memberships: tuple[Membership, ...] = ()

    def may(self, action: Action) -> bool:
        """Whether the role holds the action; pages ask before they show a button."""
        return action in MAY[self.role]

    def acts_for(self, organisation_id: UUID | None) -> bool:
        """Whether a thing of this organisation is the actor's to see and change."""
        return self.organisation_id == EVERY_ORGANISATION or self.organisation_id == organisation_id

    def need(self, action: Action) -> None:
        """Raise `NotAllowed` unless the role holds the action."""
        if not self.may(action):
            raise NotAllowed

    @property
    def identity(self) -> UUID:
        """Whose idempotency keys these are: a person's are of the organisation they act for, and of no other."""
        if self.person_id is not None:
            return uuid5(self.person_id, str(self.organisation_id))
        return self.api_token_id or self.organisation_id
