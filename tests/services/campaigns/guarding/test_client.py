"""The client's address: what stands in X-Forwarded-For counts as far as our own proxies wrote it."""

import pytest

from services.campaigns.guarding.client import client_of


def asked_by(peer: str | None, *forwarded: str) -> dict:
    headers = [(b"host", b"x"), *((b"x-forwarded-for", value.encode()) for value in forwarded)]
    return {"client": (peer, 5000) if peer is not None else None, "headers": headers}


@pytest.mark.parametrize(
    ("hops", "forwarded", "client"),
    [
        (0, (), "192.0.2.9"),
        (0, ("198.51.100.7",), "192.0.2.9"),
        (1, ("198.51.100.7",), "198.51.100.7"),
        (1, ("203.0.113.1, 198.51.100.7",), "198.51.100.7"),
        (1, ("203.0.113.1", "198.51.100.7"), "198.51.100.7"),
        (2, ("203.0.113.1, 198.51.100.7, 10.0.0.1",), "198.51.100.7"),
        (2, ("198.51.100.7",), "192.0.2.9"),
        (1, (), "192.0.2.9"),
        (1, ("un robot",), "192.0.2.9"),
        (1, ("",), "192.0.2.9"),
        (1, ("1" * 10_000,), "192.0.2.9"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(hops, forwarded, client):
    assert client_of(asked_by("192.0.2.9", *forwarded), hops) == client


def test_a_household_of_ipv6_is_one_client():
    one, other = asked_by("2001:db8:1:2::1"), asked_by("2001:db8:1:2:ffff::9%eth0")
    assert client_of(one, 0) == client_of(other, 0) == "2001:db8:1:2::"
    assert client_of(asked_by("2001:db8:1:3::1"), 0) != client_of(one, 0)
    assert client_of(asked_by("::ffff:192.0.2.9"), 0) == "192.0.2.9"


def test_who_has_no_address_is_one_client_too():
    assert client_of(asked_by(None), 0) == client_of(asked_by("testclient"), 0) == ""
