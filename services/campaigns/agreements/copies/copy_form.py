"""The form of a copy: its title and its period, as text, and what stands in it before anything is written."""

from collections.abc import Mapping
from datetime import date as Date
from datetime import timedelta

from msgspec import Struct, structs

from services.campaigns.agreements.campaign import InvalidCampaign, Wording
from services.campaigns.agreements.wording_form import parse_period, parse_title
from services.campaigns.imports.reference_data import internship_period
from shared.languages import _


class CopyForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields."""

    title: str = ""
    first_day: str = ""
    last_day: str = ""

    def read(self, source: Wording) -> tuple[Wording | None, dict[str, str]]:
        """The wording of the copy, or None and a French sentence for each field at fault."""
        faults: dict[str, str] = {}
        title = parse_title(self.title, faults)
        period, found = parse_period(self.first_day, self.last_day)
        faults.update(found)
        if period == (source.first_day, source.last_day):
            faults["first_day"] = _("Donnez une autre période que celle de la campagne reprise.")
        if faults or period is None:
            return None, faults
        return structs.replace(source, title=title, first_day=period[0], last_day=period[1]), {}

    def parse(self, source: Wording) -> Wording:
        """The wording of the copy; raises `InvalidCampaign` with the first fault."""
        wording, faults = self.read(source)
        if wording is None:
            field, sentence = next(iter(faults.items()))
            raise InvalidCampaign(sentence, field=field)
        return wording


def read_copy_form(fields: Mapping[str, object]) -> CopyForm:
    """The form in a POST or an address; what is not text, or not asked for, is left out."""
    names = CopyForm.__struct_fields__
    return CopyForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})


def suggest_copy(source: Wording) -> CopyForm:
    """Next year: the ministry's period where the source stood in its own year's, else the same week a year later."""
    year = source.first_day.year
    period = internship_period(year + 1)
    if period is None or not _within(source, internship_period(year)):
        shift = timedelta(weeks=52)
        period = source.first_day + shift, source.last_day + shift
    title = source.title.replace(str(year), str(period[0].year))
    return CopyForm(title=title, first_day=period[0].isoformat(), last_day=period[1].isoformat())


def _within(source: Wording, period: tuple[Date, Date] | None) -> bool:
    return period is not None and period[0] <= source.first_day and source.last_day <= period[1]
