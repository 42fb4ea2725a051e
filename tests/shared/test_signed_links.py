"""Secrets in links: derived, scoped, versioned, rotated."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.identifiers import new_id
from shared.signed_links import SignedId, Signer

OLD, NEW = "l-ancienne-cle-secrete", "la-nouvelle-cle-secrete"


def test_a_token_says_whose_it_is_and_its_version():
    whose = new_id()
    signed = Signer((OLD,)).verify("registration", Signer((OLD,)).token("registration", whose, 3))
    assert signed is not None
    assert (signed.id, signed.version) == (whose, 3)


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None), slice(0, 10), slice(0, 0)])
def test_a_token_that_was_cut_says_nothing(cut):
    signer = Signer((OLD,))
    assert signer.verify("registration", signer.token("registration", new_id())[cut]) is None


def test_a_token_of_another_scope_key_or_id_says_nothing():
    signer = Signer((OLD,))
    token = signer.token("registration", new_id())
    assert signer.verify("feed", token) is None
    assert Signer((NEW,)).verify("registration", token) is None
    other = signer.token("registration", new_id())
    assert signer.verify("registration", other[:20] + token[20:]) is None
    for junk in ("é" * 46, "=" * 46, "x" * 5000, "\x00"):
        assert signer.verify("registration", junk) is None


def test_keys_rotate_without_breaking_links():
    token = Signer((OLD,)).token("feed", new_id())
    assert Signer((NEW, OLD)).verify("feed", token) is not None
    assert Signer((NEW, OLD)).token("feed", new_id()) != token


def test_a_reply_address_fits_and_leads_back():
    whose = new_id()
    local = Signer((OLD,)).reply_local_part(whose)
    assert len(local) <= 64
    assert local == local.lower()
    assert Signer((NEW, OLD)).verify_reply_local_part(local) == whose
    assert Signer((NEW,)).verify_reply_local_part(local) is None
    assert Signer((NEW,)).verify_reply_local_part("!") is None


def test_who_somebody_is_stays_when_a_key_is_added():
    assert Signer((NEW, OLD)).identity("a", "b") == Signer((OLD,)).identity("a", "b")
    assert Signer((OLD,)).identity("ab", "") != Signer((OLD,)).identity("a", "b")


def test_a_timed_token_opens_until_its_moment_and_not_after():
    signer, whose = Signer((OLD,)), new_id()
    until = datetime(2028, 6, 12, 9, 15, tzinfo=UTC)
    token = signer.timed_token("fresh", whose, 3, until)
    assert signer.verify_timed("fresh", token, until - timedelta(seconds=1)) == SignedId(whose, 3)
    assert signer.verify_timed("fresh", token, until) is None
    assert Signer((NEW, OLD)).verify_timed("fresh", token, until - timedelta(minutes=1)) == SignedId(whose, 3)


def test_a_timed_token_is_of_its_scope_and_whole_and_is_no_lasting_one():
    signer, until, now = Signer((OLD,)), datetime(2028, 6, 12, tzinfo=UTC), datetime(2028, 6, 11, tzinfo=UTC)
    token = signer.timed_token("fresh", new_id(), 1, until)
    assert signer.verify_timed("registration", token, now) is None
    assert signer.verify("fresh", token) is None
    assert signer.verify_timed("fresh", signer.token("fresh", new_id()), now) is None
    for junk in (token[:-1], token[1:], "", "é" * 52, "x" * 5000, token[:24] + "AAAA" + token[28:]):
        assert signer.verify_timed("fresh", junk, now) is None


def test_a_pass_of_our_own_services_opens_nothing_else_and_nothing_else_is_one():
    signer = Signer(("un-secret-de-test",))
    assert signer.is_service_token(signer.service_token())
    assert not signer.is_service_token(signer.token("planner", UUID(int=0)))
    assert signer.verify("planner", signer.service_token()) is None
