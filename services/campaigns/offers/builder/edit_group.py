"""Edit a group: its name, which its pupils see with every session of theirs."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.builder.add_group import GroupExists, checked_name
from services.campaigns.offers.builder.settle_week import settle_week
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from shared.database import Connection
from shared.events import FieldChange, SessionChanged
from shared.languages import later
from shared.refusal import Refusal


class UnknownGroup(Refusal):
    """The offer has no such group."""

    reason: ClassVar[str] = "unknown-group"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce groupe n’est pas de cette offre."))


class GroupChangedMeanwhile(Refusal):
    """Somebody else renamed the group since it was read (If-Match)."""

    reason: ClassVar[str] = "group-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self, name: str) -> None:
        super().__init__(
            later("Ce groupe a été renommé entre-temps : il s’appelle {name}. Relisez avant de le renommer.", name=name)
        )


async def edit_group(
    connection: Connection,
    *,
    offer_id: UUID,
    group_id: UUID,
    name: str,
    if_match: int | None = None,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """Rename a group; in a public offer its pupils are told, with `note`, from `tell_after` on.

    Raises `UnknownGroup`, `GroupExists`, and `GroupChangedMeanwhile` where `if_match` is not its version.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    group = await connection.fetchrow(
        "SELECT name, version FROM campaigns.groups WHERE id = $1 AND offer_id = $2", group_id, offer_id
    )
    if group is None:
        raise UnknownGroup
    before = group["name"]
    if if_match is not None and if_match != group["version"]:
        raise GroupChangedMeanwhile(before)
    after = checked_name(name)
    if after == before:
        return
    if await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.groups WHERE offer_id = $1 AND name = $2)", offer_id, after
    ):
        raise GroupExists(after)
    await connection.execute("UPDATE campaigns.groups SET name = $2 WHERE id = $1", group_id, after)
    sessions = await connection.fetch(
        "SELECT id FROM campaigns.sessions WHERE group_id = $1 AND status = 'planned' ORDER BY starts_at, id", group_id
    )
    change = (FieldChange(field="group", before=before, after=after),)
    await settle_week(
        connection,
        offer,
        lambda common, concerned: [
            SessionChanged(**common, session_id=row["id"], changes=change, audience=concerned(group_id))
            for row in sessions
        ],
        note=note,
        tell_after=tell_after,
        now=now,
    )
