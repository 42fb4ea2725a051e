"""The very mail: what people will read of a fact, as the notifications service writes it; the root brings it in."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from msgspec import Struct

from shared.events import AnyEvent
from shared.languages import Language
from shared.programme import Programme
from shared.wording import Wording


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as it will be: its subject, its text, its HTML page; `readers` are who would get it."""

    readers: Literal["pupils", "hosts", "speakers", "schools"]
    subject: str
    text: str
    html: str


# the facts of one moment, and the programme after it where they tell pupils of it: the mail to pupils, the first to a
# host, the first to a speaker or a school; none where nobody is told
Preview = Callable[[Sequence[AnyEvent], Programme | None], tuple[Mail, ...]]


def no_mail(events: Sequence[AnyEvent], programme: Programme | None) -> tuple[Mail, ...]:  # noqa: ARG001
    """The preview of a service that stands alone: whom a change concerns is said, without the mail."""
    return ()


Reader = Literal["pupil", "guardian", "teacher", "head", "host", "speaker", "planner", "partner", "member"]


class KnownMessage(Struct, frozen=True, kw_only=True):
    """A message there is: who reads it, and when it is sent, said in the language spoken."""

    name: str
    readers: tuple[Reader, ...]
    when: str


class ShownEntry(Struct, frozen=True, kw_only=True):
    """What a calendar shows of a mail."""

    starts_at: datetime | date
    ends_at: datetime | date
    summary: str
    location: str


class ShownCalendar(Struct, frozen=True, kw_only=True):
    """The calendar part of a mail, read and as it is; `tentative`: it waits for an answer."""

    method: str
    tentative: bool
    entries: tuple[ShownEntry, ...]
    source: str


class ShownMail(Struct, frozen=True, kw_only=True):
    """One way a message is told, as the mail it will be.

    `way` is which of a pupil's people reads it (`pupil`, `besides`, `instead`), or what a notice tells; empty for one
    that is told in one way.
    """

    way: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    calendar: ShownCalendar | None = None


class Gallery(Protocol):
    """Every message of the product, to look at; the root brings it in."""

    def list_messages(self) -> tuple[KnownMessage, ...]:
        """Those there are."""

    def show(
        self, name: str, *, language: Language, programme: Programme | None, wording: Wording | None = None
    ) -> tuple[ShownMail, ...]:
        """The ways of a message, of a real programme or an invented one; empty for a message there is none of."""


class EmptyGallery:
    """The gallery of a service that stands alone."""

    def list_messages(self) -> tuple[KnownMessage, ...]:
        """None is known here."""
        return ()

    def show(self, name: str, **_: object) -> tuple[ShownMail, ...]:  # noqa: ARG002
        """Nothing is shown."""
        return ()
