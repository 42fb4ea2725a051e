"""A complaint that a mailbox provider passes on (RFC 5965): what is not essential comes no more, the rest does."""

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import make_msgid

import pytest

from services.notifications.message import OPTIONAL
from shared.signed_links import Signer
from tests.services.notifications.inbound.replies import letter

pytestmark = pytest.mark.anyio
COMMON = "plaintes@quinzaine.example"


def complaint(mail_from: str, *, kind: str = "abuse", to: str = COMMON, embedded: str = "") -> bytes:
    """A feedback report as providers write them; `embedded` is the Return-Path of the message that it carries."""
    mail = MIMEMultipart("report", **{"report-type": "feedback-report"})
    mail["From"] = "Plaintes <fbl@fournisseur.example>"
    mail["To"] = to
    mail["Subject"] = "FW: Votre place est confirmée"
    mail["Message-ID"] = make_msgid(domain="fournisseur.example")
    mail.attach(MIMEText("This is an email abuse report."))
    fields = MIMEBase("message", "feedback-report")
    said = EmailMessage()
    said["Feedback-Type"] = kind
    said["User-Agent"] = "Plaintes/1.0"
    said["Version"] = "1"
    if mail_from:
        said["Original-Mail-From"] = f"<{mail_from}>"
    fields.set_payload([said])
    mail.attach(fields)
    head = f"Return-Path: <{embedded}>\n" if embedded else ""
    original = MIMEText(f"{head}From: a@b.example\nSubject: Votre place\n", "rfc822-headers")
    mail.attach(original)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def unwanted(way_back) -> set[tuple[str, str]]:
    rows = await way_back.pool.fetch(
        "SELECT p.email, u.message FROM contract.unwanted u JOIN contract.people p ON p.id = u.person_id"
    )
    return {(row["email"], row["message"]) for row in rows}


@pytest.mark.parametrize("way", ["to_the_delivery", "to_all", "by_the_message_it_carries"])
async def test_who_marks_a_mail_as_unwanted_gets_what_is_essential_and_no_more(way_back, way):
    await way_back.register(0)
    await way_back.register(1)
    await way_back.deliver()
    sender, address, _ = next(mail for mail in way_back.sink.mails if mail[1] == way_back.address(0))
    mail = complaint("" if way == "by_the_message_it_carries" else sender, embedded=sender)
    to = sender if way == "to_the_delivery" else COMMON
    for _ in range(2):
        assert await way_back.send(to, mail, sender="") == "250 2.0.0 unsubscribed"
    assert await way_back.send(to, complaint(sender), sender="") == "250 2.0.0 unsubscribed"
    assert await unwanted(way_back) == {(address, message) for message in OPTIONAL}
    assert await way_back.pool.fetchval("SELECT count(*) FROM notifications.suppressions") == 0
    # the seat is not theirs to lose by a press beside the right button: what becomes of it is still told
    session = f"/api/v1/sessions/{way_back.week.sessions[0]}"
    await way_back.web.patch(session, json={"room": "Salle 2"}, headers=way_back.planner)
    before = sum(recipient == address for _, recipient, _ in way_back.sink.mails)
    await way_back.pool.execute("UPDATE notifications.deliveries SET due_at = now() WHERE state = 'due'")
    await way_back.deliver()
    assert sum(recipient == address for _, recipient, _ in way_back.sink.mails) == before + 1


async def test_what_is_no_complaint_or_names_nothing_of_ours_changes_nothing(way_back):
    await way_back.register(0)
    await way_back.deliver()
    sender = way_back.sink.mails[0][0]
    for kind in ("not-spam", "auth-failure"):
        assert await way_back.send(COMMON, complaint(sender, kind=kind), sender="") == "250 2.0.0 noted"
    forged = Signer(("une-autre-cle-que-la-notre",)).bounce_local_part(way_back.week.offer_id) + "@quinzaine.example"
    # whom it was sent to can be made up by anybody: only the signed address of the delivery counts
    for mail_from in ("", forged, way_back.address(0), "x" * 900 + "@quinzaine.example", "<><>"):
        assert await way_back.send(COMMON, complaint(mail_from), sender="") == "250 2.0.0 nothing"
    invited = await way_back.invitation(0)
    assert await way_back.send(COMMON, letter(invited, "Bonjour"), sender="a@b.example") == "250 2.0.0 nothing"
    # a complaint to the address of an invitation is a machine's mail, and told to nobody
    assert await way_back.send(invited.organizer, complaint(sender, to=invited.organizer)) == "250 2.0.0 nothing"
    assert await unwanted(way_back) == set()
