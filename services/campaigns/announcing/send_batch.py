"""Send a batch: the next two hundred of an announcement are told, once the last ones have been. Called by the clock."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.announcing.announcement import BATCH, BETWEEN, LOOK_AGAIN, Announcement
from services.campaigns.announcing.reach import announce
from services.campaigns.announcing.read import (
    ANNOUNCEMENT,
    announcement_of,
    read_campaign_to_announce,
    read_progress,
    read_reach,
)
from shared.announcements import OffersAnnounced
from shared.database import Connection
from shared.outbox import append_events


async def find_batches_to_send(connection: Connection, *, now: datetime) -> list[UUID]:
    """Announcements whose next batch may be looked at."""
    rows = await connection.fetch(
        "SELECT id FROM campaigns.announcements WHERE next_at <= $1 ORDER BY next_at LIMIT 20", now
    )
    return [row["id"] for row in rows]


async def send_batch(connection: Connection, *, announcement_id: UUID, now: datetime) -> int:
    """How many are told. None while the last batch is on its way, or where it is stopped, ended or another's turn.

    It stops by itself where too many addresses of the last batch take no mail, and where its campaign is public no
    more. Nobody is told of one campaign twice, whichever announcement, list or organisation they are in.
    """
    row = await connection.fetchrow(
        """
        SELECT a.organisation_id, g.name AS organisation FROM campaigns.announcements a
        JOIN campaigns.organisations g ON g.id = a.organisation_id
        WHERE a.id = $1 AND a.next_at <= $2 FOR NO KEY UPDATE OF a
        """,
        announcement_id,
        now,
    )
    if row is None:
        return 0
    announcement = announcement_of(await connection.fetchrow(f"{ANNOUNCEMENT} WHERE a.id = $1", announcement_id))
    campaign = await read_campaign_to_announce(connection, row["organisation_id"], announcement.campaign_id, now=now)
    if campaign is None:
        await _stop(connection, announcement_id, "campaign", now)
        return 0
    if await _holds(connection, announcement, now):
        return 0
    found = await read_reach(
        connection,
        organisation_id=row["organisation_id"],
        campaign_id=campaign.id,
        choice=announcement.choice,
        now=now,
    )
    facts = announce(
        found.people[:BATCH],
        found.near,
        announcement_id=announcement_id,
        organisation=row["organisation"],
        campaign=campaign,
        word=announcement.word,
        now=now,
    )
    told = await _note(connection, announcement, facts, now, last=len(found.people) <= BATCH)
    await append_events(connection, told)
    return sum(len(fact.recipients) for fact in told)


async def _holds(connection: Connection, announcement: Announcement, now: datetime) -> bool:
    """Whether the last batch says to wait, or to stop; a planner who went on after that has seen it."""
    if not announcement.batches:
        return False
    last = await read_progress(connection, announcement.id, batch=announcement.batches)
    if last.too_many_refused and announcement.stopped_why != "refusals":
        await _stop(connection, announcement.id, "refusals", now)
        return True
    if last.under_way:
        await connection.execute(
            "UPDATE campaigns.announcements SET next_at = $2 WHERE id = $1", announcement.id, now + LOOK_AGAIN
        )
    return last.under_way


async def _note(
    connection: Connection, announcement: Announcement, facts: list[OffersAnnounced], now: datetime, *, last: bool
) -> list[OffersAnnounced]:
    """Note who is told; the facts without those whom another announcement has told a moment ago."""
    batch = announcement.batches + 1
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.announced (campaign_id, mark, person_id, announcement_id, batch, event_id)
        SELECT $1, c.mark, c.person_id, $2, $3, wanted.event_id
        FROM unnest($4::uuid[], $5::uuid[]) AS wanted (person_id, event_id)
        JOIN campaigns.correspondents c ON c.person_id = wanted.person_id
        ORDER BY c.mark
        ON CONFLICT (campaign_id, mark) DO NOTHING
        RETURNING person_id
        """,
        announcement.campaign_id,
        announcement.id,
        batch,
        [person_id for fact in facts for person_id in fact.recipients],
        [fact.id for fact in facts for _ in fact.recipients],
    )
    noted = {row["person_id"] for row in rows}
    await connection.execute(
        """
        UPDATE campaigns.announcements
        SET batches = CASE WHEN $3 THEN $2 ELSE batches END, stopped_why = '',
            next_at = CASE WHEN $4 THEN NULL ELSE $5::timestamptz END,
            ended_at = CASE WHEN $4 THEN $6::timestamptz END
        WHERE id = $1
        """,
        announcement.id,
        batch,
        bool(noted),
        last,
        now + BETWEEN,
        now,
    )
    kept = []
    for fact in facts:
        recipients = tuple(each for each in fact.recipients if each in noted)
        if recipients:
            kept.append(msgspec.structs.replace(fact, recipients=recipients))
    return kept


async def _stop(connection: Connection, announcement_id: UUID, why: str, now: datetime) -> None:
    await connection.execute(
        """
        UPDATE campaigns.announcements SET next_at = NULL, stopped_at = $3, stopped_why = $2 WHERE id = $1
        """,
        announcement_id,
        why,
        now,
    )
