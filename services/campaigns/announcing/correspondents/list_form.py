"""The form that brings a list, and the list as it would be kept: who is new, who changes, which line is left out."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.campaigns.announcing.correspondents.correspondent import Correspondent, Listed, Meeting, meet
from services.campaigns.announcing.correspondents.list_file import TEXT_AT_MOST, read_list, write_list
from services.campaigns.imports.fault import Fault
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_line
from shared.languages import later

SOURCE_AT_MOST = 120
CHANGES_SHOWN = 50


class ListForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; `source` says where the list is from, as everybody on it is told."""

    list: str = ""
    source: str = ""


class ListPreview(Struct, frozen=True, kw_only=True):
    """A list as it was understood. Lines with a fault are not in it; `faults` of fields are by their name."""

    form: ListForm
    lines: tuple[Listed, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    faults: tuple[Fault, ...] = ()
    field_faults: Mapping[str, str] = {}

    @property
    def ready(self) -> bool:
        """Whether there is somebody to keep."""
        return bool(self.lines) and not self.field_faults

    @property
    def fresh(self) -> int:
        return sum(each.known is None for each in self.meetings)

    @property
    def changes(self) -> tuple[Meeting, ...]:
        """Who is known and changes."""
        return tuple(each for each in self.meetings if each.changed)

    @property
    def unchanged(self) -> int:
        return len(self.meetings) - self.fresh - len(self.changes)

    @property
    def declined(self) -> int:
        """How many of those who are known want no more mails, and get none."""
        return sum(each.known is not None and each.known.declined_at is not None for each in self.meetings)


def read_list_form(fields: Mapping[str, object]) -> ListForm:
    """The form in a POST."""

    def text(name: str, most: int) -> str:
        value = fields.get(name, "")
        return value[:most] if isinstance(value, str) else ""

    return ListForm(list=text("list", TEXT_AT_MOST + 1).strip(), source=text("source", 400).strip())


def preview_list(form: ListForm, *, file: tuple[str, bytes] | None = None) -> ListPreview:
    """What a list says; the list in the form of the answer then reads as the lines that are kept."""
    field_faults = {}
    try:
        parse_line(form.source, "source", later("La provenance"), SOURCE_AT_MOST)
    except InvalidField as refusal:
        field_faults["source"] = refusal.sentence
    reading = read_list(form.list, file)
    if reading.lines:
        form = ListForm(list=write_list(reading.lines), source=form.source)
    return ListPreview(form=form, lines=reading.lines, faults=reading.faults, field_faults=field_faults)


def compare(preview: ListPreview, known: Sequence[Correspondent]) -> ListPreview:
    """The same, beside who is on the list already."""
    return ListPreview(
        form=preview.form,
        lines=preview.lines,
        meetings=tuple(meet(preview.lines, known)),
        faults=preview.faults,
        field_faults=preview.field_faults,
    )
