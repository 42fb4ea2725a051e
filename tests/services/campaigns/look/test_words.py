"""Words: how pages say numbers, places in a queue, and addresses."""

from services.campaigns.look.words import group_name, safe_url, say_held_seats, say_position, webcal


def test_a_place_in_the_queue_is_said_so_that_it_fits_everybody():
    assert say_position(1, 7) == "En tête de la liste d’attente"
    assert say_position(3, 7) == "3e sur 7 sur la liste d’attente"


def test_offered_and_kept_seats_are_told_apart_each_with_its_deadline():
    noon, evening = "mardi 15 juin à 12 h", "mardi 15 juin à 18 h"
    assert say_held_seats(1, noon, 0, "") == f"Une place est proposée jusqu’au {noon}."
    assert say_held_seats(2, noon, 0, "") == f"Deux places sont proposées jusqu’au {noon}."
    assert say_held_seats(12, noon, 0, "").startswith("12 places")
    assert (
        say_held_seats(0, "", 1, evening) == f"Une place est retenue jusqu’au {evening}, le temps d’une confirmation."
    )
    assert say_held_seats(1, noon, 2, evening).endswith(
        f"Deux places sont retenues jusqu’au {evening}, le temps de confirmations."
    )
    assert say_held_seats(0, "", 0, "") == ""


def test_only_web_addresses_can_be_followed():
    assert safe_url("https://visio.example/a") == "https://visio.example/a"
    assert safe_url("javascript:alert(1)") == ""
    assert safe_url("data:text/html,x") == ""


def test_a_feed_is_subscribed_to_under_its_own_scheme():
    assert webcal("https://quinzaine.example/calendars/a.ics") == "webcal://quinzaine.example/calendars/a.ics"


def test_a_group_is_called_a_group_once():
    assert [group_name("A"), group_name("Groupe A")] == ["Groupe A", "Groupe A"]
