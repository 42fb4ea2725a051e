"""The form of an offer's sheet: what stands in its fields, and the sheet they make or the faults they hold."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from services.campaigns.offers.eligibility import GRADE_WORDS
from services.campaigns.offers.life.sheet import NO_SEATS, Sheet
from shared.french_dates import PARIS
from shared.languages import _

SHOWN_AT_MOST = 4000
# a number nobody can mean: its own fault stands beside the field
UNREADABLE = -1


class SheetForm(Struct, frozen=True, kw_only=True):
    """Every field as text; `opens_at` and `closes_at` as a browser's datetime-local, in Europe/Paris."""

    title: str = ""
    summary: str = ""
    city: str = ""
    contact: str = ""
    seats: str = ""
    opens_at: str = ""
    closes_at: str = ""
    departements: str = ""
    school_uais: str = ""
    grades: tuple[str, ...] = ()
    proof_of_address: bool = True

    def texts(self) -> dict[str, Any]:
        """The fields by name."""
        return msgspec.structs.asdict(self)

    def parse(self) -> tuple[Sheet, dict[str, str]]:
        """The sheet these fields make, and a French sentence for each field that cannot be accepted."""
        faults: dict[str, str] = {}
        seats = self.seats.strip()
        sheet = Sheet(
            title=self.title,
            summary=self.summary,
            city=self.city,
            contact=self.contact,
            seats=int(seats) if seats.isascii() and seats.isdigit() and len(seats) < 8 else UNREADABLE,
            opens_at=_moment("opens_at", self.opens_at, faults),
            closes_at=_moment("closes_at", self.closes_at, faults),
            grades=self.grades,
            departements=split_codes(self.departements),
            school_uais=split_codes(self.school_uais),
            proof_of_address=self.proof_of_address,
        ).tidied()
        if sheet.seats == 0:
            faults["seats"] = str(NO_SEATS)
        return sheet, {**sheet.find_faults(), **faults}


def read_sheet_form(fields: Mapping[str, object]) -> SheetForm:
    """The form in a POST; grades come one check field each, `grade_seconde`."""
    texts = {
        name: text_of(fields, name)
        for name in SheetForm.__struct_fields__
        if name not in ("grades", "proof_of_address")
    }
    return SheetForm(
        **texts,
        grades=tuple(grade for grade in GRADE_WORDS if text_of(fields, f"grade_{grade}")),
        # a form without the box (a new offer's) keeps what is right for most
        proof_of_address=bool(text_of(fields, "proof_of_address")) or not text_of(fields, "proof_asked"),
    )


def form_of(sheet: Sheet) -> SheetForm:
    """The form in which a stored sheet stands."""
    return SheetForm(
        title=sheet.title,
        summary=sheet.summary,
        city=sheet.city,
        contact=sheet.contact,
        seats=str(sheet.seats),
        opens_at=_local(sheet.opens_at),
        closes_at=_local(sheet.closes_at),
        departements=" ".join(sheet.departements),
        school_uais=" ".join(sheet.school_uais),
        grades=sheet.grades,
        proof_of_address=sheet.proof_of_address,
    )


def text_of(fields: Mapping[str, object], name: str) -> str:
    """A field of a POST; what is not text is nothing, what is longer than a page can give back is cut."""
    value = fields.get(name, "")
    return value[:SHOWN_AT_MOST] if isinstance(value, str) else ""


def texts_of(fields: Mapping[str, object]) -> dict[str, str]:
    """The text fields of a POST, each no longer than a page can give back."""
    return {name: text_of(fields, name) for name in fields}


def split_codes(text: str) -> tuple[str, ...]:
    """Codes that stand between spaces, commas, semicolons or line breaks."""
    return tuple(code for code in re.split(r"[\s,;]+", text) if code)


def read_day(text: str) -> date | None:
    """The day of a browser's date field; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def encode_base(sheet: Sheet) -> str:
    """The sheet a form was made from, as its hidden field carries it."""
    return msgspec.json.encode(sheet).decode()


def decode_base(text: str) -> Sheet | None:
    """The sheet in the hidden field, None where it is none of ours."""
    try:
        sheet = msgspec.json.decode(text, type=Sheet)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return None if sheet.find_faults() else sheet


def _moment(field: str, text: str, faults: dict[str, str]) -> datetime | None:
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        faults[field] = _("Donnez un jour et une heure.")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def _local(moment: datetime | None) -> str:
    return moment.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M") if moment else ""
