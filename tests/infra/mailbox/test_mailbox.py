"""The local mailbox: every mail is kept, and shown without letting it do anything."""

import mailbox
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from litestar.testing import AsyncTestClient

from infra.mailbox.pages import SANDBOX, create_app
from infra.mailbox.sink import MailboxSink
from shared.calendar.invitation import write_invitation
from tests.browser import HOME, press
from tests.programmes import a_day, a_programme
from tests.world import MONDAY, NOW

pytestmark = pytest.mark.anyio

BOX = "http://box.example"


def a_mail(subject: str = "Votre place est confirmée", html: str = "<p>Bonjour</p>") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Fédération <reponse@quinzaine.example>"
    mail["To"] = "Camille <camille@eleve.example>"
    mail["Subject"] = subject
    mail.set_content("Bonjour en texte")
    mail.add_alternative(html, subtype="html")
    return mail


@pytest.fixture
async def sink(tmp_path: Path) -> AsyncIterator[MailboxSink]:
    async with MailboxSink(tmp_path / "mailbox") as sink:
        yield sink


@pytest.fixture
async def reader(sink: MailboxSink) -> AsyncIterator[AsyncTestClient]:
    async with AsyncTestClient(create_app(sink.folder)) as client:
        yield client


async def send(sink: MailboxSink, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname=sink.host, port=sink.port)


async def first_letter(reader: AsyncTestClient) -> str:
    page = (await reader.get("/")).text
    return "/lettres/" + page.split('href="/lettres/')[1].split('"')[0]


async def test_an_empty_box_says_what_to_do(reader):
    assert "Rien encore" in (await reader.get("/")).text


async def test_a_mail_is_kept_where_any_mail_tool_reads_it(sink, reader):
    await send(sink, a_mail())
    kept = list(mailbox.Maildir(sink.folder, create=False))
    assert [mail["Delivered-To"] for mail in kept] == ["camille@eleve.example"]
    page = (await reader.get("/")).text
    assert "Votre place est confirmée" in page
    letter = await reader.get(await first_letter(reader))
    assert "Bonjour en texte" in letter.text
    source = await reader.get(await first_letter(reader) + "/source")
    assert source.headers["content-type"].startswith("text/plain")


async def test_a_long_name_that_was_folded_is_read_as_one(sink, reader):
    mail = a_mail()
    del mail["From"]
    mail["From"] = "Fédération des métiers de la Risle (Quinzaine) <ne-pas-repondre@quinzaine.example>"
    await send(sink, mail)
    assert "Fédération des métiers de la Risle (Quinzaine)" in (await reader.get("/")).text


async def test_a_hostile_mail_runs_nothing(sink, reader):
    await send(sink, a_mail("<script>alert(1)</script>", "<script>alert(2)</script><img src=http://x.example>"))
    address = await first_letter(reader)
    for page in ((await reader.get("/")), (await reader.get(address))):
        assert "<script>" not in page.text
    html = await reader.get(address + "/html")
    policy = html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert f'sandbox="{SANDBOX}"' in (await reader.get(address)).text


async def test_a_link_in_a_mail_opens_a_page_whose_forms_work(sink, reader, open_page):
    """A page opened from a sandbox stays in it unless it is let out: nobody could sign in from the mailbox."""
    asks = f'<form action="{HOME}/done"><button>Se connecter</button></form>'
    open_page.others |= {f"{HOME}/asks": asks, f"{HOME}/done": "Connecté"}
    await send(sink, a_mail(html=f'<html><head></head><body><a href="{HOME}/asks">Me connecter</a></body></html>'))
    address = await first_letter(reader)
    for part in ("", "/html"):
        answer = await reader.get(address + part)
        open_page.others[BOX + address + part] = answer.text.replace(
            "<head>",
            f'<head><meta http-equiv="Content-Security-Policy" content="{answer.headers["Content-Security-Policy"]}">',
        )
    page = await open_page()
    await page.goto(BOX + address)
    async with page.context.expect_page() as opened:
        await page.frame_locator("iframe").get_by_role("link", name="Me connecter").click()
    signing_in = await opened.value
    await press(signing_in, signing_in.get_by_role("button", name="Se connecter"))
    assert await signing_in.inner_text("body") == "Connecté"


async def test_each_link_of_the_box_leads_somewhere_in_it(sink, reader):
    """The product's own foot would offer pages that only the product has."""
    await send(sink, a_mail())
    for page in ("/", await first_letter(reader), "/lettres/rien", "/rien"):
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', (await reader.get(page)).text):
            assert (await reader.get(link)).status_code == 200, (page, link)


async def test_a_calendar_part_is_shown_as_days(sink, reader):
    programme = a_programme(a_day(MONDAY), a_day(MONDAY + timedelta(days=2)), first=MONDAY)
    mail = a_mail()
    calendar = write_invitation(
        programme,
        uid="x@quinzaine.example",
        sequence=4,
        stamp=NOW,
        method="REQUEST",
        status="held",
        group_id=None,
        organiser_address="r@quinzaine.example",
        attendee=None,
        personal_url="",
        partstat="NEEDS-ACTION",
    )
    mail.add_attachment(calendar, maintype="application", subtype="ics", filename="quinzaine.ics")
    await send(sink, mail)
    page = (await reader.get(await first_letter(reader))).text
    assert "Invitation, à confirmer" in page
    assert page.count("<li><b>") == len(programme.days)


@pytest.mark.parametrize("name", ["x", "%2e%2e%2fsecret", "1" * 12 + ".1_1./../x", "*"])
async def test_a_name_no_mail_has_is_not_found(reader, name):
    for part in ("", "/html", "/source"):
        assert (await reader.get(f"/lettres/{name}{part}")).status_code == 404


async def test_a_mail_that_is_no_mail_is_still_shown(sink, reader):
    (sink.folder / "new" / "1795564031727990256.1_1.vm").write_bytes(
        b"\xff\xfe\x00 nothing\r\nContent-Type: text/calendar\r\n"
    )
    assert (await reader.get("/")).status_code == 200
    assert (await reader.get("/lettres/1795564031727990256.1_1.vm")).status_code == 200


ICS = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    "source",
    [
        b"From: a@[\r\nTo: @@@\r\n\r\nx",
        b"From: ::;\r\nTo: a:b:c;;,\r\n\r\nx",
        b"From: \xff a@[\r\n\r\nx",
        b"Content-Type: text/plain; charset=bogus\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=idna\r\n\r\n\xff..a",
        b"Content-Type: text/plain; charset=zlib\r\n\r\nabc",
        b"Content-Type: text/html; charset=unicode_escape\r\n\r\n\\ud800",
        ICS % b"SEQUENCE:x",
        ICS % b"DTSTART:99991231T235959Z\r\nDTEND:99991231T235959Z",
        ICS % b"DTSTART:20270101T000000Z,20270102T000000Z\r\nDTEND:20270101T000000Z",
        ICS % b"DTSTART;VALUE=PERIOD:20270101T000000Z/PT1H\r\nDTEND;VALUE=TIME:101010",
        ICS % b"SEQUENCE:1\r\nSEQUENCE:2\r\nDTSTART:20270101T000000Z\r\nDTSTART:20270102T000000Z",
    ],
)
async def test_one_malformed_mail_neither_closes_the_box_nor_itself(sink, reader, source):
    name = "1795564031727990256.1_1.vm"
    (sink.folder / "new" / name).write_bytes(source)
    for address in ("/", f"/lettres/{name}", f"/lettres/{name}/html", f"/lettres/{name}/source"):
        assert (await reader.get(address)).status_code == 200, address


async def test_a_file_that_no_mail_program_has_named_is_passed_over(sink, reader):
    (sink.folder / "new" / ".DS_Store").write_bytes(b"x")
    assert "Rien encore" in (await reader.get("/")).text


async def test_an_address_that_is_not_there_is_a_page_in_french(reader):
    answer = await reader.get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<html lang="fr"' in answer.text
