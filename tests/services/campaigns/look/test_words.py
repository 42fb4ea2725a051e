"""Words: how pages say numbers, places in a queue, and addresses."""

from services.campaigns.look.words import group_name, safe_url, say_offered_seats, say_position, webcal


def test_a_place_in_the_queue_is_said_so_that_it_fits_everybody():
    assert say_position(1, 7) == "En tête de la liste d’attente"
    assert say_position(3, 7) == "3e sur 7 sur la liste d’attente"


def test_offered_seats_are_said_with_their_deadline():
    assert say_offered_seats(1, "mardi 15 juin à 12 h") == "Une place est proposée jusqu’au mardi 15 juin à 12 h."
    assert say_offered_seats(2, "mardi 15 juin à 12 h") == "Deux places sont proposées jusqu’au mardi 15 juin à 12 h."
    assert say_offered_seats(12, "mardi 15 juin à 12 h").startswith("12 places")


def test_only_web_addresses_can_be_followed():
    assert safe_url("https://visio.example/a") == "https://visio.example/a"
    assert safe_url("javascript:alert(1)") == ""
    assert safe_url("data:text/html,x") == ""


def test_a_feed_is_subscribed_to_under_its_own_scheme():
    assert webcal("https://quinzaine.example/calendars/a.ics") == "webcal://quinzaine.example/calendars/a.ics"


def test_a_group_is_called_a_group_once():
    assert [group_name("A"), group_name("Groupe A")] == ["Groupe A", "Groupe A"]
