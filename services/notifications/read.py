"""What has happened since a fact: read where a mail could not go at once, or waited for the morning."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.notifications.facts import read_fact
from services.notifications.tags import NOTICE_TAGS
from shared.database import Connection
from shared.notices import AnyNotice, Notice


async def read_cancelled_campaigns(connection: Connection, campaign_ids: Collection[UUID]) -> set[UUID]:
    """Those that will not take place: nobody is told of their offers any more."""
    rows = await connection.fetch(
        """
        SELECT campaign_id FROM contract.cancelled_campaigns WHERE campaign_id = ANY($1::uuid[])
        """,
        list(campaign_ids),
    )
    return {row["campaign_id"] for row in rows}


async def read_later_facts(connection: Connection, event_ids: Sequence[UUID]) -> dict[UUID, list[AnyNotice]]:
    """What has happened since to the requests, agreements, slots, webinars and absences that these facts are about."""
    rows = await connection.fetch(
        """
        SELECT mine.id, e.body
        FROM contract.events mine
        JOIN contract.events e ON (e.offer_id = mine.offer_id OR e.offer_id IS NULL AND mine.offer_id IS NULL)
                              AND e.id > mine.id AND e.tag = ANY($2::text[])
        WHERE mine.id = ANY($1::uuid[])
          AND coalesce(e.body->>'request_id', e.body->>'agreement_id', e.body->>'slot_id',
                       e.body->>'webinar_id', e.body->>'pupil_id')
              = coalesce(mine.body->>'request_id', mine.body->>'agreement_id', mine.body->>'slot_id',
                         mine.body->>'webinar_id', mine.body->>'pupil_id')
        """,
        list(event_ids),
        NOTICE_TAGS,
    )
    found: dict[UUID, list[AnyNotice]] = {}
    for row in rows:
        if isinstance(event := read_fact(row["body"]), Notice):
            found.setdefault(row["id"], []).append(event)
    return found
