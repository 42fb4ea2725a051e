"""Build a series: a draft for each slot, all in one transaction or none."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.kinds.series.read import find_room_clashes
from services.campaigns.offers.kinds.series.series import InvalidSeries, Series, Slot, lay_out, local_date
from services.campaigns.offers.life.draft import Draft
from services.campaigns.offers.life.draft_offer import draft_offer
from services.campaigns.offers.life.sheet import Sheet
from services.campaigns.offers.record_programme import translated_constraints
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import later


async def build_series(connection: Connection, *, organisation_id: UUID, series: Series, now: datetime) -> UUID:
    """The id of the new series. Raises `InvalidSeries` (naming the rooms that are taken), `InvalidSheet`,
    `UnknownCampaign`, `RoomInUse` where somebody takes a room meanwhile.
    """
    slots, _ = lay_out(series)
    if clashes := await find_room_clashes(connection, organisation_id, slots):
        raise InvalidSeries(" ".join(clashes[:3]), field="places")
    await _refuse_unknown_sector(connection, series.sector)
    series_id = new_id()
    with translated_constraints():
        for slot in slots:
            await _draft_slot(connection, organisation_id, series, series_id, slot, now)
    return series_id


async def _draft_slot(
    connection: Connection, organisation_id: UUID, series: Series, series_id: UUID, slot: Slot, now: datetime
) -> None:
    day = local_date(slot.starts_at)
    sheet = Sheet(
        title=slot.title, summary=series.summary, city=slot.place.city, contact=series.contact, seats=series.seats
    )
    draft = Draft(kind=series.kind, sheet=sheet.tidied(), first_day=day, last_day=day)
    offer_id, _ = await draft_offer(
        connection,
        organisation_id=organisation_id,
        campaign_id=series.campaign_id,
        draft=draft,
        for_schools=series.audience == "schools",
    )
    await connection.execute(
        "UPDATE campaigns.offers SET series_id = $2, audience = $3, required = $4 WHERE id = $1",
        offer_id,
        series_id,
        series.audience,
        series.required,
    )
    day_id = await connection.fetchval(
        "UPDATE campaigns.days SET sector = $2 WHERE offer_id = $1 RETURNING id", offer_id, series.sector
    )
    await connection.execute(
        """
        INSERT INTO campaigns.sessions
            (id, offer_id, day_id, starts_at, ends_at, title, kind, host_id, site_id, place, room, online_url,
             changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        new_id(),
        offer_id,
        day_id,
        slot.starts_at,
        slot.ends_at,
        series.title,
        "testimony" if series.kind == "information_morning" else "workshop",
        # at home where a workshop is held; a morning may be held anywhere, its speakers receive nobody
        organisation_id if series.kind == "workshop" and slot.place.address else None,
        await _site_of(connection, organisation_id, slot.place.address),
        slot.place.address or slot.place.city,
        slot.place.room or None,
        series.online_url or None,
        now,
    )
    await settle_draft(connection, offer_id=offer_id)


async def _site_of(connection: Connection, organisation_id: UUID, address: str) -> UUID | None:
    """The organisation's site of this address, made where there is none: a room is one of a site's."""
    if not address:
        return None
    site_id: UUID = await connection.fetchval(
        """
        INSERT INTO campaigns.sites (id, organisation_id, address) VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, address) DO UPDATE SET address = excluded.address RETURNING id
        """,
        new_id(),
        organisation_id,
        address,
    )
    return site_id


async def _refuse_unknown_sector(connection: Connection, sector: str | None) -> None:
    if sector is None:
        return
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM campaigns.sectors WHERE code = $1)", sector):
        raise InvalidSeries(later("Ce secteur n’existe pas."), field="sector")
