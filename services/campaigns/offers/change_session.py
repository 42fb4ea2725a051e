"""Change a session: its time, place, host or title; everybody who has it in the programme is told."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from services.campaigns.offers.ask_again import ask_again
from services.campaigns.offers.builder.add_day import insert_day
from services.campaigns.offers.builder.place_session import place_session
from services.campaigns.offers.builder.refuse_clashes import refuse_crowd, refuse_group_elsewhere
from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme, translated_constraints
from services.campaigns.offers.session import (
    STAYS,
    Session,
    SessionAlreadyCancelled,
    SessionChange,
    SessionChangedMeanwhile,
)
from services.campaigns.offers.settle_offer import settle_offer
from services.campaigns.standings import settle_standings
from shared.database import Connection
from shared.events import Concerned, SessionChanged
from shared.outbox import append_events

PARIS = ZoneInfo("Europe/Paris")


async def change_session(
    connection: Connection,
    *,
    session_id: UUID,
    change: SessionChange,
    if_match: int | None = None,
    ask_host: bool = True,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> None:
    """Apply a change; one that changes nothing writes nothing, and a draft's are told to nobody.

    `if_match` is the version the planner has seen; `ask` the host again where it matters. `note` is a sentence for
    those who are told, `tell_after` holds the news back. Raises `SessionChangedMeanwhile`, `SessionAlreadyCancelled`,
    `InvalidChange`, `TooManyPupils`, and the refusals of the constraints (speaker, room, group or pupils elsewhere).
    """
    offer, before = await lock_session(connection, session_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if before.status == "cancelled":
        raise SessionAlreadyCancelled
    if if_match is not None and if_match != before.version:
        raise SessionChangedMeanwhile
    after = await place_session(connection, before, change)
    if msgspec.structs.replace(after, day_id=before.day_id) == before:
        return
    changes = before.changes_to(after)
    await _write(connection, before, after, moves=any(change.field not in STAYS for change in changes), now=now)
    await ask_again(
        connection,
        session_id=session_id,
        changes=changes,
        host_before=before.host_id,
        host_after=after.host_id,
        ask_host=ask_host,
        now=now,
    )
    if changes and offer.status == "draft":
        await settle_draft(connection, offer_id=offer.id)
    elif changes:
        programme = await record_programme(connection, offer_id=offer.id, now=now)
        revision = offer.revision + 1
        await settle_offer(connection, offer, revision=revision)
        await append_events(
            connection,
            [
                SessionChanged(
                    occurred_at=now,
                    offer_id=offer.id,
                    revision=revision,
                    programme=programme.version,
                    session_id=session_id,
                    changes=changes,
                    audience=await _concerned(connection, before, after),
                    note=note,
                    tell_after=tell_after,
                )
            ],
        )
    elif offer.status != "draft":
        await settle_standings(connection, offer_id=offer.id, now=now)


async def _concerned(connection: Connection, before: Session, after: Session) -> tuple[Concerned, ...]:
    """Who had the session in the programme, and who has it now."""
    if before.group_id == after.group_id:
        return await audience_of(connection, before.offer_id, group_id=before.group_id)
    everybody = await audience_of(connection, before.offer_id)
    groups = {before.group_id, after.group_id}
    return everybody if None in groups else tuple(one for one in everybody if one.group_id in {None, *groups})


async def _write(connection: Connection, before: Session, after: Session, *, moves: bool, now: datetime) -> None:
    elsewhere = (before.starts_at, before.ends_at, before.group_id) != (after.starts_at, after.ends_at, after.group_id)
    if elsewhere:
        await refuse_group_elsewhere(
            connection,
            offer_id=before.offer_id,
            session_id=before.id,
            group_id=after.group_id,
            starts_at=after.starts_at,
            ends_at=after.ends_at,
        )
    day_id = await _day_of(connection, before, after)
    with translated_constraints():
        await connection.execute(
            """
            UPDATE campaigns.sessions
            SET starts_at = $2, ends_at = $3, title = $4, host_id = $5, site_id = $6, place = $7, day_id = $8,
                sequence = sequence + $9, changed_at = $10, room = $11, contact = $12, meeting_point = $13,
                access = $14, kind = $15, group_id = $16, bring = $17, expected = $18, online_url = $19
            WHERE id = $1
            """,
            before.id,
            after.starts_at,
            after.ends_at,
            after.title,
            after.host_id,
            after.site_id,
            after.place,
            day_id,
            int(moves),
            now,
            after.room or None,
            after.contact,
            after.meeting_point,
            after.access,
            after.kind,
            after.group_id,
            after.bring,
            after.expected,
            after.online_url or None,
        )
        await connection.execute(
            "UPDATE campaigns.session_speakers SET during = tstzrange($2, $3) WHERE session_id = $1",
            before.id,
            after.starts_at,
            after.ends_at,
        )
    if after.site_id is not None and (elsewhere or after.site_id != before.site_id):
        await refuse_crowd(connection, session_id=before.id)


async def _day_of(connection: Connection, before: Session, after: Session) -> UUID:
    """The day a session belongs to after a change of date.

    A day whose only session moves, moves with it and keeps its instance (calendar-rules: RECURRENCE-ID never changes);
    otherwise the session joins the day of that date, or a new day at the end of the series.
    """
    date_before, date_after = (moment.astimezone(PARIS).date() for moment in (before.starts_at, after.starts_at))
    if date_before == date_after:
        return before.day_id
    day_id: UUID | None = await connection.fetchval(
        "SELECT id FROM campaigns.days WHERE offer_id = $1 AND date = $2", before.offer_id, date_after
    )
    if day_id is not None:
        return day_id
    others = await connection.fetchval(
        "SELECT count(*) FROM campaigns.sessions WHERE day_id = $1 AND id <> $2 AND status = 'planned'",
        before.day_id,
        before.id,
    )
    if others == 0:
        await connection.execute("UPDATE campaigns.days SET date = $2 WHERE id = $1", before.day_id, date_after)
        return before.day_id
    sector = await connection.fetchval("SELECT sector FROM campaigns.days WHERE id = $1", before.day_id)
    return await insert_day(connection, offer_id=before.offer_id, date=date_after, sector=sector)
