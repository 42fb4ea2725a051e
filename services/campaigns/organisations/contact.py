"""A contact: whom requests to an organisation go to, without an account."""

import re
from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_email, parse_line
from shared.languages import _, later
from shared.refusal import Refusal

NAME_AT_MOST, PHONE_AT_MOST = 80, 40
CONTACTS_AT_MOST = 20


class HasItsOwnMembers(Refusal):
    """An organisation that somebody answers for already, a member or a contact, names its own contacts."""

    reason: ClassVar[str] = "has-its-own-members"

    def __init__(self, name: str) -> None:
        super().__init__(
            later("« {name} » a déjà ses responsables : c’est à eux que les demandes sont envoyées.", name=name)
        )


class TooManyContacts(Refusal):
    """More people than anybody would write to."""

    reason: ClassVar[str] = "too-many-contacts"

    def __init__(self) -> None:
        super().__init__(
            later("Une organisation a {most} contacts au plus. Retirez d’abord une personne.", most=CONTACTS_AT_MOST)
        )


class ContactForm(Struct, frozen=True, kw_only=True):
    """Whom to write to, checked."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody whom requests go to."""

    person_id: UUID
    name: str
    email: str
    phone: str


def parse_contact(
    *, first_name: str, last_name: str, email: str, phone: str
) -> tuple[ContactForm | None, dict[str, str]]:
    """The contact of a form, or the faults of its fields: field → French sentence."""
    faults: dict[str, str] = {}
    values: dict[str, str] = {}
    parsers: dict[str, Callable[[], str]] = {
        "first_name": lambda: parse_line(first_name, "first_name", _("Le prénom"), NAME_AT_MOST),
        "last_name": lambda: parse_line(last_name, "last_name", _("Le nom"), NAME_AT_MOST),
        "email": lambda: parse_needed_email(email),
        "phone": lambda: parse_phone(phone),
    }
    for field, parse in parsers.items():
        try:
            values[field] = parse()
        except InvalidField as refusal:
            faults[field] = refusal.sentence
    return (None, faults) if faults else (ContactForm(**values), {})


def parse_needed_email(text: str) -> str:
    """An address in lower case; raises `InvalidField` for none, too."""
    address = parse_email(text, "email")
    if address is None:
        raise InvalidField(later("L’adresse e-mail manque."), field="email")
    return address.lower()


def parse_phone(text: str) -> str:
    """Digits with what people put between them, or nothing."""
    phone = " ".join(text.split())
    if phone and not (len(phone) <= PHONE_AT_MOST and re.fullmatch(r"\+?[0-9][0-9 .()/-]{5,}", phone)):
        raise InvalidField(later("Ce numéro de téléphone n’est pas valable (exemple : 02 32 00 00 00)."), field="phone")
    return phone
