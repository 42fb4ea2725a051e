"""A pupil's record: all that is kept of one pupil, as the pupil, or the guardian, is given it."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.privacy.records.labels import FIELDS, SECTIONS, say_value
from shared.languages import _

# a spreadsheet takes a cell that begins so for a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Name(Struct, frozen=True, kw_only=True):
    """A person as they are written down."""

    first_name: str
    last_name: str
    email: str | None = None
    language: str = "fr"


class RecordedRegistration(Struct, frozen=True, kw_only=True):
    """One registration; times are UTC. `kept_until` is the day names go, counted from the campaign's last."""

    id: UUID
    offer: str
    organisation: str
    campaign: str
    status: str
    group: str
    under_15: bool
    without_host: bool
    enrolled_by_school: bool
    registered_at: datetime
    changed_at: datetime
    consented_at: datetime | None
    convention_signed_on: date | None
    kept_until: date


class RecordedConsent(Struct, frozen=True, kw_only=True):
    """What a guardian answered, to which version of the words."""

    offer: str
    answer: str
    text_version: int
    answered_at: datetime


class RecordedAttendance(Struct, frozen=True, kw_only=True):
    """What was noted of one session."""

    offer: str
    session: str
    starts_at: datetime
    state: str
    noted_at: datetime


class RecordedAbsence(Struct, frozen=True, kw_only=True):
    """An absence that was told, and when it was taken back."""

    offer: str
    day: date
    announced_at: datetime
    lifted_at: datetime | None


class RecordedTalk(Struct, frozen=True, kw_only=True):
    """A one-to-one slot."""

    offer: str
    starts_at: datetime
    ends_at: datetime
    place: str
    status: str


class RecordedTeacher(Struct, frozen=True, kw_only=True):
    """A teacher who was named, and what came of it."""

    name: str
    status: str
    asked_at: datetime


class RecordedLetter(Struct, frozen=True, kw_only=True):
    """A mail about the pupil: which, to whom, what became of it. The text is in the mailbox of who received it."""

    message: str
    to: str
    state: str
    due_at: datetime
    sent_at: datetime | None


class RecordedFact(Struct, frozen=True, kw_only=True):
    """Something that happened and names the pupil by number."""

    tag: str
    offer: str
    occurred_at: datetime


class PupilRecord(Struct, frozen=True, kw_only=True):
    """All of it."""

    id: UUID
    pupil: Name
    school_name: str
    school_uai: str | None
    class_name: str
    guardians: tuple[Name, ...]
    registrations: tuple[RecordedRegistration, ...]
    consents: tuple[RecordedConsent, ...]
    attendance: tuple[RecordedAttendance, ...]
    absences: tuple[RecordedAbsence, ...]
    talks: tuple[RecordedTalk, ...]
    teachers: tuple[RecordedTeacher, ...]
    letters: tuple[RecordedLetter, ...]
    facts: tuple[RecordedFact, ...]

    def as_json(self) -> bytes:
        """Indented, so that a person can read it too."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    def as_csv(self) -> bytes:
        """Three columns: what, which field, its value, in words; with the mark by which spreadsheets know UTF-8."""
        file = StringIO()
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([_("Rubrique"), _("Donnée"), _("Valeur")])
        for row in _rows(msgspec.to_builtins(self)):
            writer.writerow(map(_cell, row))
        return b"\xef\xbb\xbf" + file.getvalue().encode()


def _rows(record: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for section, value in record.items():
        if isinstance(value, dict):
            yield from _fields(SECTIONS[section], value)
        elif isinstance(value, list | tuple):
            for number, entry in enumerate(value, start=1):
                yield from _fields(f"{SECTIONS[section]} {number}", entry)
        else:
            yield from _fields(SECTIONS["pupil"], {section: value})


def _fields(section: str, entry: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, value in entry.items():
        yield section, FIELDS[name], say_value(name, _text(value))


def _text(value: object) -> str:
    return "" if value is None else _("oui") if value is True else _("non") if value is False else str(value)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
