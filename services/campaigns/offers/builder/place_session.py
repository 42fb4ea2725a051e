"""Place a session: the names of its host and group, and where it is, follow from what was chosen."""

from uuid import UUID

import msgspec
from msgspec import UNSET

from services.campaigns.offers.builder.read import read_group_name
from services.campaigns.offers.session import InvalidChange, Session, SessionChange
from shared.database import Connection
from shared.languages import later


async def place_session(connection: Connection, before: Session, change: SessionChange) -> Session:
    """The session after the change, with the names and the place that belong to its ids; raises `InvalidChange`.

    The caller holds the offer's lock.
    """
    after = before.changed(change)
    if after.group_id != before.group_id:
        after = msgspec.structs.replace(after, group=await read_group_name(connection, before.offer_id, after.group_id))
    if change.site_id is not UNSET and change.site_id != before.site_id:
        after = await _at_site(connection, before, after, change)
    else:
        after = await _with_host(connection, before, after)
    given = {
        name: getattr(before.changed(change), name)
        for name in ("room", "contact", "meeting_point", "access")
        if getattr(change, name) is not UNSET
    }
    return msgspec.structs.replace(_elsewhere(before, after), **given)


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
        raise InvalidChange(later("Cette entreprise d’accueil n’existe pas."), field="host_id")
    if after.place == before.place and row["site_id"] is not None:
        return _replaced(after, host=row["name"], site_id=row["site_id"], place=row["address"])
    return _replaced(after, host=row["name"], site_id=None, place=after.place)


async def _at_site(connection: Connection, before: Session, after: Session, change: SessionChange) -> Session:
    """The session at the site that was chosen, one of its host's; its address is the place where none was given."""
    moved = msgspec.structs.replace(after, contact="") if after.host_id != before.host_id else after
    if change.site_id is None or change.site_id is UNSET:
        name = await connection.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", after.host_id)
        if after.host_id is not None and name is None:
            raise InvalidChange(later("Cette entreprise d’accueil n’existe pas."), field="host_id")
        return _replaced(moved, host=name or "", site_id=None, place=after.place)
    row = await connection.fetchrow(
        """
        SELECT o.id, o.name, site.address FROM campaigns.sites site
        JOIN campaigns.organisations o ON o.id = site.organisation_id WHERE site.id = $1
        """,
        change.site_id,
    )
    if row is None or row["id"] != after.host_id:
        raise InvalidChange(later("Ce lieu n’est pas de cette entreprise."), field="site_id")
    place = after.place if change.place is not UNSET and after.place else row["address"]
    return _replaced(moved, host=row["name"], site_id=change.site_id, place=place)


def _replaced(session: Session, *, host: str, site_id: UUID | None, place: str) -> Session:
    return msgspec.structs.replace(session, host=host, site_id=site_id, place=place)


def _elsewhere(before: Session, after: Session) -> Session:
    """The session without what held at the place of the host before."""
    if after.host_id == before.host_id or after.place == before.place:
        return after
    return msgspec.structs.replace(after, room="", meeting_point="", access="")
