"""Who may register: the grades, départements and schools an offer is for, held against one request."""

import re
from collections.abc import Sequence
from typing import ClassVar

import msgspec
from msgspec import Struct

from services.campaigns.offers.recognise_pupils import Outcome
from services.campaigns.offers.registration import RegistrationRequest, letters_of
from shared.languages import Glossary, _, later, n_
from shared.refusal import Refusal

GRADE_WORDS = Glossary(
    {
        "quatrieme": later("quatrième"),
        "troisieme": later("troisième"),
        "seconde": later("seconde"),
        "premiere": later("première"),
        "terminale": later("terminale"),
    }
)
# « 2nde 4 », « 3e B », « Tle STI2D »: how a class says its grade
_OF_CLASS = (
    ("quatrieme", re.compile(r"4(e|eme)?(?![0-9])|quatrieme")),
    ("troisieme", re.compile(r"3(e|eme)?(?![0-9])|troisieme")),
    ("seconde", re.compile(r"2(e|nd|nde|de|cd)?(?![0-9])|seconde")),
    ("premiere", re.compile(r"1(e|re|ere)?(?![0-9])|premiere")),
    ("terminale", re.compile(r"t(le|erm|erminale)?(?![a-z])|terminale")),
)
# the first figures of a UAI, where they are not the département's number
_CORSICA = {"620": "2A", "720": "2B"}


class NotForThisPupil(Refusal):
    """The offer is for other grades or schools, or the request does not say of which the pupil is."""

    reason: ClassVar[str] = "not-for-this-pupil"


class Rules(Struct, frozen=True):
    """For whom an offer is; an empty list asks nothing. A school is in by its département or by its own code."""

    grades: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    school_uais: tuple[str, ...] = ()

    def find_refusal(self, request: RegistrationRequest) -> NotForThisPupil | None:
        """Why this pupil may not register, or None."""
        return self._refusal_of_grade(request) or self._refusal_of_school(request.school_uai)

    def _refusal_of_grade(self, request: RegistrationRequest) -> NotForThisPupil | None:
        if not self.grades:
            return None
        grade = request.grade or grade_of_class(request.class_name)
        if not grade:
            return NotForThisPupil(later("Indiquez le niveau de l’élève : cette offre en demande un."), field="grade")
        if grade in self.grades:
            return None
        return NotForThisPupil(
            later("Cette offre est réservée aux élèves de {grades}.", grades=self.say_grades), field="grade"
        )

    def _refusal_of_school(self, uai: str | None) -> NotForThisPupil | None:
        if not self.departements and not self.school_uais:
            return None
        if uai is None:
            return NotForThisPupil(
                later(
                    "Indiquez le code de l’établissement (UAI) : cette offre est réservée à certains établissements."
                ),
                field="school_uai",
            )
        if uai in self.school_uais or departement_of(uai) in self.departements:
            return None
        return NotForThisPupil(
            later("Cette offre est réservée {schools}.", schools=self.say_schools), field="school_uai"
        )

    def say_grades(self) -> str:
        """« seconde ou première »."""
        return _or([GRADE_WORDS.get(grade, grade) for grade in self.grades])

    def say_schools(self) -> str:
        """« aux établissements du département 27 et à quelques autres »."""
        if not self.departements:
            return _("à certains établissements")
        numbers, count = _or(list(self.departements)), len(self.departements)
        if self.school_uais:
            return n_(
                "aux établissements du département {numbers} et à quelques autres",
                "aux établissements des départements {numbers} et à quelques autres",
                count,
                numbers=numbers,
            )
        return n_(
            "aux établissements du département {numbers}",
            "aux établissements des départements {numbers}",
            count,
            numbers=numbers,
        )

    @property
    def sentence(self) -> str:
        """« Réservée aux élèves de seconde, aux établissements du département 27 », or nothing."""
        parts = [_("aux élèves de {grades}", grades=self.say_grades())] if self.grades else []
        if self.departements or self.school_uais:
            parts.append(self.say_schools())
        return _("Réservée {whom}", whom=", ".join(parts)) if parts else ""


def refuse_others(
    rules: str | None, fresh: Sequence[tuple[int, RegistrationRequest]], outcomes: dict[int, Outcome]
) -> list[tuple[int, RegistrationRequest]]:
    """Those of the requests that the rules (JSON of a locked offer) let in; the others have their refusal."""
    if rules is None:
        return list(fresh)
    decoded = msgspec.json.decode(rules, type=Rules)
    admitted = []
    for index, request in fresh:
        refusal = decoded.find_refusal(request)
        if refusal is None:
            admitted.append((index, request))
        else:
            outcomes[index] = refusal
    return admitted


def grade_of_class(class_name: str) -> str:
    """The grade a class says it is of, empty where it says none."""
    said = letters_of(class_name)
    return next((grade for grade, pattern in _OF_CLASS if pattern.match(said)), "")


def departement_of(uai: str) -> str:
    """« 27 » of `0270001A`, « 2A » of `6200001A`, « 974 » of `9740001A`."""
    return _CORSICA.get(uai[:3], uai[1:3] if uai[0] == "0" else uai[:3])


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else _("{several} ou {last}", several=", ".join(words[:-1]), last=words[-1])
