"""The planner's forms about hosts as pages hold them: what was written, and every fault beside its field."""

from collections.abc import Callable, Mapping

from msgspec import Struct, structs

from services.campaigns.offers.hosts.host_request import (
    ADDRESS_AT_MOST,
    COMPANY_AT_MOST,
    Contact,
    parse_contact,
)
from services.campaigns.offers.registration_form import parse_line
from shared.languages import _
from shared.refusal import Refusal

SHOWN_AT_MOST = 300


class HostForm(Struct, frozen=True, kw_only=True):
    """Which company, where, and whom to write to there; what a form does not ask stays empty."""

    company: str = ""
    place: str = ""
    name: str = ""
    email: str = ""

    def contact(self) -> Contact | None:
        """Whom to write to, where one is written; raises `InvalidField`."""
        return parse_contact(name=self.name, email=self.email) if self.name.strip() or self.email.strip() else None

    def company_name(self) -> str:
        """The company's name; raises `InvalidField`."""
        return parse_line(self.company, "company", _("L’entreprise"), COMPANY_AT_MOST)

    def address(self) -> str:
        """Where it receives, empty for its own site; raises `InvalidField`."""
        return parse_line(self.place, "place", _("L’adresse"), ADDRESS_AT_MOST, needed=False)

    def shown(self) -> "HostForm":
        """The same to be shown again, cut to what a page can carry."""
        return HostForm(**{name: value[:SHOWN_AT_MOST] for name, value in structs.asdict(self).items()})


def read_host_form(fields: Mapping[str, object]) -> HostForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = HostForm.__struct_fields__
    return HostForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})


def find_faults(*parsers: Callable[[], object]) -> dict[str, str]:
    """A French sentence for each field at fault, the first of each parser; empty when all is well."""
    faults: dict[str, str] = {}
    for parse in parsers:
        try:
            parse()
        except Refusal as refusal:
            faults.setdefault(refusal.field or "form", refusal.sentence)
    return faults
