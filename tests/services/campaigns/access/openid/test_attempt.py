"""An attempt: its secret stays in the browser, what leaves it says nothing of the rest."""

import base64
import hashlib

import pytest

from services.campaigns.access.openid.attempt import AttemptLost, find_attempt, new_attempt


def test_the_challenge_is_the_verifier_s_sha_256():
    attempt = new_attempt("/planification/organisation")
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    assert attempt.challenge == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert len({attempt.secret, attempt.state, attempt.nonce, attempt.verifier}) == 4


def test_the_answer_belongs_to_the_attempt_of_its_state():
    attempt = new_attempt("/planification/organisation")
    found = find_attempt(attempt.cookie, attempt.state)
    assert found == attempt
    assert found.goes_to == "/planification/organisation"


@pytest.mark.parametrize("state", ["", "x", "é", "A" * 43])
def test_an_answer_to_nobody_s_attempt_is_refused(state):
    with pytest.raises(AttemptLost):
        find_attempt(new_attempt("").cookie, state)


@pytest.mark.parametrize("cookie", ["", ".", "court", "court./planification"])
def test_without_a_cookie_there_is_no_attempt(cookie):
    # an empty secret has a state, too: anybody can derive it
    state = new_attempt("").__class__(secret=cookie.partition(".")[0], goes_to="").state
    with pytest.raises(AttemptLost):
        find_attempt(cookie, state)


@pytest.mark.parametrize("goes_to", ["https://ailleurs.example", "//ailleurs.example", "/\\ailleurs", "/connexion"])
def test_an_attempt_leads_to_pages_of_ours_only(goes_to):
    attempt = new_attempt(goes_to)
    assert attempt.goes_to == "/planification"
    assert find_attempt(f"{attempt.secret}.{goes_to}", attempt.state).goes_to == "/planification"
