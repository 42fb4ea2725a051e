"""What mails say besides, where a guardian's consent is needed, was given, or was taken back."""

import pytest

from services.notifications.render import Printer
from services.notifications.samples.letters import a_letter, programme_of
from tests.services.notifications.sink import parse
from tests.services.notifications.test_render import SETTINGS


def text_of(message: str, to: str, **changes) -> str:
    mail = parse(Printer(SETTINGS).render(a_letter(message, to=to, **changes), programme_of(message)).mail)
    page = mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert ("/consentement/" in page) == ("/consentement/" in text), "both parts have the link, or neither"
    return " ".join(text.split())


@pytest.mark.parametrize("message", ["registered_waiting", "seat_offered"])
def test_the_guardian_may_consent_before_there_is_a_seat(message):
    for to in ("besides", "instead"):
        told = text_of(message, to, consent_needed=True)
        assert "Vous pouvez le donner dès maintenant" in told
        assert told.count("/consentement/") == 1
    told = text_of(message, "pupil", consent_needed=True)
    assert "il faudra l’accord de votre responsable légal" in told
    assert "/consentement/" not in told
    for to in ("pupil", "besides", "instead"):
        assert "accord" not in text_of(message, to)


def test_who_has_consented_is_told_where_to_take_it_back():
    assert "Votre responsable légal a donné son accord." in text_of("registered_confirmed", "pupil", consented=True)
    assert "/consentement/" not in text_of("registered_confirmed", "pupil", consented=True)
    for to in ("besides", "instead"):
        told = text_of("registered_confirmed", to, consented=True)
        assert "Vous avez donné votre accord. Pour le relire ou le retirer" in told
        assert "/consentement/" in told


def test_who_took_it_back_is_named():
    assert "votre responsable légal a retiré son accord" in text_of("withdrawn", "pupil", by_guardian=True)
    assert "vous avez retiré votre accord" in text_of("withdrawn", "besides", by_guardian=True)


@pytest.mark.parametrize("message", ["consent_asked", "consent_reminded"])
@pytest.mark.parametrize("to", ["besides", "instead"])
def test_what_asks_for_consent_has_the_link_and_the_deadline(message, to):
    told = text_of(message, to)
    assert "/consentement/" in told
    assert "jeudi 13 mai à 12 h" in told


def test_what_is_held_for_consent_has_the_link_whatever_the_fact_says_besides():
    assert "/consentement/" in text_of("consent_asked", "besides", consent_needed=False)


def test_the_pupil_never_has_the_guardians_link():
    for message in ("consent_awaited", "consent_refused", "consent_expired"):
        assert "/consentement/" not in text_of(message, "pupil")
