"""Sentences: what a campaign adds to one message, in each language and place; each fault beside its field."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from shared.languages import LANGUAGES, OWN_NAMES, Glossary, later
from shared.plain_spaces import plain_spaces
from shared.refusal import Refusal
from shared.wording import EDITABLE, PLACES, find_fault

PLACE_NAMES = Glossary(
    {
        "opening": later("Mot d’accueil, sous la nouvelle"),
        "practical": later("À savoir, sous le bouton"),
        "closing": later("Mot de la fin"),
    }
)
PLACEHOLDERS = Glossary(
    {
        "prenom": later("le prénom de l’élève"),
        "offre": later("le titre de l’offre"),
        "date": later("le jour de la séance, ou le premier jour"),
        "lieu": later("la ville ou l’adresse"),
        "organisation": later("le nom de l’organisation"),
        "contact": later("la personne à joindre"),
        "destinataire": later("l’entreprise ou l’intervenant"),
        "seance": later("le titre de la séance"),
        "horaires": later("les horaires de la séance"),
    }
)


class WordingChangedMeanwhile(Refusal):
    """Somebody else wrote these sentences since they were read."""

    reason: ClassVar[str] = "wording-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(
            later("Quelqu’un a modifié ces phrases entre-temps : voici les siennes. Les vôtres ne sont pas gardées.")
        )


class InvalidSentence(Refusal):
    """A sentence cannot be filled; `faults` by field."""

    reason: ClassVar[str] = "invalid-sentence"
    status: ClassVar[int] = 422

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(later("Une phrase est à corriger."))
        self.faults = dict(faults)


class KeptWording(Struct, frozen=True, kw_only=True):
    """What a campaign says in one message; version 0 is what nobody has written yet."""

    version: int = 0
    sentences: dict[str, dict[str, str]] = {}  # a Struct copies it

    def text(self, language: str, place: str) -> str:
        """What stands in one field."""
        return self.sentences.get(language, {}).get(place, "")


def read_sentences(message: str, fields: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The sentences of a form, without the empty ones; raises `InvalidSentence` with each fault by its field."""
    found: dict[str, dict[str, str]] = {}
    faults: dict[str, str] = {}
    for language in LANGUAGES:
        for place in PLACES:
            given = fields.get(f"{language}-{place}", "")
            text = "\n".join(
                line.rstrip() for line in plain_spaces(str(given)).replace("\r\n", "\n").strip().split("\n")
            )
            if not text:
                continue
            found.setdefault(language, {})[place] = text
            if fault := find_fault(text, EDITABLE[message]):
                faults[f"{language}-{place}"] = f"{OWN_NAMES[language]}, {PLACE_NAMES[place]} : {fault}"
    if faults:
        raise InvalidSentence(faults)
    return found
