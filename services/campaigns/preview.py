"""The very mail: what people will read of a fact, as the notifications service writes it; the root brings it in."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from shared.events import AnyEvent
from shared.programme import Programme


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as it will be: its subject, its text, its HTML page; `readers` are who would get it."""

    readers: Literal["pupils", "hosts", "speakers"]
    subject: str
    text: str
    html: str


# the facts of one moment, and the programme after it where they tell pupils of it: the mail to pupils, the first to a
# host, the first to a speaker; none where nobody is told
Preview = Callable[[Sequence[AnyEvent], Programme | None], tuple[Mail, ...]]


def no_mail(events: Sequence[AnyEvent], programme: Programme | None) -> tuple[Mail, ...]:  # noqa: ARG001
    """The preview of a service that stands alone: whom a change concerns is said, without the mail."""
    return ()
