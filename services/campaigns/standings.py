"""Standings: where each session stands in public feeds, kept in the transaction that moves it.

A feed is raised exactly when what it shows has changed. A session that leaves a feed (another sector, another host,
another département) is remembered as having stood there, for the feed to tell.
"""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal

# Whoever shows a host's name holds this lock of it in common, whoever changes the name alone: so a session given to a
# host meanwhile is known to the one, or bears the new name for the other.
NAMES = 7_151_529


class HostJustRenamed(Refusal):
    """A company of the programme is getting another name at this very moment."""

    reason: ClassVar[str] = "host-just-renamed"

    def __init__(self) -> None:
        super().__init__(later("Une entreprise de ce programme change de nom à l’instant même. Réessayez."))


# What public feeds show of a session: no contact, no link of an online session, speakers by their trade alone. Of
# `s` the session, `o` its offer, and what JOINED adds.
SHOWN = """jsonb_build_object(
    'offer_title', o.title, 'sector_label', coalesce(sector.label, ''),
    'session', jsonb_build_object(
        'id', s.id, 'group_id', s.group_id, 'group', coalesce(g.name, ''),
        'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
        'host_id', s.host_id, 'host', coalesce(host.name, ''), 'place', s.place, 'room', coalesce(s.room, ''),
        'latitude', site.latitude, 'longitude', site.longitude, 'meeting_point', s.meeting_point,
        'access', s.access, 'bring', s.bring, 'sequence', s.sequence, 'status', s.status, 'changed_at', s.changed_at,
        'speakers', ARRAY(
            SELECT speaker.trade FROM campaigns.session_speakers link
            JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
            WHERE link.session_id = s.id AND link.confirmed AND speaker.trade <> '' ORDER BY speaker.name)))"""
JOINED = """
    JOIN campaigns.offers o ON o.id = s.offer_id
    JOIN campaigns.days d ON d.id = s.day_id
    LEFT JOIN campaigns.sectors sector ON sector.code = d.sector
    LEFT JOIN campaigns.groups g ON g.id = s.group_id
    LEFT JOIN campaigns.organisations host ON host.id = s.host_id
    LEFT JOIN campaigns.sites site ON site.id = s.site_id
"""

# Where a session takes place: by its own postcode, its site's, its offer's; without any (online, a hall without an
# address), wherever its offer's other sessions are, or whom the offer is for.
_NOW = f"""
    public AS (
        SELECT s.id AS session_id, s.offer_id, s.host_id, d.sector, o.departements AS meant,
               md5({SHOWN}::text) AS digest,
               coalesce(campaigns.departement_of(s.place), campaigns.departement_of(site.address),
                        campaigns.departement_of(o.city)) AS own
        FROM campaigns.sessions s {JOINED}
        WHERE s.offer_id = $1 AND s.removed_at IS NULL AND o.status <> 'draft'
    ), elsewhere AS (
        SELECT array_agg(DISTINCT own ORDER BY own) AS codes FROM public WHERE own IS NOT NULL
    ), found AS (
        SELECT session_id, offer_id, host_id, sector, digest,
               CASE WHEN own IS NULL THEN coalesce(elsewhere.codes, meant) ELSE ARRAY[own] END AS departements
        FROM public, elsewhere
    )
"""  # noqa: S608  # its parts are constants of this module
# The feeds that show sessions of `shown` (offer_id, host_id, sector, departements): their slug, scope and subject.
_FEEDS = """
    SELECT o.slug, 'offer' AS scope, o.id::text AS subject
    FROM campaigns.offers o WHERE o.id IN (SELECT offer_id FROM shown)
    UNION
    SELECT c.slug, 'campaign', c.id::text
    FROM campaigns.offers o JOIN campaigns.campaigns c ON c.id = o.campaign_id
    WHERE o.id IN (SELECT offer_id FROM shown)
    UNION
    SELECT g.slug, 'organisation', g.id::text
    FROM campaigns.organisations g
    WHERE g.id IN (SELECT host_id FROM shown)
       OR g.id IN (SELECT organisation_id FROM campaigns.offers WHERE id IN (SELECT offer_id FROM shown))
    UNION
    SELECT 'secteur-' || sector, 'sector', sector FROM shown WHERE sector IS NOT NULL
    UNION
    SELECT 'departement-' || lower(code), 'departement', code FROM shown, unnest(departements) code
"""
# No two versions of a feed have the same second, so that Last-Modified tells them apart. Rows are taken in the order of
# their slugs, so that two offers of one campaign cannot lock each other out.
_RAISE = """
    INSERT INTO campaigns.feeds (slug, scope, subject, changed_at)
    SELECT slug, scope, subject, date_trunc('second', $2::timestamptz) FROM raised ORDER BY slug
    ON CONFLICT (scope, subject) DO UPDATE SET
        version = campaigns.feeds.version + 1,
        changed_at = greatest(excluded.changed_at,
                              date_trunc('second', campaigns.feeds.changed_at) + interval '1 second')
"""


async def settle_standings(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Write down where the sessions of an offer stand, and raise the feeds that show it otherwise than before.

    The caller holds the offer's lock. The offer's own feed is raised in any case: it shows the offer's words besides.
    Raises `HostJustRenamed`.
    """
    known: bool = await connection.fetchval(
        """
        SELECT coalesce(bool_and(pg_try_advisory_xact_lock_shared(hashtextextended(host_id::text, $2))), true)
        FROM (SELECT DISTINCT host_id FROM campaigns.sessions WHERE offer_id = $1 AND host_id IS NOT NULL) hosts
        """,
        offer_id,
        NAMES,
    )
    if not known:
        raise HostJustRenamed
    await connection.execute(
        f"""
        WITH {_NOW}, before AS (
            SELECT * FROM campaigns.standings WHERE offer_id = $1
        ), changed AS (
            SELECT coalesce(found.session_id, before.session_id) AS session_id, found.session_id IS NULL AS gone,
                   before.session_id IS NOT NULL AND found.session_id IS NOT NULL
                   AND (found.host_id, found.sector, found.departements)
                       IS DISTINCT FROM (before.host_id, before.sector, before.departements) AS moved
            FROM found FULL JOIN before USING (session_id)
            WHERE (found.session_id, found.digest, found.host_id, found.sector, found.departements)
                  IS DISTINCT FROM
                  (before.session_id, before.digest, before.host_id, before.sector, before.departements)
        ), remembered AS (
            INSERT INTO campaigns.former_standings (session_id, offer_id, host_id, sector, departements, left_at)
            SELECT session_id, offer_id, host_id, sector, departements, $2
            FROM before JOIN changed USING (session_id) WHERE moved
        ), forgotten AS (
            DELETE FROM campaigns.standings WHERE session_id IN (SELECT session_id FROM changed WHERE gone)
        ), written AS (
            INSERT INTO campaigns.standings (session_id, offer_id, host_id, sector, departements, digest)
            SELECT session_id, offer_id, host_id, sector, departements, digest
            FROM found JOIN changed USING (session_id) ORDER BY session_id
            ON CONFLICT (session_id) DO UPDATE SET
                host_id = excluded.host_id, sector = excluded.sector, departements = excluded.departements,
                digest = excluded.digest, changed_at = $2
        ), shown AS (
            SELECT offer_id, host_id, sector, departements FROM found JOIN changed USING (session_id)
            UNION ALL
            SELECT offer_id, host_id, sector, departements FROM before JOIN changed USING (session_id)
            UNION ALL
            SELECT offer_id, host_id, sector, departements
            FROM campaigns.former_standings JOIN changed USING (session_id)
        ), raised AS (
            {_FEEDS}
            UNION
            SELECT slug, 'offer', id::text FROM campaigns.offers WHERE id = $1 AND status <> 'draft'
        )
        {_RAISE}
        """,  # noqa: S608  # the parts are constants of this module
        offer_id,
        now,
    )


async def lock_name(connection: Connection, organisation_id: UUID) -> None:
    """Wait until nobody else writes programmes with the organisation's name, which is about to change."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, $2))", organisation_id, NAMES
    )


async def raise_feeds_showing(
    connection: Connection, session_ids: Collection[UUID], *, organisation_id: UUID | None = None, now: datetime
) -> None:
    """Raise every feed these sessions stand in or stood in: something they show has changed by itself.

    And the feed of an organisation, if it has one.
    """
    await connection.execute(
        f"""
        WITH locked AS (
            SELECT session_id FROM campaigns.standings WHERE session_id = ANY($1::uuid[])
            ORDER BY session_id FOR NO KEY UPDATE
        ), changed AS (
            UPDATE campaigns.standings standing SET changed_at = $2
            FROM locked WHERE standing.session_id = locked.session_id
            RETURNING standing.offer_id, standing.host_id, standing.sector, standing.departements
        ), shown AS (
            SELECT * FROM changed
            UNION ALL
            SELECT offer_id, host_id, sector, departements
            FROM campaigns.former_standings WHERE session_id = ANY($1::uuid[])
        ), raised AS (
            {_FEEDS}
            UNION
            SELECT slug, scope, subject FROM campaigns.feeds WHERE scope = 'organisation' AND subject = $3::uuid::text
        )
        {_RAISE}
        """,  # noqa: S608  # the parts are constants of this module
        list(session_ids),
        now,
        organisation_id,
    )


async def forget_former_standings(connection: Connection, *, offer_id: UUID, before: datetime, now: datetime) -> int:
    """Let the sessions of an offer be told no more where they left until then; returns how many. Raises those feeds.

    The caller holds the offer's lock.
    """
    forgotten: int = await connection.fetchval(
        f"""
        WITH shown AS (
            DELETE FROM campaigns.former_standings WHERE offer_id = $1 AND left_at <= $3
            RETURNING offer_id, host_id, sector, departements
        ), raised AS ({_FEEDS}), written AS ({_RAISE})
        SELECT count(*) FROM shown
        """,  # noqa: S608  # the parts are constants of this module
        offer_id,
        now,
        before,
    )
    return forgotten
