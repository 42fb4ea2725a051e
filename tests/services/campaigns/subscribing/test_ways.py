"""The ways into an agenda: addresses that programs take, and a guess at the device."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.campaigns.subscribing.ways import Ways, device_of

WAYS = Ways("https://quinzaine.example/calendars/tout.ics?sector=s10&departement=27", "Énergie & BTP")


def test_the_device_subscribes_to_the_same_address_filters_included():
    assert WAYS.webcal == "webcal://quinzaine.example/calendars/tout.ics?sector=s10&departement=27"


def test_each_web_calendar_gets_the_whole_address_as_one_value():
    assert parse_qs(urlsplit(WAYS.google).query) == {"cid": [WAYS.webcal]}
    for address in (WAYS.outlook, WAYS.outlook_at_work):
        assert parse_qs(urlsplit(address).query) == {"url": [WAYS.url], "name": [WAYS.name]}
    assert {urlsplit(address).netloc for address in (WAYS.google, WAYS.outlook, WAYS.outlook_at_work)} == {
        "calendar.google.com",
        "outlook.live.com",
        "outlook.office.com",
    }


@pytest.mark.parametrize(
    ("agent", "platform", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148 Safari/604.1", "", "apple"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "", "apple"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0.0.0 Mobile Safari/537.36", '"Android"', "android"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "", "android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36", '"Windows"', "other"),
        ("Mozilla/5.0 (Macintosh) Chrome/140", '"Linux"', "other"),
        ("", "", "other"),
        ("\x00" * 1000, "🙂" * 100, "other"),
    ],
)
def test_a_guess_at_the_device(agent, platform, device):
    assert device_of(agent, platform) == device
