"""Tell hosts, three days before, who comes, and speakers, two days before, that it is soon. Called by the clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.lock_offer import lock_offer
from shared.advance_notices import PromiseDrewNear
from shared.database import Connection
from shared.outbox import append_events

Keeper = Literal["host", "speaker"]
DAYS_BEFORE: dict[Keeper, int] = {"host": 3, "speaker": 2}
# who promised, and through whom: the company's person, the speaker
KEPT: dict[Keeper, str] = {
    "host": """
        FROM campaigns.host_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id AND s.host_id = q.organisation_id
        JOIN campaigns.organisations keeper ON keeper.id = q.organisation_id
    """,
    "speaker": """
        FROM campaigns.speaker_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.speakers keeper ON keeper.id = q.speaker_id AND keeper.person_id IS NOT NULL
    """,
}
# at nine in the morning in Paris, so many days before; of another day they are told again, who says yes later at once
DUE = """
    JOIN campaigns.offers o ON o.id = s.offer_id AND o.status IN ('published', 'closed')
    WHERE q.status = 'confirmed' AND s.status = 'planned' AND s.starts_at > $1
      AND (s.starts_at AT TIME ZONE 'Europe/Paris')::date <> coalesce(q.told_of_day, 'infinity')
      AND ((s.starts_at AT TIME ZONE 'Europe/Paris')::date - $2::int + time '09:00') AT TIME ZONE 'Europe/Paris' <= $1
"""


async def find_hosts_to_tell(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a host to tell."""
    return await _find(connection, "host", now)


async def find_speakers_to_tell(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with a speaker to tell."""
    return await _find(connection, "speaker", now)


async def tell_hosts(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Tell the hosts of one offer; how many (0: another process was first)."""
    return await _tell(connection, "host", offer_id, now)


async def tell_speakers(connection: Connection, *, offer_id: UUID, now: datetime) -> int:
    """Tell the speakers of one offer; how many (0: another process was first)."""
    return await _tell(connection, "speaker", offer_id, now)


async def _find(connection: Connection, keeper: Keeper, now: datetime) -> list[UUID]:
    rows = await connection.fetch(
        f"SELECT DISTINCT s.offer_id {KEPT[keeper]} {DUE} LIMIT 100",  # constants of this module
        now,
        DAYS_BEFORE[keeper],
    )
    return [row["offer_id"] for row in rows]


async def _tell(connection: Connection, keeper: Keeper, offer_id: UUID, now: datetime) -> int:
    offer = await lock_offer(connection, offer_id)
    person = "q.person_id" if keeper == "host" else "keeper.person_id"
    rows = await connection.fetch(
        f"""
        SELECT q.id, q.session_id, q.token_version, {person} AS person_id, keeper.name, s.group_id,
               o.names_shared_at IS NOT NULL AS names_shared, (s.starts_at AT TIME ZONE 'Europe/Paris')::date AS day
        {KEPT[keeper]} {DUE} AND s.offer_id = $3 ORDER BY q.id
        """,  # constants of this module
        now,
        DAYS_BEFORE[keeper],
        offer.id,
    )
    await connection.execute(
        f"""
        UPDATE campaigns.{keeper}_requests q SET told_of_day = told.day
        FROM unnest($1::uuid[], $2::date[]) AS told (id, day) WHERE q.id = told.id
        """,  # noqa: S608  # one of two names
        [row["id"] for row in rows],
        [row["day"] for row in rows],
    )
    appointments = await read_appointments(connection, [row["session_id"] for row in rows])
    coming = await _who_comes(connection, offer.id) if rows else []
    await append_events(
        connection,
        [
            PromiseDrewNear(
                occurred_at=now,
                recipients=(row["person_id"],),
                offer_id=offer.id,
                request_id=row["id"],
                token_version=row["token_version"],
                keeper=keeper,
                promised_by=row["name"],
                appointment=appointments[row["session_id"]],
                coming=len(ids := _of_group(coming, row["group_id"])),
                # names go to hosts alone, and where the organiser shares them (share_names.py)
                pupil_ids=tuple(ids) if keeper == "host" and row["names_shared"] else (),
            )
            for row in rows
        ],
    )
    return len(rows)


async def _who_comes(connection: Connection, offer_id: UUID) -> Sequence[Any]:
    return await connection.fetch(
        """
        SELECT pupil_id, group_id FROM campaigns.registrations
        WHERE offer_id = $1 AND status = 'confirmed' ORDER BY rank, id
        """,
        offer_id,
    )


def _of_group(coming: Sequence[Any], group_id: UUID | None) -> list[UUID]:
    return [row["pupil_id"] for row in coming if group_id is None or row["group_id"] in (None, group_id)]
