"""Four organisations that mean to carry a campaign together, each with somebody who answers for it."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec import Struct

from services.campaigns.agreements.campaign import ChosenSector, Wording
from services.campaigns.agreements.propose_campaign import propose_campaign
from shared.database import Pool, transaction
from shared.signed_links import Signer
from tests.services.campaigns.conftest import SignedIn
from tests.world import NOW, SECTORS, an_organisation

WORDING = Wording(
    title="Normandie, deux semaines",
    presentation="Chaque jour un métier.",
    first_day=date(2027, 6, 14),
    last_day=date(2027, 6, 25),
    departements=("27", "76"),
    sectors=(ChosenSector("s10"), ChosenSector("s21", "Nucléaire")),
)
FORM = {
    "title": WORDING.title,
    "presentation": WORDING.presentation,
    "first_day": "2027-06-14",
    "last_day": "2027-06-25",
    "departements": "27, 76",
    "sector_1": "s10",
    "label_1": "",
    "sector_2": "s21",
    "label_2": "Nucléaire",
}


class Four(Struct, frozen=True):
    """The organisations; the federation leads."""

    federation: UUID
    agency: UUID
    rectorate: UUID
    region: UUID


class Proposed(Struct, frozen=True):
    """A campaign just proposed by the federation, nobody else asked yet."""

    id: UUID
    slug: str


@pytest.fixture
async def four(pool: Pool) -> Four:
    async with transaction(pool) as connection:
        await connection.executemany(
            "INSERT INTO campaigns.sectors (code, label, family) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", SECTORS
        )
        return Four(
            await an_organisation(
                connection, slug="federation-des-metiers", kind="federation", name="Fédération des métiers"
            ),
            await an_organisation(connection, slug="agence", kind="agency", name="Agence de l’orientation"),
            await an_organisation(connection, slug="rectorat", kind="school_authority", name="Rectorat de Normandie"),
            await an_organisation(connection, slug="region", kind="local_authority", name="Région Normandie"),
        )


@pytest.fixture
async def owners(four: Four, sign_in: Any) -> dict[UUID, SignedIn]:
    """An owner of each organisation, signed in."""
    return {
        organisation_id: await sign_in(organisation_id, role="owner")
        for organisation_id in (four.federation, four.agency, four.rectorate, four.region)
    }


@pytest.fixture
async def proposed(pool: Pool, four: Four, owners: dict[UUID, SignedIn]) -> Proposed:
    """The federation's campaign."""
    assert four.federation in owners
    async with transaction(pool) as connection:
        campaign_id, slug = await propose_campaign(connection, lead_id=four.federation, wording=WORDING, now=NOW)
    return Proposed(campaign_id, slug)


@pytest.fixture
def signer(settings: Any) -> Signer:
    return Signer(settings.secret_keys)


async def facts(pool: Pool, tag: str = "agreement.") -> list[dict[str, Any]]:
    """The notices of a kind, oldest first."""
    rows = await pool.fetch("SELECT tag, body FROM contract.events WHERE tag LIKE $1 || '%' ORDER BY id", tag)
    return [{"tag": row["tag"], **msgspec.json.decode(row["body"])} for row in rows]


async def agreement_of(pool: Pool, campaign_id: UUID, organisation_id: UUID) -> Any:
    """One row of campaigns.agreements."""
    return await pool.fetchrow(
        "SELECT * FROM campaigns.agreements WHERE campaign_id = $1 AND organisation_id = $2",
        campaign_id,
        organisation_id,
    )
