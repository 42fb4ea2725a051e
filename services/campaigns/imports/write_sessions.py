"""Write a programme's days, groups and sessions, in an order in which no exclusion constraint sees a passing clash."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from services.campaigns.imports.place_days import Day, place_days
from services.campaigns.imports.session_row import ChangedSession, SessionRow
from shared.database import Connection
from shared.identifiers import new_id


async def write_sessions(
    connection: Connection,
    *,
    offer_id: UUID,
    stored_days: Sequence[Day],
    stored_sectors: Mapping[date, str],
    kept: Sequence[SessionRow],
    changed: Sequence[ChangedSession],
    added: Sequence[SessionRow],
    gone: Sequence[SessionRow],
    public: bool,
    now: datetime,
) -> None:
    """Bring the tables to the wanted programme: `kept` (with their stored ids), `changed`, `added`, without `gone`.

    Who is invited and has not answered yet is no part of a file, and stays. Sessions that swap places first leave the
    constraints: speakers are taken out and put back, rooms are emptied and filled, and that no group is in two places
    is asked when all is written. In a draft, what is gone is deleted; in a public offer it is cancelled.
    """
    await connection.execute("SET CONSTRAINTS campaigns.group_in_one_place_at_a_time DEFERRED")
    wanted = [*kept, *(change.after for change in changed), *added]
    moves = Counter((change.before.date, change.after.date) for change in changed)
    placed = place_days(stored_days, [row.date for row in wanted], moves if public else {})
    await _write_days(
        connection, offer_id, placed, {row.date: row.sector for row in wanted}, stored_days, stored_sectors
    )
    group_ids = await _write_groups(connection, offer_id, {row.group for row in wanted if row.group})
    await connection.execute(
        """
        DELETE FROM campaigns.session_speakers WHERE session_id IN
            (SELECT id FROM campaigns.sessions WHERE offer_id = $1)
        """,
        offer_id,
    )
    leaving = [change.before.id for change in changed]
    await connection.execute("UPDATE campaigns.sessions SET room = NULL WHERE id = ANY($1::uuid[])", leaving)
    await _end_sessions(connection, [row.id for row in gone], public=public, now=now)
    await _update_sessions(connection, changed, placed, group_ids, now)
    await _insert_sessions(connection, offer_id, added, placed, group_ids, now)
    await connection.execute("SET CONSTRAINTS campaigns.group_in_one_place_at_a_time IMMEDIATE")
    await _insert_speakers(connection, wanted)
    await _keep_invited(connection, offer_id)
    await _drop_what_is_empty(connection, offer_id, public=public)


async def _write_days(
    connection: Connection,
    offer_id: UUID,
    placed: Mapping[date, Day],
    sectors: Mapping[date, str],
    stored_days: Sequence[Day],
    stored_sectors: Mapping[date, str],
) -> None:
    stored = {day.id: day for day in stored_days}
    moved = [day for day in placed.values() if day.id in stored and stored[day.id].date != day.date]
    new = [day for day in placed.values() if day.id not in stored]
    await connection.executemany(
        "UPDATE campaigns.days SET date = $2 WHERE id = $1", [(day.id, day.date) for day in moved]
    )
    await connection.executemany(
        "INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector) VALUES ($1, $2, $3, $4, $5)",
        [(day.id, offer_id, day.date, day.instance_on, sectors[day.date] or None) for day in new],
    )
    others = [
        day
        for day in placed.values()
        if day not in new and (day in moved or stored_sectors[day.date] != sectors[day.date])
    ]
    await connection.executemany(
        "UPDATE campaigns.days SET sector = $2 WHERE id = $1",
        [(day.id, sectors[day.date] or None) for day in others],
    )


async def _write_groups(connection: Connection, offer_id: UUID, names: Iterable[str]) -> dict[str, UUID]:
    await connection.executemany(
        "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(new_id(), offer_id, name) for name in sorted(names)],
    )
    rows = await connection.fetch("SELECT id, name FROM campaigns.groups WHERE offer_id = $1", offer_id)
    return {row["name"]: row["id"] for row in rows}


async def _end_sessions(connection: Connection, ids: Sequence[UUID], *, public: bool, now: datetime) -> None:
    if not public:
        await _delete_sessions(connection, ids, now)
        return
    await connection.execute(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', sequence = sequence + 1, changed_at = $2, cancelled_at = $2
        WHERE id = ANY($1::uuid[])
        """,
        ids,
        now,
    )


async def _delete_sessions(connection: Connection, ids: Sequence[UUID], now: datetime) -> None:
    """One that somebody was asked for stays behind, cancelled and shown nowhere: who was asked is still to be told."""
    await connection.execute(
        """
        DELETE FROM campaigns.sessions s
        WHERE id = ANY($1::uuid[])
          AND NOT EXISTS (SELECT FROM campaigns.host_requests WHERE session_id = s.id)
          AND NOT EXISTS (SELECT FROM campaigns.speaker_requests WHERE session_id = s.id)
        """,
        ids,
    )
    await connection.execute(
        """
        UPDATE campaigns.sessions
        SET status = 'cancelled', changed_at = $2, cancelled_at = $2, removed_at = $2 WHERE id = ANY($1::uuid[])
        """,
        ids,
        now,
    )


async def _update_sessions(
    connection: Connection,
    changed: Sequence[ChangedSession],
    placed: Mapping[date, Day],
    group_ids: Mapping[str, UUID],
    now: datetime,
) -> None:
    await connection.executemany(
        """
        UPDATE campaigns.sessions
        SET day_id = $2, group_id = $3, starts_at = $4, ends_at = $5, title = $6, kind = $7, host_id = $8,
            site_id = $9, place = $10, room = $11, contact = $12, meeting_point = $13, access = $14, bring = $15,
            online_url = $16, sequence = sequence + $17, changed_at = $18
        WHERE id = $1
        """,
        [(change.before.id, *_columns(change.after, placed, group_ids), int(change.moves), now) for change in changed],
    )


async def _insert_sessions(
    connection: Connection,
    offer_id: UUID,
    added: Sequence[SessionRow],
    placed: Mapping[date, Day],
    group_ids: Mapping[str, UUID],
    now: datetime,
) -> None:
    await connection.executemany(
        """
        INSERT INTO campaigns.sessions
            (id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place, room, contact,
             meeting_point, access, bring, online_url, offer_id, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """,
        [(row.id, *_columns(row, placed, group_ids), offer_id, now) for row in added],
    )


def _columns(row: SessionRow, placed: Mapping[date, Day], group_ids: Mapping[str, UUID]) -> tuple[object, ...]:
    return (
        placed[row.date].id, group_ids.get(row.group), row.starts_at, row.ends_at, row.title, row.kind, row.host_id,
        row.site_id, row.place, row.room or None, row.contact, row.meeting_point, row.access, row.bring,
        row.online_url or None,
    )  # fmt: skip


async def _insert_speakers(connection: Connection, wanted: Sequence[SessionRow]) -> None:
    await connection.executemany(
        "INSERT INTO campaigns.session_speakers (session_id, speaker_id, during) VALUES ($1, $2, tstzrange($3, $4))",
        [(row.id, speaker_id, row.starts_at, row.ends_at) for row in wanted for speaker_id in sorted(row.speaker_ids)],
    )


async def _keep_invited(connection: Connection, offer_id: UUID) -> None:
    """Put back whom the file does not know of: speakers who were asked and have not answered."""
    await connection.execute(
        """
        INSERT INTO campaigns.session_speakers (session_id, speaker_id, during, confirmed)
        SELECT q.session_id, q.speaker_id, s.during, false
        FROM campaigns.speaker_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE s.offer_id = $1 AND s.status = 'planned' AND q.status = 'awaited'
        ON CONFLICT (session_id, speaker_id) DO UPDATE SET confirmed = false
        """,
        offer_id,
    )


async def _drop_what_is_empty(connection: Connection, offer_id: UUID, *, public: bool) -> None:
    """Groups without a planned session, so that nobody is put into them; days without a session, in a draft."""
    empty = """
        SELECT g.id FROM campaigns.groups g
        WHERE g.offer_id = $1
          AND NOT EXISTS (SELECT FROM campaigns.sessions s WHERE s.group_id = g.id AND s.status = 'planned')
    """
    await connection.execute(
        f"UPDATE campaigns.sessions SET group_id = NULL WHERE group_id IN ({empty})",  # noqa: S608  # a constant above
        offer_id,
    )
    await connection.execute(
        f"DELETE FROM campaigns.groups WHERE id IN ({empty})",  # noqa: S608  # a constant above
        offer_id,
    )
    if not public:
        await connection.execute(
            """
            DELETE FROM campaigns.days d
            WHERE d.offer_id = $1 AND NOT EXISTS (SELECT FROM campaigns.sessions s WHERE s.day_id = d.id)
            """,
            offer_id,
        )


def with_stored_id(stored: SessionRow, wanted: SessionRow) -> SessionRow:
    """The wanted row under the id that the session has."""
    return msgspec.structs.replace(wanted, id=stored.id)
