"""A sign-in: a link that came by mail, valid for a quarter of an hour, once."""

import re
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from msgspec import Struct

from shared.languages import _, later
from shared.refusal import Refusal

LINK_LIFE = timedelta(minutes=15)
# who asks again and again is not sent more mails than these in a quarter of an hour
LINKS_AT_MOST = 5
HOME = "/planification"
# pages of ours, in plain characters: nothing that a browser could read as another host
_OWN_PATH = re.compile(r"/(planification|compte)(/[A-Za-z0-9._~-]+)*(\?[A-Za-z0-9=&._~%-]*)?")


class LinkEnded(Refusal):
    """The link was used, has expired, or was never given."""

    reason: ClassVar[str] = "link-ended"
    status: ClassVar[int] = 410

    def __init__(self) -> None:
        super().__init__(
            later("Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre : il arrive en un instant.")
        )


class NotAnAddress(Refusal):
    """What was written is no e-mail address."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Cette adresse e-mail n’est pas valable."), field="email")


class SignIn(Struct, frozen=True, kw_only=True):
    """A link as it was asked for."""

    id: UUID
    person_id: UUID
    expires_at: datetime
    used_at: datetime | None
    goes_to: str

    def refuse_if_ended(self, now: datetime) -> None:
        """Raise `LinkEnded` unless the link can still be used."""
        if self.used_at is not None or now >= self.expires_at:
            raise LinkEnded


def parse_address(text: str) -> str:
    """The address of an account: valid, in lower case; raises `NotAnAddress`."""
    try:
        return validate_email(text.strip()[:320], check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise NotAnAddress from error


def own_path(text: str) -> str:
    """The path, where it is one of our pages for people who sign in; else their home (no open redirect)."""
    return text if len(text) <= 300 and _OWN_PATH.fullmatch(text) else HOME


# as it is kept of each device, in French
ON, UNKNOWN_BROWSER = " sur ", "Navigateur"


def say_agent(agent: str) -> str:
    """« Firefox sur Windows » from a browser's User-Agent: enough for its owner to know it again."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), UNKNOWN_BROWSER)
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser}{ON}{system}" if system else browser


def said_agent(kept: str) -> str:
    """What `say_agent` said, as it was kept, in the language spoken."""
    browser, _on, system = kept.partition(ON)
    if browser in ("", UNKNOWN_BROWSER):
        browser = _("Navigateur")
    return _("{browser} sur {system}", browser=browser, system=system) if system else browser
