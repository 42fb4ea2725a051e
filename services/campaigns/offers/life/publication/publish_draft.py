"""Publish a draft of which nothing is against the law or in two places: the last check before anybody sees it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.builder.read import read_clashes, read_week
from services.campaigns.offers.builder.remarks import find_remarks
from services.campaigns.offers.publish_offer import publish_offer
from shared.database import Connection
from shared.refusal import Refusal


class ProgrammeAtFault(Refusal):
    """The programme breaks the time law, or has somebody in two places."""

    reason: ClassVar[str] = "programme-at-fault"

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


async def publish_draft(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Publish, then look: `publish_offer` holds the locks. Raises what it raises, and `ProgrammeAtFault`."""
    await publish_offer(connection, offer_id=offer_id, now=now)
    week = await read_week(connection, offer_id=offer_id)
    remarks = find_remarks(week, await read_clashes(connection, offer_id))
    if conflicts := [remark.sentence for remark in remarks if remark.grade == "conflict"]:
        raise ProgrammeAtFault(conflicts)
