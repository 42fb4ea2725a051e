"""The facts of a webinar: one for each list its people are from, and for no more of them than a batch."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.campaigns.announcing.announcement import BATCH
from services.campaigns.announcing.webinars.webinar import Webinar


def facts_of(webinar: Webinar, people: Mapping[str, Sequence[UUID]], *, now: datetime) -> Iterator[dict[str, Any]]:
    """What the facts have in common, with their recipients."""
    plan = webinar.plan
    for source, ids in people.items():
        for first in range(0, len(ids), BATCH):
            yield {
                "occurred_at": now,
                "recipients": tuple(ids[first : first + BATCH]),
                "webinar_id": webinar.id,
                "sequence": webinar.sequence,
                "organisation": webinar.organisation,
                "title": plan.title,
                "starts_at": plan.starts_at,
                "ends_at": plan.ends_at,
                "link": plan.link,
                "word": plan.word,
                "source": source,
            }
