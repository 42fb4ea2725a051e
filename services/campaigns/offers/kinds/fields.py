"""The fields of a form as they were sent: each is read once, and what cannot be accepted is said beside it."""

from collections.abc import Mapping
from datetime import date, datetime, time

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_line
from shared.french_dates import PARIS
from shared.languages import Glossary, _, later

SHOWN_AT_MOST = 4000
# what a form calls the days of a week, and their words
WEEKDAYS = Glossary(
    {
        "lun": later("lundi"),
        "mar": later("mardi"),
        "mer": later("mercredi"),
        "jeu": later("jeudi"),
        "ven": later("vendredi"),
    }
)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Fields:
    """Fields of a POST by name. `faults` fills while they are read: field → French sentence."""

    def __init__(self, given: Mapping[str, object]) -> None:
        # what is no text is nothing, what is longer than a page can give back is cut
        self.texts = {name: value[:SHOWN_AT_MOST] for name, value in given.items() if isinstance(value, str)}
        self.faults: dict[str, str] = {}

    def text(self, name: str) -> str:
        """What was typed, without spaces around it."""
        return self.texts.get(name, "").strip()

    def checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.text(name))

    def line(self, name: str, subject: str, most: int, *, needed: bool = True) -> str:
        """One line of text; `subject` begins its fault (« Le titre »)."""
        try:
            return parse_line(self.text(name), name, subject, most, needed=needed)
        except InvalidField as refusal:
            self.faults[name] = refusal.sentence
            return ""

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number between two others."""
        text = self.text(name)
        if text.isascii() and text.isdigit() and len(text) < 8 and least <= int(text) <= most:
            return int(text)
        self.faults[name] = _("Donnez un nombre entre {least} et {most}.", least=least, most=most)
        return None

    def day(self, name: str) -> date | None:
        """The day of a browser's date field."""
        try:
            day = date.fromisoformat(self.text(name))
        except ValueError:
            self.faults[name] = _("Donnez une date.")
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.faults[name] = _("Cette date est hors du possible.")
            return None
        return day

    def hour(self, name: str) -> time | None:
        """The hour of a browser's time field."""
        text = self.text(name)
        try:
            hour = time.fromisoformat(text) if len(text) == len("09:00") else None
        except ValueError:
            hour = None
        if hour is None:
            self.faults[name] = _("Donnez une heure.")
        return hour


def local(day: date, hour: time) -> datetime:
    """A moment in Europe/Paris."""
    return datetime.combine(day, hour, PARIS)


def is_plain(*texts: str) -> bool:
    """Whether each is one line that no spreadsheet takes for a formula: what a form's `line` lets pass."""
    return all(
        text.isprintable() and text == text.strip() and not text.startswith(("=", "+", "@", "-")) for text in texts
    )
