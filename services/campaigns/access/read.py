"""What is read to know who asks: a device with its person and organisation, an API token, a person's devices."""

import hashlib
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor, Membership
from services.campaigns.access.sign_in import LinkEnded, SignIn, said_agent
from shared.database import Connection
from shared.languages import _


def hash_of(secret: str) -> bytes:
    """What is kept of a random secret of 256 bits: its SHA-256; a slow hash protects guessable ones only."""
    return hashlib.sha256(secret.encode()).digest()


async def read_device_actor(connection: Connection, secret: str, *, now: datetime) -> Actor | None:
    """The actor behind a device's cookie, or None when it has ended, was revoked, or its person has no role left."""
    rows = await connection.fetch(
        """
        SELECT d.id AS device_id, d.person_id, d.organisation_id AS chosen, p.first_name, p.last_name, a.email,
               m.organisation_id, o.name AS organisation, o.kind, m.role
        FROM campaigns.devices d
        JOIN campaigns.accounts a ON a.person_id = d.person_id
        JOIN contract.people p ON p.id = d.person_id AND p.erased_at IS NULL
        JOIN campaigns.members m ON m.person_id = d.person_id
        JOIN campaigns.organisations o ON o.id = m.organisation_id
        WHERE d.secret_hash = $1 AND d.revoked_at IS NULL AND d.expires_at > $2
        ORDER BY o.name
        """,
        hash_of(secret),
        now,
    )
    if not rows:
        return None
    acting = next((row for row in rows if row["organisation_id"] == row["chosen"]), rows[0])
    return Actor(
        organisation_id=acting["organisation_id"],
        organisation=acting["organisation"],
        organisation_kind=acting["kind"],
        role=acting["role"],
        person_id=acting["person_id"],
        name=f"{acting['first_name']} {acting['last_name']}".strip(),
        email=acting["email"],
        device_id=acting["device_id"],
        memberships=tuple(
            Membership(
                organisation_id=row["organisation_id"],
                organisation=row["organisation"],
                organisation_kind=row["kind"],
                role=row["role"],
            )
            for row in rows
        ),
    )


async def read_token_actor(connection: Connection, secret: str, *, now: datetime) -> Actor | None:
    """The actor behind an organisation's API token, or None when it is unknown, expired or revoked.

    Its last use is noted, at most once a minute.
    """
    row = await connection.fetchrow(
        """
        SELECT t.id, t.organisation_id, o.name, o.kind, t.role, t.last_used_at
        FROM campaigns.api_tokens t JOIN campaigns.organisations o ON o.id = t.organisation_id
        WHERE t.secret_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
        """,
        hash_of(secret),
        now,
    )
    if row is None:
        return None
    await connection.execute(
        """
        UPDATE campaigns.api_tokens SET last_used_at = $2
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2::timestamptz - interval '1 minute')
        """,
        row["id"],
        now,
    )
    return Actor(
        organisation_id=row["organisation_id"],
        organisation=row["name"],
        organisation_kind=row["kind"],
        role=row["role"],
        api_token_id=row["id"],
    )


async def read_installation_actor(connection: Connection, organisation_id: UUID) -> Actor | None:
    """The actor of a token signed with the installation's own key, for one organisation or for all."""
    if organisation_id == EVERY_ORGANISATION:
        return Actor(
            organisation_id=EVERY_ORGANISATION,
            organisation=_("Toutes les organisations"),
            organisation_kind="agency",
            role="owner",
        )
    row = await connection.fetchrow("SELECT name, kind FROM campaigns.organisations WHERE id = $1", organisation_id)
    if row is None:
        return None
    return Actor(
        organisation_id=organisation_id, organisation=row["name"], organisation_kind=row["kind"], role="planner"
    )


class Device(Struct, frozen=True, kw_only=True):
    """A browser somebody is signed in with, as its person sees it."""

    id: UUID
    agent: str
    signed_in_at: datetime
    last_seen_at: datetime

    @property
    def said(self) -> str:
        """« Firefox sur Windows », in the language spoken."""
        return said_agent(self.agent)


async def list_devices(connection: Connection, person_id: UUID, *, now: datetime) -> list[Device]:
    """Where a person is signed in, the last seen first."""
    rows = await connection.fetch(
        """
        SELECT id, agent, signed_in_at, last_seen_at FROM campaigns.devices
        WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC
        """,
        person_id,
        now,
    )
    return [Device(**dict(row)) for row in rows]


async def read_sign_in(connection: Connection, sign_in_id: UUID) -> SignIn:
    """A link as it was asked for; raises `LinkEnded` for one that was never given."""
    row = await connection.fetchrow(
        "SELECT id, person_id, expires_at, used_at, goes_to FROM campaigns.sign_ins WHERE id = $1", sign_in_id
    )
    if row is None:
        raise LinkEnded
    return SignIn(**dict(row))
