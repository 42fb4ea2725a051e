"""What every mail owes its reader, each message in each way and language: nobody adds one that this does not look at.

The texts themselves are golden files; here is what a text cannot show: the page, the tree of parts, the calendar.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
import vobject

from services.notifications.show_messages import LETTERS, MESSAGES, show_message
from shared.languages import LANGUAGES
from shared.settings import read_settings
from tests.shared.calendar.conftest import read_by_ical_js as read_by_ical_js

MAILS = Path("services/notifications/messages")
GOLDEN = Path(__file__).parent / "golden"
SETTINGS = read_settings(
    {"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests", "QUINZAINE_BASE_URL": "http://quinzaine.example"}
)
# its own pages; what a planner gave as the link of a webinar
LEADS_TO = ("http://quinzaine.example/", "mailto:", "tel:", "https://visio.example/")
CASES = [(message, language) for message in MESSAGES for language in LANGUAGES]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# what loads something, runs something or asks something
FORBIDDEN = {"script", "link", "iframe", "object", "embed", "form", "input", "video", "audio", "source", "base", "svg"}
# a link where the mail program keeps no style sheet is as its programs have them: blue
INK, PAPER, LINK = "#000000", "#ffffff", "#0000ee"


def mails_of(message: str, language: str) -> Iterator[tuple[str, EmailMessage]]:
    for shown in show_message(SETTINGS, message, language=language):
        yield shown.way, shown.parsed


def golden_of(message: str, way: str, language: str) -> Path:
    folder = GOLDEN if language == "fr" else GOLDEN / language
    return folder / (f"{message}.{way}.txt" if message in LETTERS else f"notice.{f'{message}.{way}'.strip('.')}.txt")


def luminance(colour: str) -> float:
    """Of a colour `#rrggbb` (WCAG 2.2, relative luminance)."""
    assert re.fullmatch(r"#[0-9a-f]{6}", colour), colour
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class Page(HTMLParser):
    """A mail's page as a strict mail program draws it: by inline styles alone."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.without_words: list[str] = []
        self.links: set[str] = set()
        self.texts: list[str] = []
        self.faint: list[tuple[str, str, str]] = []
        # tag, ink, ground, and whether it is shown
        self._within: list[tuple[str, str, str, bool]] = [("", INK, PAPER, True)]
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.loads += [f"{name}={given[name]}" for name in ("src", "background", "srcset", "poster") if name in given]
        if tag == "img" and not given.get("alt", "").strip():
            self.without_words.append(str(given))
        if tag == "a":
            self.links.add(given.get("href", ""))
        _, ink, paper, shown = self._within[-1]
        style = dict(part.split(":", 1) for part in given.get("style", "").lower().split(";") if ":" in part)
        style = {name.strip(): value.strip() for name, value in style.items()}
        ink = style.get("color") or (LINK if tag == "a" else ink)
        paper = next(
            (
                found[0]
                for value in (style.get("background-color"), style.get("background"), given.get("bgcolor"))
                if value and (found := re.findall(r"#[0-9a-f]{6}", value.lower()))
            ),
            paper,
        )
        if tag not in VOID:
            shown = shown and style.get("display") != "none" and tag not in ("style", "title")
            self._within.append((tag, ink, paper, shown))

    def handle_endtag(self, tag):
        if tag in [each for each, *_ in self._within]:
            while self._within.pop()[0] != tag:
                pass

    def handle_data(self, data):
        _, ink, paper, shown = self._within[-1]
        if not shown or not data.strip():
            return
        self.texts.append(" ".join(each for each in re.split(r"[ \n\t\r]+", data) if each))
        if contrast(ink, paper) < 4.5:
            self.faint.append((data.strip(), ink, paper))


def test_what_looks_at_pages_sees_what_is_wrong_with_one():
    page = Page(
        '<p style="color:#999999">pâle</p><img src="http://ailleurs.example/x.png"><script></script>'
        '<td bgcolor="#4a2f8f"><a href="y" style="color:#ffffff">oui</a> noir</td>'
    )
    assert [text for text, _, _ in page.faint] == ["pâle", "noir"]
    assert page.loads == ["src=http://ailleurs.example/x.png"]
    assert len(page.without_words) == 1
    assert page.tags & FORBIDDEN == {"script"}
    assert page.links == {"y"}


def test_every_folder_of_a_message_is_looked_at():
    assert {path.parent.name for path in MAILS.glob("*/body.mjml")} == set(MESSAGES)


@pytest.mark.parametrize(("message", "language"), CASES)
def test_its_text_is_kept_to_be_read_by_eye(message, language):
    missing = [
        golden_of(message, way, language).name
        for way, _ in mails_of(message, language)
        # in English it is the pupil's and the guardian's, which the third is one of
        if not (language == "en" and way == "instead") and not golden_of(message, way, language).is_file()
    ]
    assert missing == []


@pytest.mark.parametrize(("message", "language"), CASES)
def test_its_page_loads_and_runs_nothing_and_is_read_on_its_ground(message, language):
    for way, mail in mails_of(message, language):
        html = mail.get_body(("html",)).get_content()
        page = Page(html)
        assert page.tags & FORBIDDEN == set(), way
        assert page.loads == [], way
        assert page.without_words == [], way
        assert page.faint == [], way
        assert not re.search(r"url\(|@import|\{\{|\{%|\[\[|\[%|\bNone\b|\bUndefined\b", html), way
        assert f'lang="{language}"' in html, way
        assert all(link.startswith(LEADS_TO) for link in page.links), page.links


# a day and its month, an hour and its minutes, the pairs of a telephone number, and signs of French
TORN = re.compile(r"\d (?:h\b|juin\b|mai\b|June\b|May\b)|\d h \d|\b\d\d \d\d\b|« |\w [»?!:;]")


@pytest.mark.parametrize(("message", "language"), CASES)
def test_no_line_of_its_page_ends_within_a_date_an_hour_a_number_or_before_a_sign(message, language):
    for way, mail in mails_of(message, language):
        page = Page(mail.get_body(("html",)).get_content())
        signs = [(each[0], text) for text in page.texts if (each := TORN.search(text))]
        # what organisers write in French keeps its signs in an English mail
        torn = [each for each in signs if language == "fr" or each[0][0].isdigit()]
        assert torn == [], way


@pytest.mark.parametrize(("message", "language"), CASES)
def test_its_text_alone_says_the_whole_fact(message, language):
    """Every address one may press, every date, hour and number of the page."""
    for way, mail in mails_of(message, language):
        page = Page(mail.get_body(("html",)).get_content())
        text = mail.get_body(("plain",)).get_content()
        addresses = {link for link in page.links if not link.startswith("tel:")}
        assert {each for each in addresses if each not in text} == set(), way
        told = set(re.findall(r"\d+", text))
        assert [each for each in page.texts if set(re.findall(r"\d+", each)) - told] == [], way


@pytest.mark.parametrize(("message", "language"), CASES)
def test_its_parts_stand_as_calendars_and_mail_programs_want_them(message, language):
    """calendar-rules: mixed [ alternative [ plain, html, calendar ], ics ], the calendar twice in the same bytes."""
    for way, mail in mails_of(message, language):
        kinds = [part.get_content_type() for part in mail.walk()]
        calendars = [part for part in mail.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
        texts = ["multipart/alternative", "text/plain", "text/html"]
        if not calendars:
            assert kinds == texts, way
        else:
            content = calendars[0].get_payload(decode=True)
            method = re.search(rb"^METHOD:([A-Z]+)\r$", content, re.MULTILINE)[1].decode()
            acts = method != "PUBLISH"
            assert kinds == ["multipart/mixed", *texts, *(["text/calendar"] if acts else []), "application/ics"], way
            assert {part.get_payload(decode=True) for part in calendars} == {content}, way
            assert calendars[-1].get_content_disposition() == "attachment"
            if acts:
                assert dict(calendars[0]["Content-Type"].params) == {"charset": "UTF-8", "method": method}
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Content-Language"] == language
        assert len(mail.get_all("Message-ID")) == len(mail.get_all("Date")) == 1
        assert "\n" not in str(mail["Subject"])
        assert mail["Subject"].strip()


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(("message", "language"), CASES)
def test_its_calendar_is_read_the_same_by_two_other_parsers(read_by_ical_js, message, language):
    for way, mail in mails_of(message, language):
        part = next((each for each in mail.walk() if each.get_content_type() == "application/ics"), None)
        if part is None:
            continue
        content = part.get_payload(decode=True)
        by_ical_js = read_by_ical_js(content)
        by_vobject = vobject.readOne(content.decode())
        assert by_ical_js["method"] == by_vobject.method.value, way
        if by_vobject.method.value == "DECLINECOUNTER":
            # of the one day that was proposed otherwise: a name and a number, and nothing to draw
            assert len(by_vobject.vevent_list) == 1
            continue
        events = by_vobject.vevent_list
        assert {event.uid.value for event in events} == {entry["uid"] for entry in by_ical_js["entries"]}, way
        assert {int(event.sequence.value) for event in events} == {one["sequence"] for one in by_ical_js["entries"]}
        days = [event for event in events if hasattr(event, "recurrence_id")] or events
        told = sorted(
            (event.dtstart.value.timestamp(), event.dtend.value.timestamp(), event.summary.value)
            for event in days
            if hasattr(event, "dtend")
        )
        assert told == sorted(
            (instant(entry["start"]), instant(entry["end"]), entry["summary"]) for entry in by_ical_js["entries"]
        ), way
