"""The small named world of the tests: a federation, two companies, a campaign, and a week of five days."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.campaigns.access.read import hash_of
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.registration import RegistrationRequest
from services.campaigns.offers.registration_form import parse_request
from shared.database import Connection
from shared.identifiers import new_id

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 6, 14)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECTORS = (
    ("s10", "Bâtiment et travaux publics (BTP)", "construction"),
    ("s21", "Énergie", "energy"),
    ("s43", "Santé", "health"),
    ("s28", "Industrie alimentaire", "industry"),
    ("s34", "Logistique et transport", "transport"),
)


class Week(Struct, frozen=True):
    """The ids of a week; `sessions` has two a day, morning and afternoon, in order."""

    offer_id: UUID
    slug: str
    campaign_id: UUID
    organisation_id: UUID
    hosts: tuple[UUID, ...]
    days: tuple[UUID, ...]
    sessions: tuple[UUID, ...]
    groups: tuple[UUID, ...]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time on the week's n-th day (0 is Monday), in Paris."""
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute, tzinfo=PARIS) + timedelta(days=day)


def a_pupil(number: int = 1, *, key: str | None = None, **changes: str | bool | None) -> RegistrationRequest:
    """The request of an invented pupil; equal numbers are the same pupil."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    given: dict[str, str | bool | None] = {
        "first_name": "Camille",
        "last_name": f"Dupré {letters}",
        "email": f"camille.{letters}@eleve.example",
        "guardian_name": None,
        "guardian_email": None,
        "school_name": "Lycée Jacques Prévert",
        "school_uai": None,
        "class_name": "2nde 4",
        "idempotency_key": key,
    }
    return parse_request(**{**given, **changes})  # type: ignore[arg-type]


async def a_week(
    connection: Connection,
    *,
    seats: int = 15,
    now: datetime = NOW,
    groups: tuple[str, ...] = (),
    slug: str = "semaine-pont-audemer",
    days: int = 5,
    published: bool = True,
) -> Week:
    """Insert a collective week from 14 June 2027 on: 9–12 h and 13–16 h, a sector a day; published at `now`."""
    await connection.executemany(
        "INSERT INTO campaigns.sectors (code, label, family) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", SECTORS
    )
    organisation_id = await _organisation(connection, "federation-des-metiers", "federation", "Fédération des métiers")
    hosts = (
        await _organisation(connection, "chantiers-de-la-risle", "company", "Chantiers de la Risle"),
        await _organisation(connection, "energies-du-marais", "company", "Énergies du Marais"),
    )
    for number, host in enumerate(hosts, start=1):
        await connection.execute(
            """
            INSERT INTO campaigns.sites (id, organisation_id, address, latitude, longitude)
            VALUES ($1, $2, $3, 49.354, 0.515) ON CONFLICT DO NOTHING
            """,
            new_id(),
            host,
            f"{number} rue du Quai, 27500 Pont-Audemer",
        )
    campaign_id = await connection.fetchval(
        """
        INSERT INTO campaigns.campaigns (id, slug, title, period, departements)
        VALUES ($1, 'deux-semaines', 'Deux semaines pour découvrir', '[2027-06-14,2027-06-26)', '{27}')
        ON CONFLICT (slug) DO UPDATE SET title = excluded.title RETURNING id
        """,
        new_id(),
    )
    offer_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, kind, title, city, seats, opens_at, closes_at)
        VALUES ($1, $2, $3, $4, 'collective_week', 'Semaine à Pont-Audemer', 'Pont-Audemer', $5, $6, $7)
        """,
        offer_id,
        slug,
        campaign_id,
        organisation_id,
        seats,
        now - timedelta(days=365),
        at(0, 0),
    )
    group_ids = tuple([await _group(connection, offer_id, name) for name in groups])
    day_ids: list[UUID] = []
    session_ids: list[UUID] = []
    for number in range(days):
        day_ids.append(new_id())
        await connection.execute(
            "INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector) VALUES ($1, $2, $3, $3, $4)",
            day_ids[-1],
            offer_id,
            MONDAY + timedelta(days=number),
            SECTORS[number % 5][0],
        )
        for half, (start, end) in enumerate(((9, 12), (13, 16))):
            session_ids.append(new_id())
            await connection.execute(
                """
                INSERT INTO campaigns.sessions
                    (id, offer_id, day_id, group_id, starts_at, ends_at, title, kind, host_id, site_id, place,
                     changed_at)
                SELECT $1, $2, $3, $4, $5, $6, $7, 'visit', $8, s.id, s.address, $9
                FROM campaigns.sites s WHERE s.organisation_id = $8
                """,
                session_ids[-1],
                offer_id,
                day_ids[-1],
                group_ids[half % len(group_ids)] if group_ids else None,
                at(number, start),
                at(number, end),
                f"Visite {number + 1}.{half + 1}",
                hosts[half],
                now,
            )
    if published:
        await publish_offer(connection, offer_id=offer_id, now=now)
    return Week(offer_id, slug, campaign_id, organisation_id, hosts, tuple(day_ids), tuple(session_ids), group_ids)


async def _organisation(connection: Connection, slug: str, kind: str, name: str) -> UUID:
    organisation_id: UUID = await connection.fetchval(
        """
        INSERT INTO campaigns.organisations (id, slug, kind, name) VALUES ($1, $2, $3, $4)
        ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING id
        """,
        new_id(),
        slug,
        kind,
        name,
    )
    return organisation_id


async def _group(connection: Connection, offer_id: UUID, name: str) -> UUID:
    group_id = new_id()
    await connection.execute(
        "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3)", group_id, offer_id, name
    )
    return group_id


class Member(Struct, frozen=True):
    """Somebody who is signed in on one device; `secret` is the value of its cookie."""

    person_id: UUID
    organisation_id: UUID
    email: str
    secret: str


async def a_member(
    connection: Connection,
    organisation_id: UUID,
    *,
    role: str = "planner",
    email: str = "planificatrice@federation.example",
    name: str = "Maud Ferrand",
    now: datetime = NOW,
) -> Member:
    """Insert a person with an account, a role in the organisation, and a device they are signed in with for a year.

    The same address is the same person: called again, it adds a role or a device.
    """
    first_name, _, last_name = name.partition(" ")
    person_id = await connection.fetchval("SELECT person_id FROM campaigns.accounts WHERE email = $1", email)
    if person_id is None:
        person_id = new_id()
        await connection.execute(
            "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
            person_id,
            first_name,
            last_name,
            email,
        )
        await connection.execute(
            "INSERT INTO campaigns.accounts (person_id, email, created_at) VALUES ($1, $2, $3)", person_id, email, now
        )
    await connection.execute(
        """
        INSERT INTO campaigns.members (id, organisation_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person_id, organisation_id) DO UPDATE SET role = excluded.role
        """,
        new_id(),
        organisation_id,
        person_id,
        role,
        now,
    )
    secret = new_id().hex + new_id().hex
    await connection.execute(
        """
        INSERT INTO campaigns.devices
            (id, secret_hash, person_id, organisation_id, signed_in_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $5, $6)
        """,
        new_id(),
        hash_of(secret),
        person_id,
        organisation_id,
        now,
        now + timedelta(days=3650),
    )
    return Member(person_id, organisation_id, email, secret)


async def an_organisation(connection: Connection, *, slug: str, kind: str, name: str) -> UUID:
    """Insert an organisation, or find the one of this slug."""
    return await _organisation(connection, slug, kind, name)
