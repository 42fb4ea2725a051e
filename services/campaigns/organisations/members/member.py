"""A member: a person with a role in an organisation, which never is without somebody responsible."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.permissions import ROLES, Role
from services.campaigns.offers.registration import InvalidField
from shared.languages import later
from shared.refusal import Refusal


class UnknownMember(Refusal):
    """Nobody of this id acts for the organisation (any more)."""

    reason: ClassVar[str] = "unknown-member"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette personne n’est pas membre de l’organisation."))


class LastOwner(Refusal):
    """Without this person nobody would be responsible for the organisation."""

    reason: ClassVar[str] = "last-owner"

    def __init__(self) -> None:
        super().__init__(
            later(
                "C’est la dernière personne responsable de l’organisation. "
                "Donnez d’abord ce rôle à quelqu’un d’autre, puis recommencez."
            )
        )


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who acts for the organisation."""

    id: UUID
    person_id: UUID
    name: str
    email: str
    role: Role
    joined_at: datetime
    # nothing reaches the address any more
    refused: bool = False


class Standing(Struct, frozen=True):
    """A member's role, as it is counted under the organisation's lock."""

    id: UUID
    person_id: UUID
    name: str
    role: Role


def find_member(standings: Sequence[Standing], member_id: UUID) -> Standing:
    """The member of this id; raises `UnknownMember`."""
    for standing in standings:
        if standing.id == member_id:
            return standing
    raise UnknownMember


def refuse_last_owner(standings: Sequence[Standing], member: Standing) -> None:
    """Raise `LastOwner` when nobody else is an owner; who is none may always lose the role."""
    if member.role == "owner" and not any(one.role == "owner" and one.id != member.id for one in standings):
        raise LastOwner


def parse_role(text: str) -> Role:
    """One of the five roles; raises `InvalidField`."""
    for role in ROLES:
        if text == role:
            return role
    raise InvalidField(later("Choisissez un rôle."), field="role")
