"""Add a contact to an organisation; the same address is the same person."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.contact import CONTACTS_AT_MOST, ContactForm, HasItsOwnMembers, TooManyContacts
from services.campaigns.organisations.lock_organisation import lock_organisation
from shared.database import Connection
from shared.identifiers import new_id


async def add_contact(
    connection: Connection,
    *,
    actor: Actor,
    organisation_id: UUID,
    form: ContactForm,
    now: datetime,
    from_outside: bool = False,
) -> UUID:
    """The contact's person id, known before or new.

    `from_outside`: another organisation names the contact. It may only where nobody is known yet, neither a member nor
    another contact, else it could have another's requests sent to itself. Raises `UnknownOrganisation`,
    `HasItsOwnMembers`, `TooManyContacts`.
    """
    organisation = await lock_organisation(connection, organisation_id)
    if from_outside and await connection.fetchval(
        "SELECT EXISTS (SELECT FROM campaigns.members WHERE organisation_id = $1)", organisation_id
    ):
        raise HasItsOwnMembers(organisation.name)
    known = await connection.fetch(
        """
        SELECT c.person_id, lower(p.email) AS email FROM campaigns.contacts c
        JOIN contract.people p ON p.id = c.person_id WHERE c.organisation_id = $1
        """,
        organisation_id,
    )
    person_id: UUID | None = next((row["person_id"] for row in known if row["email"] == form.email), None)
    if person_id is None:
        if from_outside and known:
            raise HasItsOwnMembers(organisation.name)
        if len(known) >= CONTACTS_AT_MOST:
            raise TooManyContacts
        person_id = await connection.fetchval(
            "SELECT person_id FROM campaigns.accounts WHERE email = $1", form.email
        ) or await _insert_person(connection, form)
    await connection.execute(
        """
        INSERT INTO campaigns.contacts (organisation_id, person_id, phone) VALUES ($1, $2, $3)
        ON CONFLICT (organisation_id, person_id)
        DO UPDATE SET phone = coalesce(nullif(excluded.phone, ''), contacts.phone)
        """,
        organisation_id,
        person_id,
        form.phone,
    )
    name = f"{form.first_name} {form.last_name}"
    detail = f"{name}, pour « {organisation.name} »"
    await write_audit(
        connection, actor, "add_contact", detail, now=now, organisation_id=None if from_outside else organisation_id
    )
    return person_id


async def _insert_person(connection: Connection, form: ContactForm) -> UUID:
    person_id = new_id()
    await connection.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
        person_id,
        form.first_name,
        form.last_name,
        form.email,
    )
    return person_id
