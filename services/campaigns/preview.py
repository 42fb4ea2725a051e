"""The very mail: what people will read of a fact, as the notifications service writes it; the root brings it in."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from shared.events import AnyEvent
from shared.programme import Programme


class Mail(Struct, frozen=True, kw_only=True):
    """A mail as it will be: its subject, its text, its HTML page."""

    subject: str
    text: str
    html: str


# the facts of one moment, told in one mail; None where they tell nobody anything
Preview = Callable[[Sequence[AnyEvent], Programme], Mail | None]


def no_mail(events: Sequence[AnyEvent], programme: Programme) -> Mail | None:  # noqa: ARG001
    """The preview of a service that stands alone: whom a change concerns is said, without the mail."""
    return None
