"""The preview of a file: what would be added, changed and taken away, session by session, as people say it."""

import base64
import binascii
import zlib
from datetime import datetime
from pathlib import PurePath

from msgspec import Struct

from services.campaigns.imports.import_programme import ProgrammeChange
from services.campaigns.imports.session_row import SessionRow
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.look.words import SESSION_KINDS
from shared.events import FieldChange
from shared.french_dates import say_date, say_moment, say_times
from shared.languages import Glossary, _, later, translate

NAME_AT_MOST = 120
FIELDS = Glossary(
    {
        "starts_at": later("début"),
        "ends_at": later("fin"),
        "title": later("titre"),
        "kind": later("type"),
        "sector": later("secteur"),
        "host": later("entreprise"),
        "place": later("adresse"),
        "room": later("salle"),
        "group": later("groupe"),
        "speakers": later("intervenants"),
        "contact": later("contact"),
        "meeting_point": later("rendez-vous"),
        "access": later("accès"),
        "bring": later("à apporter"),
        "online_url": later("lien"),
        "summary": later("résumé"),
        "city": later("ville"),
    }
)


class Line(Struct, frozen=True):
    """One session, or the offer itself: its heading, and field by field what was and what would be."""

    heading: str
    changes: tuple[tuple[str, str, str], ...] = ()


class Preview(Struct, frozen=True, kw_only=True):
    """What a file would do. `unchanged` counts sessions; `seats` is the new number, None where it stays."""

    added: tuple[Line, ...]
    changed: tuple[Line, ...]
    gone: tuple[Line, ...]
    offer: tuple[tuple[str, str, str], ...]
    unchanged: int
    seats: int | None
    registration_moved: bool

    @property
    def nothing(self) -> bool:
        """Whether the file says what is stored already."""
        return not (
            self.added or self.changed or self.gone or self.offer or self.seats is not None or self.registration_moved
        )


class Carried(Struct, frozen=True, kw_only=True):
    """A file between two pages: its name and its bytes, packed into a hidden field."""

    name: str
    content: bytes

    def packed(self) -> str:
        """The bytes as a form carries them."""
        return base64.b64encode(zlib.compress(self.content, 6)).decode()


def unpack(name: str, packed: str) -> Carried | None:
    """The file in a hidden field; None for what we did not pack, or what would burst."""
    try:
        compressed = base64.b64decode(packed, validate=True)
        content = zlib.decompressobj().decompress(compressed, FILE_AT_MOST + 1)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return Carried(name=bare_name(name), content=content) if content else None


def bare_name(name: str) -> str:
    """The last part of a file's name, printable and short."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[-NAME_AT_MOST:] or "fichier"


def preview_of(change: ProgrammeChange) -> Preview:
    """The preview of what an import has (or would have) written."""
    return Preview(
        added=tuple(Line(_heading(row)) for row in change.added),
        changed=tuple(Line(_heading(one.before), said_changes(one.changes)) for one in change.changed),
        gone=tuple(Line(_heading(row)) for row in change.cancelled),
        offer=said_changes(change.header),
        unchanged=change.unchanged,
        seats=change.seats,
        registration_moved=change.registration_moved,
    )


def said_changes(changes: tuple[FieldChange, ...]) -> tuple[tuple[str, str, str], ...]:
    """Each change as (field, before, after) in words."""
    return tuple(
        (FIELDS.get(change.field, change.field), _said(change.field, change.before), _said(change.field, change.after))
        for change in changes
    )


def _heading(row: SessionRow) -> str:
    day, times = say_date(row.starts_at), say_times(row.starts_at, row.ends_at)
    if row.group:
        return _("{day}, {times}, groupe {group} : {title}", day=day, times=times, group=row.group, title=row.title)
    return _("{day}, {times} : {title}", day=day, times=times, title=row.title)


def _said(field: str, value: str) -> str:
    if field in ("starts_at", "ends_at") and value:
        return say_moment(datetime.fromisoformat(value))
    if field == "sector":
        return translate(value)
    return SESSION_KINDS.get(value, value) if field == "kind" else value
