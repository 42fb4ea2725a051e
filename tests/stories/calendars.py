"""What a calendar program shows after a person's mails."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from tests.folding_client import Entry, FoldingCalendar
from tests.mail_sink import Accepted

PARIS = ZoneInfo("Europe/Paris")


def days_of(mails: Sequence[Accepted]) -> dict[date, Entry]:
    """The days in the folded calendar of one registration; at most one entry a day."""
    calendar = FoldingCalendar()
    for mail in mails:
        if mail.invitation is not None:
            calendar.apply(mail.invitation)
    entries = calendar.entries()
    days = {entry.start.astimezone(PARIS).date(): entry for entry in entries}
    assert len(days) == len(entries)
    return days
