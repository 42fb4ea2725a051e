"""The form that swaps a pupil: one who waits already, or the name and address of somebody new of the same class."""

from collections.abc import Mapping

from msgspec import Struct, structs

from services.campaigns.offers.registration import InvalidField, RegistrationRequest
from services.campaigns.offers.registration_form import KEY_AT_MOST, parse_request
from services.campaigns.offers.seats.classes.class_requests import STAND_INS
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace

SHOWN_AT_MOST = 300


class SwapForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; `waiting` is the registration of who waits, or empty for somebody new."""

    waiting: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    guardian_name: str = ""
    guardian_email: str = ""
    # « oui » or nothing
    under_15: str = ""
    key: str = ""

    def parse(self, place: EnrolledPlace) -> RegistrationRequest:
        """The request of the pupil who comes in, of the same school and class; raises `InvalidField`."""
        return parse_request(
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email or None,
            guardian_name=self.guardian_name.strip() or None,
            guardian_email=self.guardian_email or None,
            school_name=place.school_name,
            school_uai=place.school_uai,
            class_name=place.class_name,
            idempotency_key=f"{self.key[: KEY_AT_MOST - 50]}-{place.id}",
            without_host=place.without_host,
            under_15=self.under_15 == "oui",
        )

    def find_faults(self, place: EnrolledPlace) -> dict[str, str]:
        """A French sentence for each field at fault."""
        form, faults = self, dict[str, str]()
        while True:
            try:
                form.parse(place)
            except InvalidField as refusal:
                field = refusal.field or "last_name"
                if field in faults or field not in STAND_INS:
                    return faults or {"last_name": refusal.sentence}
                faults[field] = refusal.sentence
                form = structs.replace(form, **STAND_INS[field])
            else:
                return faults


def read_swap_form(fields: Mapping[str, object]) -> SwapForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = SwapForm.__struct_fields__
    return SwapForm(**{name: value[:SHOWN_AT_MOST] for name in names if isinstance(value := fields.get(name, ""), str)})
