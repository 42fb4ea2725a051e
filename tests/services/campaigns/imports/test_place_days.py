"""Days after a change: which moves, which is new, and which instance of the series each stands for."""

from datetime import date
from uuid import UUID

from services.campaigns.imports.place_days import Day, place_days


def june(number: int) -> date:
    return date(2027, 6, number)


def stored(*numbers: int) -> list[Day]:
    return [Day(UUID(int=number), june(number), june(number)) for number in numbers]


def instances(placed: dict[date, Day]) -> dict[int, int]:
    return {day.day: placed[day].instance_on.day for day in sorted(placed)}


def test_a_first_programme_stands_for_its_own_dates():
    assert instances(place_days([], [june(15), june(14)], {})) == {14: 14, 15: 15}


def test_a_day_whose_sessions_move_takes_its_instance_along():
    placed = place_days(stored(14, 15), [june(14), june(17)], {(june(15), june(17)): 2})
    assert instances(placed) == {14: 14, 17: 15}
    assert placed[june(17)].id == UUID(int=15)


def test_a_whole_week_moved_keeps_all_its_instances():
    moves = {(june(day), june(day + 7)): 1 for day in (14, 15, 16)}
    assert instances(place_days(stored(14, 15, 16), [june(21), june(22), june(23)], moves)) == {21: 14, 22: 15, 23: 16}


def test_a_day_that_keeps_a_session_does_not_move():
    placed = place_days(stored(14, 15), [june(14), june(15), june(18)], {(june(15), june(18)): 1})
    assert instances(placed) == {14: 14, 15: 15, 18: 18}


def test_a_day_before_the_series_begins_extends_it_at_its_end():
    assert instances(place_days(stored(15, 16), [june(14), june(15), june(16)], {})) == {14: 17, 15: 15, 16: 16}


def test_no_two_days_share_an_instance():
    moved = [Day(UUID(int=1), june(18), june(15)), *stored(14)]
    placed = place_days(moved, [june(14), june(15), june(18)], {})
    assert instances(placed) == {14: 14, 15: 16, 18: 15}
