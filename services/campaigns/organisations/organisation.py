"""An organisation: what kind it is, the numbers it is known by, and what is accepted of what people write of it."""

import hashlib
import re
from collections.abc import Callable
from typing import ClassVar, Literal, get_args
from uuid import UUID

from msgspec import Struct
from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import UAI_LETTERS, parse_line
from shared.languages import Glossary, _, later
from shared.refusal import Refusal

OrganisationKind = Literal["federation", "agency", "school_authority", "school", "company", "local_authority"]
KINDS: tuple[OrganisationKind, ...] = get_args(OrganisationKind)
KIND_NAMES = Glossary(
    {
        "federation": later("Fédération professionnelle"),
        "agency": later("Agence d’orientation ou pour l’emploi"),
        "school_authority": later("Rectorat ou autorité académique"),
        "school": later("Établissement scolaire"),
        "company": later("Entreprise"),
        "local_authority": later("Collectivité territoriale"),
    }
)
NAME_AT_MOST = 120


class UnknownOrganisation(Refusal):
    """No such organisation, or not the actor's: to them it is the same."""

    reason: ClassVar[str] = "unknown-organisation"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette organisation n’existe pas."))


class NumberTaken(Refusal):
    """The SIRET or UAI is another organisation's."""

    reason: ClassVar[str] = "number-taken"

    def __init__(self, field: str) -> None:
        super().__init__(
            later("Ce numéro {number} est déjà celui d’une autre organisation.", number=field.upper()), field=field
        )


class OrganisationChangedMeanwhile(Refusal):
    """Somebody else has changed the organisation since the asker saw it."""

    reason: ClassVar[str] = "changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(
            later(
                "Un autre responsable a modifié l’organisation entre-temps : voici ce qu’elle est devenue. "
                "Rien de ce que vous avez écrit n’est enregistré."
            )
        )


class OrganisationForm(Struct, frozen=True, kw_only=True):
    """What is written of an organisation, checked. A school is known by its UAI, any of them by a SIRET."""

    name: str
    kind: OrganisationKind
    siret: str | None = None
    uai: str | None = None


class Organisation(OrganisationForm, frozen=True, kw_only=True):
    """An organisation of the database."""

    id: UUID
    slug: str

    @property
    def edition(self) -> str:
        """What tells this state from any other (RFC 9110 §8.8.3, without the quotes)."""
        fields = (self.name, self.kind, self.siret or "", self.uai or "")
        return hashlib.blake2b("\x00".join(fields).encode(), digest_size=8).hexdigest()


def parse_organisation(*, name: str, kind: str, siret: str, uai: str) -> tuple[OrganisationForm | None, dict[str, str]]:
    """The organisation of a form, or the faults of its fields: field → French sentence."""
    faults: dict[str, str] = {}
    values: dict[str, str | None] = {}
    parsers: dict[str, Callable[[], str | None]] = {
        "name": lambda: parse_line(name, "name", _("Le nom"), NAME_AT_MOST),
        "kind": lambda: parse_kind(kind),
        "siret": lambda: parse_siret(siret),
        "uai": lambda: parse_uai(uai),
    }
    for field, parse in parsers.items():
        try:
            values[field] = parse()
        except InvalidField as refusal:
            faults[field] = refusal.sentence
    if faults:
        return None, faults
    return OrganisationForm(**values), {}  # type: ignore[arg-type]  # the fields above, each of its type


def parse_kind(text: str) -> OrganisationKind:
    """One of the six kinds; raises `InvalidField`."""
    for kind in KINDS:
        if text == kind:
            return kind
    raise InvalidField(later("Choisissez le type d’organisation."), field="kind")


def parse_siret(text: str) -> str | None:
    """14 digits whose key is right (Luhn; La Poste's establishments have a rule of their own), or None for none."""
    if len(text) > 40:
        raise InvalidField(later("Un SIRET a 14 chiffres."), field="siret")
    digits = re.sub(r"[\s.\-]", "", text)
    if not digits:
        return None
    if not re.fullmatch(r"[0-9]{14}", digits):
        count = sum(character.isdigit() for character in digits)
        raise InvalidField(later("Un SIRET a 14 chiffres ; celui-ci en a {count}.", count=count), field="siret")
    try:
        return str(siret.validate(digits))
    except ValidationError as error:
        raise InvalidField(later("Ce SIRET est faux : sa clé de contrôle ne correspond pas."), field="siret") from error


def parse_uai(text: str) -> str | None:
    """7 digits and the letter that is their remainder by 23 (*répertoire national des établissements*), or None."""
    code = text.strip().upper()
    if not code:
        return None
    if not re.fullmatch(r"[0-9]{7}[A-Z]", code):
        raise InvalidField(later("Un code UAI a 7 chiffres et une lettre, par exemple 0270016W."), field="uai")
    if UAI_LETTERS[int(code[:7]) % 23] != code[7]:
        raise InvalidField(later("Ce code UAI est faux : sa lettre ne correspond pas à ses chiffres."), field="uai")
    return code
