"""The planner's form about a speaker as pages hold it: what was written, and every fault beside its field."""

from collections.abc import Mapping

from msgspec import Struct, structs

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.speakers.speaker import SpeakerSheet, parse_sheet

SHOWN_AT_MOST = 300
# a fault hides those behind it: the field is then read as if this stood in it
STAND_INS = {"name": "a", "trade": "a", "employer": "", "email": "a@speaker.example"}


class SpeakerForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; the tick is « oui » or nothing."""

    name: str = ""
    trade: str = ""
    employer: str = ""
    sector: str = ""
    email: str = ""
    contact_again: str = ""

    def parse(self) -> SpeakerSheet:
        """The speaker these fields describe; raises `InvalidField` with the first fault."""
        return parse_sheet(
            name=self.name,
            trade=self.trade,
            employer=self.employer,
            sector=self.sector,
            email=self.email,
            contact_again=self.contact_again == "oui",
        )

    def find_faults(self) -> dict[str, str]:
        """A French sentence for each field that is at fault; empty when all is well."""
        form, faults = self, dict[str, str]()
        while True:
            try:
                form.parse()
            except InvalidField as refusal:
                field = refusal.field or "name"
                if field in faults:
                    return faults
                faults[field] = refusal.sentence
                form = structs.replace(form, **{field: STAND_INS[field]})
            else:
                return {name: faults[name] for name in self.__struct_fields__ if name in faults}

    def shown(self) -> "SpeakerForm":
        """The same to be shown again, cut to what a page can carry."""
        return SpeakerForm(**{name: value[:SHOWN_AT_MOST] for name, value in structs.asdict(self).items()})


def read_speaker_form(fields: Mapping[str, object]) -> SpeakerForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = SpeakerForm.__struct_fields__
    return SpeakerForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})
