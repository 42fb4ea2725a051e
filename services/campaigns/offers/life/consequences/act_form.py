"""An act as a form sends it: which one, its fields, the words that go with it; and the same as hidden fields."""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from services.campaigns.given import read_id
from services.campaigns.offers.builder.sessions.session_form import read_date
from services.campaigns.offers.eligibility import GRADE_WORDS
from services.campaigns.offers.life.consequences.act import ACT_NAMES, Act, DayEdit, UnknownAct
from services.campaigns.offers.life.consequences.consequences import read_words
from services.campaigns.offers.life.consequences.session_form import read_session_change
from services.campaigns.offers.life.sheet import InvalidSheet, Sheet, SheetChange
from services.campaigns.offers.life.sheet_form import SheetForm, read_sheet_form
from services.campaigns.offers.session import SessionChange

# what a form may say of an act, besides the planner's words
CARRIED = (
    "act",
    "session_id",
    "version",
    "edition",
    "base",
    "proof_asked",
    "date",
    "target",
    "sector",
    "emergency_phone",
    "phone_of_all",
    "name",
    *SessionChange.__struct_fields__,
    *(name for name in SheetForm.__struct_fields__ if name not in ("grades", *SessionChange.__struct_fields__)),
    *(f"grade_{grade}" for grade in GRADE_WORDS),
)


def read_act(fields: Mapping[str, str]) -> Act:
    """The act in a POST; without a name it is a change of a session. Raises the refusal of the field at fault."""
    name = next((name for name in ACT_NAMES if name == fields.get("act", "change_session")), None)
    if name is None:
        raise UnknownAct
    return Act(
        name=name,
        session_id=read_id(fields.get("session_id", "")),
        session=read_session_change(fields) if name in ("change_session", "add_session") else None,
        sheet=_sheet_change(fields) if name == "edit_offer" else None,
        date=read_date(fields.get("date", "")),
        target=read_date(fields.get("target", "")),
        day=_day_edit(fields) if name == "edit_day" else None,
        group_id=read_id(fields.get("group_id", "")) if name == "edit_group" else None,
        group_name=fields.get("name", ""),
        if_match=read_number(fields.get("version") or fields.get("edition") or ""),
        words=read_words(fields),
    )


def hidden_fields(fields: Mapping[str, str], name: str) -> dict[str, str]:
    """What a later form has to carry to say the same act again."""
    return {key: fields[key] for key in CARRIED if key in fields and key != "act"} | {"act": name}


def change_of(sheet: Sheet) -> SheetChange:
    """A whole sheet as a change."""
    return SheetChange(**msgspec.structs.asdict(sheet))


def read_number(text: str) -> int | None:
    """A version or an edition; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day_edit(fields: Mapping[str, str]) -> DayEdit:
    return DayEdit(
        sector=(fields["sector"] or None) if "sector" in fields else UNSET,
        emergency_phone=fields.get("emergency_phone", UNSET),
        phone_of_all=bool(fields.get("phone_of_all")),
    )


def _sheet_change(fields: Mapping[str, str]) -> SheetChange:
    sheet, faults = read_sheet_form(fields).parse()
    for field, sentence in faults.items():
        raise InvalidSheet(sentence, field=field)
    return change_of(sheet)
