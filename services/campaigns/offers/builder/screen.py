"""The screen of the week builder: where each block stands in the grid, what is said of it, and the totals."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from services.campaigns.offers.builder.read import Clash
from services.campaigns.offers.builder.remarks import Remark, about, find_remarks, named
from services.campaigns.offers.builder.week import BuiltDay, BuiltSession, Week
from services.campaigns.offers.time_law import say_duration
from shared.french_dates import say_date
from shared.languages import later

MINUTES_A_ROW = 5
# what a block says of its host's answer: the icon, and the words beside it for who cannot see
ANSWERS = {
    "confirmed": ("check-circle", later("a confirmé")),
    "awaited": ("clock", later("n’a pas encore répondu")),
    "proposed": ("arrow-path", later("propose un autre horaire")),
    "declined": ("x-circle", later("ne peut pas accueillir")),
    "withdrawn": ("x-circle", later("s’est désisté")),
}


class Block(Struct, frozen=True, kw_only=True):
    """One session as it is drawn: `place` sets its rows and lane, `said` are its remarks without its name."""

    session: BuiltSession
    place: str
    remarks: tuple[Remark, ...]
    said: tuple[str, ...]
    answer: tuple[str, str] | None


class Column(Struct, frozen=True, kw_only=True):
    """One day as it is drawn; `totals` are (group, words), one without a name where all have the same."""

    day: BuiltDay
    blocks: tuple[Block, ...]
    totals: tuple[tuple[str, str], ...]
    refused: bool


class Screen(Struct, frozen=True, kw_only=True):
    """All of the page. `told` is how many pupils have a seat, and learn of a change."""

    week: Week
    weeks: tuple[tuple[Column, ...], ...]
    remarks: tuple[Remark, ...]
    totals: tuple[tuple[str, str], ...]
    told: int

    def count(self, grade: str) -> int:
        """How many remarks are of this grade."""
        return sum(remark.grade == grade for remark in self.remarks)

    @property
    def empty_days(self) -> bool:
        """Whether the template has something to fill."""
        return not self.week.full


def draw_screen(week: Week, clashes: Sequence[Clash]) -> Screen:
    """The page of a week as it was read; costs no query."""
    remarks = find_remarks(week, clashes)
    by_session: dict[object, list[Remark]] = {}
    for remark in remarks:
        if remark.grade != "gap":
            for session_id in remark.sessions:
                by_session.setdefault(session_id, []).append(remark)
    holidays = {remark.date for remark in remarks if remark.grade == "conflict" and remark.room == "day"}
    weeks = tuple(
        tuple(
            Column(
                day=day,
                blocks=tuple(_block(week, session, by_session.get(session.id, ())) for session in day.sessions),
                totals=_totals(week, (day,)),
                refused=day.date in holidays,
            )
            for day in days
        )
        for days in week.weeks
    )
    return Screen(week=week, weeks=weeks, remarks=tuple(remarks), totals=_totals(week, week.days), told=week.taken)


def _answer(session: BuiltSession) -> tuple[str, str] | None:
    icon, words = ANSWERS.get(session.request or "", ("", ""))
    return (icon, str(words)) if icon and session.planned else None


def _block(week: Week, session: BuiltSession, remarks: Sequence[Remark]) -> Block:
    return Block(
        session=session,
        place=place_of(week, session),
        remarks=tuple(remarks),
        said=tuple(_short(week, remark) for remark in remarks),
        answer=_answer(session),
    )


def _short(week: Week, remark: Remark) -> str:
    """A remark at the block it is about, which need not say its day and title again."""
    session = week.session(remark.session_id) if remark.session_id else None
    if session is None:
        return remark.sentence
    prefixes = (about(named(session), ""), about(say_date(session.starts_at), ""))
    return remark.sentence.removeprefix(prefixes[0]).removeprefix(prefixes[1])


def place_of(week: Week, session: BuiltSession) -> str:
    """The classes of a block: `sh-9 sm-6 eh-12 em-0 lane-2` is 9:30 to 12:00 in the second lane (rows of 5 minutes)."""
    starts, ends = session.starts_at, session.ends_at
    return (
        f"sh-{starts.hour} sm-{starts.minute // MINUTES_A_ROW} "
        f"eh-{ends.hour} em-{-(-ends.minute // MINUTES_A_ROW)} lane-{week.lane_of(session)}"
    )


def _totals(week: Week, days: tuple[BuiltDay, ...]) -> tuple[tuple[str, str], ...]:
    hours: list[tuple[str, timedelta]] = [
        (group.name, week.hours_of_group(group.id, days)) for group in week.groups
    ] or [("", week.hours_of_group(None, days))]
    if len({duration for _, duration in hours}) == 1:
        return (("", say_duration(hours[0][1])),)
    return tuple((name, say_duration(duration)) for name, duration in hours)


def base_of(slug: str) -> str:
    """The address of the board, under which everything of the builder lies."""
    return f"/planification/{slug}/semaine"
