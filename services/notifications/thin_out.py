"""Thin out: what the sending of mails leaves behind goes when it is of no more use. Called by the relay."""

from datetime import datetime, timedelta

from shared.database import Connection

# figures by hour and domain are shown for a day; after this they are one sum for each outcome, without the domain
KEEP_HOURS = timedelta(days=31)
# what has been acted on, called, or held against a domain
KEEP_DONE = timedelta(days=90)
# who was sent what about an offer stays; the bytes and the address go, as for pupils (13 months)
KEEP_MAILS = timedelta(days=400)
# a server that nobody tries any more is one of another configuration
KEEP_SERVERS = timedelta(days=1)
AT_MOST = 500


async def thin_out(connection: Connection, *, now: datetime) -> int:
    """Some of each; how many rows (fewer than `AT_MOST`: nothing is left to do). Two at once do it once."""
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock(3435, 1)"):
        return 0
    return (
        await _fold_tallies(connection, now)
        + await _remove(connection, _ANSWERS, now - KEEP_DONE)
        + await _remove(connection, _CALLS, now - KEEP_DONE)
        + await _remove(connection, _NOTICES, now - KEEP_DONE)
        + await _remove(connection, _MAILS, now - KEEP_MAILS)
        + await _remove(connection, _DOMAINS, now - KEEP_DONE)
        + await _remove(connection, _SERVERS, now - KEEP_SERVERS)
    )


# what was written back holds people's words; a plain letter was passed on
_ANSWERS = """
    DELETE FROM notifications.answers WHERE id IN (
        SELECT id FROM notifications.answers WHERE state <> 'read' AND received_at < $1
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_CALLS = """
    DELETE FROM notifications.calls WHERE id IN (
        SELECT id FROM notifications.calls WHERE state <> 'due' AND planned_at < $1
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
# links to sign in, summaries: of no offer, in nobody's log. An announcement and a webinar are in its planner's, and the
# way out of the list, which stands in the mail, is found by it: it stays, without its bytes (below)
_NOTICES = """
    DELETE FROM notifications.deliveries WHERE id IN (
        SELECT id FROM notifications.deliveries
        WHERE registration_id IS NULL AND offer_id IS NULL AND state NOT IN ('due', 'sending') AND planned_at < $1
          AND message NOT IN ('offers_announced', 'webinar_invited', 'webinar_changed', 'webinar_cancelled')
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_MAILS = """
    UPDATE notifications.deliveries SET mail = NULL, recipient_address = NULL, answer = '' WHERE id IN (
        SELECT id FROM notifications.deliveries
        WHERE state NOT IN ('due', 'sending') AND planned_at < $1
          AND (mail IS NOT NULL OR recipient_address IS NOT NULL OR answer <> '')
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_DOMAINS = """
    DELETE FROM notifications.domains WHERE domain IN (
        SELECT domain FROM notifications.domains known
        WHERE coalesce(greatest(held_until, free_at, urgent_free_at), $1) <= $1
          AND NOT EXISTS (SELECT FROM notifications.deliveries d WHERE d.id = known.last_failed AND d.planned_at > $1)
        ORDER BY domain LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_SERVERS = """
    DELETE FROM notifications.mail_servers WHERE server IN (
        SELECT server FROM notifications.mail_servers WHERE probe_at < $1
        ORDER BY server LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


async def _remove(connection: Connection, statement: str, before: datetime) -> int:
    """How many rows."""
    return int((await connection.execute(statement, before, AT_MOST)).rpartition(" ")[2])


async def _fold_tallies(connection: Connection, now: datetime) -> int:
    """The sums since ever stay what they are: who counts by them (a rate) sees no step."""
    folded: int = await connection.fetchval(
        """
        WITH old AS (
            DELETE FROM notifications.tallies t USING (
                SELECT hour, shard, domain, outcome FROM notifications.tallies
                WHERE hour < $1 AND hour > 'epoch' ORDER BY hour, shard, domain, outcome LIMIT $2
                FOR UPDATE SKIP LOCKED
            ) chosen
            WHERE (t.hour, t.shard, t.domain, t.outcome) = (chosen.hour, chosen.shard, chosen.domain, chosen.outcome)
            RETURNING t.outcome, t.number
        ), folded AS (
            INSERT INTO notifications.tallies AS known (hour, shard, domain, outcome, number)
            SELECT 'epoch', 0, '', outcome, sum(number) FROM old GROUP BY outcome
            ON CONFLICT (hour, shard, domain, outcome) DO UPDATE SET number = known.number + excluded.number
        )
        SELECT count(*) FROM old
        """,
        now - KEEP_HOURS,
        AT_MOST,
    )
    return folded
