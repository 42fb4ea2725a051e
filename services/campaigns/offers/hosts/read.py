"""What is read of hosts: whom to ask, whom to tell, and the requests as planners and companies see them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

from services.campaigns.access.actor import Actor
from services.campaigns.offers.hosts.host_request import Contact, UnknownHostRequest
from services.campaigns.offers.hosts.overview import HostedSession
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.notices import Appointment
from shared.people import Person, read_people


async def read_appointments(connection: Connection, session_ids: Sequence[UUID]) -> dict[UUID, Appointment]:
    """Sessions as a host or a speaker needs to know them; whom to call is the organiser's contact."""
    rows = await connection.fetch(
        """
        SELECT s.id AS session_id, o.title AS offer, g.name AS organisation, s.title, s.starts_at, s.ends_at, s.place,
               coalesce(s.room, '') AS room, o.contact, s.meeting_point, s.expected,
               CASE WHEN s.group_id IS NULL THEN o.seats
                    ELSE (o.seats + groups.number - 1) / greatest(groups.number, 1) END::integer AS pupils
        FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM campaigns.groups WHERE offer_id = o.id) groups
        WHERE s.id = ANY($1::uuid[])
        """,
        list(session_ids),
    )
    return {row["session_id"]: Appointment(**dict(row)) for row in rows}


async def planners_of(connection: Connection, organisation_id: UUID) -> tuple[UUID, ...]:
    """Who plans for an organisation: whom its hosts' and speakers' answers are told to."""
    rows = await connection.fetch(
        """
        SELECT person_id FROM campaigns.members WHERE organisation_id = $1 AND role IN ('owner', 'planner')
        ORDER BY person_id
        """,
        organisation_id,
    )
    return tuple(row["person_id"] for row in rows)


# one person a company, who answers for it: a contact it is known by, else a member who receives, else an owner
FIRST_CONTACTS = """
    SELECT DISTINCT ON (known.organisation_id) known.organisation_id, known.person_id,
           trim(p.first_name || ' ' || p.last_name) AS name, p.email
    FROM (SELECT organisation_id, person_id, 0 AS place FROM campaigns.contacts
          UNION ALL
          SELECT organisation_id, person_id, CASE role WHEN 'host' THEN 1 ELSE 2 END
          FROM campaigns.members WHERE role IN ('host', 'owner')) known
    JOIN contract.people p ON p.id = known.person_id AND p.email IS NOT NULL AND p.erased_at IS NULL
    WHERE known.organisation_id = ANY($1::uuid[])
    ORDER BY known.organisation_id, known.place, known.person_id
"""


async def find_contacts(connection: Connection, organisation_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whom to write to at each company; one that nobody is known of is left out."""
    rows = await connection.fetch(FIRST_CONTACTS, list(organisation_ids))
    return {row["organisation_id"]: row["person_id"] for row in rows}


async def list_hosted_sessions(connection: Connection, offer_id: UUID) -> list[HostedSession]:
    """The planned sessions of an offer, each with the newest request to the host it has now."""
    rows = await connection.fetch(
        """
        SELECT s.id AS session_id, s.title, s.kind, s.starts_at, s.ends_at, s.place, coalesce(g.name, '') AS group,
               s.host_id, coalesce(host.name, '') AS host, q.id AS request_id, q.status, coalesce(q.word, '') AS word,
               q.answer_by, q.answered_at, q.proposed_starts_at, q.proposed_ends_at, q.person_id,
               coalesce(s.host_id = o.organisation_id, false) AS at_home
        FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        LEFT JOIN LATERAL (SELECT * FROM campaigns.host_requests q
                           WHERE q.session_id = s.id AND q.organisation_id = s.host_id AND q.status <> 'replaced'
                           ORDER BY q.id DESC LIMIT 1) q ON true
        WHERE s.offer_id = $1 AND s.status = 'planned'
        ORDER BY s.starts_at, s.ends_at, s.id
        """,
        offer_id,
    )
    known = await connection.fetch(FIRST_CONTACTS, list({row["host_id"] for row in rows if row["host_id"]}))
    by_company = {row["organisation_id"]: Contact(name=row["name"], email=row["email"]) for row in known}
    asked = await read_people(connection, {row["person_id"] for row in rows if row["person_id"]})
    whom = [_asked(asked.get(row["person_id"])) or by_company.get(row["host_id"]) for row in rows]
    refused = await read_refused(connection, {contact.email for contact in whom if contact})
    return [
        HostedSession(
            **{name: value for name, value in row.items() if name != "person_id"},
            contact=structs.replace(contact, refused=contact.email.lower() in refused) if contact else None,
        )
        for row, contact in zip(rows, whom, strict=True)
    ]


async def read_refused(connection: Connection, addresses: Collection[str]) -> set[str]:
    """Those of the addresses that take no mail, in lower case."""
    rows = await connection.fetch(
        "SELECT address FROM contract.suppressions WHERE address = ANY($1::text[])",
        [address.lower() for address in addresses],
    )
    return {row["address"] for row in rows}


def _asked(person: Person | None) -> Contact | None:
    return Contact(name=person.name, email=person.email) if person and person.email else None


class PlannedOffer(Struct, frozen=True, kw_only=True):
    """The offer whose hosts a planner looks at."""

    id: UUID
    slug: str
    kind: str
    title: str
    status: str
    organisation_id: UUID
    names_shared_at: datetime | None


async def find_planned_offer(
    connection: Connection,
    *,
    slug: str | None = None,
    offer_id: UUID | None = None,
    session_id: UUID | None = None,
    request_id: UUID | None = None,
) -> PlannedOffer:
    """An offer by its slug or id, or by what is of it, drafts included; whose it is, is the caller's to ask.

    Raises `UnknownSession`, `UnknownHostRequest`, `UnknownOffer`, after what was asked by.
    """
    row = await connection.fetchrow(
        """
        SELECT id, slug, kind, title, status, organisation_id, names_shared_at FROM campaigns.offers
        WHERE id = coalesce(
            $2,
            (SELECT id FROM campaigns.offers WHERE slug = $1),
            (SELECT offer_id FROM campaigns.sessions WHERE id = $3),
            (SELECT s.offer_id FROM campaigns.host_requests q JOIN campaigns.sessions s ON s.id = q.session_id
             WHERE q.id = $4))
        """,
        slug,
        offer_id,
        session_id,
        request_id,
    )
    if row is None:
        raise UnknownSession if session_id else UnknownHostRequest if request_id else UnknownOffer
    return PlannedOffer(**dict(row))


async def read_own_offer(connection: Connection, actor: Actor, slug: str) -> PlannedOffer:
    """An offer of the actor's organisation; raises `UnknownOffer`."""
    offer = await find_planned_offer(connection, slug=slug)
    if not actor.acts_for(offer.organisation_id):
        raise UnknownOffer
    return offer


async def read_hosted_session(connection: Connection, offer_id: UUID, session_id: UUID) -> HostedSession:
    """One planned session of an offer with its host; raises `UnknownSession`."""
    sessions = await list_hosted_sessions(connection, offer_id)
    found = next((session for session in sessions if session.session_id == session_id), None)
    if found is None:
        raise UnknownSession
    return found


async def list_company_names(connection: Connection) -> list[str]:
    """The companies that a planner may mean, by name: those of this installation, at most five hundred."""
    rows = await connection.fetch(
        "SELECT name FROM campaigns.organisations WHERE kind <> 'school' ORDER BY name LIMIT 500"
    )
    return [row["name"] for row in rows]
