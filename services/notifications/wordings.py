"""Wordings: what campaigns add to their mails, read through the contract when a mail is written."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from shared.appointment import Appointment
from shared.database import Connection
from shared.events import AnyEvent
from shared.french_dates import say_date, say_times
from shared.people import Person
from shared.programme import Programme
from shared.wording import EDITABLE, Wording

Wordings = dict[tuple[UUID, str], Wording]


async def read_wordings(connection: Connection, keys: Iterable[tuple[UUID | None, str]]) -> Wordings:
    """The sentences of these (offer, message), of those that have any."""
    wanted = {key for key in keys if key[0] is not None and key[1] in EDITABLE}
    if not wanted:
        return {}
    rows = await connection.fetch(
        """
        SELECT w.offer_id, w.message, w.sentences FROM contract.wordings w
        WHERE w.offer_id = ANY($1::uuid[]) AND w.message = ANY($2::text[])
        """,
        list({offer_id for offer_id, _ in wanted}),
        list({message for _, message in wanted}),
    )
    return {
        (row["offer_id"], row["message"]): msgspec.json.decode(row["sentences"], type=dict[str, dict[str, str]])
        for row in rows
    }


def values_of_letter(programme: Programme, pupil: Person, group_id: UUID | None) -> dict[str, str]:
    """What the placeholders of a pupil's mail stand for; empty where there is nothing to say."""
    days = programme.of_group(group_id)
    return {
        "prenom": pupil.first_name,
        "offre": programme.title,
        "date": say_date(days[0].date) if days else "",
        "lieu": programme.city,
        "organisation": programme.organisation,
        "contact": programme.contact,
    }


def values_of_notice(event: AnyEvent) -> dict[str, str]:
    """What they stand for in a mail to a host, a speaker or a teacher."""
    appointment = getattr(event, "appointment", None)
    if not isinstance(appointment, Appointment):
        return {"offre": str(getattr(event, "offer", ""))}
    readers = (getattr(event, name, "") for name in ("host", "speaker", "promised_by"))
    return {
        "destinataire": next(filter(None, readers), ""),
        "seance": appointment.title,
        "date": say_date(appointment.starts_at),
        "horaires": say_times(appointment.starts_at, appointment.ends_at),
        "lieu": appointment.place,
        "offre": appointment.offer,
        "organisation": appointment.organisation,
        "contact": appointment.contact,
    }
