"""Request hosts: each company of an offer that was not asked yet is asked to receive its sessions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.hosts.ask_someone_else import ask_someone_else
from services.campaigns.offers.hosts.host_request import AskedAlready, Contact, NoContact, NoHost, answer_deadline
from services.campaigns.offers.hosts.note_contact import note_contact
from services.campaigns.offers.hosts.read import find_contacts, read_appointments
from services.campaigns.offers.hosts.space.read import read_space_versions
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.session import UnknownSession
from shared.database import Connection
from shared.identifiers import new_id
from shared.notices import HostRequested
from shared.outbox import append_events


class RequestedHosts(Struct, frozen=True, kw_only=True):
    """How many requests went out, and the companies nobody is known of."""

    asked: int
    unknown: tuple[str, ...] = ()


class _Unasked(Struct, frozen=True, kw_only=True):
    """A session to come whose company has no living request."""

    session_id: UUID
    starts_at: datetime
    organisation_id: UUID
    host: str


async def request_hosts(
    connection: Connection, *, offer_id: UUID, asked_by: UUID | None = None, now: datetime
) -> RequestedHosts:
    """Ask for every session to come; companies without a contact are named, and left for the planner to complete.

    Doing it twice asks nobody twice. Who declined a session is not asked for it again, and an organisation does not
    ask itself. Raises `OfferAlreadyCancelled`.
    """
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    unasked = await _find_unasked(connection, offer_id, now)
    contacts = await find_contacts(connection, list({session.organisation_id for session in unasked}))
    reachable = [session for session in unasked if session.organisation_id in contacts]
    await _ask(connection, offer_id, reachable, contacts, asked_by, now)
    unknown = {session.host for session in unasked if session.organisation_id not in contacts}
    return RequestedHosts(asked=len(reachable), unknown=tuple(sorted(unknown)))


async def request_host(
    connection: Connection,
    *,
    session_id: UUID,
    contact: Contact | None = None,
    asked_by: UUID | None = None,
    now: datetime,
) -> None:
    """Ask the company of one session, through `contact` where one is given.

    Raises `UnknownSession`, `OfferAlreadyCancelled`, `NoHost`, `NoContact`, `AskedAlready`. Who declined may be asked
    again this way, and a request nobody has answered goes to another contact: a person decided it.
    """
    offer_id = await connection.fetchval("SELECT offer_id FROM campaigns.sessions WHERE id = $1", session_id)
    if offer_id is None:
        raise UnknownSession
    offer = await lock_offer(connection, offer_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    row = await connection.fetchrow(
        """
        SELECT s.id AS session_id, s.starts_at, s.host_id AS organisation_id, host.name AS host,
               (SELECT q.id FROM campaigns.host_requests q
                WHERE q.session_id = s.id AND q.organisation_id = s.host_id
                  AND q.status IN ('awaited', 'confirmed', 'proposed')) AS asked
        FROM campaigns.sessions s LEFT JOIN campaigns.organisations host ON host.id = s.host_id
        WHERE s.id = $1 AND s.status = 'planned' AND s.starts_at > $2
        """,
        session_id,
        now,
    )
    if row is None:
        raise UnknownSession
    if row["organisation_id"] is None:
        raise NoHost
    if row["asked"] and contact is not None:
        await ask_someone_else(connection, request_id=row["asked"], contact=contact, now=now)
        return
    if row["asked"]:
        raise AskedAlready
    if contact is not None:
        person_id = await note_contact(connection, organisation_id=row["organisation_id"], contact=contact)
        contacts = {row["organisation_id"]: person_id}
    else:
        contacts = await find_contacts(connection, [row["organisation_id"]])
    if not contacts:
        raise NoContact(row["host"])
    session = _Unasked(**{name: value for name, value in row.items() if name != "asked"})
    await _ask(connection, offer_id, [session], contacts, asked_by, now)


async def _find_unasked(connection: Connection, offer_id: UUID, now: datetime) -> list[_Unasked]:
    rows = await connection.fetch(
        """
        SELECT s.id AS session_id, s.starts_at, s.host_id AS organisation_id, host.name AS host
        FROM campaigns.sessions s
        JOIN campaigns.offers o ON o.id = s.offer_id AND o.organisation_id <> s.host_id
        JOIN campaigns.organisations host ON host.id = s.host_id
        WHERE s.offer_id = $1 AND s.status = 'planned' AND s.starts_at > $2
          AND NOT EXISTS (SELECT FROM campaigns.host_requests q
                          WHERE q.session_id = s.id AND q.organisation_id = s.host_id AND q.status <> 'replaced')
        ORDER BY s.starts_at, s.id
        """,
        offer_id,
        now,
    )
    return [_Unasked(**dict(row)) for row in rows]


async def _ask(
    connection: Connection,
    offer_id: UUID,
    sessions: Sequence[_Unasked],
    contacts: dict[UUID, UUID],
    asked_by: UUID | None,
    now: datetime,
) -> None:
    appointments = await read_appointments(connection, [session.session_id for session in sessions])
    spaces = await read_space_versions(connection, set(contacts.values()))
    asked = [
        HostRequested(
            occurred_at=now,
            recipients=(contacts[session.organisation_id],),
            offer_id=offer_id,
            request_id=new_id(),
            space_version=spaces[contacts[session.organisation_id]],
            host=session.host,
            appointment=appointments[session.session_id],
            answer_by=answer_deadline(now=now, starts_at=session.starts_at),
        )
        for session in sessions
    ]
    await connection.executemany(
        """
        INSERT INTO campaigns.host_requests
            (id, session_id, organisation_id, person_id, asked_by, asked_at, answer_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [
            (
                notice.request_id,
                session.session_id,
                session.organisation_id,
                contacts[session.organisation_id],
                asked_by,
                now,
                notice.answer_by,
            )
            for session, notice in zip(sessions, asked, strict=True)
        ],
    )
    await append_events(connection, asked)
