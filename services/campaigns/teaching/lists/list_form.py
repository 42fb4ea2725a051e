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
from shared.languages import _

TEXT_AT_MOST = 60_000


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
        read: dict[str, str | None] = {}
        for field, most, needed, said in (
            ("last_name", NAME_AT_MOST, True, _("Le nom")),
            ("first_name", NAME_AT_MOST, True, _("Le prénom")),
            ("class_name", CLASS_AT_MOST, False, _("La classe")),
            ("email", 0, False, ""),
        ):
            value = line.said(field) or (class_name if field == "class_name" else "")
            try:
                read[field] = (
                    parse_email(value, field)
                    if field == "email"
                    else parse_line(value, field, said, most, needed=needed)
                )
            except InvalidField as refusal:
                sentence = refusal.sentence[0].lower() + refusal.sentence[1:]
                findings.fault(line.row, line.columns.get(field, ""), sentence)
        if len(read) == 4:
            pupil = NewPupil(**read)  # type: ignore[arg-type]  # the four fields, in their types
            if not all(name_key(pupil.last_name, pupil.first_name)):
                findings.fault(line.row, "", _("un nom doit contenir au moins une lettre."))
            pupils.setdefault(pupil.mark, pupil)
    return tuple(pupils.values())
