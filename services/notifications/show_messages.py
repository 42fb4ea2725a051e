"""Show a message before there is a reason to send it: as it will be, to an invented person, of an invented or a real
week. Its links open nothing.
"""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import get_args

import msgspec
from msgspec import Struct

from services.notifications.message import Message, NoticeMessage
from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from services.notifications.samples.about import about, after, planned_sessions
from services.notifications.samples.letters import GUARDIAN, PUPIL, SAMPLES, a_letter, programme_of, ways_of
from services.notifications.samples.notices import NOTICES, a_notice
from shared.languages import Language
from shared.programme import Programme
from shared.settings import Settings
from shared.wording import Wording

LETTERS, OF_NOTICES = get_args(Message), get_args(NoticeMessage)
MESSAGES: tuple[str, ...] = (*LETTERS, *OF_NOTICES)


class ShownMessage(Struct, frozen=True, kw_only=True):
    """One way a message is told: to whom of a pupil's people, or what of a notice; `mail` is what would be sent."""

    way: str
    mail: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The mail as a program of its reader sees it."""
        message = email.message_from_bytes(self.mail, policy=email.policy.default)
        if not isinstance(message, EmailMessage):
            raise TypeError("The policy makes no such mail.")
        return message


def show_message(
    settings: Settings,
    message: str,
    *,
    language: Language,
    programme: Programme | None = None,
    wording: Wording | None = None,
) -> tuple[ShownMessage, ...]:
    """Every way of a message in a language; of an invented week where the programme has no session that takes place.

    Raises `KeyError` for a message there is none of.
    """
    if programme is not None and not planned_sessions(programme):
        programme = None
    shown = _letters if message in LETTERS else _notices
    return tuple(shown(settings, message, language, programme, wording))


def _letters(
    settings: Settings, message: str, language: Language, programme: Programme | None, wording: Wording | None
) -> Iterator[ShownMessage]:
    sample = about(SAMPLES[message], programme) if programme else SAMPLES[message]
    week = after(sample, programme) if programme else programme_of(message)
    # it remembers weeks by the version of their programme, and a cancelled day is here of the same version
    printer = Printer(settings)
    guardian = msgspec.structs.replace(GUARDIAN, language=language)
    pupil = msgspec.structs.replace(PUPIL, language=language)
    for way in ways_of(message):
        claimed = a_letter(message, to=way, pupil=pupil, guardian=guardian, sample=sample)
        yield ShownMessage(way=way, mail=printer.render(claimed, week, wording).mail)


def _notices(
    settings: Settings, message: str, language: Language, programme: Programme | None, wording: Wording | None
) -> Iterator[ShownMessage]:
    printer = NoticePrinter(settings)
    names = [name for name in NOTICES if name.partition(".")[0] == message]
    if not names:
        raise KeyError(message)
    for name in names:
        claimed = a_notice(name, sample=about(NOTICES[name], programme) if programme else None)
        reader = msgspec.structs.replace(claimed.letter.recipient, language=language)
        claimed = msgspec.structs.replace(claimed, letter=msgspec.structs.replace(claimed.letter, recipient=reader))
        yield ShownMessage(way=name.partition(".")[2], mail=printer.render(claimed, wording).mail)
