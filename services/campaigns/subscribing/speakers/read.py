"""What is read for the calendar of a speaker: a person in each bank that knows them, who is known by the address."""

from uuid import UUID

import msgspec

from services.campaigns.subscribing.holding import Entries
from services.campaigns.subscribing.speakers.promise import Promise, sessions_of
from shared.database import Connection
from shared.languages import _

# $1 is the speaker. A session they were promised for and are needed at no more stays as cancelled, 90 days beyond it.
PROMISES = """
    WITH speaker AS (
        SELECT bank.id
        FROM contract.people me
        JOIN contract.people same ON lower(same.email) = lower(me.email) AND same.email IS NOT NULL
             AND same.erased_at IS NULL
        JOIN campaigns.speakers bank ON bank.person_id = same.id AND bank.removed_at IS NULL
        WHERE me.id = $1 AND me.erased_at IS NULL
    ), newest AS (
        SELECT DISTINCT ON (q.session_id) q.session_id, q.status, q.answered_at
        FROM campaigns.speaker_requests q
        WHERE q.speaker_id IN (SELECT id FROM speaker) AND q.answered_at IS NOT NULL
          AND q.status IN ('confirmed', 'withdrawn')
        ORDER BY q.session_id, q.status = 'confirmed' DESC, q.id DESC
    ), promises AS (
        SELECT s.starts_at, s.id, jsonb_build_object(
            'offer', o.title, 'organisation', g.name, 'expected', CASE WHEN alive THEN s.expected ELSE '' END,
            'pupils', CASE WHEN s.group_id IS NULL THEN o.seats
                           ELSE (o.seats + groups.number - 1) / greatest(groups.number, 1) END,
            'session', jsonb_build_object(
                'id', s.id, 'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                'group', coalesce(of_pupils.name, ''), 'host', coalesce(host.name, ''), 'sequence', s.sequence,
                'place', CASE WHEN alive THEN s.place ELSE '' END,
                'room', CASE WHEN alive THEN coalesce(s.room, '') ELSE '' END,
                'online_url', CASE WHEN alive THEN s.online_url END,
                'contact', CASE WHEN alive THEN o.contact ELSE '' END,
                'meeting_point', CASE WHEN alive THEN s.meeting_point ELSE '' END,
                'access', CASE WHEN alive THEN s.access ELSE '' END,
                'status', CASE WHEN alive THEN 'planned' ELSE 'cancelled' END,
                'changed_at', greatest(s.changed_at, newest.answered_at))) AS body
        FROM newest
        JOIN campaigns.sessions s ON s.id = newest.session_id AND s.removed_at IS NULL
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.groups of_pupils ON of_pupils.id = s.group_id
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM campaigns.groups WHERE offer_id = o.id) groups
        CROSS JOIN LATERAL (SELECT s.status = 'planned' AND newest.status = 'confirmed' AS alive) standing
        WHERE alive OR s.ends_at > now() - interval '90 days'
    )
"""


async def read_speaker_version(connection: Connection, person_id: UUID) -> str:
    """A hash of what it holds: a speaker has a few sessions, in drafts too, which no other version tells of."""
    version: str = await connection.fetchval(
        f"{PROMISES} SELECT md5(coalesce(string_agg(body::text, '' ORDER BY starts_at, id), '')) FROM promises",  # noqa: S608
        person_id,
    )
    return version


async def read_speaker_entries(connection: Connection, person_id: UUID, *, base_url: str) -> Entries:
    """The promised sessions, drafts included: they were promised before the offer was published."""
    body = await connection.fetchval(
        f"{PROMISES} SELECT coalesce(jsonb_agg(body ORDER BY starts_at, id), '[]')::text FROM promises",  # noqa: S608
        person_id,
    )
    promises = msgspec.json.decode(body, type=tuple[Promise, ...])
    return Entries(
        name=_("Mes interventions"),
        description=_("Les séances où vous avez promis de venir. Cette adresse est personnelle."),
        path="/",
        sessions=sessions_of(promises, page=f"{base_url}/"),
    )
