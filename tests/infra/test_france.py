"""The evening all of France registers: nothing is lost on paper either, and more processes never make it worse."""

import pytest

from infra.bench.france import PUPILS, STEP, Country, Rates, Size, arrivals, main, play, smallest
from tests.processes import ROOT

DECISION = (ROOT / "infra" / "decisions" / "0055-all-of-france-on-paper.md").read_text()


def test_everybody_who_comes_is_counted_once_and_the_rush_is_at_the_beginning():
    country = Country(first_evening=0.5, half_after_minutes=10)
    wanted = arrivals(country)
    assert STEP * sum(wanted) == pytest.approx(PUPILS / 2)
    assert 50 <= STEP * wanted.index(max(wanted)) <= 60
    assert STEP * sum(wanted[: 10 * 60 // STEP]) == pytest.approx(PUPILS / 4, rel=0.1)


def test_an_evening_that_holds_ends_and_one_with_half_the_processes_does_not_hold():
    country, rates = Country(), Rates()
    size = smallest(country, rates)
    assert play(country, rates, size).holds
    half = play(country, rates, Size(size.web // 2, size.workers))
    assert not half.holds
    assert half.longest.page > 60


def test_with_too_few_workers_mails_wait_and_pages_do_not():
    country, rates = Country(), Rates(mails=60)
    one, many = (play(country, rates, Size(20, workers)) for workers in (1, 40))
    assert one.longest.page == many.longest.page
    assert one.longest.mail > 3600 > many.longest.mail
    # all of them go in the end, no faster than one worker can
    assert one.done_after >= one.registrations * country.mails_for_each / rates.mails - STEP


def test_a_slow_database_is_seen_where_it_is_the_limit():
    evening = play(Country(first_evening=0.9, half_after_minutes=5), Rates(spread=400), Size(100, 100))
    assert evening.longest.page < 2
    assert evening.longest.seat > 60


def test_the_decision_quotes_what_the_script_says(capsys):
    for arguments in ([], ["--web", "2", "--workers", "2"], ["--first-evening", "0.9", "--half-after-minutes", "5"]):
        main(arguments)
    for line in capsys.readouterr().out.splitlines():
        assert line in DECISION, line
