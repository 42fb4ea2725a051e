"""The seat meter: every seat of an offer as a small mark, taken, held or free, and the sentence that says the same."""

from functools import lru_cache

from msgspec import Struct

from shared.languages import _, language, n_

RADIUS, STEP, GAP_AFTER_FIVE = 5, 15, 5
ROW_OF_FEW, ROW_OF_MANY, MARKS_AT_MOST = 15, 25, 100


class SeatMeter(Struct, frozen=True, kw_only=True):
    """SVG paths of the three kinds of marks in a box of `width` × `height`."""

    width: int
    height: int
    taken: str
    held: str
    free: str
    sentence: str
    queue: str


def draw_seats(seats: int, taken: int, held: int, waiting: int) -> SeatMeter:
    """Draw an offer's seats: `taken` counts the held ones too, as the offer does."""
    return _draw_seats(seats, taken, held, waiting, language())


@lru_cache(maxsize=4096)
def _draw_seats(seats: int, taken: int, held: int, waiting: int, _language: str) -> SeatMeter:
    held = max(0, min(held, taken))
    sure, free = taken - held, max(0, seats - taken)
    sentence, queue = say_seats(sure, held, free), say_queue(waiting)
    if seats > MARKS_AT_MOST:
        return _draw_bar(seats, sure, held, sentence, queue)
    row = ROW_OF_FEW if seats <= ROW_OF_FEW else min(ROW_OF_MANY, -(-seats // (-(-seats // ROW_OF_MANY))))
    marks = [_centre(number, row) for number in range(seats)]
    rows, longest = -(-seats // row), min(seats, row)
    return SeatMeter(
        width=_centre(max(longest, 1) - 1, row)[0] + RADIUS + 2,
        height=max(rows, 1) * STEP - 1,
        taken="".join(_disc(x, y, RADIUS) for x, y in marks[:sure]),
        held="".join(_half_disc(x, y, RADIUS) for x, y in marks[sure:taken]),
        free="".join(_disc(x, y, RADIUS) for x, y in marks[sure:]),
        sentence=sentence,
        queue=queue,
    )


def say_seats(taken: int, held: int, free: int) -> str:
    """« 9 places prises, 1 retenue, 5 libres »; what is zero is left out, unless nothing is left."""
    if taken + held == 0:
        return n_("{count} place libre", "{count} places libres", free)
    parts = []
    if taken:
        parts.append(n_("{count} place prise", "{count} places prises", taken))
    if held:
        parts.append(
            n_("{count} retenue", "{count} retenues", held)
            if parts
            else n_("{count} place retenue", "{count} places retenues", held)
        )
    parts.append(n_("{count} libre", "{count} libres", free) if free else _("aucune libre"))
    return ", ".join(parts)


def say_queue(waiting: int) -> str:
    """« +4 attendent », or nothing."""
    return n_("+{count} attend", "+{count} attendent", waiting) if waiting else ""


def _centre(number: int, row: int) -> tuple[int, int]:
    column, line = number % row, number // row
    return RADIUS + 2 + column * STEP + column // 5 * GAP_AFTER_FIVE, RADIUS + 2 + line * STEP


def _disc(x: int, y: int, radius: int) -> str:
    return f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0-{2 * radius} 0z"


def _half_disc(x: int, y: int, radius: int) -> str:
    return f"M{x} {y - radius}a{radius} {radius} 0 0 0 0 {2 * radius}z"


def _draw_bar(seats: int, sure: int, held: int, sentence: str, queue: str) -> SeatMeter:
    width, height = 240, 12
    first, second = sure * width // seats, held * width // seats
    return SeatMeter(
        width=width + 2,
        height=height + 2,
        taken=f"M1 1h{first}v{height}h-{first}z" if first else "",
        held=f"M{1 + first} {1 + height // 2}h{second}v{height // 2}h-{second}z" if second else "",
        free=f"M1 1h{width}v{height}h-{width}z",
        sentence=sentence,
        queue=queue,
    )
