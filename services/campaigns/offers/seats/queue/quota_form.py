"""The form that keeps seats: how many, for whom, until when."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_uai
from shared.french_dates import PARIS
from shared.languages import later

SEATS_AT_MOST = 10_000


class QuotaForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields. `whose` is `school` or `without_host`; `school` a UAI."""

    seats: str = ""
    whose: str = "school"
    school: str = ""
    until: str = ""

    @property
    def seats_wanted(self) -> int:
        """Raises `InvalidField` unless it is a number of seats."""
        text = self.seats.strip()
        if not (text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) <= SEATS_AT_MOST):
            raise InvalidField(later("Indiquez le nombre de places à garder."), field="seats")
        return int(text)

    @property
    def school_uai(self) -> str | None:
        """The school's UAI, None for pupils without another host; raises `InvalidField`."""
        if self.whose == "without_host":
            return None
        uai = parse_uai(self.school)
        if uai is None:
            raise InvalidField(
                later("Indiquez le code de l’établissement (UAI) : 7 chiffres et une lettre."), field="school"
            )
        return uai

    @property
    def until_moment(self) -> datetime:
        """The date and time written, in Europe/Paris; raises `InvalidField`."""
        try:
            moment = datetime.fromisoformat(self.until.strip())
        except ValueError as error:
            raise InvalidField(later("Indiquez jusqu’à quand ces places sont gardées."), field="until") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def read_quota_form(fields: Mapping[str, str]) -> QuotaForm:
    """The form in a POST."""
    return QuotaForm(**{name: fields.get(name, "")[:120] for name in QuotaForm.__struct_fields__})
