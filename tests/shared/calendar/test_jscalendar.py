"""JSCalendar: what is written is what RFC 8984 describes, and what its own examples look like."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shared.calendar.feed import FeedSession
from shared.calendar.jscalendar import Event, write_event, write_frame
from shared.languages import speaking
from tests.programmes import CHANGED, a_session
from tests.shared.calendar.writing import HEAD

DAY = date(2027, 6, 14)
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
DURATION = re.compile(r"PT(?=\d)(\d+H)?(\d+M)?(\d+S)?")

# §6.1 of the RFC: a simple event
SIMPLE_EVENT = """{
    "@type": "Event",
    "uid": "a8df6573-0474-496d-8496-033ad45d7fea",
    "updated": "2020-01-02T18:23:04Z",
    "title": "Some event",
    "start": "2020-01-15T13:00:00",
    "timeZone": "America/New_York",
    "duration": "PT1H"
}"""


def an_item(**changes: Any) -> FeedSession:
    session = a_session(DAY, 9, 12, **changes)
    return FeedSession(session=session, offer_title="Semaine", offer_url=HEAD.url, sector_label="Énergie")


def event_of(item: FeedSession, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(write_event(item, domain="quinzaine.example", **more))
    check_event(found)
    return found


def check_event(event: dict[str, Any]) -> None:
    """The mandatory properties and the types of all that we write (RFC 8984 §1.4, §4, §5.1)."""
    assert event["@type"] == "Event"
    assert 0 < len(event["uid"]) <= 255
    assert UTC_TIME.fullmatch(event["updated"])
    assert LOCAL_TIME.fullmatch(event["start"])
    assert DURATION.fullmatch(event.get("duration", "PT0S"))
    assert event["timeZone"] == "Europe/Paris" or "/" in event["timeZone"]
    assert event.get("status", "confirmed") in ("confirmed", "cancelled", "tentative")
    assert isinstance(event.get("sequence", 0), int)
    for name in ("locations", "links", "keywords"):
        assert event.get(name, {1: 1}), f"an empty {name} is left out"
        # §1.4.1: an Id is 1 to 255 of these
        assert name == "keywords" or all(re.fullmatch(r"[A-Za-z0-9_-]{1,255}", key) for key in event.get(name, {}))
    assert all(location["@type"] == "Location" for location in event.get("locations", {}).values())
    assert all(link["@type"] == "Link" and link["href"] for link in event.get("links", {}).values())
    assert all(value is True for value in event.get("keywords", {}).values())


def test_the_rfc_s_own_example_is_one_of_ours():
    event = msgspec.json.decode(SIMPLE_EVENT, type=Event)
    check_event(msgspec.to_builtins(event))
    assert msgspec.to_builtins(event) == msgspec.json.decode(SIMPLE_EVENT)


def test_a_session_as_an_event():
    event = event_of(an_item(latitude=49.354, longitude=0.515, sequence=3))
    assert (event["start"], event["duration"], event["timeZone"]) == ("2027-06-14T09:00:00", "PT3H", "Europe/Paris")
    assert event["title"] == "Semaine : Visite du chantier"
    assert event["uid"].endswith("@quinzaine.example")
    assert event["sequence"] == 3
    assert event["locale"] == "fr"
    assert event["keywords"] == {"Énergie": True}
    assert event["locations"]["place"] == {
        "@type": "Location",
        "name": "1 rue du Quai, 27500 Pont-Audemer",
        "coordinates": "geo:49.354,0.515",
    }
    assert event["links"]["page"]["href"] == HEAD.url
    assert "status" not in event, "confirmed is what is meant without"


@pytest.mark.parametrize(
    ("minutes", "said"), [(60, "PT1H"), (90, "PT1H30M"), (15, "PT15M"), (1440, "PT24H"), (1500, "PT25H")]
)
def test_a_duration_is_hours_and_minutes(minutes, said):
    item = an_item()
    longer = replace(item.session, ends_at=item.session.starts_at + timedelta(minutes=minutes))
    assert event_of(replace(item, session=longer))["duration"] == said


def test_the_wall_clock_is_told_on_both_sides_of_the_change_of_the_clock():
    for day in (date(2027, 3, 27), date(2027, 3, 29), date(2027, 10, 30), date(2027, 11, 1)):
        item = FeedSession(session=a_session(day, 9, 12), offer_title="Semaine", offer_url=HEAD.url)
        assert event_of(item)["start"] == f"{day}T09:00:00"


def test_a_cancelled_session_and_one_that_left():
    assert event_of(an_item(status="cancelled"))["status"] == "cancelled"
    left = event_of(an_item(), left_at=CHANGED + timedelta(days=1))
    assert (left["status"], left["updated"]) == ("cancelled", "2026-11-25T09:00:00Z")
    assert "n’est plus dans ce calendrier" in left["description"]
    assert "locations" not in left


def test_no_contact_is_told():
    assert "02 00 00" not in str(event_of(an_item(contact="02 00 00 00 00")))


def test_hostile_text_stays_text():
    title = 'A","status":"cancelled","x":"\x00\u2028</script>\ud83d'
    event = event_of(an_item(title=title, place=title))
    assert event["title"].endswith('A","status":"cancelled","x":"\u2028</script>')
    assert "status" not in event


def test_a_feed_is_a_group_with_its_events_in_between():
    items = [an_item(), an_item(status="cancelled")]
    begin, end = write_frame(HEAD, updated=datetime(2026, 11, 24, 9, tzinfo=UTC))
    group = msgspec.json.decode(begin + b",".join(write_event(item, domain="x.example") for item in items) + end)
    assert group["@type"] == "Group"
    assert group["uid"] == group["source"] == HEAD.source
    assert UTC_TIME.fullmatch(group["updated"])
    assert group["title"] == HEAD.name
    assert len(group["entries"]) == 2
    for event in group["entries"]:
        check_event(event)
    assert msgspec.json.decode(begin + end)["entries"] == []


def test_it_is_said_in_either_language():
    with speaking("en"):
        event = event_of(an_item(access="Bus 370"))
    assert event["locale"] == "en"
    assert "Getting there: Bus 370" in event["description"]
