"""The sheet of an offer: what a planner writes of the offer itself, besides its days and sessions."""

import re
from datetime import datetime
from typing import ClassVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from services.campaigns.offers.eligibility import GRADE_WORDS
from services.campaigns.offers.registration_form import UAI_LETTERS
from shared.events import FieldChange
from shared.french_dates import say_moment
from shared.languages import Glossary, _, later, speaking
from shared.refusal import Refusal

# as a programme file has them (imports), so that what is written here can be given and taken as a file
TITLE_AT_MOST, SUMMARY_AT_MOST, LINE_AT_MOST, SEATS_AT_MOST, CODES_AT_MOST = 150, 1500, 150, 10_000, 200
DEPARTEMENTS = frozenset(
    {f"{number:02d}" for number in range(1, 96) if number != 20} | {"2A", "2B", "971", "972", "973", "974", "976"}
)
FIELD_NAMES = Glossary(
    {
        "title": later("titre"),
        "summary": later("résumé"),
        "city": later("ville"),
        "contact": later("contact"),
        "seats": later("nombre de places"),
        "opens_at": later("ouverture des inscriptions"),
        "closes_at": later("fin des inscriptions"),
        "grades": later("niveaux"),
        "departements": later("départements"),
        "school_uais": later("établissements"),
        "proof_of_address": later("confirmation de l’adresse"),
    }
)
NO_SEATS = later("Indiquez un nombre de places, de 1 à 10 000.")
# what participants are told of when it changes
TOLD = ("title", "summary", "city", "contact")


class InvalidSheet(Refusal):
    """A field of the sheet cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class OfferChangedMeanwhile(Refusal):
    """Somebody else saved the offer since it was read (If-Match)."""

    reason: ClassVar[str] = "offer-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(later("Cette offre a été modifiée entre-temps. Relisez-la avant de l’enregistrer."))


class Sheet(Struct, frozen=True, kw_only=True):
    """Texts are stripped; codes are sorted, each once; empty `grades`, `departements`, `school_uais`: everybody."""

    title: str
    summary: str = ""
    city: str = ""
    contact: str = ""
    seats: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    grades: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    school_uais: tuple[str, ...] = ()
    # a link in a mail is to be pressed before a seat is confirmed: nobody fills an offer with invented names
    proof_of_address: bool = True

    def tidied(self) -> "Sheet":
        """The same as it is stored."""
        return msgspec.structs.replace(
            self,
            **{name: getattr(self, name).strip() for name in ("title", "city", "contact")},
            summary="\n".join(line.rstrip() for line in self.summary.strip().splitlines()),
            grades=tuple(grade for grade in GRADE_WORDS if grade in self.grades)
            + tuple(sorted({grade for grade in self.grades if grade not in GRADE_WORDS})),
            departements=_codes(self.departements),
            school_uais=_codes(self.school_uais),
        )

    def find_faults(self) -> dict[str, str]:
        """A French sentence for each field that cannot be accepted; of a tidied sheet."""
        faults: dict[str, str] = {}
        if not self.title:
            faults["title"] = _("Donnez un titre à l’offre.")
        for name, most in (
            ("title", TITLE_AT_MOST),
            ("summary", SUMMARY_AT_MOST),
            ("city", LINE_AT_MOST),
            ("contact", LINE_AT_MOST),
        ):
            text = getattr(self, name)
            if len(text) > most:
                faults[name] = _("Ce texte est trop long : {most} caractères au plus.", most=most)
            elif not text.replace("\n", " " if name == "summary" else "\n").isprintable():
                faults[name] = _("Ce texte contient un caractère invisible ou un retour à la ligne.")
        if not 0 <= self.seats <= SEATS_AT_MOST:
            faults["seats"] = str(NO_SEATS)
        faults.update(self._faults_of_times())
        faults.update(self._faults_of_rules())
        return faults

    def refuse_faults(self) -> None:
        """Raise `InvalidSheet` with the first fault, if there is one."""
        for field, sentence in self.find_faults().items():
            raise InvalidSheet(sentence, field=field)

    def changes_to(self, after: "Sheet") -> tuple[FieldChange, ...]:
        """What differs, field by field, as it is shown."""
        return tuple(
            FieldChange(field=name, before=said(getattr(self, name)), after=said(getattr(after, name)))
            for name in self.__struct_fields__
            if getattr(self, name) != getattr(after, name)
        )

    def _faults_of_times(self) -> dict[str, str]:
        for name in ("opens_at", "closes_at"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                return {name: _("L’heure doit porter son décalage, par exemple 2027-06-15T09:00:00+02:00.")}
            if moment is not None and not 2000 <= moment.year <= 2100:
                return {name: _("Cette date est hors du possible.")}
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            return {"closes_at": _("Les inscriptions doivent se clore après leur ouverture.")}
        return {}

    def _faults_of_rules(self) -> dict[str, str]:
        faults = {}
        if unknown := [grade for grade in self.grades if grade not in GRADE_WORDS]:
            faults["grades"] = _("Ce niveau n’est pas connu : « {grade} ».", grade=unknown[0][:20])
        if unknown := [code for code in self.departements if code not in DEPARTEMENTS]:
            faults["departements"] = _(
                "« {code} » n’est pas un numéro de département (27, 2A, 974).", code=unknown[0][:20]
            )
        if wrong := [code for code in self.school_uais if not is_uai(code)]:
            faults["school_uais"] = _("« {code} » n’est pas un code d’établissement (UAI).", code=wrong[0][:20])
        if len(self.school_uais) > CODES_AT_MOST:
            faults["school_uais"] = _("Au plus {most} établissements.", most=CODES_AT_MOST)
        return faults


class SheetChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these fields; what is left out stays. Times with offset."""

    title: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    seats: int | UnsetType = UNSET
    opens_at: datetime | UnsetType | None = UNSET
    closes_at: datetime | UnsetType | None = UNSET
    grades: tuple[str, ...] | UnsetType = UNSET
    departements: tuple[str, ...] | UnsetType = UNSET
    school_uais: tuple[str, ...] | UnsetType = UNSET
    proof_of_address: bool | UnsetType = UNSET

    def applied_to(self, sheet: Sheet) -> Sheet:
        """The sheet with these fields."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        return msgspec.structs.replace(sheet, **given).tidied()


def merge(base: Sheet, mine: Sheet, theirs: Sheet) -> Sheet:
    """What two planners wanted from the same base: where only one changed a field, that one; where both, mine."""
    return Sheet(
        **{
            name: getattr(theirs, name) if getattr(mine, name) == getattr(base, name) else getattr(mine, name)
            for name in Sheet.__struct_fields__
        }
    )


def is_uai(code: str) -> bool:
    """Whether this is the code of a school: seven digits and their check letter."""
    return bool(re.fullmatch(r"[0-9]{7}[A-Z]", code)) and UAI_LETTERS[int(code[:7]) % 23] == code[7]


def said(value: object) -> str:
    """A value of the sheet in words."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return say_moment(value)
    if isinstance(value, tuple):
        return ", ".join(GRADE_WORDS.get(str(code), str(code)) for code in value)
    return "" if value is None else str(value)


def say_changes(changes: tuple[FieldChange, ...]) -> str:
    """« titre, ville », for the audit trail."""
    with speaking("fr"):
        return ", ".join(FIELD_NAMES[change.field] for change in changes)


def _codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({code.strip().upper() for code in codes if code.strip()}))
