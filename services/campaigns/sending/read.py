"""What is read of sending: the views that the service which sends shows, and who paused it."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.sending.queue import ROLES, AwayServer, Domain, Lane, Queue, RefusedAddress
from shared.database import Connection

DOMAINS_SHOWN, ADDRESSES_SHOWN = 20, 200


async def read_queue(connection: Connection, *, now: datetime) -> Queue:
    """The queue at this moment, the domains with the most trouble first."""
    paused = await connection.fetchrow(
        """
        SELECT s.paused_at, coalesce(btrim(p.first_name || ' ' || p.last_name), '') AS paused_by
        FROM contract.sending s LEFT JOIN contract.people p ON p.id = s.paused_by
        """
    )
    lanes = await connection.fetch(
        """
        SELECT CASE WHEN priority < 2 THEN 'urgent' ELSE 'other' END AS name,
               sum(waiting)::bigint AS waiting, min(oldest) AS oldest
        FROM contract.queue GROUP BY 1
        """
    )
    known = {row["name"]: Lane(**dict(row)) for row in lanes}
    away = await connection.fetch("SELECT server, away_since, probe_at FROM contract.mail_servers ORDER BY server")
    sent = await connection.fetchval(
        """
        SELECT coalesce(sum(number), 0)::bigint FROM contract.tallies
        WHERE outcome = 'sent' AND hour = date_trunc('hour', $1::timestamptz)
        """,
        now,
    )
    return Queue(
        paused_at=paused["paused_at"] if paused else None,
        paused_by=paused["paused_by"] if paused else "",
        lanes=tuple(known.get(name) or Lane(name=name, waiting=0, oldest=None) for name in ("urgent", "other")),
        sent_this_hour=sent,
        domains=tuple(await _domains(connection, now)),
        away=tuple(AwayServer(**dict(row)) for row in away),
    )


async def _domains(connection: Connection, now: datetime) -> list[Domain]:
    rows = await connection.fetch(
        """
        SELECT coalesce(t.domain, h.domain) AS name, coalesce(t.sent, 0) AS sent, coalesce(t.later, 0) AS later,
               coalesce(t.lost, 0) AS lost, coalesce(t.refused, 0) AS refused, h.held_until,
               coalesce(h.answer, '') AS answer
        FROM (
            SELECT domain,
                   coalesce(sum(number) FILTER (WHERE outcome = 'sent'), 0)::bigint AS sent,
                   coalesce(sum(number) FILTER (WHERE outcome = 'later'), 0)::bigint AS later,
                   coalesce(sum(number) FILTER (WHERE outcome = 'lost'), 0)::bigint AS lost,
                   coalesce(sum(number) FILTER (WHERE outcome = 'refused'), 0)::bigint AS refused
            FROM contract.tallies WHERE hour > $1 GROUP BY domain
        ) t FULL JOIN contract.held_domains h ON h.domain = t.domain
        ORDER BY h.held_until IS NULL, coalesce(t.later + t.lost + t.refused, 0) DESC, coalesce(t.sent, 0) DESC, 1
        LIMIT $2
        """,
        now - timedelta(hours=24),
        DOMAINS_SHOWN,
    )
    return [Domain(**dict(row)) for row in rows]


async def list_refused_addresses(connection: Connection, *, organisation_id: UUID) -> list[RefusedAddress]:
    """Whom the organisation knows and whose address takes no mail, the newest first; nobody twice."""
    rows = await connection.fetch(
        """
        SELECT p.id AS person_id, btrim(p.first_name || ' ' || p.last_name) AS name, p.email AS address, s.reason, s.at,
               known.role
        FROM contract.suppressions s
        JOIN contract.people p ON lower(p.email) = s.address AND p.erased_at IS NULL
        CROSS JOIN LATERAL (SELECT k.role FROM campaigns.known_people k
                            WHERE k.person_id = p.id AND k.organisation_id = $1
                            ORDER BY array_position($3::text[], k.role) LIMIT 1) known
        ORDER BY s.at DESC, p.id LIMIT $2
        """,
        organisation_id,
        ADDRESSES_SHOWN,
        list(ROLES),
    )
    return [RefusedAddress(**dict(row)) for row in rows]


async def read_counts(connection: Connection) -> dict[str, int]:
    """How many attempts came to each outcome since ever."""
    rows = await connection.fetch(
        "SELECT outcome, sum(number)::bigint AS number FROM contract.tallies GROUP BY outcome ORDER BY outcome"
    )
    return {row["outcome"]: row["number"] for row in rows}


async def read_waiting_facts(connection: Connection) -> tuple[int, datetime | None]:
    """How many facts nobody has planned yet, and when the oldest happened."""
    row = await connection.fetchrow(
        "SELECT count(*) AS waiting, min(occurred_at) AS oldest FROM contract.events WHERE planned_at IS NULL"
    )
    return (row["waiting"], row["oldest"]) if row else (0, None)


async def read_waiting_answers(connection: Connection) -> tuple[int, datetime | None]:
    """How many answers by mail have had no effect yet, and when the oldest came."""
    row = await connection.fetchrow("SELECT waiting, oldest FROM contract.answers")
    return (row["waiting"], row["oldest"]) if row else (0, None)
