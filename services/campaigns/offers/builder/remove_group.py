"""Remove a group that is empty: no session is its own, and nobody is or was in it."""

from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.builder.edit_group import UnknownGroup
from services.campaigns.offers.lock_offer import lock_offer
from shared.database import Connection
from shared.languages import later, n_later
from shared.refusal import Refusal


class GroupInUse(Refusal):
    """The group has sessions or pupils."""

    reason: ClassVar[str] = "group-in-use"

    def __init__(self, *, sessions: int, pupils: int) -> None:
        if pupils:
            super().__init__(later("Des élèves sont ou ont été inscrits dans ce groupe : il ne peut pas être retiré."))
        else:
            super().__init__(
                n_later(
                    "Ce groupe a encore une séance : donnez-la d’abord à un autre groupe, ou retirez-la.",
                    "Ce groupe a encore {count} séances : donnez-les d’abord à un autre groupe, ou retirez-les.",
                    sessions,
                )
            )


async def remove_group(connection: Connection, *, offer_id: UUID, group_id: UUID) -> None:
    """Delete an empty group; raises `UnknownGroup`, `GroupInUse`. Its cancelled sessions were everybody's."""
    offer = await lock_offer(connection, offer_id)
    if group_id not in offer.group_ids:
        raise UnknownGroup
    used = await connection.fetchrow(
        """
        SELECT (SELECT count(*) FROM campaigns.sessions WHERE group_id = $1 AND status = 'planned') AS sessions,
               (SELECT count(*) FROM campaigns.registrations WHERE group_id = $1) AS pupils
        """,
        group_id,
    )
    if used is not None and (used["sessions"] or used["pupils"]):
        raise GroupInUse(sessions=used["sessions"], pupils=used["pupils"])
    await connection.execute("UPDATE campaigns.sessions SET group_id = NULL WHERE group_id = $1", group_id)
    await connection.execute("DELETE FROM campaigns.groups WHERE id = $1", group_id)
