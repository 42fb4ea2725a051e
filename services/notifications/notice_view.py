"""What a notice says: the words, details and link that its templates put together."""

from collections.abc import Mapping

from msgspec import Struct, field

from services.notifications.compose_mail import one_line
from services.notifications.week import ChangeView
from shared.languages import n_
from shared.notices import PersonalLink
from shared.signed_links import Scope, Signer


class NoticeView(Struct, frozen=True, kw_only=True):
    """The parts that all notices share, and the `words` of this one's templates.

    `organisation` is in whose name it is sent, `url` where its button leads (empty: no button), `title` and `details`
    (label and text) what it is about, `word` the lines that somebody wrote.
    """

    organisation: str = ""
    url: str
    title: str = ""
    details: tuple[tuple[str, str], ...] = ()
    changes: tuple[ChangeView, ...] = ()
    word: tuple[str, ...] = ()
    word_by: str = ""
    # who answers this mail writes to them
    reply_to: str = ""
    words: Mapping[str, object] = field(default_factory=dict)


class Links(Struct, frozen=True):
    """The addresses of one installation."""

    base_url: str
    signer: Signer

    @property
    def planning(self) -> str:
        return f"{self.base_url}/planification"

    def personal(self, link: PersonalLink) -> str:
        """The page of a registration, as the pupil or the guardian reads it."""
        scope: Scope = "guardian" if link.to_guardian else "registration"
        return f"{self.base_url}/inscriptions/{self.signer.token(scope, link.registration_id, link.token_version)}"

    def consent(self, link: PersonalLink) -> str:
        """The page where the guardian consents."""
        return f"{self.base_url}/consentement/{self.signer.token('consent', link.registration_id, link.token_version)}"


def say_pupils(number: int) -> str:
    """« 1 élève », « 12 élèves »."""
    return n_("{count} élève", "{count} élèves", number)


def lines_in(text: str) -> tuple[str, ...]:
    """What somebody wrote, line by line, without what cannot be read."""
    return tuple(line for line in map(one_line, text.splitlines()) if line)


def filled(*details: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The details there is something to say of."""
    return tuple((label, text) for label, text in details if text)
