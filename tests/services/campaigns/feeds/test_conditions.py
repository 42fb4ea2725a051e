"""What a request has already, and which encoding it takes."""

import pytest

from services.campaigns.feeds.conditions import is_known, takes_gzip

TAG, DATE = b'"abc"', b"Tue, 24 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    "header",
    [TAG, b'W/"abc"', b"*", b" * ", b'"x", "abc"', b'"x",W/"abc" , "y"', b'"x,y", "abc"'],
    ids=bytes.decode,
)
def test_an_etag_is_known_in_all_its_forms(header):
    assert is_known(TAG, DATE, header, None)


@pytest.mark.parametrize("header", [b'"abcd"', b"abc", b'"ABC"', b"", b'"abc-gzip"', b'"*"'], ids=bytes.decode)
def test_another_etag_is_not_known_whatever_the_date_says(header):
    assert not is_known(TAG, DATE, header, DATE)


@pytest.mark.parametrize(
    ("since", "known"),
    [
        (DATE, True),
        (b"Tue, 24 Nov 2026 09:00:01 GMT", True),
        (b"Tue, 24 Nov 2026 08:59:59 GMT", False),
        (b"Tuesday, 24-Nov-26 09:00:00 GMT", True),
        (b"Tue Nov 24 09:00:00 2026", True),
        (b"hier", False),
        (b"", False),
        (b"\xff", False),
        (b"Tue, 99 Nov 2026 09:00:00 GMT", False),
    ],
)
def test_a_date_counts_when_it_can_be_read_and_is_not_before_the_change(since, known):
    assert is_known(TAG, DATE, None, since) == known


def test_without_a_condition_or_a_date_nothing_is_known():
    assert not is_known(TAG, DATE, None, None)
    assert not is_known(TAG, b"", None, DATE)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        (b"gzip", True),
        (b"deflate, GZIP;q=0.5, br", True),
        (b"*", True),
        (b"x-gzip", True),
        (b"gzip; q=1", True),
        (b"", False),
        (b"identity", False),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000, *", False),
        (b"*;q=0", False),
        (b"br, deflate", False),
        (b"gzip;q=beaucoup", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(header, taken):
    assert takes_gzip(header) == taken
