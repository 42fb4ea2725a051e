"""What is read of sessions for who takes part: contacts, speakers by name, the link of what is online."""

import msgspec

from shared.calendar.feed import FeedSession
from shared.database import Connection


async def read_sessions(
    connection: Connection,
    which: str,
    subject: object,
    *,
    base_url: str,
    tentative: str = "false",
    details: str = "'[]'",
) -> tuple[FeedSession, ...]:
    """Sessions of what is or was public, by start; cancelled ones until their tombstones are removed.

    `which` sessions, which of them are `tentative`, and pairs of `details` are constants of SQL, in which $2 is the
    subject, `s` the session, `o` its offer.
    """
    body = await connection.fetchval(
        f"""
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'offer_title', o.title, 'offer_url', $1::text || '/offres/' || o.slug,
            'sector_label', coalesce(sector.label, ''), 'tentative', {tentative},
            'details', {details}::jsonb, 'session', jsonb_build_object(
                'id', s.id, 'group_id', s.group_id, 'group', coalesce(g.name, ''),
                'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                'host_id', s.host_id, 'host', coalesce(host.name, ''), 'place', s.place,
                'room', coalesce(s.room, ''), 'latitude', site.latitude, 'longitude', site.longitude,
                'contact', s.contact, 'meeting_point', s.meeting_point, 'access', s.access, 'bring', s.bring,
                'online_url', s.online_url, 'sequence', s.sequence, 'status', s.status, 'changed_at', s.changed_at,
                'speakers', ARRAY(
                    SELECT speaker.name || CASE speaker.trade WHEN '' THEN '' ELSE ', ' || speaker.trade END
                    FROM campaigns.session_speakers link
                    JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
                    WHERE link.session_id = s.id AND link.confirmed ORDER BY speaker.name))
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
