"""What is read of partners: their agreements, and whom one writes to."""

from collections.abc import Sequence
from uuid import UUID

from services.campaigns.agreements.partners.agreement import Agreement, UnknownAgreement
from shared.database import Connection

AGREEMENT = """
    SELECT a.id, a.campaign_id, a.organisation_id, g.name AS organisation, g.kind AS organisation_kind,
           a.asked_version, a.agreed_version, a.asked_at, a.agreed_at, a.declined_at,
           coalesce(a.answered_at, a.agreed_at) AS answered_at, a.reminded_at, a.left_at, a.word
    FROM campaigns.agreements a JOIN campaigns.organisations g ON g.id = a.organisation_id
"""


async def list_agreements(connection: Connection, campaign_id: UUID) -> list[Agreement]:
    """Every agreement of a campaign, those who left too, by the name of the organisation."""
    rows = await connection.fetch(f"{AGREEMENT} WHERE a.campaign_id = $1 ORDER BY g.name, a.id", campaign_id)
    return [Agreement(**dict(row)) for row in rows]


async def read_agreement(connection: Connection, campaign_id: UUID, organisation_id: UUID) -> Agreement:
    """One organisation's agreement to a campaign; raises `UnknownAgreement`."""
    row = await connection.fetchrow(
        f"{AGREEMENT} WHERE a.campaign_id = $1 AND a.organisation_id = $2", campaign_id, organisation_id
    )
    if row is None:
        raise UnknownAgreement
    return Agreement(**dict(row))


async def find_agreement(connection: Connection, agreement_id: UUID) -> Agreement:
    """An agreement by its id, for who comes by a mail's link; raises `UnknownAgreement`."""
    row = await connection.fetchrow(f"{AGREEMENT} WHERE a.id = $1", agreement_id)
    if row is None:
        raise UnknownAgreement
    return Agreement(**dict(row))


async def people_to_ask(connection: Connection, organisation_id: UUID) -> tuple[UUID, ...]:
    """Who may answer for an organisation: its owners and its contacts, those one can write to."""
    return await _reachable(
        connection,
        """
        SELECT person_id FROM campaigns.members WHERE organisation_id = ANY($1::uuid[]) AND role = 'owner'
        UNION SELECT person_id FROM campaigns.contacts WHERE organisation_id = ANY($1::uuid[])
        """,
        [organisation_id],
    )


async def people_to_tell(connection: Connection, organisation_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Who follows a campaign for these organisations: owners and planners, and contacts where there is no member."""
    return await _reachable(
        connection,
        """
        SELECT person_id FROM campaigns.members
        WHERE organisation_id = ANY($1::uuid[]) AND role IN ('owner', 'planner')
        UNION
        SELECT c.person_id FROM campaigns.contacts c
        WHERE c.organisation_id = ANY($1::uuid[])
          AND NOT EXISTS (SELECT FROM campaigns.members m
                          WHERE m.organisation_id = c.organisation_id AND m.role IN ('owner', 'planner'))
        """,
        organisation_ids,
    )


async def _reachable(connection: Connection, people: str, organisation_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    rows = await connection.fetch(
        f"""
        SELECT p.id FROM contract.people p
        WHERE p.id IN ({people}) AND p.email IS NOT NULL AND p.erased_at IS NULL ORDER BY p.id
        """,  # noqa: S608  # the subquery is a constant of this module
        list(organisation_ids),
    )
    return tuple(row["id"] for row in rows)


async def name_of_organisation(connection: Connection, organisation_id: UUID) -> str:
    """What an organisation is called, empty for one nobody knows."""
    name: str | None = await connection.fetchval(
        "SELECT name FROM campaigns.organisations WHERE id = $1", organisation_id
    )
    return name or ""


async def names_of_sectors(connection: Connection) -> dict[str, str]:
    """The national list's words by code, in the order of the words."""
    rows = await connection.fetch("SELECT code, label FROM campaigns.sectors ORDER BY campaigns.plain_words(label)")
    return {row["code"]: row["label"] for row in rows}
