"""The seat meter: one mark a seat, and a sentence that says the same."""

import pytest

from services.campaigns.look.seat_meter import draw_seats


@pytest.mark.parametrize(("seats", "taken", "held"), [(15, 10, 1), (12, 0, 0), (50, 50, 2), (1, 1, 0), (37, 20, 3)])
def test_every_seat_is_one_mark(seats, taken, held):
    meter = draw_seats(seats, taken, held, 0)
    discs, halves = meter.taken.count("z"), meter.held.count("z")
    assert (discs, halves) == (taken - held, held)
    # a held seat is half filled inside the outline of a free one
    assert meter.free.count("z") == seats - taken + held


@pytest.mark.parametrize(
    ("numbers", "sentence", "queue"),
    [
        ((15, 10, 1, 0), "9 places prises, 1 retenue, 5 libres", ""),
        ((15, 15, 0, 4), "15 places prises, aucune libre", "+4 attendent"),
        ((15, 1, 0, 0), "1 place prise, 14 libres", ""),
        ((15, 1, 1, 1), "1 place retenue, 14 libres", "+1 attend"),
        ((1, 0, 0, 0), "1 place libre", ""),
        ((0, 0, 0, 2), "0 place libre", "+2 attendent"),
    ],
)
def test_the_sentence_says_what_the_marks_show(numbers, sentence, queue):
    meter = draw_seats(*numbers)
    assert (meter.sentence, meter.queue) == (sentence, queue)


@pytest.mark.parametrize(("seats", "rows"), [(12, 1), (15, 1), (20, 1), (50, 2), (100, 4)])
def test_fifteen_seats_stand_in_one_row_and_fifty_in_two(seats, rows):
    assert draw_seats(seats, 0, 0, 0).height == rows * 15 - 1


def test_a_meter_is_never_wider_than_a_phone():
    assert max(draw_seats(seats, 0, 0, 0).width for seats in range(101)) <= 400


def test_thousands_of_seats_become_a_bar():
    meter = draw_seats(10_000, 9_000, 1_000, 0)
    assert len(meter.taken + meter.held + meter.free) < 200
    assert meter.sentence == "8000 places prises, 1000 retenues, 1000 libres"
