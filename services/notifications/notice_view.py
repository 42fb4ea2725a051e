"""What a notice says: the words, details and link that its templates put together."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from services.notifications.notice_letter import ClaimedNotice
from shared.french_dates import say_time
from shared.notices import SignInRequested
from shared.signed_links import Signer


class NoticeView(Struct, frozen=True, kw_only=True):
    """The parts that all notices share, and the `words` of this one's templates.

    `organisation` is in whose name it is sent, `url` where its button leads, `title` and `details` what it is about.
    """

    organisation: str = ""
    url: str
    title: str = ""
    details: tuple[tuple[str, str], ...] = ()
    word: tuple[str, ...] = ()
    word_by: str = ""
    contact: str = ""
    words: Mapping[str, object] = msgspec.field(default_factory=dict)


def view_notice(claimed: ClaimedNotice, *, base_url: str, signer: Signer) -> NoticeView:
    """The view of a claimed notice."""
    event = claimed.event
    match event:
        case SignInRequested():
            return NoticeView(
                url=f"{base_url}/connexion/{signer.token('sign_in', event.sign_in_id)}",
                words={"expires_time": say_time(event.expires_at)},
            )
        case _:
            raise NotImplementedError
