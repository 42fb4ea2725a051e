"""Edit an offer: its sheet is written anew, and who takes part is told of what they are shown."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.life.read import offer_of
from services.campaigns.offers.life.sheet import (
    TOLD,
    InvalidSheet,
    OfferChangedMeanwhile,
    Sheet,
    SheetChange,
)
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import FieldChange, OfferChanged
from shared.languages import later
from shared.outbox import append_events


async def edit_offer(
    connection: Connection,
    *,
    offer_id: UUID,
    change: SheetChange | Sheet,
    if_match: int | None = None,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> tuple[FieldChange, ...]:
    """Write the sheet and return what changed in it; one that changes nothing writes nothing.

    `if_match` is the edition the planner has seen. Raises `OfferChangedMeanwhile`, `OfferAlreadyCancelled`,
    `InvalidSheet`, `SeatsTaken`. `note` is told with the change, `tell_after` holds the news back.
    """
    offer = await lock_offer(connection, offer_id)
    row = await connection.fetchrow(
        """
        SELECT id, slug, organisation_id, campaign_id, kind, audience, status, edition, taken, waiting,
               title, summary, city, contact, seats, opens_at, closes_at, grades, departements, school_uais,
               proof_of_address
        FROM campaigns.offers WHERE id = $1
        """,
        offer_id,
    )
    known = offer_of(row)
    if known.status == "cancelled":
        raise OfferAlreadyCancelled
    if if_match is not None and if_match != known.edition:
        raise OfferChangedMeanwhile
    after = change.tidied() if isinstance(change, Sheet) else change.applied_to(known.sheet)
    if after == known.sheet:
        return ()
    after.refuse_faults()
    changes = known.sheet.changes_to(after)
    if after.opens_at is None and known.sheet.opens_at is not None and known.status != "draft":
        raise InvalidSheet(later("Une offre publiée garde une date d’ouverture."), field="opens_at")
    # once, whatever changed: `change_seats` raises it too
    edition = int(after.seats == known.sheet.seats)
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET title = $2, summary = $3, city = $4, contact = $5, opens_at = $6, closes_at = $7, grades = $8,
            departements = $9, school_uais = $10, proof_of_address = $11, edition = edition + $12
        WHERE id = $1
        """,
        offer_id,
        after.title,
        after.summary,
        after.city,
        after.contact,
        after.opens_at,
        after.closes_at,
        list(after.grades),
        list(after.departements),
        list(after.school_uais),
        after.proof_of_address,
        edition,
    )
    told = tuple(one for one in changes if one.field in TOLD)
    if told and known.status != "draft":
        programme = await record_programme(connection, offer_id=offer_id, now=now)
        revision = offer.revision + 1
        await settle_offer(connection, offer, revision=revision)
        await append_events(
            connection,
            [
                OfferChanged(
                    occurred_at=now,
                    offer_id=offer_id,
                    revision=revision,
                    programme=programme.version,
                    changes=told,
                    audience=await audience_of(connection, offer_id),
                    note=note,
                    tell_after=tell_after,
                )
            ],
        )
    if after.seats != known.sheet.seats:
        await change_seats(connection, offer_id=offer_id, seats=after.seats, now=now)
    return changes
