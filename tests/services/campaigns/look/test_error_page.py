"""The page of an error: where it leads on to, by the room it happened in."""

import pytest

from services.campaigns.look.error_page import error_page


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/planification/semaine-brionne/accueils/1/horaire", "/planification/semaine-brionne/accueils"),
        ("/planification/semaine-brionne/annulation", "/planification/semaine-brionne"),
        ("/planification/campagnes/risle/inviter", "/planification/campagnes/risle"),
        ("/planification/organisation/membres/1", "/planification/organisation"),
        ("/planification/classes/semaine-brionne/1/echange", "/planification/classes"),
        ("/planification/inconnue", "/planification"),
    ],
)
def test_a_planner_is_led_back_to_the_room_it_happened_in(path, back):
    shown = error_page(409, "Le groupe a déjà « Bilan » à cette heure.", path=path)
    assert f'href="{back}">Revenir' in shown
    assert "Voir les offres" not in shown


def test_everybody_else_is_led_to_the_offers():
    assert "Voir les offres" in error_page(404, "Cette page n’existe pas.", path="/offres/inconnue")
