"""What is read of series: their slots with seats and speakers, rooms that are taken, who still has no slot."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.words_of_files import slug_of
from services.campaigns.offers.kinds.series.series import (
    SPEAKERS_A_MORNING,
    Slot,
    UnknownSeries,
    say_clash,
    title_of_series,
)
from shared.database import Connection

SLOTS_SHOWN = 200


class SeriesOffer(Struct, frozen=True, kw_only=True):
    """One slot as it is now; `speakers` are those asked or confirmed, `awaited` of them have not answered."""

    id: UUID
    slug: str
    title: str
    status: str
    seats: int
    taken: int
    held: int
    waiting: int
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    room: str
    session_id: UUID | None
    speakers: int
    awaited: int

    @property
    def open_places(self) -> int:
        """Speakers who are still to be found."""
        return max(0, SPEAKERS_A_MORNING - self.speakers)


class SeriesState(Struct, frozen=True, kw_only=True):
    """A series with its slots in order of time."""

    id: UUID
    organisation_id: UUID
    campaign_id: UUID
    kind: str
    audience: str
    required: bool
    title: str
    slots: tuple[SeriesOffer, ...]

    @property
    def drafts(self) -> tuple[SeriesOffer, ...]:
        """The slots nobody can see yet."""
        return tuple(slot for slot in self.slots if slot.status == "draft")


async def read_series(connection: Connection, series_id: UUID, *, organisation_id: UUID | None) -> SeriesState:
    """The slots of an organisation in a series, of all organisations for None; raises `UnknownSeries`."""
    rows = await connection.fetch(
        """
        SELECT o.id, o.slug, o.title, o.status, o.seats, o.taken, o.waiting, o.kind, o.audience, o.required,
               o.organisation_id, o.campaign_id, first.starts_at, last.ends_at, coalesce(first.place, '') AS place,
               coalesce(first.room, '') AS room,
               coalesce(testimony.id, first.id) AS session_id,
               (SELECT count(*) FROM campaigns.registrations r WHERE r.offer_id = o.id AND r.status = 'held') AS held,
               (SELECT count(DISTINCT link.speaker_id) FROM campaigns.session_speakers link
                JOIN campaigns.sessions s ON s.id = link.session_id
                WHERE s.offer_id = o.id AND s.status = 'planned') AS speakers,
               (SELECT count(DISTINCT asked.speaker_id) FROM campaigns.speaker_requests asked
                JOIN campaigns.sessions s ON s.id = asked.session_id
                WHERE s.offer_id = o.id AND s.status = 'planned' AND asked.status = 'awaited') AS awaited
        FROM campaigns.offers o
        LEFT JOIN LATERAL (SELECT s.id, s.starts_at, s.place, s.room FROM campaigns.sessions s
                           WHERE s.offer_id = o.id AND s.status = 'planned' ORDER BY s.starts_at LIMIT 1) first ON true
        LEFT JOIN LATERAL (SELECT s.id FROM campaigns.sessions s
                           WHERE s.offer_id = o.id AND s.status = 'planned' AND s.kind = 'testimony'
                           ORDER BY s.starts_at LIMIT 1) testimony ON true
        LEFT JOIN LATERAL (SELECT max(s.ends_at) AS ends_at FROM campaigns.sessions s
                           WHERE s.offer_id = o.id AND s.status = 'planned') last ON true
        WHERE o.series_id = $1 AND ($2::uuid IS NULL OR o.organisation_id = $2)
        ORDER BY first.starts_at NULLS LAST, o.title LIMIT $3
        """,
        series_id,
        organisation_id,
        SLOTS_SHOWN,
    )
    if not rows:
        raise UnknownSeries
    head = rows[0]
    return SeriesState(
        id=series_id,
        organisation_id=head["organisation_id"],
        campaign_id=head["campaign_id"],
        kind=head["kind"],
        audience=head["audience"],
        required=head["required"],
        title=title_of_series([row["title"] for row in rows], head["kind"]),
        slots=tuple(SeriesOffer(**{name: row[name] for name in SeriesOffer.__struct_fields__}) for row in rows),
    )


class ListedSeries(Struct, frozen=True, kw_only=True):
    """A series in a list."""

    id: UUID
    kind: str
    title: str
    slots: int
    drafts: int
    starts_at: datetime | None
    ends_at: datetime | None


async def list_series(
    connection: Connection, *, organisation_id: UUID | None, after: UUID | None = None, limit: int
) -> list[ListedSeries]:
    """The series of an organisation, of all for None, by id, after the key `after`."""
    rows = await connection.fetch(
        """
        SELECT o.series_id AS id, min(o.kind) AS kind, array_agg(o.title ORDER BY o.title) AS titles,
               count(*) AS slots, count(*) FILTER (WHERE o.status = 'draft') AS drafts,
               min(lower(o.busy)) AS starts_at, max(upper(o.busy)) AS ends_at
        FROM campaigns.offers o
        WHERE o.series_id IS NOT NULL AND ($1::uuid IS NULL OR o.organisation_id = $1)
          AND ($2::uuid IS NULL OR o.series_id > $2)
        GROUP BY o.series_id ORDER BY o.series_id LIMIT $3
        """,
        organisation_id,
        after,
        limit,
    )
    return [
        ListedSeries(
            title=title_of_series(row["titles"], row["kind"]),
            **{name: row[name] for name in ("id", "kind", "slots", "drafts", "starts_at", "ends_at")},
        )
        for row in rows
    ]


async def find_room_clashes(connection: Connection, organisation_id: UUID, slots: Sequence[Slot]) -> list[str]:
    """A sentence for each slot whose room the organisation uses at that time already."""
    with_room = [slot for slot in slots if slot.place.room and slot.place.address]
    rows = await connection.fetch(
        """
        SELECT wanted.number, min(s.title) AS title
        FROM unnest($2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
             AS wanted (number, address, room, starts_at, ends_at)
        JOIN campaigns.sites site ON site.organisation_id = $1 AND site.address = wanted.address
        JOIN campaigns.sessions s ON s.site_id = site.id AND s.room = wanted.room AND s.status = 'planned'
             AND s.during && tstzrange(wanted.starts_at, wanted.ends_at)
        GROUP BY wanted.number ORDER BY wanted.number
        """,
        organisation_id,
        list(range(len(with_room))),
        [slot.place.address for slot in with_room],
        [slot.place.room for slot in with_room],
        [slot.starts_at for slot in with_room],
        [slot.ends_at for slot in with_room],
    )
    return [say_clash(with_room[row["number"]], row["title"]) for row in rows]


async def count_without_a_slot(connection: Connection, series: SeriesState) -> int:
    """Pupils with a seat in the organisation's weeks and hostings of the campaign, and none in the series."""
    count: int = await connection.fetchval(
        """
        SELECT count(DISTINCT r.pupil_id)
        FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE o.campaign_id = $2 AND o.organisation_id = $3 AND o.kind IN ('collective_week', 'hosting')
          AND o.status <> 'cancelled' AND r.status IN ('held', 'confirmed')
          AND NOT EXISTS (SELECT FROM campaigns.registrations mine JOIN campaigns.offers slot ON slot.id = mine.offer_id
                          WHERE slot.series_id = $1 AND mine.pupil_id = r.pupil_id
                            AND mine.status IN ('waiting', 'held', 'confirmed'))
        """,
        series.id,
        series.campaign_id,
        series.organisation_id,
    )
    return count


async def list_sectors(connection: Connection) -> list[tuple[str, str]]:
    """The sectors to choose from: code and label, by label as French sorts it."""
    rows = await connection.fetch("SELECT code, label FROM campaigns.sectors")
    return sorted(((row["code"], row["label"]) for row in rows), key=lambda sector: slug_of(sector[1]))


class RequiredSlot(Struct, frozen=True, kw_only=True):
    """A slot of a workshop that a pupil is to choose; `free` seats without counting who waits."""

    slug: str
    title: str
    starts_at: datetime
    city: str
    free: int


async def list_required_slots(connection: Connection, registration_id: UUID, *, now: datetime) -> list[RequiredSlot]:
    """The open slots of required workshops for who has a seat in a week and none in the workshop yet, by time."""
    rows = await connection.fetch(
        """
        SELECT slot.slug, slot.title, lower(slot.busy) AS starts_at, slot.city,
               CASE WHEN slot.waiting > 0 THEN 0 ELSE slot.seats - slot.taken END AS free
        FROM campaigns.registrations me
        JOIN campaigns.offers week ON week.id = me.offer_id AND week.kind IN ('collective_week', 'hosting')
        JOIN campaigns.offers slot ON slot.campaign_id = week.campaign_id
             AND slot.organisation_id = week.organisation_id AND slot.required AND slot.series_id IS NOT NULL
             AND slot.status = 'published' AND coalesce(slot.opens_at <= $2, true)
             AND coalesce(slot.closes_at > $2, true) AND lower(slot.busy) > $2
        WHERE me.id = $1 AND me.status = 'confirmed'
          AND NOT EXISTS (SELECT FROM campaigns.registrations mine
                          JOIN campaigns.offers other ON other.id = mine.offer_id
                          WHERE other.series_id = slot.series_id AND mine.pupil_id = me.pupil_id
                            AND mine.status IN ('waiting', 'held', 'confirmed'))
        ORDER BY lower(slot.busy), slot.slug LIMIT 12
        """,
        registration_id,
        now,
    )
    return [RequiredSlot(**dict(row)) for row in rows]
