"""Apply an act of the week builder: sessions that are added, days and groups that are told anew."""

from datetime import date, datetime
from uuid import UUID

from msgspec import UNSET, Struct

from services.campaigns.offers.builder.add_session import add_session
from services.campaigns.offers.builder.apply_template_week import apply_template_week
from services.campaigns.offers.builder.cancel_day import cancel_day
from services.campaigns.offers.builder.copy_day import copy_day
from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.builder.edit_group import UnknownGroup, edit_group
from services.campaigns.offers.life.consequences.act import Act, DayEdit
from services.campaigns.offers.session import InvalidChange, SessionChange
from shared.database import Connection
from shared.french_dates import say_date
from shared.languages import later, speaking


class Applied(Struct, frozen=True, kw_only=True):
    """What was done, as the audit trail says it; `session_id` is the session that was added."""

    detail: str
    session_id: UUID | None = None


async def apply_week_act(
    connection: Connection, act: Act, *, offer_id: UUID, tell_after: datetime | None, now: datetime
) -> Applied:
    """Do it; raises what its verb raises, and `InvalidChange` for a date that is missing."""
    note = act.words.note
    if act.name == "add_session":
        session = act.session or SessionChange()
        session_id = await add_session(
            connection, offer_id=offer_id, session=session, note=note, tell_after=tell_after, now=now
        )
        title = "" if session.title is UNSET else session.title.strip()
        return Applied(detail=f"a ajouté la séance « {title} ».", session_id=session_id)
    if act.name == "apply_template_week":
        count = await apply_template_week(
            connection, offer_id=offer_id, week_of=act.date, note=note, tell_after=tell_after, now=now
        )
        return Applied(detail=f"a rempli {count} journée{'s' if count > 1 else ''} avec la semaine modèle.")
    if act.name == "edit_group":
        return await _rename(connection, act, offer_id, tell_after, now)
    day = _given(act.date, "date")
    if act.name == "copy_day":
        target = _given(act.target, "target")
        await copy_day(
            connection, offer_id=offer_id, source=day, target=target, note=note, tell_after=tell_after, now=now
        )
        return Applied(detail=f"a copié la journée du {_said(day)} vers le {_said(target)}.")
    if act.name == "cancel_day":
        count = await cancel_day(connection, offer_id=offer_id, date=day, note=note, tell_after=tell_after, now=now)
        return Applied(detail=f"a annulé la journée du {_said(day)} ({count} séance{'s' if count > 1 else ''}).")
    edit = act.day or DayEdit()
    await edit_day(
        connection,
        offer_id=offer_id,
        date=day,
        sector=edit.sector,
        emergency_phone=edit.emergency_phone,
        phone_of_all=edit.phone_of_all,
        if_match=act.if_match,
        note=note,
        tell_after=tell_after,
        now=now,
    )
    return Applied(detail=f"a changé la journée du {_said(day)}.")


async def _rename(
    connection: Connection, act: Act, offer_id: UUID, tell_after: datetime | None, now: datetime
) -> Applied:
    if act.group_id is None:
        raise UnknownGroup
    before = await connection.fetchval(
        "SELECT name FROM campaigns.groups WHERE id = $1 AND offer_id = $2", act.group_id, offer_id
    )
    await edit_group(
        connection,
        offer_id=offer_id,
        group_id=act.group_id,
        name=act.group_name,
        if_match=act.if_match,
        note=act.words.note,
        tell_after=tell_after,
        now=now,
    )
    return Applied(detail=f"a renommé le groupe {before} en {' '.join(act.group_name.split())}.")


def _said(day: date) -> str:
    with speaking("fr"):
        return say_date(day)


def _given(day: date | None, field: str) -> date:
    if day is None:
        raise InvalidChange(later("Donnez une date."), field=field)
    return day
