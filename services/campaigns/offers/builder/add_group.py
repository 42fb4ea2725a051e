"""Add a group to an offer: pupils who register from now on join the least filled."""

from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.session import InvalidChange
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later
from shared.refusal import Refusal

GROUPS_AT_MOST, NAME_AT_MOST = 12, 30


class GroupExists(Refusal):
    """The offer has a group of this name."""

    reason: ClassVar[str] = "group-exists"

    def __init__(self, name: str) -> None:
        super().__init__(later("Le groupe {name} existe déjà.", name=name), field="name")


class PupilsWithoutGroup(Refusal):
    """Pupils have a seat in an offer without groups: nobody has said which one they would be in."""

    reason: ClassVar[str] = "pupils-without-group"

    def __init__(self) -> None:
        super().__init__(
            later("Des élèves ont déjà une place sans groupe : les groupes se forment avant les inscriptions.")
        )


async def add_group(connection: Connection, *, offer_id: UUID, name: str) -> UUID:
    """Add a group; raises `InvalidChange`, `GroupExists`, `PupilsWithoutGroup`."""
    offer = await lock_offer(connection, offer_id)
    if offer.status in ("cancelled", "over"):
        raise OfferAlreadyCancelled
    if not offer.group_ids and offer.taken:
        raise PupilsWithoutGroup
    if len(offer.group_ids) >= GROUPS_AT_MOST:
        raise InvalidChange(later("Une offre a {most} groupes au plus.", most=GROUPS_AT_MOST), field="name")
    checked = checked_name(name)
    group_id: UUID | None = await connection.fetchval(
        """
        INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3) ON CONFLICT (offer_id, name) DO NOTHING
        RETURNING id
        """,
        new_id(),
        offer_id,
        checked,
    )
    if group_id is None:
        raise GroupExists(checked)
    return group_id


def checked_name(given: str) -> str:
    """A group's name as it is kept; raises `InvalidChange`."""
    name = " ".join(given.split())
    if not name:
        raise InvalidChange(later("Le nom du groupe manque."), field="name")
    if len(name) > NAME_AT_MOST or not name.isprintable():
        raise InvalidChange(
            later("Le nom d’un groupe a {most} caractères au plus, sur une ligne.", most=NAME_AT_MOST), field="name"
        )
    return name
