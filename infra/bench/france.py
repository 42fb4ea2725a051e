"""All of France on the evening it opens: arrivals, queues and sizes, from measured rates. No machine is loaded by it.

    python -m infra.bench.france                          the sizes that hold, and where the first limit is
    python -m infra.bench.france --web 2 --workers 2      what happens with so many processes

Five seconds are one step: who arrives joins a queue, each station takes what it can. What it can is measured by `make
bench`, and for pages by the processor time of their process; give other figures where yours differ (--help). Three
limits do not grow with processes: the lock of one offer, the commits of one PostgreSQL, and its connections.
"""

import argparse
import math
from collections.abc import Sequence

from msgspec import Struct

SCHOOLS, PUPILS = 18_000, 560_000
HOURS = 4
DAYS_AT_MOST = 3
# seconds
STEP = 5
AT_MOST = 400


class Country(Struct, frozen=True, kw_only=True):
    """What people do. Shares are of all pupils; the hottest offer is the one the evening news names."""

    first_evening: float = 0.6
    # half of the evening has come after so many minutes
    half_after_minutes: float = 25.0
    pages_before: int = 6
    share_of_hottest_offer: float = 0.005
    mails_for_each: float = 1.9
    subscribed: float = 0.25
    polls_an_hour: float = 1.0


class Rates(Struct, frozen=True, kw_only=True):
    """What one process on one core, or one database, does in a second; and what a registration leaves on the disk.

    Of November 2026: pages, posts, polls and mails by processor time, one after the other (a search 10.5 ms, the home
    page 8.7, an offer 5.7, a form 3.3, a registration 5.5, a 304 0.5, a mail 10.7); `hot_offer`, `commits` and `spread`
    on a quiet machine of two cores; kilobytes and rows over 400 registrations on 300 seats, each with a guardian.
    """

    pages: float = 150.0
    registrations_posted: float = 180.0
    polls: float = 2_000.0
    mails: float = 90.0
    hot_offer: float = 4_495.0
    commits: float = 3_000.0
    # people of different offers do not share a transaction
    spread: float = 2_800.0
    kilobytes_for_each: float = 78.0
    rows_for_each: float = 11.75


class Size(Struct, frozen=True):
    """How many processes."""

    web: int
    workers: int

    @property
    def connections(self) -> int:
        """To PostgreSQL: pools as they are set up (8 and 7), and a doorbell for each; the relay, and three to spare."""
        return self.web * 9 + self.workers * 8 + 2 + 3


class Waits(Struct, frozen=True):
    """Seconds, at each station."""

    page: float = 0.0
    seat: float = 0.0
    mail: float = 0.0


class Evening(Struct, frozen=True, kw_only=True):
    """What came of it: the longest anybody waited, and how much there was."""

    registrations: int
    peak_registrations: float
    peak_polls: float
    longest: Waits
    done_after: float
    database_busy: float

    @property
    def holds(self) -> bool:
        """A page within two seconds, a seat within two more, the mail within a quarter of an hour."""
        return self.longest.page <= 2 and self.longest.seat <= 2 and self.longest.mail <= 900


def arrivals(country: Country) -> list[float]:
    """Registrations wanted a second, in each step: a rush that halves again and again, after a minute that fills up."""
    decay = math.log(2) / (country.half_after_minutes * 60)
    shape = [min(1.0, (second + 1) / 60) * math.exp(-decay * second) for second in range(0, HOURS * 3600, STEP)]
    wanted = PUPILS * country.first_evening
    total = sum(shape) * STEP
    return [wanted * each / total for each in shape]


def play(country: Country, rates: Rates, size: Size) -> Evening:
    """One evening, a second at a time, until the last mail has gone (or three days are over)."""
    wanted = arrivals(country)
    polls = PUPILS * country.subscribed * country.polls_an_hour / 3600
    # what feeds leave of the web processes' time
    through_web = max(0.01, size.web - polls / rates.polls) / web_seconds(country, rates)
    reading = posting = mails = 0.0
    longest = Waits()
    busy = 0.0
    second = 0
    while second < DAYS_AT_MOST * 86_400 and (second < HOURS * 3600 or reading + posting + mails > 0.5):
        reading += STEP * wanted[second // STEP] if second < HOURS * 3600 else 0.0
        seen = min(reading, STEP * through_web)
        reading -= seen
        posting += seen
        registered = min(posting, STEP * rates.spread)
        posting -= registered
        mails += registered * country.mails_for_each
        # a worker's transactions (one for two mails) have what registrations leave of the database
        sent = min(mails, STEP * size.workers * rates.mails, (STEP * rates.commits - registered) * 2)
        mails -= sent
        busy = max(busy, (registered + sent / 2) / STEP / rates.commits)
        longest = Waits(
            max(longest.page, reading / through_web),
            max(longest.seat, posting / rates.spread),
            max(longest.mail, STEP * mails / sent if mails > 1 else 0.0),
        )
        second += STEP
    return Evening(
        registrations=round(STEP * sum(wanted)),
        peak_registrations=max(wanted),
        peak_polls=polls,
        longest=longest,
        done_after=second,
        database_busy=busy,
    )


def smallest(country: Country, rates: Rates) -> Size:
    """The fewest processes with which the evening holds, web first: nobody gets a mail who never saw a page."""
    # fewer than nine in ten of what the peak asks for cannot hold, nor workers who are not done in the evening
    enough = max(arrivals(country)) * web_seconds(country, rates)
    web = max(1, int(enough * 0.9))
    while web < AT_MOST and play(country, rates, Size(web, AT_MOST)).longest.page > 2:
        web += 1
    mails = PUPILS * country.first_evening * country.mails_for_each
    workers = max(1, int(mails / rates.mails / (HOURS * 3600 + 900)))
    while workers < AT_MOST and play(country, rates, Size(web, workers)).longest.mail > 900:
        workers += 1
    return Size(web, workers)


def web_seconds(country: Country, rates: Rates) -> float:
    """Of one web process's time: what a registration takes with the pages before it."""
    return country.pages_before / rates.pages + 1 / rates.registrations_posted


def report(country: Country, rates: Rates, given: Size | None) -> list[str]:
    """Lines to print."""
    size = given or smallest(country, rates)
    evening = play(country, rates, size)
    number, peak, longest = evening.registrations, evening.peak_registrations, evening.longest
    hottest = peak * country.share_of_hottest_offer
    mails, rows = number * country.mails_for_each, number * rates.rows_for_each / 1e6
    gigabytes = number * rates.kilobytes_for_each / 1e6
    verdict = "holds" if evening.holds else "does not hold"
    waits = f"page {_time(longest.page)}, seat {_time(longest.seat)}, mail {_time(longest.mail)}"
    return [
        f"{SCHOOLS:,} schools, {PUPILS:,} pupils, {number:,} registrations in {HOURS} hours",
        f"peak: {peak:.0f} registrations a second, {hottest:.1f} on one offer; {peak * country.pages_before:.0f} pages",
        f"feeds: {evening.peak_polls:.0f} polls a second, {evening.peak_polls * 3600:,.0f} an hour",
        f"left behind: {rows:.1f} million rows, {gigabytes:.0f} GB, {mails:,.0f} mails",
        f"{size.web} web processes, {size.workers} workers: {verdict}. Longest wait: {waits}",
        f"all done after {evening.done_after / 3600:.1f} h; the database at {evening.database_busy:.0%} of its commits",
        f"connections to the database: {size.connections}, of 100 as PostgreSQL is set up by itself",
        f"one offer takes {rates.hot_offer / hottest:.0f} times its peak, one database {rates.spread / peak:.1f} times",
    ]


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the evening."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.bench.france", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--web", type=int, help="web processes; both or none: the fewest that hold are looked for")
    parser.add_argument("--workers", type=int)
    for struct in (Country(), Rates()):
        for name in struct.__struct_fields__:
            value = getattr(struct, name)
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value, help=f"{value:g}")
    asked = vars(parser.parse_args(arguments))
    country = Country(**{name: asked[name] for name in Country.__struct_fields__})
    rates = Rates(**{name: asked[name] for name in Rates.__struct_fields__})
    given = Size(asked["web"], asked["workers"]) if asked["web"] and asked["workers"] else None
    print("\n".join(report(country, rates, given)))


if __name__ == "__main__":
    main()
