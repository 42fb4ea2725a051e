"""The registration form as a page holds it: what was written, and every fault beside its field."""

from collections.abc import Mapping

from msgspec import Struct, structs

from services.campaigns.offers.registration import InvalidField, RegistrationRequest
from services.campaigns.offers.registration_form import parse_request, parse_uai
from shared.identifiers import new_id
from shared.languages import _

# the longest text a page gives back: what is longer is refused anyway
SHOWN_AT_MOST = 300

# a fault hides those behind it: the field is then read as if this stood in it
STAND_INS = {
    "first_name": {"first_name": "a"},
    "last_name": {"last_name": "a"},
    "email": {"email": "a@pupil.example"},
    "guardian_name": {"guardian_name": "a"},
    "guardian_email": {"guardian_email": "a@guardian.example"},
    "school": {"school": "a"},
    "school_uai": {"school_uai": ""},
    "grade": {"grade": ""},
    "class_name": {"class_name": ""},
    "under_15": {"under_15": "non"},
    "teacher_email": {"teacher_email": ""},
    "Idempotency-Key": {"key": "a"},
}


# of the page: the list of faults is read in it
ORDER = (
    "first_name",
    "last_name",
    "email",
    "school",
    "school_uai",
    "grade",
    "under_15",
    "guardian_name",
    "guardian_email",
    "class_name",
    "teacher_email",
)


class Form(Struct, frozen=True, kw_only=True):
    """What stands in the fields; `key` is hidden and makes a repeated POST the same registration."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    school: str = ""
    class_name: str = ""
    # asked of pupils: « oui » or « non »; before 15 the guardian consents first
    under_15: str = ""
    guardian_name: str = ""
    guardian_email: str = ""
    # the referent teacher, who is asked whether it is so
    teacher_email: str = ""
    key: str = ""
    # asked where the offer is for certain grades or schools
    grade: str = ""
    school_uai: str = ""
    # asked where seats are kept for pupils without another host: « oui » or nothing
    without_host: str = ""

    def parse(self) -> RegistrationRequest:
        """The request these fields make; raises `InvalidField` with the first fault."""
        return parse_request(
            first_name=self.first_name,
            last_name=self.last_name,
            email=self.email or None,
            guardian_name=self.guardian_name.strip() or None,
            guardian_email=self.guardian_email or None,
            school_name=self.school,
            school_uai=self._uai(),
            class_name=self.class_name,
            idempotency_key=self.key or None,
            grade=self.grade,
            without_host=self.without_host == "oui",
            under_15=self.under_15 == "oui",
            teacher_email=self.teacher_email,
        )

    def _uai(self) -> str | None:
        try:
            return parse_uai(self.school_uai)
        except InvalidField as refusal:
            raise InvalidField(refusal.sentence, field="school_uai") from refusal

    def find_faults(self, *, asks_age: bool = False) -> dict[str, str]:
        """A sentence for each field that is at fault, in the order of the page; empty when all is well.

        `asks_age`: whether the pupil is under 15 has to be answered.
        """
        found = self._find_faults()
        if asks_age and self.under_15 not in ("oui", "non"):
            found["under_15"] = _("Dites si l’élève a moins de 15 ans.")
        return {name: found[name] for name in [*ORDER, *found] if name in found}

    def _find_faults(self) -> dict[str, str]:
        form, faults = self, dict[str, str]()
        while True:
            try:
                form.parse()
            except InvalidField as refusal:
                field = refusal.field or "first_name"
                if field in faults:
                    return faults
                faults[field] = refusal.sentence
                form = structs.replace(form, **STAND_INS[field])
            else:
                return faults

    @property
    def begun(self) -> bool:
        """Whether anything was written: then all of the page is open."""
        return any(value for name, value in structs.asdict(self).items() if name != "key")

    def shown(self) -> "Form":
        """The same to be shown again: cut to a length that a page can carry."""
        return Form(**{name: value[:SHOWN_AT_MOST] for name, value in structs.asdict(self).items()})


def empty_form() -> Form:
    """A form with a fresh key."""
    return Form(key=str(new_id()))


def read_form(fields: Mapping[str, object]) -> Form:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = Form.__struct_fields__
    return Form(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})
