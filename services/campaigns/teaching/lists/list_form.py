"""The list of a class as a teacher brings it: pasted or in a file, read over before it is kept."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.campaigns.imports.fault import Fault, FileRefused, Findings
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import CLASS_AT_MOST, NAME_AT_MOST, parse_email, parse_line
from services.campaigns.offers.seats.classes.class_list import (
    PupilLine,
    read_class_file,
    read_class_text,
    write_class,
)
from services.campaigns.teaching.matching import class_key, name_key
from shared.languages import _, later

TEXT_AT_MOST = 60_000
LISTED_AT_ONCE = 300
FIELDS = ("last_name", "first_name", "class_name", "email")


class NewPupil(Struct, frozen=True, kw_only=True):
    """A pupil to put on the list; an address, where there is one, fills in the class form later."""

    first_name: str
    last_name: str
    class_name: str
    email: str | None

    @property
    def mark(self) -> str:
        """Equal for the same pupil of the same class, however their name is written."""
        return "|".join((*name_key(self.last_name, self.first_name), class_key(self.class_name)))


class ListForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields."""

    list: str = ""
    class_name: str = ""


class ListPreview(Struct, frozen=True, kw_only=True):
    """A list as it was understood, before it is kept."""

    form: ListForm
    pupils: tuple[NewPupil, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it can be kept."""
        return bool(self.pupils) and not self.faults


def read_list_form(fields: Mapping[str, object]) -> ListForm:
    """The form in a POST."""

    def text(name: str, most: int) -> str:
        value = fields.get(name, "")
        return value[:most] if isinstance(value, str) else ""

    return ListForm(list=text("list", TEXT_AT_MOST + 1).strip(), class_name=text("class_name", 300).strip())


def preview_list(form: ListForm, *, file: tuple[str, bytes] | None = None) -> ListPreview:
    """The pupils of a pasted list or a file, or each fault at its line and column; the list then reads the same."""
    findings = Findings()
    try:
        if file is not None:
            lines = read_class_file(*file, findings)
        elif len(form.list) > TEXT_AT_MOST:
            findings.fault(0, "", _("ce texte est trop long : envoyez un fichier."))
            lines = []
        else:
            lines = read_class_text(form.list, findings)
    except FileRefused as refused:
        return ListPreview(form=form, faults=refused.faults)
    pupils = parse_lines(lines, form.class_name, findings)
    if not lines and not findings.faults:
        findings.fault(0, "", _("aucun élève n’a été trouvé : un nom et un prénom par ligne."))
    if not findings.faults:
        form = ListForm(list=write_class(lines), class_name=form.class_name)
    return ListPreview(form=form, pupils=pupils, faults=findings.faults)


def parse_lines(lines: Sequence[PupilLine], class_name: str, findings: Findings) -> tuple[NewPupil, ...]:
    """The pupils of lines; every fault of each is noted. The same pupil of the same class twice is one."""
    pupils: dict[str, NewPupil] = {}
    for line in lines:
        fields = {field: line.said(field) for field in FIELDS}
        fields["class_name"] = fields["class_name"] or class_name
        read: dict[str, str | None] = {}
        for field in FIELDS:
            try:
                read[field] = _parse(field, fields[field])
            except InvalidField as refusal:
                sentence = refusal.sentence[0].lower() + refusal.sentence[1:]
                findings.fault(line.row, line.columns.get(field, ""), sentence)
        if len(read) == len(FIELDS):
            pupil = NewPupil(**read)  # type: ignore[arg-type]  # the four fields, in their types
            if not all(name_key(pupil.last_name, pupil.first_name)):
                findings.fault(line.row, "", _("un nom doit contenir au moins une lettre."))
            pupils.setdefault(pupil.mark, pupil)
    return tuple(pupils.values())


def parse_pupil(*, first_name: str, last_name: str, class_name: str, email: str | None, at: str = "") -> NewPupil:
    """One pupil as a machine gives them; raises `InvalidField`, its field below `at`."""
    given = {"first_name": first_name, "last_name": last_name, "class_name": class_name, "email": email or ""}
    try:
        pupil = NewPupil(**{field: _parse(field, given[field]) for field in FIELDS})  # type: ignore[arg-type]
    except InvalidField as refusal:
        raise InvalidField(refusal.sentence, field=f"{at}{refusal.field}") from refusal
    if not all(name_key(pupil.last_name, pupil.first_name)):
        raise InvalidField(later("Un nom doit contenir au moins une lettre."), field=f"{at}last_name")
    return pupil


def _parse(field: str, value: str) -> str | None:
    match field:
        case "last_name":
            return parse_line(value, field, _("Le nom"), NAME_AT_MOST)
        case "first_name":
            return parse_line(value, field, _("Le prénom"), NAME_AT_MOST)
        case "class_name":
            return parse_line(value, field, _("La classe"), CLASS_AT_MOST, needed=False)
        case _:
            return parse_email(value, field)
