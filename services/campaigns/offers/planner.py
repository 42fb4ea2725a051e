"""The planner at the door: who holds a planner's token, and which organisations it speaks for."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from shared.refusal import Refusal
from shared.signed_links import Signer

EVERY_ORGANISATION = UUID(int=0)


class TokenNeeded(Refusal):
    """No planner's token, or one that is not valid."""

    reason: ClassVar[str] = "token-needed"
    status: ClassVar[int] = 401

    def __init__(self) -> None:
        super().__init__("Il faut un jeton de planificateur valable.")


class Planner(Struct, frozen=True):
    """Who plans for one organisation, or for every one of this installation."""

    organisation_id: UUID

    def may_plan(self, organisation_id: UUID) -> bool:
        """Whether the organisation's offers are theirs."""
        return self.organisation_id in (EVERY_ORGANISATION, organisation_id)


def planner_of(signer: Signer, authorization: str | None) -> Planner:
    """The planner of an `Authorization: Bearer` header; raises `TokenNeeded`."""
    scheme, _, token = (authorization or "").partition(" ")
    signed = signer.verify("planner", token.strip()) if scheme.lower() == "bearer" else None
    if signed is None:
        raise TokenNeeded
    return Planner(signed.id)
