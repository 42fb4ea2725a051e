"""A correspondent: the head or the referent teacher of a school, and who of a new list is who of the old one."""

from collections.abc import Iterable, Sequence
from datetime import date as Date
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import letters_of
from services.campaigns.schools.directory import school_of
from shared.french_dates import PARIS
from shared.languages import Glossary, later
from shared.refusal import Refusal
from shared.signed_links import Signer

Role = Literal["head", "referent"]
ROLE_WORDS = Glossary({"head": later("chef d’établissement"), "referent": later("professeur référent")})
# counted from the last list that names somebody
KEPT_MONTHS = 13
LISTED_AT_MOST = 10_000
# what the mails of this room are called in the contract: who wants no more of one wants none of the others
MESSAGES = ("offers_announced", "webinar_invited", "webinar_changed")


class UnknownCorrespondent(Refusal):
    """Nobody of this id is on the organisation's list."""

    reason: ClassVar[str] = "unknown-correspondent"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette personne n’est pas sur votre liste."))


class ListTooLong(Refusal):
    """An organisation lists no more than some thousands."""

    reason: ClassVar[str] = "list-too-long"

    def __init__(self) -> None:
        super().__init__(later("Votre liste est pleine : {most} personnes au plus.", most=LISTED_AT_MOST))


class Listed(Struct, frozen=True, kw_only=True):
    """Somebody as a line of a list says; without an address nobody can be written to, but it is known who it is."""

    uai: str
    last_name: str
    first_name: str = ""
    role: Role
    email: str | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Correspondent(Struct, frozen=True, kw_only=True):
    """Somebody on the list, where it came from, and until when it is kept; `declined_at`: they want no more mails."""

    id: UUID
    uai: str
    role: Role
    first_name: str
    last_name: str
    email: str | None
    source: str
    listed_at: datetime
    changed_at: datetime
    kept_until: Date
    declined_at: datetime | None = None
    refused: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def school(self) -> str:
        """Its name and town; of a school that left the directory, its code."""
        school = school_of(self.uai)
        return school.label if school else self.uai

    @property
    def listed(self) -> Listed:
        """What a list would say of them."""
        return Listed(
            uai=self.uai, last_name=self.last_name, first_name=self.first_name, role=self.role, email=self.email
        )


class Meeting(Struct, frozen=True):
    """A line of a new list, and who it is of the old one; None: somebody new."""

    line: Listed
    known: Correspondent | None = None

    @property
    def changed(self) -> bool:
        return self.known is not None and self.line != self.known.listed


def kept_until(now: datetime) -> Date:
    """The last day somebody is kept who is in a list that is brought now."""
    day = now.astimezone(PARIS).date()
    months = day.month - 1 + KEPT_MONTHS
    # a day that all months have
    return Date(day.year + months // 12, months % 12 + 1, min(day.day, 28))


def mark_of(email: str, signer: Signer) -> bytes:
    """Equal for the same address, whoever lists it; it cannot be told from it which that is."""
    return signer.identity("correspondent", email.lower())


def meet(lines: Sequence[Listed], known: Iterable[Correspondent]) -> list[Meeting]:
    """Who each line is: by the address, else by the name in the same school. Nobody is two lines."""
    known = list(known)
    by_address = {each.email.lower(): each for each in known if each.email}
    by_name = {_name_of(each.listed): each for each in known}
    met: dict[UUID, int] = {}
    found: list[Correspondent | None] = [None] * len(lines)
    for number, line in enumerate(lines):
        if line.email and (one := by_address.get(line.email.lower())):
            met[one.id] = number
            found[number] = one
    for number, line in enumerate(lines):
        one = by_name.get(_name_of(line))
        if found[number] is None and one is not None and one.id not in met:
            met[one.id] = number
            found[number] = one
    # a line without an address takes none away
    return [
        Meeting(line if line.email or one is None else _with_address(line, one.email), one)
        for line, one in zip(lines, found, strict=True)
    ]


def _with_address(line: Listed, email: str | None) -> Listed:
    return Listed(uai=line.uai, last_name=line.last_name, first_name=line.first_name, role=line.role, email=email)


def _name_of(line: Listed) -> tuple[str, str]:
    """First and last name in either order are one name."""
    return line.uai, "".join(sorted((letters_of(line.first_name), letters_of(line.last_name))))
