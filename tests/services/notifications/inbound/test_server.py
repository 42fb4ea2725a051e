"""The server that mails come in at: what it refuses, with which code, and that nothing of it is left behind."""

import asyncio
import io
import zipfile
from email.message import EmailMessage

import pytest
from aiosmtplib import SMTP

from services.notifications.inbound.incoming import read_mail
from services.notifications.inbound.server import CONNECTIONS_OF_ONE_PEER, WRONG_ADDRESSES_AT_MOST
from services.notifications.inbound.unreadable import Unreadable
from tests.services.notifications.inbound.replies import calendar, component, letter, mail_with, reply

pytestmark = pytest.mark.anyio


def zipped(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("reply.ics", content)
    return packed.getvalue()


def with_part(invited, content: bytes, maintype: str, subtype: str, **given) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = invited.attendee, invited.organizer, "<a@agenda.example>"
    mail.set_content("Voici ma réponse.")
    mail.add_attachment(content, maintype=maintype, subtype=subtype, **given)
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


def parts(number: int) -> bytes:
    part = b"--x\r\nContent-Type: text/plain\r\n\r\nbonjour\r\n"
    return b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n' + part * number + b"--x--\r\n"


def nested(depth: int) -> bytes:
    return b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (each, each) for each in range(depth)
    )


HEADER_BOMB = (
    b"From: a@b.example\r\nTo: " + b"".join(b"a%d@b.example,\r\n " % each for each in range(20_000)) + b"c\r\n"
)
UTF_7 = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+ADw-script+AD4-\r\n"
HOSTILE = {
    "junk": (bytes(range(1, 255)).replace(b"\n", b"").replace(b"\r", b"") + b"\r\n") * 40,
    "nothing": b"\r\n",
    "nobody": b"Subject: bonjour\r\n\r\nbonjour\r\n",
    "a NUL": b"From: a@b.example\r\n\r\nbon\0jour\r\n",
    "UTF-7": UTF_7,
    "UTF-7 by other names": UTF_7.replace(b"utf-7", b"U7"),
    "UTF-7 in the name of an old program": UTF_7.replace(b"utf-7", b"UNICODE-1-1-UTF-7"),
    "more than twenty parts": parts(21),
    "a hundred thousand parts": parts(20_000),
    "nested": nested(1_000),
    "nested a little": nested(30),
    "a header without end": HEADER_BOMB,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_worth_reading_is_not_read(name):
    with pytest.raises(Unreadable):
        read_mail(HOSTILE[name])


def test_twenty_parts_are_read():
    assert read_mail(parts(19)).words == "bonjour"


async def raw(way_back, *lines: bytes) -> list[str]:
    """Say these lines, each after the answer to the one before; what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", way_back.door.port)
    answers = [(await reader.readline()).decode()]
    for line in lines:
        writer.write(line)
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 20)
        while answer[3:4] == b"-":
            answer = await reader.readline()
        answers.append(answer.decode().strip())
    writer.close()
    return answers[1:]


async def test_whatever_is_hostile_is_refused_with_a_code_and_changes_nothing(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    no = calendar(component(invited, "DECLINED"))
    refused = dict(HOSTILE)
    refused["a zip"] = with_part(invited, zipped(no.encode()), "application", "zip", filename="reply.zip")
    refused["a zip by another name"] = with_part(invited, zipped(b""), "application", "octet-stream", filename="a.ZIP")
    refused["a calendar in UTF-7"] = mail_with(invited, no).replace(b'charset="UTF-8"', b"charset=utf-7")
    refused["a calendar of days without end"] = mail_with(
        invited, no.replace("END:VEVENT", "END:VEVENT\r\n" + "BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 2_000)
    )
    refused["a rule of every second"] = mail_with(invited, no.replace("SEQUENCE", "RRULE:FREQ=SECONDLY\r\nSEQUENCE"))
    for name, mail in refused.items():
        answer = await way_back.send(invited.organizer, mail)
        assert answer.startswith("550 5.6.0 "), (name, answer)

    # 20 MB: said beforehand, and not said
    *_, said = await raw(way_back, b"EHLO a.example\r\n", b"MAIL FROM:<a@b.example> SIZE=20000000\r\n")
    assert said.startswith("552")
    hello = (b"EHLO a.example\r\n", b"MAIL FROM:<a@b.example>\r\n", f"RCPT TO:<{invited.organizer}>\r\n".encode())
    line = b"x" * 998 + b"\r\n"
    *_, end = await raw(way_back, *hello, b"DATA\r\n", line * 20_000 + b".\r\n")
    assert end.startswith("552")

    # two mails in one, for who ends a line with LF alone (SMTP smuggling)
    smuggled = reply(invited, "DECLINED")[:-2] + b"\n.\nMAIL FROM:<a@b.example>\r\n.\r\n"
    *_, end = await raw(way_back, *hello, b"DATA\r\n", smuggled)
    assert end.startswith("550 5.6.0")
    assert await way_back.pool.fetchval("SELECT count(*) FROM notifications.answers") == 0
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings") == 0
    assert await way_back.status(id_) == "confirmed"


async def test_an_address_that_nobody_signed_is_unknown_and_who_guesses_is_sent_away(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    mail = letter(invited, "Bonjour")
    local, _, domain = invited.organizer.partition("@")
    for address in (
        f"{local[:-1]}@{domain}",
        f"{'b' if local[0] == 'a' else 'a'}{local[1:]}@{domain}",
        f"retour-{local}@{domain}",
        f"ne-pas-repondre@{domain}",
        f"planificatrice@{domain}",
    ):
        assert (await way_back.send(address, mail)).startswith("550 5.1.1"), address
    assert (await way_back.send(f"{local}@ailleurs.example", mail)).startswith("550 5.7.1")
    # capitals are no other address
    assert await way_back.send(f"{local.upper()}@{domain.upper()}", mail) == "250 2.0.0 nobody"
    wrong = [b"RCPT TO:<a%d@quinzaine.example>\r\n" % each for each in range(WRONG_ADDRESSES_AT_MOST + 1)]
    answers = await raw(way_back, b"EHLO a.example\r\n", b"MAIL FROM:<>\r\n", *wrong)
    assert [each[:3] for each in answers[2:]] == ["550"] * WRONG_ADDRESSES_AT_MOST + ["421"]

    # a month after the last day nobody reads it any more
    await way_back.pool.execute(
        """
        UPDATE contract.programmes
        SET body = replace(replace(body::text, '2027-06', '2026-06'), '2027-06', '2026-06')::jsonb
        """
    )
    assert (await way_back.send(invited.organizer, mail)).startswith("550 5.1.6")
    # and who is erased has no address
    await way_back.pool.execute("UPDATE contract.people SET erased_at = now()")
    assert (await way_back.send(invited.organizer, mail)).startswith("550 5.1.1")


async def test_a_mail_server_in_front_passes_mails_on_by_lmtp_one_address_at_a_time(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    to = f"RCPT TO:<{invited.organizer}>\r\n".encode()
    mail = reply(invited, "TENTATIVE") + b".\r\n"
    answers = await raw(
        way_back, b"LHLO a.example\r\n", b"MAIL FROM:<>\r\n", to, to, b"DATA\r\n", mail, b"MAIL FROM:<>\r\n", to
    )
    assert [each[:3] for each in answers] == ["250", "250", "250", "452", "354", "250", "250", "250"]
    assert answers[5] == "250 2.0.0 noted"


async def test_too_many_connections_of_one_peer_are_told_to_come_again(way_back):
    lines = [await asyncio.open_connection("127.0.0.1", way_back.door.port) for _ in range(CONNECTIONS_OF_ONE_PEER)]
    for reader, _ in lines:
        assert (await reader.readline()).startswith(b"220")
    reader, writer = await asyncio.open_connection("127.0.0.1", way_back.door.port)
    assert (await reader.readline()).startswith(b"421 4.7.0")
    writer.close()
    for _, writer in lines:
        writer.close()
    for _ in range(100):
        client = SMTP(hostname="127.0.0.1", port=way_back.door.port, use_tls=False, start_tls=False)
        try:
            await client.connect()
        except Exception:  # noqa: BLE001  # the room is made a moment later
            await asyncio.sleep(0.02)
        else:
            client.close()
            return
    pytest.fail("the door stayed shut")


async def test_while_nothing_can_be_written_down_the_sender_keeps_the_mail(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    await way_back.pool.execute("ALTER TABLE notifications.answers RENAME TO elsewhere")
    assert (await way_back.send(invited.organizer, reply(invited, "DECLINED"))).startswith("451 4.3.0")
    await way_back.pool.execute("ALTER TABLE notifications.elsewhere RENAME TO answers")
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == "250 2.0.0 leaving"
