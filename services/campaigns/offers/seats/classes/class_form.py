"""The form a class is enrolled with: a list, pasted, typed line by line or in a file, and what is asked of it."""

from collections.abc import Mapping

from msgspec import Struct

from services.campaigns.imports.fault import Fault, FileRefused, Findings
from services.campaigns.offers.registration import RegistrationRequest
from services.campaigns.offers.registration_form import KEY_AT_MOST, SCHOOL_AT_MOST
from services.campaigns.offers.seats.classes.class_list import (
    PupilLine,
    read_class_file,
    read_class_text,
    write_class,
)
from services.campaigns.offers.seats.classes.class_requests import to_requests
from services.campaigns.offers.seats.enrolment import PUPILS_AT_MOST
from shared.identifiers import new_id
from shared.languages import _, n_

LINES_IN_FORM = 6
TEXT_AT_MOST = 60_000
LINE = ("last_name", "first_name", "email")


class ClassForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields; `key` is hidden and makes a list sent twice the same registrations."""

    list: str = ""
    school: str = ""
    school_uai: str = ""
    class_name: str = ""
    all_or_none: bool = False
    key: str = ""


class ClassPreview(Struct, frozen=True, kw_only=True):
    """A list as it was understood, before anything is done."""

    form: ClassForm
    pupils: tuple[PupilLine, ...] = ()
    faults: tuple[Fault, ...] = ()
    requests: tuple[RegistrationRequest, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the list can be sent."""
        return bool(self.requests) and not self.faults

    def faults_of(self, row: int) -> list[Fault]:
        """The faults of one line."""
        return [fault for fault in self.faults if fault.row == row]

    def expect(self, room: int) -> str:
        """What would become of it with this many seats for anybody, said before it is done."""
        asked = len(self.pupils)
        if room >= asked:
            return _("Il y a assez de places pour toute la liste.") if asked > 1 else _("Il y a une place.")
        if self.form.all_or_none:
            return _(
                "Il n’y a pas assez de places pour {asked} élèves : avec « tous ou aucun », personne n’est inscrit.",
                asked=asked,
            )
        if room <= 0:
            return _("Il n’y a plus de place libre : toute la liste attendra, dans l’ordre donné.")
        first = n_(
            "Le premier élève de la liste aura une place",
            "Les {count} premiers de la liste auront une place",
            room,
        )
        rest = n_("le suivant attendra", "les {count} suivants attendront", asked - room)
        return _("{first}, {rest}, dans l’ordre donné.", first=first, rest=rest)


def read_class_form(fields: Mapping[str, object]) -> ClassForm:
    """The form in a POST; lines typed one by one follow the pasted ones."""

    def text(name: str, most: int) -> str:
        value = fields.get(name, "")
        return value[:most] if isinstance(value, str) else ""

    typed = [[text(f"{name}-{number}", 300).strip() for name in LINE] for number in range(1, LINES_IN_FORM + 1)]
    pasted = text("list", TEXT_AT_MOST + 1).strip()
    lines = [_line(*line) for line in typed if any(line)]
    if lines and pasted:
        # both in the one form that can be read back: headings, then lines
        pasted = write_class(read_class_text(pasted, Findings())) if not pasted.startswith("Nom;") else pasted
        header = pasted.splitlines()[0].split(";")
        lines = [_fit(header, line) for line in typed if any(line)]
    elif lines:
        lines.insert(0, "Nom;Prénom;Adresse de l’élève")
    return ClassForm(
        list="\n".join([pasted, *lines]).strip(),
        school=text("school", SCHOOL_AT_MOST + 1),
        school_uai=text("school_uai", 20),
        class_name=text("class_name", 300),
        all_or_none=text("all_or_none", 9) == "oui",
        # without one it is sent for the first time
        key=text("key", KEY_AT_MOST - 40) or str(new_id()),
    )


def preview_class(
    form: ClassForm, *, school_name: str, school_uai: str | None, file: tuple[str, bytes] | None = None
) -> ClassPreview:
    """The list as it is understood, from the file where there is one, with every fault at its line and column."""
    findings = Findings()
    try:
        if file is not None:
            pupils = read_class_file(*file, findings)
        elif len(form.list) > TEXT_AT_MOST:
            return _refused(
                form,
                _("ce texte est trop long : {most} élèves au plus, ou envoyez un fichier.", most=PUPILS_AT_MOST),
            )
        else:
            pupils = read_class_text(form.list, findings)
    except FileRefused as refused:
        return ClassPreview(form=form, faults=refused.faults)
    if not pupils:
        return _refused(form, _("aucun élève n’a été trouvé : un nom, un prénom et une adresse par ligne."))
    requests = to_requests(
        pupils,
        school_name=school_name,
        school_uai=school_uai,
        class_name=form.class_name,
        key=form.key,
        findings=findings,
    )
    return ClassPreview(form=form, pupils=tuple(pupils), faults=findings.faults, requests=tuple(requests))


def _refused(form: ClassForm, sentence: str) -> ClassPreview:
    return ClassPreview(form=form, faults=(Fault(0, "", sentence),))


def _line(last_name: str, first_name: str, email: str) -> str:
    return ";".join(value.replace(";", " ") for value in (last_name, first_name, email))


def _fit(header: list[str], typed: list[str]) -> str:
    placed = dict(zip(("Nom", "Prénom", "Adresse de l’élève"), typed, strict=True))
    return ";".join(placed.get(name, "").replace(";", " ") for name in header)
