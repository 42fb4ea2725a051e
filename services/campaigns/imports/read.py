"""What an import reads of the database before it writes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.document import Known
from services.campaigns.imports.exported import ExportedOffer
from services.campaigns.imports.place_days import Day
from services.campaigns.imports.programme_file import KnownCampaign, OfferHeader
from services.campaigns.imports.session_row import SessionRow
from services.campaigns.imports.target import Target
from services.campaigns.imports.words_of_files import plain
from shared.database import Connection
from shared.french_dates import PARIS


class StoredOffer(Struct, frozen=True, kw_only=True):
    """An offer as an import finds it."""

    id: UUID
    slug: str
    organisation_id: UUID
    campaign_id: UUID
    kind: str
    audience: str
    title: str
    summary: str
    city: str
    contact: str
    status: str
    seats: int
    opens_at: datetime | None
    closes_at: datetime | None


async def read_known(connection: Connection) -> Known:
    """The sectors and the campaigns there are."""
    campaigns = await connection.fetch(
        """
        SELECT id, slug, title, lower(period) AS first_day, upper(period) - 1 AS last_day
        FROM campaigns.campaigns ORDER BY id
        """
    )
    return Known(
        sectors=await read_sectors(connection),
        campaigns=[KnownCampaign(**dict(row)) for row in campaigns],
    )


async def read_sectors(connection: Connection) -> dict[str, str]:
    """The label of each sector, by code."""
    rows = await connection.fetch("SELECT code, label FROM campaigns.sectors")
    return {row["code"]: row["label"] for row in rows}


async def find_offer(
    connection: Connection,
    header: OfferHeader,
    *,
    campaign_id: UUID,
    organisation_id: UUID,
    starts: Sequence[datetime],
    titles: Sequence[str],
) -> UUID | None:
    """The offer that a file means, or None for a new one.

    By its identifier; else, among the offers of the same organisation, campaign and kind, the one with the same title
    (the nearest in its sessions, where several have it); else the one of which at least half of the file's sessions
    are known by start and title.
    """
    if header.slug:
        by_slug: UUID | None = await connection.fetchval("SELECT id FROM campaigns.offers WHERE slug = $1", header.slug)
        return by_slug
    candidates = await connection.fetch(
        """
        SELECT o.id, o.title,
               (SELECT count(*) FROM campaigns.sessions s
                JOIN unnest($4::timestamptz[], $5::text[]) AS said (starts_at, title)
                  ON said.starts_at = s.starts_at AND said.title = s.title
                WHERE s.offer_id = o.id AND s.status = 'planned') AS same,
               EXISTS (SELECT FROM campaigns.days d
                       WHERE d.offer_id = o.id AND d.date = ANY($6::date[])) AS same_day
        FROM campaigns.offers o
        WHERE o.campaign_id = $1 AND o.organisation_id = $2 AND o.kind = $3
        ORDER BY same DESC, o.status = 'cancelled', o.id
        """,
        campaign_id,
        organisation_id,
        header.kind,
        list(starts),
        list(titles),
        sorted({start.astimezone(PARIS).date() for start in starts}),
    )
    # mornings and workshops of a series may share a title: each is the offer of its own day
    of_one_day = header.kind in ("information_morning", "workshop")
    for row in candidates:
        if plain(row["title"]) == plain(header.title) and (row["same_day"] or not of_one_day):
            return UUID(str(row["id"]))
    for row in candidates:
        if starts and row["same"] * 2 >= len(starts) and row["same"] > 0:
            return UUID(str(row["id"]))
    return None


async def lock_stored_offer(connection: Connection, offer_id: UUID) -> StoredOffer:
    """The offer, its row locked until the transaction ends."""
    row = await connection.fetchrow(
        """
        SELECT id, slug, organisation_id, campaign_id, kind, audience, title, summary, city, contact, status, seats,
               opens_at, closes_at
        FROM campaigns.offers WHERE id = $1 FOR NO KEY UPDATE
        """,
        offer_id,
    )
    assert row is not None  # noqa: S101  # offers are never deleted
    return StoredOffer(**dict(row))


async def read_stored_sessions(connection: Connection, offer_id: UUID) -> list[SessionRow]:
    """The planned sessions of an offer, in order of start."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.day_id, s.starts_at, s.ends_at, s.title, s.kind, coalesce(d.sector, '') AS sector, s.host_id,
               coalesce(host.name, '') AS host, s.site_id, s.place, coalesce(s.room, '') AS room,
               coalesce(g.name, '') AS "group", s.group_id, s.contact, s.meeting_point, s.access, s.bring,
               coalesce(s.online_url, '') AS online_url,
               ARRAY(SELECT speaker_id FROM campaigns.session_speakers
                     WHERE session_id = s.id AND confirmed) AS speaker_ids,
               ARRAY(SELECT speaker.name FROM campaigns.session_speakers link
                     JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
                     WHERE link.session_id = s.id AND link.confirmed) AS speakers
        FROM campaigns.sessions s
        JOIN campaigns.days d ON d.id = s.day_id
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        WHERE s.offer_id = $1 AND s.status = 'planned'
        ORDER BY s.starts_at, s.ends_at, s.id
        """,
        offer_id,
    )
    return [
        SessionRow(
            **{
                **dict(row),
                "date": row["starts_at"].astimezone(PARIS).date(),
                "speaker_ids": frozenset(row["speaker_ids"]),
                "speakers": tuple(sorted(row["speakers"])),
            }
        )
        for row in rows
    ]


async def read_target(connection: Connection, offer_id: UUID) -> Target:
    """The offer that a planner's file is for; it exists, who asks has been checked."""
    row = await connection.fetchrow(
        """
        SELECT o.id, o.slug, g.name AS organisation, c.id AS campaign_id, c.slug AS campaign_slug, c.title,
               lower(c.period) AS first_day, upper(c.period) - 1 AS last_day
        FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        JOIN campaigns.campaigns c ON c.id = o.campaign_id
        WHERE o.id = $1
        """,
        offer_id,
    )
    assert row is not None  # noqa: S101  # offers are never deleted
    return Target(
        offer_id=row["id"],
        slug=row["slug"],
        organisation=row["organisation"],
        campaign_id=row["campaign_id"],
        campaign=KnownCampaign(
            id=row["campaign_id"],
            slug=row["campaign_slug"],
            title=row["title"],
            first_day=row["first_day"],
            last_day=row["last_day"],
        ),
        sectors=await read_sectors(connection),
    )


async def read_fingerprint(connection: Connection, offer_id: UUID) -> str:
    """What is another text as soon as anything of the offer or of its sessions has changed."""
    said: str = await connection.fetchval(
        """
        SELECT concat_ws('-', o.edition, o.programme_version, o.seats, count(s.id), sum(s.version))
        FROM campaigns.offers o LEFT JOIN campaigns.sessions s ON s.offer_id = o.id
        WHERE o.id = $1 GROUP BY o.id
        """,
        offer_id,
    )
    return said


async def read_exported(connection: Connection, offer_id: UUID) -> ExportedOffer:
    """The offer as a file says it; it exists, who asks has been checked."""
    row = await connection.fetchrow(
        """
        SELECT o.slug, o.title, o.kind, o.audience, g.name AS organisation, c.title AS campaign, o.city, o.seats,
               o.opens_at, o.closes_at, o.summary, o.contact
        FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        JOIN campaigns.campaigns c ON c.id = o.campaign_id
        WHERE o.id = $1
        """,
        offer_id,
    )
    assert row is not None  # noqa: S101  # offers are never deleted
    hosts = await connection.fetch(
        """
        SELECT DISTINCT g.name, g.siret FROM campaigns.sessions s JOIN campaigns.organisations g ON g.id = s.host_id
        WHERE s.offer_id = $1 AND g.siret IS NOT NULL
        """,
        offer_id,
    )
    speakers = await connection.fetch(
        """
        SELECT DISTINCT speaker.name, speaker.trade
        FROM campaigns.sessions s
        JOIN campaigns.session_speakers link ON link.session_id = s.id
        JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
        WHERE s.offer_id = $1
        """,
        offer_id,
    )
    return ExportedOffer(
        **dict(row),
        sessions=await read_stored_sessions(connection, offer_id),
        sirets={host["name"]: host["siret"] for host in hosts},
        trades={speaker["name"]: speaker["trade"] for speaker in speakers},
        sectors=await read_sectors(connection),
    )


async def read_days(connection: Connection, offer_id: UUID) -> tuple[list[Day], dict[date, str]]:
    """The days of an offer, emptied ones too, and the sector of each date."""
    rows = await connection.fetch(
        "SELECT id, date, instance_on, sector FROM campaigns.days WHERE offer_id = $1 ORDER BY date", offer_id
    )
    days = [Day(row["id"], row["date"], row["instance_on"]) for row in rows]
    return days, {row["date"]: row["sector"] or "" for row in rows}


async def agreements_are_complete(connection: Connection, campaign_id: UUID) -> bool:
    """Whether every organisation of a campaign has agreed."""
    complete: bool = await connection.fetchval(
        """
        SELECT NOT EXISTS (SELECT FROM campaigns.agreements
                           WHERE campaign_id = $1 AND agreed_at IS NULL AND left_at IS NULL)
        """,
        campaign_id,
    )
    return complete
