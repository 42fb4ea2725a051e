"""What an address may ask for besides its slug."""

import pytest

from services.campaigns.feeds.public.filters import NO_FILTER, Filters, UnknownFilter, known_filters, parse_filters
from services.campaigns.feeds.public.standing import Standing

KNOWN = known_filters({"s10": "Bâtiment", "s18": "Énergie"})
HERE = Standing(None, "s10", ("27",))


@pytest.mark.parametrize(
    "query",
    [
        "sector=s10&departement=27&departement=76&kind=workshop",
        "kind=workshop&departement=76&sector=s10&departement=27",
        "departement=27&departement=76&departement=27&kind=workshop&sector=s10&sector=s10",
        "&sector=s%310&kind=workshop&&departement=76&departement=27&",
    ],
)
def test_one_question_has_one_form_whatever_its_order(query):
    filters = parse_filters(query.encode(), KNOWN)
    assert filters.query == "departement=27&departement=76&kind=workshop&sector=s10"
    assert parse_filters(filters.query.encode(), KNOWN) == filters
    assert filters.say(KNOWN) == "Eure (27), Seine-Maritime (76), Ateliers, Bâtiment"


def test_no_query_is_no_filter():
    assert parse_filters(b"", KNOWN) == NO_FILTER
    assert NO_FILTER.query == NO_FILTER.say(KNOWN) == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"secteur=s10", None),
        (b"sector=s10&page=2", None),
        (b"sector=", "sector"),
        (b"sector", "sector"),
        (b"sector=S10", "sector"),
        (b"sector=s10,s18", "sector"),
        (b"departement=20", "departement"),
        (b"departement=9999", "departement"),
        (b"kind=matinee", "kind"),
        (b"sector=%00", "sector"),
        (b"sector=%ff%fe", "sector"),
        (b"\xff=\xff", None),
        (b"sector=s10;departement=27", "sector"),
        (b"sector='; DROP TABLE campaigns.feeds --", "sector"),
        (b"sector=" + b"s" * 100_000, None),
        (b"&".join([b"sector=s10"] * 1_000), None),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_is_not_known_is_refused(query, field):
    with pytest.raises(UnknownFilter) as refused:
        parse_filters(query, KNOWN)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        (Filters(), True),
        (Filters(sector=("s10",)), True),
        (Filters(sector=("s10", "s18")), True),
        (Filters(sector=("s18",)), False),
        (Filters(departement=("27",), kind=("workshop",)), True),
        (Filters(departement=("27",), kind=("hosting",)), False),
        (Filters(departement=("14", "27"), sector=("s10",)), True),
        (Filters(departement=("14",), sector=("s10",)), False),
    ],
)
def test_values_of_one_filter_widen_and_filters_narrow(filters, taken):
    assert filters.take("workshop", HERE) == taken


def test_a_session_that_is_nowhere_is_in_no_departement():
    nowhere = Standing(None, None, ())
    assert Filters().take("workshop", nowhere)
    assert not Filters(departement=("27",)).take("workshop", nowhere)
    assert not Filters(sector=("s10",)).take("workshop", nowhere)
