"""Dates as people say them."""

from datetime import UTC, date, datetime

from shared.french_dates import say_date, say_moment, say_period, say_time, say_times


def test_dates_and_times_are_said_in_french_and_in_paris():
    moment = datetime(2027, 6, 15, 7, 0, tzinfo=UTC)
    assert say_date(moment) == "mardi 15 juin"
    assert say_time(moment) == "9 h"
    assert say_times(moment, moment.replace(hour=10, minute=30)) == "9 h–12 h 30"
    assert say_moment(moment) == "mardi 15 juin à 9 h"
    assert say_date(date(2027, 7, 1), year=True) == "jeudi 1er juillet 2027"


def test_periods_are_said_shortly():
    assert say_period(date(2027, 6, 14), date(2027, 6, 18)) == "du lundi 14 au vendredi 18 juin 2027"
    assert say_period(date(2027, 6, 15), date(2027, 6, 15)) == "le mardi 15 juin 2027"
    assert say_period(date(2027, 6, 1), date(2027, 7, 1)) == "du mardi 1er juin au jeudi 1er juillet 2027"
