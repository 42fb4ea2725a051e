"""The ways into an agenda: how each kind of program takes an address, and which one a device most likely has."""

from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct

Device = Literal["apple", "android", "other"]

GOOGLE = "https://calendar.google.com/calendar/r?cid="
OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb?"
OUTLOOK_AT_WORK = "https://outlook.office.com/calendar/0/addfromweb?"


class Ways(Struct, frozen=True):
    """The addresses of one calendar; `url` is the feed's own, whole, with its filters."""

    url: str
    name: str

    @property
    def webcal(self) -> str:
        """What the calendar program of a device subscribes to."""
        parts = urlsplit(self.url)
        return f"webcal://{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    @property
    def google(self) -> str:
        """Google Agenda, which takes the address as `webcal:` for a subscription."""
        return GOOGLE + quote(self.webcal, safe="")

    @property
    def outlook(self) -> str:
        """Outlook.com, for a private account."""
        return OUTLOOK + urlencode({"url": self.url, "name": self.name})

    @property
    def outlook_at_work(self) -> str:
        """Outlook of Microsoft 365, for the account of a school or a company."""
        return OUTLOOK_AT_WORK + urlencode({"url": self.url, "name": self.name})


def device_of(user_agent: str, platform: str) -> Device:
    """What the page puts first: a guess. `platform` is the client hint `Sec-CH-UA-Platform`, empty where none came."""
    said = platform.strip('" ').lower()
    if said in ("ios", "macos") or (not said and any(name in user_agent for name in ("iPhone", "iPad", "Macintosh"))):
        return "apple"
    if said == "android" or (not said and "Android" in user_agent):
        return "android"
    return "other"
