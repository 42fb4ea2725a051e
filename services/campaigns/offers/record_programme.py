"""Record the programme: its new version is written down for events, pupils' times follow, feeds are raised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.campaigns.offers.read import read_programme
from services.campaigns.offers.session import REFUSAL_OF_CONSTRAINT
from shared.database import Connection
from shared.programme import Programme


async def record_programme(connection: Connection, *, offer_id: UUID, now: datetime) -> Programme:
    """Write the programme of an offer locked by the caller as its next version, and return it.

    Ends every verb that changes the programme. Raises the refusal of the constraint that would put a pupil in two
    places at a time.
    """
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET programme_version = programme_version + 1, programme_changed_at = $2,
            busy = coalesce((SELECT range_agg(during) FROM campaigns.sessions
                             WHERE offer_id = $1 AND status = 'planned'), '{}')
        WHERE id = $1
        """,
        offer_id,
        now,
    )
    programme = await read_programme(connection, offer_id)
    await connection.execute(
        "INSERT INTO contract.programmes (offer_id, version, body) VALUES ($1, $2, $3::jsonb)",
        offer_id,
        programme.version,
        msgspec.json.encode(programme).decode(),
    )
    with translated_constraints():
        await connection.execute(
            """
            UPDATE campaigns.pupil_times t SET busy = o.busy
            FROM campaigns.offers o WHERE o.id = $1 AND t.offer_id = $1 AND t.busy <> o.busy
            """,
            offer_id,
        )
    await raise_feeds(connection, offer_id=offer_id, now=now)
    return programme


async def raise_feeds(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Raise the version of every public feed that shows the offer or did until now, making rows that are missing.

    Called when the new version of the programme is written: what the one before shows is gone from some feeds. No two
    versions of a feed have the same second, so that Last-Modified tells them apart. Rows are taken in the order of
    their slugs, so that two offers of one campaign cannot lock each other out.
    """
    await connection.execute(
        """
        WITH before AS (
            SELECT p.body FROM campaigns.offers o
            JOIN contract.programmes p ON p.offer_id = o.id AND p.version = o.programme_version - 1
            WHERE o.id = $1
        ), shown AS (
            SELECT o.slug, 'offer' AS scope, o.id::text AS subject FROM campaigns.offers o WHERE o.id = $1
            UNION
            SELECT c.slug, 'campaign', c.id::text
            FROM campaigns.offers o JOIN campaigns.campaigns c ON c.id = o.campaign_id WHERE o.id = $1
            UNION
            SELECT g.slug, 'organisation', g.id::text
            FROM campaigns.offers o JOIN campaigns.organisations g ON g.id = o.organisation_id WHERE o.id = $1
            UNION
            SELECT g.slug, 'organisation', g.id::text
            FROM campaigns.sessions s JOIN campaigns.organisations g ON g.id = s.host_id WHERE s.offer_id = $1
            UNION
            SELECT 'secteur-' || d.sector, 'sector', d.sector
            FROM campaigns.days d WHERE d.offer_id = $1 AND d.sector IS NOT NULL
            UNION
            SELECT g.slug, 'organisation', g.id::text
            FROM before, jsonb_path_query(before.body, '$.days[*].sessions[*].host_id') host
            JOIN campaigns.organisations g ON g.id = (host #>> '{}')::uuid
            UNION
            SELECT 'secteur-' || (sector #>> '{}'), 'sector', sector #>> '{}'
            FROM before, jsonb_path_query(before.body, '$.days[*].sector') sector WHERE sector <> 'null'
        )
        INSERT INTO campaigns.feeds (slug, scope, subject, changed_at)
        SELECT slug, scope, subject, $2 FROM shown ORDER BY slug
        ON CONFLICT (scope, subject)
        DO UPDATE SET
            version = campaigns.feeds.version + 1,
            changed_at = greatest(date_trunc('second', excluded.changed_at),
                                  date_trunc('second', campaigns.feeds.changed_at) + interval '1 second')
        """,
        offer_id,
        now,
    )


@contextmanager
def translated_constraints() -> Iterator[None]:
    """Turn a violation of a named exclusion constraint into its refusal in plain French."""
    try:
        yield
    except asyncpg.ExclusionViolationError as error:
        refusal = REFUSAL_OF_CONSTRAINT.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal() from error
