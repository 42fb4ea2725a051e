"""`quinzaine owner`: the first person of an organisation, made by who runs the installation."""

from datetime import UTC, datetime

from infra.endings import CannotBeDone
from services.campaigns.access.join_organisation import join_organisation
from services.campaigns.access.sign_in import NotAnAddress, parse_address
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from shared.database import open_pool, transaction
from shared.identifiers import new_id
from shared.settings import Settings

NAME_AT_MOST = 120


async def make_owner(
    settings: Settings, email: str, organisation: str, kind: str, *, first_name: str, last_name: str
) -> str:
    """Make the account, the organisation where it is missing, and the role; returns what to tell the operator.

    Doing it twice changes nothing. Raises `CannotBeDone` in one line for an address or a name that cannot be.
    """
    try:
        address = parse_address(email)
    except NotAnAddress as refusal:
        raise CannotBeDone(f"{email!r}: {refusal.sentence}") from refusal
    names = [" ".join(name.split()) for name in (organisation, first_name, last_name)]
    if not names[0] or any(len(name) > NAME_AT_MOST or not name.isprintable() for name in names):
        raise CannotBeDone(f"Un nom manque, ou n’est pas lisible ({NAME_AT_MOST} caractères au plus).")
    pool = await open_pool(settings.database_url, size=1)
    now = datetime.now(UTC)
    try:
        async with transaction(pool) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
            organisation_id = await connection.fetchval(
                "SELECT id FROM campaigns.organisations WHERE name = $1", names[0]
            )
            if organisation_id is None:
                organisation_id = new_id()
                await connection.execute(
                    "INSERT INTO campaigns.organisations (id, slug, kind, name) VALUES ($1, $2, $3, $4)",
                    organisation_id,
                    await find_free_slug(connection, names[0]),
                    kind,
                    names[0],
                )
            await join_organisation(
                connection,
                organisation_id=organisation_id,
                email=address,
                first_name=names[1],
                last_name=names[2],
                role="owner",
                now=now,
            )
    finally:
        await pool.close()
    return f"{address} est responsable de « {names[0]} » : {settings.base_url}/connexion"
