"""The keys of pages in JSON: the id of the last thing of the page before."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.organisation import UnknownOrganisation
from shared.languages import later

PAGE = 100


class Kept(Protocol):
    """What has an id."""

    @property
    def id(self) -> UUID: ...


Thing = TypeVar("Thing", bound=Kept)


def parse_key(after: str | None) -> UUID | None:
    """The id to go on after, or None for the first page; raises `InvalidField`."""
    try:
        return UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error


def cut_page(things: Sequence[Thing]) -> tuple[list[Thing], str | None]:
    """A page of what was read, one more than a page, and the key of the next."""
    return list(things[:PAGE]), str(things[PAGE - 1].id) if len(things) > PAGE else None


def refuse_stranger(actor: Actor, organisation_id: UUID) -> None:
    """Raise `UnknownOrganisation` for whom the organisation is not theirs: to them it does not exist."""
    if not actor.acts_for(organisation_id):
        raise UnknownOrganisation
