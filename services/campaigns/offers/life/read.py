"""What is read of the life of offers: an organisation's offers, the sheet of one, the campaigns it may plan in."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from services.campaigns.offers.life.bodies import PlannedOfferBody
from services.campaigns.offers.life.draft import OpenCampaign
from services.campaigns.offers.life.sheet import Sheet
from services.campaigns.offers.life.states import STATE_OF_ROW
from services.campaigns.offers.offer import OfferStatus, UnknownOffer
from services.campaigns.offers.read import days_of, read_programme
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection


class OfferInLife(Struct, frozen=True, kw_only=True):
    """An offer with its sheet, for who edits it, whoever asks having been checked."""

    id: UUID
    slug: str
    organisation_id: UUID
    campaign_id: UUID
    kind: str
    audience: str
    status: OfferStatus
    edition: int
    taken: int
    waiting: int
    sheet: Sheet


class SessionInLife(Struct, frozen=True, kw_only=True):
    """A session of an offer, as far as it takes to name it and to see whether it changed."""

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    status: str
    version: int


async def list_own_offers(
    connection: Connection,
    actor: Actor,
    *,
    now: datetime,
    campaign_id: UUID | None = None,
    state: str = "",
    after: UUID | None,
    limit: int,
) -> list[Listing]:
    """The offers of the actor's organisation by their first day, past ones last, after the offer `after`."""
    rows = await connection.fetch(
        f"""
        WITH own AS (
            SELECT id, ROW(coalesce(upper(busy) <= $1, false) OR status IN ('over', 'cancelled'),
                           coalesce(lower(busy), 'infinity'), id) AS place
            FROM campaigns.offers
            WHERE ($2::uuid = $3::uuid OR organisation_id = $2)
              AND ($4::uuid IS NULL OR campaign_id = $4)
              AND ($5 = '' OR {STATE_OF_ROW} = $5)
        ), page AS (
            SELECT id, place FROM own
            WHERE $6::uuid IS NULL OR place > (
                SELECT ROW(coalesce(upper(busy) <= $1, false) OR status IN ('over', 'cancelled'),
                           coalesce(lower(busy), 'infinity'), id)
                FROM campaigns.offers WHERE id = $6)
            ORDER BY place LIMIT $7
        )
        {LISTING} JOIN page ON page.id = o.id ORDER BY page.place
        """,  # noqa: S608  # constants of this module and of the catalogue
        now,
        actor.organisation_id,
        EVERY_ORGANISATION,
        campaign_id,
        state,
        after,
        limit,
    )
    return [_listing(row) for row in rows]


async def read_own_listing(connection: Connection, actor: Actor, slug: str) -> Listing:
    """One offer of the actor's organisation as the public sees it, drafts included; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        f"{LISTING} WHERE o.slug = $1 AND ($2::uuid = $3::uuid OR o.organisation_id = $2)",
        slug,
        actor.organisation_id,
        EVERY_ORGANISATION,
    )
    if row is None:
        raise UnknownOffer
    return _listing(row)


async def read_own_offer(connection: Connection, actor: Actor, key: str | UUID) -> OfferInLife:
    """An offer of the actor's organisation, by slug or id, with its sheet; raises `UnknownOffer`."""
    row = await connection.fetchrow(
        """
        SELECT id, slug, organisation_id, campaign_id, kind, audience, status, edition, taken, waiting,
               title, summary, city, contact, seats, opens_at, closes_at, grades, departements, school_uais,
               proof_of_address
        FROM campaigns.offers WHERE id = $1 OR slug = $2
        """,
        key if isinstance(key, UUID) else None,
        key if isinstance(key, str) else None,
    )
    if row is None or not actor.acts_for(row["organisation_id"]):
        raise UnknownOffer
    return offer_of(row)


async def read_planned_body(connection: Connection, offer: OfferInLife, *, base_url: str) -> PlannedOfferBody:
    """The offer with its programme as its planners' JSON has it."""
    organisation = await connection.fetchval(
        "SELECT name FROM campaigns.organisations WHERE id = $1", offer.organisation_id
    )
    programme = await read_programme(connection, offer.id)
    return PlannedOfferBody(
        id=offer.id,
        slug=offer.slug,
        kind=offer.kind,
        status=offer.status,
        organisation=organisation,
        taken=offer.taken,
        waiting=offer.waiting,
        page_url=f"{base_url}/offres/{offer.slug}",
        feed_url=f"{base_url}/calendars/{offer.slug}.ics",
        days=days_of(programme),
        campaign_id=offer.campaign_id,
        audience=offer.audience,
        edition=offer.edition,
        **msgspec.structs.asdict(offer.sheet),
    )


async def list_open_campaigns(connection: Connection, organisation_id: UUID) -> list[OpenCampaign]:
    """The campaigns that an organisation leads or is a partner of, by their first day; cancelled ones left out.

    Every campaign for who acts for every organisation.
    """
    rows = await connection.fetch(
        """
        SELECT c.id, c.title, lower(c.period) AS first_day, upper(c.period) - 1 AS last_day
        FROM campaigns.campaigns c
        WHERE c.cancelled_at IS NULL
          AND ($1::uuid = $2::uuid OR c.lead_id = $1
               OR EXISTS (SELECT FROM campaigns.agreements a
                          WHERE a.campaign_id = c.id AND a.organisation_id = $1 AND a.left_at IS NULL))
        ORDER BY lower(c.period), c.id
        """,
        organisation_id,
        EVERY_ORGANISATION,
    )
    return [OpenCampaign(**dict(row)) for row in rows]


async def list_campaigns_with_offers(connection: Connection, actor: Actor) -> list[tuple[UUID, str]]:
    """The campaigns in which the actor's organisation has offers: id and title, the newest first."""
    rows = await connection.fetch(
        """
        SELECT c.id, c.title FROM campaigns.campaigns c
        WHERE EXISTS (SELECT FROM campaigns.offers o
                      WHERE o.campaign_id = c.id AND ($1::uuid = $2::uuid OR o.organisation_id = $1))
        ORDER BY lower(c.period) DESC, c.id
        """,
        actor.organisation_id,
        EVERY_ORGANISATION,
    )
    return [(row["id"], row["title"]) for row in rows]


async def read_session_in_life(connection: Connection, offer_id: UUID, session_id: UUID | None) -> SessionInLife:
    """A session of this offer; raises `UnknownSession`, for another offer's too."""
    row = await connection.fetchrow(
        """
        SELECT id, title, starts_at, ends_at, status, version FROM campaigns.sessions
        WHERE id = $1 AND offer_id = $2 AND removed_at IS NULL
        """,
        session_id,
        offer_id,
    )
    if row is None:
        raise UnknownSession
    return SessionInLife(**dict(row))


async def read_last_editor(connection: Connection, offer_id: UUID) -> str:
    """Who last changed the settings of an offer, by the audit trail; empty where it does not say."""
    name: str | None = await connection.fetchval(
        """
        SELECT trim(p.first_name || ' ' || p.last_name)
        FROM campaigns.audit a JOIN contract.people p ON p.id = a.person_id
        WHERE a.offer_id = $1 AND a.action = 'edit_offer' ORDER BY a.id DESC LIMIT 1
        """,
        offer_id,
    )
    return name or ""


def offer_of(row: Any) -> OfferInLife:
    """The offer in a row that has the columns of both."""
    sheet = {name: row[name] for name in Sheet.__struct_fields__}
    for codes in ("grades", "departements", "school_uais"):
        sheet[codes] = tuple(sheet[codes])
    given = {name: row[name] for name in OfferInLife.__struct_fields__ if name != "sheet"}
    return OfferInLife(**given, sheet=Sheet(**sheet))


def _listing(row: Any) -> Listing:
    return msgspec.convert({**row, "days": msgspec.json.decode(row["days"])}, Listing)
