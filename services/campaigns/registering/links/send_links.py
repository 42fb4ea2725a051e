"""Send the links that were asked for: all of an address's living registrations in one mail, or nothing."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from msgspec import structs

from services.campaigns.registering.links.request_links import LINKS_AGAIN_AFTER
from shared.database import Connection
from shared.notices import LinksRequested, PersonalLink
from shared.outbox import append_events

AT_ONCE = 50


async def find_link_requests(connection: Connection) -> bool:
    """Whether anybody waits for links."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM campaigns.link_requests WHERE email IS NOT NULL)")
    )


async def send_links(connection: Connection, *, now: datetime) -> int:
    """Answer some of those who wait, and forget their addresses; how many were answered."""
    asked = await connection.fetch(
        """
        WITH asked AS (
            SELECT mark, email FROM campaigns.link_requests WHERE email IS NOT NULL
            ORDER BY asked_at LIMIT $1 FOR UPDATE SKIP LOCKED
        ), forgotten AS (
            UPDATE campaigns.link_requests r SET email = NULL FROM asked WHERE r.mark = asked.mark
        )
        SELECT email FROM asked
        """,
        AT_ONCE,
    )
    found: dict[str, list[PersonalLink]] = {}
    consents: dict[str, list[PersonalLink]] = {}
    readers: dict[str, UUID] = {}
    for row in await _registrations_of(connection, [row["email"] for row in asked]):
        readers.setdefault(row["email"], row["reader_id"])
        own = PersonalLink(registration_id=row["id"], token_version=row["token_version"], offer=row["title"])
        of_guardian = structs.replace(own, token_version=row["guardian_version"], to_guardian=True)
        found.setdefault(row["email"], []).append(of_guardian if row["besides"] else own)
        if row["consents"]:
            consents.setdefault(row["email"], []).append(of_guardian)
    facts = [
        LinksRequested(
            occurred_at=now,
            recipients=(readers[email],),
            links=tuple(links),
            consents=tuple(consents.get(email, ())),
        )
        for email, links in found.items()
    ]
    await append_events(connection, facts)
    return len(asked)


async def forget_link_requests(connection: Connection, *, now: datetime) -> None:
    """Remove the marks of addresses that may ask again anyway."""
    await connection.execute("DELETE FROM campaigns.link_requests WHERE asked_at <= $1", now - LINKS_AGAIN_AFTER)


async def _registrations_of(connection: Connection, emails: list[str]) -> list[Record]:
    if not emails:
        return []
    rows: list[Record] = await connection.fetch(
        """
        SELECT asked.email, r.id, r.token_version, r.guardian_version, o.title, person.id AS reader_id, r.besides,
               r.consents
        FROM unnest($1::text[]) AS asked (email)
        JOIN contract.people person ON lower(person.email) = asked.email AND person.erased_at IS NULL
        CROSS JOIN LATERAL (
            SELECT own.id, own.token_version, own.guardian_version, own.offer_id, own.status, false AS besides,
                   false AS consents
            FROM campaigns.registrations own WHERE own.pupil_id = person.id
            UNION ALL
            -- a guardian reads the page besides the pupil, and answers where the pupil has no address
            SELECT ward.id, ward.token_version, ward.guardian_version, ward.offer_id, ward.status,
                   pupil.email IS NOT NULL, ward.under_15 AND ward.held_for IS DISTINCT FROM 'address'
            FROM campaigns.registrations ward JOIN contract.people pupil ON pupil.id = ward.pupil_id
            WHERE ward.guardian_id = person.id AND lower(pupil.email) IS DISTINCT FROM asked.email
        ) r
        JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE r.status IN ('waiting', 'held', 'confirmed')
        ORDER BY asked.email, r.id
        """,
        emails,
    )
    return rows
