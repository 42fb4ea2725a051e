"""What the week builder reads: a programme with all a planner may change of it, its clashes, and what may be chosen."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.builder.refuse_clashes import PUPILS
from services.campaigns.offers.builder.week import BuiltDay, BuiltGroup, BuiltSession, Week
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.session import InvalidChange, Session, UnknownSession
from shared.database import Connection
from shared.french_dates import PARIS
from shared.languages import later

COLUMNS = """
    s.id, s.day_id, s.group_id, coalesce(g.name, '') AS "group", s.starts_at, s.ends_at, s.title, s.kind, s.host_id,
    coalesce(host.name, '') AS host, s.site_id, coalesce(site.address, '') AS site, s.place,
    coalesce(s.room, '') AS room, s.contact, s.meeting_point, s.access, s.bring, s.expected,
    coalesce(s.online_url, '') AS online_url, s.status, s.sequence, s.version, s.changed_at, site.latitude,
    site.longitude, site.pupils_at_most, asked.status AS request,
    asked.answer_by,
    ARRAY(SELECT speaker.name FROM campaigns.session_speakers link
          JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
          WHERE link.session_id = s.id ORDER BY speaker.name) AS speakers
"""
SESSION_COLUMNS = f"{COLUMNS}, {PUPILS} AS pupils"
SESSION_TABLES = """
    campaigns.sessions s
    JOIN campaigns.offers o ON o.id = s.offer_id
    LEFT JOIN campaigns.groups g ON g.id = s.group_id
    LEFT JOIN campaigns.organisations host ON host.id = s.host_id
    LEFT JOIN campaigns.sites site ON site.id = s.site_id
    LEFT JOIN LATERAL (SELECT status, answer_by FROM campaigns.host_requests q
                       WHERE q.session_id = s.id AND q.organisation_id = s.host_id
                       ORDER BY q.asked_at DESC LIMIT 1) asked ON true
"""


async def read_week(connection: Connection, *, slug: str = "", offer_id: UUID | None = None) -> Week:
    """The programme of the offer with this slug or id, drafts included; raises `UnknownOffer`. Four statements."""
    offer = await connection.fetchrow(
        """
        SELECT o.id AS offer_id, o.organisation_id, o.slug, o.title, o.kind, o.status, o.city, o.seats, o.taken,
               o.waiting, lower(c.period) AS first_day
        FROM campaigns.offers o JOIN campaigns.campaigns c ON c.id = o.campaign_id
        WHERE CASE WHEN $2::uuid IS NULL THEN o.slug = $1 ELSE o.id = $2 END
        """,
        slug,
        offer_id,
    )
    if offer is None:
        raise UnknownOffer
    groups = await connection.fetch(
        """
        SELECT g.id, g.name, g.version,
               (SELECT count(*) FROM campaigns.registrations r
                WHERE r.group_id = g.id AND r.status IN ('held', 'confirmed')) AS pupils,
               (SELECT count(*) FROM campaigns.sessions s WHERE s.group_id = g.id AND s.status = 'planned') AS sessions
        FROM campaigns.groups g WHERE g.offer_id = $1 ORDER BY g.name
        """,
        offer["offer_id"],
    )
    days = await connection.fetch(
        """
        SELECT d.id, d.date, d.sector, coalesce(s.label, '') AS sector_label, coalesce(s.family, '') AS sector_family,
               d.emergency_phone, d.version
        FROM campaigns.days d LEFT JOIN campaigns.sectors s ON s.code = d.sector
        WHERE d.offer_id = $1 ORDER BY d.date
        """,
        offer["offer_id"],
    )
    rows = await connection.fetch(
        f"""
        SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES}
        WHERE s.offer_id = $1 AND s.removed_at IS NULL ORDER BY s.starts_at, s.ends_at, s.id
        """,  # noqa: S608  # the columns are constants of this module
        offer["offer_id"],
    )
    sessions: dict[UUID, list[BuiltSession]] = {}
    for row in rows:
        sessions.setdefault(row["day_id"], []).append(_session(row))
    return Week(
        **dict(offer),
        days=tuple(BuiltDay(**dict(day), sessions=tuple(sessions.get(day["id"], ()))) for day in days),
        groups=tuple(BuiltGroup(**dict(group)) for group in groups),
    )


async def read_built_session(connection: Connection, session_id: UUID) -> BuiltSession:
    """One session as its planner sees it; raises `UnknownSession`."""
    row = await connection.fetchrow(
        f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.id = $1",  # noqa: S608  # constants of this module
        session_id,
    )
    if row is None:
        raise UnknownSession
    return _session(row)


async def list_sessions(
    connection: Connection, offer_id: UUID, *, after: UUID | None, limit: int
) -> list[BuiltSession]:
    """An offer's sessions by id, cancelled ones included, after the key `after`."""
    rows = await connection.fetch(
        f"""
        SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES}
        WHERE s.offer_id = $1 AND s.removed_at IS NULL AND ($2::uuid IS NULL OR s.id > $2) ORDER BY s.id LIMIT $3
        """,  # noqa: S608  # the columns are constants of this module
        offer_id,
        after,
        limit,
    )
    return [_session(row) for row in rows]


def _session(row: Any) -> BuiltSession:
    fields = dict(row)
    for name in ("starts_at", "ends_at"):
        fields[name] = fields[name].astimezone(PARIS)
    return BuiltSession(**{**fields, "speakers": tuple(fields["speakers"])})


class Clash(Struct, frozen=True, kw_only=True):
    """Another planned session at the same time, and what both need: its host, room, speaker or the site's room."""

    session_id: UUID
    needs: Literal["host", "room", "speaker"]
    name: str
    other_id: UUID
    other: str
    offer: str
    starts_at: datetime
    ends_at: datetime


async def read_clashes(connection: Connection, offer_id: UUID) -> list[Clash]:
    """What the sessions of an offer share with others at the same time, in this offer and in others. One statement.

    A company is in two places at two of its sites; an agency or an authority has services in each town. Two rooms of
    one site are a rotation.
    """
    rows = await connection.fetch(
        """
        WITH mine AS (
            SELECT s.id, s.offer_id, s.during, s.host_id, s.site_id, s.room FROM campaigns.sessions s
            WHERE s.offer_id = $1 AND s.status = 'planned'
        ), clash AS MATERIALIZED (
            SELECT mine.id, 'room' AS needs, mine.room AS name, other.id AS other_id
            FROM mine JOIN campaigns.sessions other
              ON other.site_id = mine.site_id AND other.room = mine.room AND other.during && mine.during
            UNION ALL
            SELECT mine.id, 'room', mine.room, other.id
            FROM mine JOIN mine other ON other.room = mine.room AND other.during && mine.during
            WHERE mine.site_id IS NULL AND other.site_id IS NULL
            UNION ALL
            SELECT mine.id, 'host', host.name, other.id
            FROM mine
            JOIN campaigns.sessions other ON other.host_id = mine.host_id AND other.during && mine.during
            JOIN campaigns.organisations host ON host.id = mine.host_id
            WHERE CASE WHEN other.site_id <> mine.site_id THEN host.kind = 'company'
                       ELSE coalesce(other.room = mine.room, true) END
            UNION ALL
            SELECT mine.id, 'speaker', speaker.name, theirs.session_id
            FROM mine
            JOIN campaigns.session_speakers ours ON ours.session_id = mine.id
            JOIN campaigns.session_speakers theirs
              ON theirs.speaker_id = ours.speaker_id AND theirs.during && mine.during
            JOIN campaigns.speakers speaker ON speaker.id = ours.speaker_id
        )
        SELECT clash.id AS session_id, clash.needs, clash.name, other.id AS other_id, other.title AS other,
               CASE WHEN other.offer_id = $1 THEN '' ELSE offer.title END AS offer, other.starts_at, other.ends_at
        FROM clash
        JOIN campaigns.sessions other ON other.id = clash.other_id AND other.id <> clash.id AND other.status = 'planned'
        JOIN campaigns.offers offer ON offer.id = other.offer_id
        ORDER BY clash.id, other.starts_at, other.id, clash.needs
        """,
        offer_id,
    )
    return [Clash(**dict(row)) for row in rows]


async def read_group_name(connection: Connection, offer_id: UUID, group_id: UUID | None) -> str:
    """The name of a group of the offer, empty for all; raises `InvalidChange` for another offer's."""
    if group_id is None:
        return ""
    name: str | None = await connection.fetchval(
        "SELECT name FROM campaigns.groups WHERE id = $1 AND offer_id = $2", group_id, offer_id
    )
    if name is None:
        raise InvalidChange(later("Ce groupe n’est pas de cette offre."), field="group_id")
    return name


async def read_day_sessions(connection: Connection, day_id: UUID) -> list[Session]:
    """The planned sessions of a day as verbs read them, by start."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.offer_id, s.day_id, s.group_id, coalesce(g.name, '') AS "group", s.starts_at, s.ends_at, s.title,
               s.kind, s.place, s.site_id, s.host_id, coalesce(host.name, '') AS host, coalesce(s.room, '') AS room,
               s.contact, s.meeting_point, s.access, s.bring, s.expected, coalesce(s.online_url, '') AS online_url,
               s.sequence, s.version, s.status
        FROM campaigns.sessions s
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE s.day_id = $1 AND s.status = 'planned' ORDER BY s.starts_at, s.id
        """,
        day_id,
    )
    return [Session(**dict(row)) for row in rows]
