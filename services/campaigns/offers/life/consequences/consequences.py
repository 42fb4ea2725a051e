"""What would follow from a change: who is told, in which mail, and the words a planner adds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec import Struct

from services.campaigns.preview import Mail
from shared.events import FieldChange
from shared.languages import later, n_
from shared.refusal import Refusal

NOTE_AT_MOST = 500
HOLD = timedelta(hours=1)


class InvalidNote(Refusal):
    """The planner's sentence cannot go into a mail as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class Told(Struct, frozen=True, kw_only=True):
    """How many people would read a mail; `silent` have no address, `waiting` are those who wait among `pupils`."""

    pupils: int = 0
    guardians: int = 0
    silent: int = 0
    waiting: int = 0
    hosts: int = 0
    speakers: int = 0

    @property
    def anybody(self) -> bool:
        """Whether somebody has to be told, or ought to be."""
        return bool(self.pupils or self.guardians or self.silent or self.hosts or self.speakers)

    @property
    def participants(self) -> int:
        """Pupils and guardians who are told, or ought to be."""
        return self.pupils + self.guardians + self.silent

    @property
    def people(self) -> int:
        """Everybody it concerns, each once."""
        return self.pupils + self.guardians + self.silent + self.hosts + self.speakers

    @property
    def sentences(self) -> list[str]:
        """« 12 élèves, dont 3 sur la liste d’attente », a line for each kind of people."""
        lines: list[str] = []
        if self.pupils and self.waiting:
            lines.append(
                n_(
                    "{count} élève, dont {waiting} sur la liste d’attente",
                    "{count} élèves, dont {waiting} sur la liste d’attente",
                    self.pupils,
                    waiting=self.waiting,
                )
            )
        elif self.pupils:
            lines.append(n_("{count} élève", "{count} élèves", self.pupils))
        if self.guardians:
            lines.append(n_("{count} responsable légal", "{count} responsables légaux", self.guardians))
        if self.hosts:
            lines.append(n_("{count} entreprise d’accueil", "{count} entreprises d’accueil", self.hosts))
        if self.speakers:
            lines.append(n_("{count} intervenant", "{count} intervenants", self.speakers))
        if self.silent:
            lines.append(
                n_(
                    "{count} élève sans adresse, à prévenir vous-même",
                    "{count} élèves sans adresse, à prévenir vous-même",
                    self.silent,
                )
            )
        return lines


class Consequences(Struct, frozen=True, kw_only=True):
    """What a change would do. `changes` field by field, `mails` as their readers get them."""

    told: Told
    changes: tuple[FieldChange, ...] = ()
    mails: tuple[Mail, ...] = ()

    @property
    def mail(self) -> Mail | None:
        """The mail that pupils would get."""
        return next((mail for mail in self.mails if mail.readers == "pupils"), None)

    @property
    def other_mails(self) -> tuple[Mail, ...]:
        """Those to hosts and speakers."""
        return tuple(mail for mail in self.mails if mail.readers != "pupils")


class Words(Struct, frozen=True, kw_only=True):
    """What a planner adds to a change: a sentence, an hour in which it may still be taken back."""

    note: str = ""
    hold: bool = False

    def tell_after(self, now: datetime) -> datetime | None:
        """Until when the news is held back."""
        return now + HOLD if self.hold else None


def read_words(fields: Mapping[str, str]) -> Words:
    """The words in a POST; raises `InvalidNote`."""
    return Words(note=checked_note(fields.get("note", "")), hold=bool(fields.get("hold")))


def checked_note(text: str) -> str:
    """The sentence on one line; raises `InvalidNote` for what a mail cannot hold."""
    note = " ".join(text.split())
    if len(note) > NOTE_AT_MOST:
        raise InvalidNote(
            later("Cette phrase est trop longue : {most} caractères au plus.", most=NOTE_AT_MOST), field="note"
        )
    if not note.isprintable():
        raise InvalidNote(later("Cette phrase contient un caractère invisible."), field="note")
    return note
