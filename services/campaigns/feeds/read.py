"""What is read for feeds: the state behind the ETag from one indexed row, and the sessions as they stood at it."""

import msgspec
from msgspec import Struct

from services.campaigns.feeds.feed import FeedContent, FeedState
from shared.calendar.feed import FeedHead, FeedSession
from shared.database import Connection, Pool

# constants, put into the statement below: which sessions belong to a scope; $2 is its subject
SESSIONS_OF = {
    "offer": "o.id = $2::uuid",
    "campaign": "o.campaign_id = $2::uuid",
    "organisation": "(o.organisation_id = $2::uuid OR s.host_id = $2::uuid)",
    "sector": "d.sector = $2",
}
# who speaks: by name for those who come, by trade alone in public
SPEAKER_IN_PERSON = "speaker.name || CASE speaker.trade WHEN '' THEN '' ELSE ', ' || speaker.trade END"
SPEAKER_IN_PUBLIC = "nullif(speaker.trade, '')"
HEAD_OF = {
    "offer": """
        SELECT title AS name, summary AS description, '/offres/' || slug AS path
        FROM campaigns.offers WHERE id = $1::uuid AND status <> 'draft'
    """,
    "campaign": """
        SELECT c.title AS name, c.presentation AS description, '/' AS path
        FROM campaigns.campaigns c
        WHERE c.id = $1::uuid
          AND EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.status <> 'draft')
    """,
    "organisation": """
        SELECT name, 'Séances de ses offres, et séances où elle accueille.' AS description, '/' AS path
        FROM campaigns.organisations WHERE id = $1::uuid
    """,
    "sector": """
        SELECT label AS name, 'Toutes les séances de ce secteur.' AS description, '/' AS path
        FROM campaigns.sectors WHERE code = $1
    """,
}


class PublicFeed(Struct, frozen=True):
    """A row of campaigns.feeds."""

    scope: str
    subject: str
    state: FeedState


async def find_public_feed(connection: Connection, slug: str) -> PublicFeed | None:
    """The feed of a slug with its state: one row by its key."""
    row = await connection.fetchrow(
        "SELECT scope, subject, version, changed_at FROM campaigns.feeds WHERE slug = $1", slug
    )
    if row is None:
        return None
    return PublicFeed(row["scope"], row["subject"], FeedState(str(row["version"]), row["changed_at"]))


async def read_public_state(pool: Pool, slug: str) -> FeedState | None:
    """The state of a public feed now; None for a slug nobody has."""
    async with pool.acquire() as connection:
        feed = await find_public_feed(connection, slug)
    return feed.state if feed else None


async def read_public_content(pool: Pool, slug: str, *, base_url: str) -> FeedContent | None:
    """State and sessions of a public feed, of one moment; None where nothing was ever published."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        feed = await find_public_feed(connection, slug)
        if feed is None:
            return None
        head = await connection.fetchrow(HEAD_OF[feed.scope], feed.subject)
        if head is None:
            return None
        sessions = await read_sessions(connection, SESSIONS_OF[feed.scope], feed.subject, base_url=base_url)
    return FeedContent(
        feed.state,
        FeedHead(
            name=head["name"],
            description=head["description"],
            source=f"{base_url}/calendars/{slug}.ics",
            url=base_url + head["path"],
        ),
        sessions,
    )


async def read_sessions(
    connection: Connection,
    which: str,
    subject: str,
    *,
    base_url: str,
    personal: bool = False,
    title: str = "o.title",
    tentative: str = "false",
    details: str = "'[]'",
) -> tuple[FeedSession, ...]:
    """Sessions of what is or was public, by start; cancelled ones until their tombstones are removed.

    `which` and what is told besides are constants of SQL, in which $2 is the subject, `s` the session, `o` its offer.
    """
    speaker = SPEAKER_IN_PERSON if personal else SPEAKER_IN_PUBLIC
    # the link of an online session is for who is registered
    online = "s.online_url" if personal else "NULL::text"
    body = await connection.fetchval(
        f"""
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'offer_title', {title}, 'offer_url', $1::text || '/offres/' || o.slug,
            'sector_label', coalesce(sector.label, ''), 'tentative', {tentative},
            'details', {details}::jsonb, 'session', jsonb_build_object(
                'id', s.id, 'group_id', s.group_id, 'group', coalesce(g.name, ''),
                'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                'host_id', s.host_id, 'host', coalesce(host.name, ''), 'place', s.place,
                'room', coalesce(s.room, ''), 'latitude', site.latitude, 'longitude', site.longitude,
                'contact', s.contact, 'meeting_point', s.meeting_point, 'access', s.access, 'bring', s.bring,
                'online_url', {online}, 'sequence', s.sequence, 'status', s.status, 'changed_at', s.changed_at,
                'speakers', array_remove(ARRAY(
                    SELECT {speaker} FROM campaigns.session_speakers link
                    JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
                    WHERE link.session_id = s.id AND link.confirmed ORDER BY speaker.name), NULL))
            ) ORDER BY s.starts_at, s.ends_at, s.id), '[]')
        FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.days d ON d.id = s.day_id
        LEFT JOIN campaigns.sectors sector ON sector.code = d.sector
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.sites site ON site.id = s.site_id
        WHERE s.removed_at IS NULL AND o.status IN ('published', 'closed', 'over', 'cancelled') AND {which}
        """,  # noqa: S608  # its parts are constants
        base_url,
        subject,
    )
    return msgspec.json.decode(body, type=tuple[FeedSession, ...])
