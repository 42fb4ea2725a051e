"""A mail says why a place ended, and that only the group changed: in words for whom it is about."""

import pytest
from msgspec.structs import replace

from services.notifications.changes import lines_of
from services.notifications.render import Printer
from services.notifications.samples.letters import a_letter, programme_of
from tests.services.notifications.sink import parse
from tests.services.notifications.test_render import SETTINGS


def written(message, **changes):
    """The subject, the text and the page of a letter whose event is changed."""
    claimed = a_letter(message)
    claimed = replace(claimed, event=replace(claimed.event, **changes))
    mail = parse(Printer(SETTINGS).render(claimed, programme_of(message)).mail)
    bodies = [mail.get_body((kind,)).get_content().replace("\xa0", " ") for kind in ("plain", "html")]
    return [mail["Subject"], *(" ".join(body.split()) for body in bodies)]


def regrouped():
    """What who changes group is told."""
    event = replace(a_letter("registered_confirmed").event, how="regrouped", group_before="A", group="B")
    claimed = replace(a_letter("changed"), event=event, changes=lines_of(event))
    mail = parse(Printer(SETTINGS).render(claimed, programme_of("changed")).mail)
    bodies = [mail.get_body((kind,)).get_content().replace("\xa0", " ") for kind in ("plain", "html")]
    return [mail["Subject"], *(" ".join(body.split()) for body in bodies)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"why": "asked"}, "comme demandé"),
        ({"why": "elsewhere", "elsewhere": "Semaine au Havre"}, "Une place est confirmée dans « Semaine au Havre »"),
        ({"why": "swapped"}, "L’établissement a donné cette place à un autre élève."),
        ({"why": "merged"}, "Il y avait deux inscriptions du même élève"),
    ],
)
def test_a_place_that_ended_says_why(given, sentence):
    _, text, page = written("withdrawn", **given)
    assert sentence in text
    assert sentence in page
    assert ("comme demandé" in text) == (given["why"] == "asked")


def test_a_pupil_whom_the_school_took_out_is_not_told_to_have_asked_for_it():
    _, text, page = written("withdrawn", by_school=True)
    assert "comme demandé" not in text + page
    assert "à la demande de l’établissement" in text
    assert "L’établissement l’a demandé" in page


def test_a_pupil_who_changes_group_is_not_told_of_a_new_seat():
    subject, text, page = regrouped()
    assert subject.startswith("Vous changez de groupe")
    assert "votre place reste" in text
    assert "Le groupe change, la place reste" in page
    assert "Votre place est confirmée" not in text
