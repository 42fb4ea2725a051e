"""Find the organisations that a programme names, by SIRET, else by name, and make those nobody knows."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import NamedOrganisation, Place
from services.campaigns.imports.slugs import find_free_slug
from services.campaigns.imports.words_of_files import plain
from shared.database import Connection
from shared.identifiers import new_id
from shared.languages import _


class KnownOrganisation(Struct, frozen=True):
    """An organisation of the database."""

    id: UUID
    name: str
    siret: str | None
    kind: str


async def name_organisations(
    connection: Connection,
    named: Sequence[tuple[NamedOrganisation, Place]],
    *,
    offer_id: UUID | None,
    findings: Findings,
    by_operator: bool = True,
) -> dict[NamedOrganisation, KnownOrganisation]:
    """Each named organisation as the database has it. Existing ones are left as they are, with two exceptions.

    One known by name without a SIRET gets the SIRET the file gives. A company known by its SIRET under another name
    takes the file's name when nobody but this offer shows it; when others do, the name is a fault. Only
    an operator's file may do either: a planner's changes no organisation.
    """
    rows = await connection.fetch("SELECT id, name, siret, kind FROM campaigns.organisations ORDER BY id")
    known = [KnownOrganisation(row["id"], row["name"], row["siret"], row["kind"]) for row in rows]
    found: dict[NamedOrganisation, KnownOrganisation] = {}
    for organisation, place in named:
        if organisation in found:
            continue
        match = _match(organisation, known)
        if match is None:
            match = await _insert(connection, organisation)
            known.append(match)
        elif organisation.siret and match.siret is None and by_operator:
            await connection.execute(
                "UPDATE campaigns.organisations SET siret = $2 WHERE id = $1", match.id, organisation.siret
            )
            known[known.index(match)] = match = KnownOrganisation(match.id, match.name, organisation.siret, match.kind)
        elif plain(match.name) != plain(organisation.name):
            if not by_operator or await _is_shown_elsewhere(connection, match.id, offer_id):
                findings.fault(
                    place.row,
                    place.column,
                    _(
                        "le SIRET {siret} est celui de « {name} », pas de « {said} ».",
                        siret=match.siret,
                        name=match.name,
                        said=organisation.name,
                    ),
                )
            else:
                await connection.execute(
                    "UPDATE campaigns.organisations SET name = $2 WHERE id = $1", match.id, organisation.name
                )
                known[known.index(match)] = match = KnownOrganisation(
                    match.id, organisation.name, match.siret, match.kind
                )
        found[organisation] = match
    return found


def _match(organisation: NamedOrganisation, known: Sequence[KnownOrganisation]) -> KnownOrganisation | None:
    if organisation.siret:
        by_siret = next((one for one in known if one.siret == organisation.siret), None)
        if by_siret:
            return by_siret
    namesakes = [one for one in known if plain(one.name) == plain(organisation.name)]
    if organisation.siret:
        namesakes = [one for one in namesakes if one.siret is None]
    return next((one for one in namesakes if one.kind == organisation.kind), next(iter(namesakes), None))


async def _insert(connection: Connection, organisation: NamedOrganisation) -> KnownOrganisation:
    organisation_id = new_id()
    await connection.execute(
        "INSERT INTO campaigns.organisations (id, slug, kind, name, siret) VALUES ($1, $2, $3, $4, $5)",
        organisation_id,
        await find_free_slug(connection, organisation.name),
        organisation.kind,
        organisation.name,
        organisation.siret or None,
    )
    return KnownOrganisation(organisation_id, organisation.name, organisation.siret or None, organisation.kind)


async def _is_shown_elsewhere(connection: Connection, organisation_id: UUID, offer_id: UUID | None) -> bool:
    """Whether an organisation is more than a host of this one offer."""
    shown: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.sessions WHERE host_id = $1 AND offer_id IS DISTINCT FROM $2)
            OR EXISTS (SELECT FROM campaigns.offers WHERE organisation_id = $1)
            OR EXISTS (SELECT FROM campaigns.agreements WHERE organisation_id = $1)
        """,
        organisation_id,
        offer_id,
    )
    return shown
