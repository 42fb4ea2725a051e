"""Change a session: its time, place, host or title; everybody who has it in the programme is told."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from services.campaigns.offers.ask_again import ask_again
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.read import audience_of
from services.campaigns.offers.record_programme import record_programme, translated_constraints
from services.campaigns.offers.session import (
    InvalidChange,
    Session,
    SessionAlreadyCancelled,
    SessionChange,
    SessionChangedMeanwhile,
)
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import SessionChanged
from shared.identifiers import new_id
from shared.outbox import append_events

PARIS = ZoneInfo("Europe/Paris")


async def change_session(
    connection: Connection,
    *,
    session_id: UUID,
    change: SessionChange,
    if_match: int | None = None,
    ask: bool = True,
    now: datetime,
) -> None:
    """Apply a change; one that changes nothing writes nothing.

    `if_match` is the sequence the planner has seen; `ask`: whether a host that was asked is asked again where its time
    or place changes. Raises `SessionChangedMeanwhile`, `SessionAlreadyCancelled`, `InvalidChange`, and the
    refusals of the constraints (speaker, room or pupils elsewhere at that time).
    """
    offer, before = await lock_session(connection, session_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if before.status == "cancelled":
        raise SessionAlreadyCancelled
    if if_match is not None and if_match != before.sequence:
        raise SessionChangedMeanwhile
    after = _elsewhere(before, await _with_host(connection, before, before.changed(change)))
    changes = before.changes_to(after)
    if not changes and after.host_id == before.host_id:
        return
    day_id = await _day_of(connection, before, after)
    moved = any(change.field != "title" for change in changes)
    with translated_constraints():
        await connection.execute(
            """
            UPDATE campaigns.sessions
            SET starts_at = $2, ends_at = $3, title = $4, host_id = $5, site_id = $6, place = $7, day_id = $8,
                sequence = sequence + $9, changed_at = $10, room = $11, contact = $12, meeting_point = $13,
                access = $14
            WHERE id = $1
            """,
            session_id,
            after.starts_at,
            after.ends_at,
            after.title,
            after.host_id,
            after.site_id,
            after.place,
            day_id,
            int(moved),
            now,
            after.room or None,
            after.contact,
            after.meeting_point,
            after.access,
        )
        await connection.execute(
            "UPDATE campaigns.session_speakers SET during = tstzrange($2, $3) WHERE session_id = $1",
            session_id,
            after.starts_at,
            after.ends_at,
        )
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
                audience=await audience_of(connection, offer.id, group_id=before.group_id),
            )
        ],
    )
    if ask:
        await ask_again(
            connection,
            session_id=session_id,
            changes=changes,
            host_before=before.host_id,
            host_after=after.host_id,
            now=now,
        )


async def _with_host(connection: Connection, before: Session, after: Session) -> Session:
    """The session with its host's name, and at the new host's own site where no place was given.

    Whom to ask for at the host before goes with it, and with its place where to meet, how to come and the room.
    """
    if after.host_id == before.host_id:
        site_id = before.site_id if after.place == before.place else None
        return _replaced(after, host=before.host, site_id=site_id, place=after.place)
    after = msgspec.structs.replace(after, contact="")
    if after.host_id is None:
        return _replaced(after, host="", site_id=None, place=after.place)
    row = await connection.fetchrow(
        """
        SELECT o.name, site.id AS site_id, site.address
        FROM campaigns.organisations o
        LEFT JOIN LATERAL (SELECT id, address FROM campaigns.sites
                           WHERE organisation_id = o.id ORDER BY id LIMIT 1) site ON true
        WHERE o.id = $1
        """,
        after.host_id,
    )
    if row is None:
        raise InvalidChange("Cette entreprise d’accueil n’existe pas.", field="host_id")
    if after.place == before.place and row["site_id"] is not None:
        return _replaced(after, host=row["name"], site_id=row["site_id"], place=row["address"])
    return _replaced(after, host=row["name"], site_id=None, place=after.place)


def _replaced(session: Session, *, host: str, site_id: UUID | None, place: str) -> Session:
    return msgspec.structs.replace(session, host=host, site_id=site_id, place=place)


def _elsewhere(before: Session, after: Session) -> Session:
    """The session without what held at the place of the host before."""
    if after.host_id == before.host_id or after.place == before.place:
        return after
    return msgspec.structs.replace(after, room="", meeting_point="", access="")


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
    return await _add_day(connection, before, date_after)


async def _add_day(connection: Connection, session: Session, day: date) -> UUID:
    """A day of the same sector; it stands for its own date where the series has none yet and has begun by then."""
    day_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector)
        SELECT $1, $2, $3,
               CASE WHEN $3 BETWEEN min(instance_on) AND max(instance_on) + 366
                         AND NOT bool_or(instance_on = $3) THEN $3
                    ELSE max(instance_on) + 1 END,
               (SELECT sector FROM campaigns.days WHERE id = $4)
        FROM campaigns.days WHERE offer_id = $2
        """,
        day_id,
        session.offer_id,
        day,
        session.day_id,
    )
    return day_id
