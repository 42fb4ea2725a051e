"""The change of a session as a form sends it: fields named as those of `SessionChange`, all of them text."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args
from uuid import UUID

from services.campaigns.offers.session import InvalidChange, SessionChange
from shared.french_dates import PARIS
from shared.languages import later
from shared.programme import SessionKind

TIMES = ("starts_at", "ends_at")
KINDS = get_args(SessionKind)
IDS = ("host_id", "site_id", "group_id")


def read_session_change(fields: Mapping[str, str]) -> SessionChange:
    """The fields that were sent; an empty id is nobody, a time without offset is of Paris. Raises `InvalidChange`."""
    given: dict[str, object] = {}
    for name in SessionChange.__struct_fields__:
        if name not in fields:
            continue
        text = fields[name].strip()
        if name in TIMES:
            given[name] = _moment(name, text)
        elif name in IDS:
            given[name] = _id(name, text)
        elif name == "kind" and text not in KINDS:
            raise InvalidChange(later("Ce type de séance n’existe pas."), field=name)
        else:
            given[name] = text
    return SessionChange(**given)  # type: ignore[arg-type]  # each by the type of its name, above


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidChange(later("Donnez un jour et une heure."), field=name) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)


def _id(name: str, text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidChange(later("Ce choix n’existe pas."), field=name) from error
