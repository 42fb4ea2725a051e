"""What comes back for good shuts an address and is told; a report that lies is noted, and no more."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import make_msgid

import msgspec
import pytest

from services.campaigns.offers.hosts.host_request import Contact
from services.campaigns.offers.hosts.request_hosts import request_host
from services.notifications.inbound.bounce import judge_bounce
from services.notifications.samples.announcements import OF_ANNOUNCEMENTS
from shared.database import transaction
from shared.identifiers import new_id
from shared.notices import SignInRequested
from shared.outbox import append_events
from shared.signed_links import Signer
from tests.services.notifications.sink import parse
from tests.world import a_member

pytestmark = pytest.mark.anyio


def report(to: str, address: str, *, action: str = "failed", status: str = "5.1.1", final: str = "") -> bytes:
    """A delivery report as Postfix and Exchange write them."""
    mail = MIMEMultipart("report", **{"report-type": "delivery-status"})
    mail["From"] = "Mail Delivery System <MAILER-DAEMON@serveur.example>"
    mail["To"] = to
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Message-ID"] = make_msgid(domain="serveur.example")
    mail["Auto-Submitted"] = "auto-replied"
    mail.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    fields = MIMEBase("message", "delivery-status")
    whole, one = EmailMessage(), EmailMessage()
    whole["Reporting-MTA"] = "dns; serveur.example"
    one["Original-Recipient"] = f"rfc822;{address}"
    one["Final-Recipient"] = f"rfc822; {final or address}"
    one["Action"] = action
    one["Status"] = status
    one["Diagnostic-Code"] = f"smtp; 550 {status} no such user"
    fields.set_payload([whole, one])
    mail.attach(fields)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def come_back(way_back, number: int, **given: str) -> str:
    """Let a report come back to where the n-th pupil's mail was sent from."""
    await way_back.deliver()
    sender, address, _ = [mail for mail in way_back.sink.mails if mail[1] == way_back.address(number)][-1]
    about = given.pop("about", address)
    return await way_back.send(sender, report(sender, about, **given), sender="")


async def shut(way_back) -> list[tuple[str, str]]:
    rows = await way_back.pool.fetch("SELECT address, reason FROM notifications.suppressions ORDER BY address")
    return [(row["address"], row["reason"]) for row in rows]


async def test_an_address_that_does_not_exist_is_shut_and_planners_are_told_once(way_back):
    async with transaction(way_back.pool) as connection:
        planner = await a_member(connection, way_back.week.organisation_id)
    await way_back.register(0)
    assert await come_back(way_back, 0, action="delayed", status="4.4.1") == "250 2.0.0 temporary"
    assert await come_back(way_back, 0, about="autre@eleve.example") == "250 2.0.0 foreign"
    assert await shut(way_back) == []
    assert await come_back(way_back, 0, final="camille@interne.example") == "250 2.0.0 shut"
    assert await shut(way_back) == [(way_back.address(0), "bounce 5.1.1")]
    await way_back.deliver()
    told = [parse(mail) for _, to, mail in way_back.sink.mails if to == planner.email]
    assert len(told) == 1
    assert "l’adresse de Camille Dupré" in str(told[0]["Subject"])
    assert "/planification/semaine-pont-audemer/places" in told[0].get_body(("plain",)).get_content()


async def test_a_report_that_lies_about_whom_it_is_for_shuts_nobody_else_s_address(way_back):
    """Whoever has the signed address of their own mail may write there what they like: it is heard of them alone."""
    await way_back.register(0)
    await way_back.register(1)
    victim = way_back.address(1)
    for given in ({"about": victim}, {"about": victim, "final": victim}, {"about": "inconnu@eleve.example"}):
        assert await come_back(way_back, 0, **given) == "250 2.0.0 foreign"
    assert await shut(way_back) == []
    # both named, in whatever order: only one's own is shut
    assert await come_back(way_back, 0, final=victim) == "250 2.0.0 shut"
    assert await shut(way_back) == [(way_back.address(0), "bounce 5.1.1")]


async def test_what_is_about_no_offer_is_told_to_who_plans_for_an_organisation_that_knows_the_person(way_back):
    """A link to sign in comes back: a colleague hears of it, and finds the address among those that take no mail."""
    async with transaction(way_back.pool) as connection:
        planner = await a_member(connection, way_back.week.organisation_id)
        colleague = await a_member(connection, way_back.week.organisation_id, email="partie@federation.example")
        notice = SignInRequested(
            occurred_at=datetime.now(UTC),
            recipients=(colleague.person_id,),
            sign_in_id=new_id(),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )
        await append_events(connection, [notice])
    await way_back.deliver()
    sender, address, _ = way_back.sink.mails[-1]
    assert address == colleague.email
    for _ in range(2):
        assert await way_back.send(sender, report(sender, address), sender="") == "250 2.0.0 shut"
    await way_back.deliver()
    told = [parse(mail) for _, to, mail in way_back.sink.mails if to == planner.email]
    assert all("ne reçoivent rien" in mail.get_body(("plain",)).get_content() for mail in told)
    assert all("/planification/organisation/envois" in mail.get_body(("plain",)).get_content() for mail in told)
    assert len(told) == 1
    assert sum(to == colleague.email for _, to, _ in way_back.sink.mails) == 1, "nobody hears of their own address"


async def test_of_an_announcement_to_thousands_each_address_that_is_gone_is_shut_and_no_mail_of_its_own(way_back):
    organisation_id = way_back.week.organisation_id
    async with transaction(way_back.pool) as connection:
        planner = await a_member(connection, organisation_id)
        head = await a_member(connection, organisation_id, email="proviseure@lycee.example")
        notice = msgspec.structs.replace(
            OF_ANNOUNCEMENTS["offers_announced.one"], id=new_id(), recipients=(head.person_id,), offer_id=None
        )
        await append_events(connection, [notice])
    await way_back.pool.execute("UPDATE notifications.deliveries SET due_at = now()")
    await way_back.deliver()
    sender, address, _ = way_back.sink.mails[-1]
    assert address == head.email
    assert await way_back.send(sender, report(sender, address), sender="") == "250 2.0.0 shut"
    await way_back.deliver()
    assert [address for address, _ in await shut(way_back)] == [head.email]
    assert not [to for _, to, _ in way_back.sink.mails if to == planner.email]


async def test_a_host_s_address_that_is_gone_is_told_with_the_page_where_hosts_are(way_back):
    async with transaction(way_back.pool) as connection:
        planner = await a_member(connection, way_back.week.organisation_id)
        contact = Contact(name="Charlie Martin", email="accueil@chantiers.example")
        now = datetime.now(UTC)
        await request_host(connection, session_id=way_back.week.sessions[2], contact=contact, now=now)
    await way_back.deliver()
    sender, address, _ = next(mail for mail in way_back.sink.mails if mail[1] == contact.email)
    assert await way_back.send(sender, report(sender, address), sender="") == "250 2.0.0 shut"
    await way_back.deliver()
    told = [parse(mail) for _, to, mail in way_back.sink.mails if to == planner.email][-1]
    assert "Charlie Martin" in str(told["Subject"])
    assert "/semaine-pont-audemer/accueils" in told.get_body(("plain",)).get_content()


async def test_a_mail_that_was_not_wanted_shuts_no_address(way_back):
    await way_back.register(0)
    assert await come_back(way_back, 0, status="5.7.1") == "250 2.0.0 refused"
    assert await come_back(way_back, 0, status="5.2.2") == "250 2.0.0 refused"
    assert await shut(way_back) == []
    # nobody plans for this organisation: there is nobody to tell, and nothing is lost
    rows = await way_back.pool.fetch("SELECT state, outcome FROM notifications.answers")
    assert {(row["state"], row["outcome"]) for row in rows} == {("done", "refused")}


async def test_what_is_no_report_and_comes_to_where_bounces_come_is_nothing(way_back):
    await way_back.register(0)
    await way_back.deliver()
    sender = way_back.sink.mails[0][0]
    vacation = b"From: a@b.example\r\nSubject: Absent\r\nAuto-Submitted: auto-replied\r\n\r\nJe suis en vacances.\r\n"
    assert await way_back.send(sender, vacation, sender="") == "250 2.0.0 nothing"
    forged = sender.replace(sender[10], "b" if sender[10] == "a" else "a", 1)
    assert (await way_back.send(forged, vacation)).startswith("550 5.1.1")
    other = Signer(("une-autre-cle-que-la-notre",)).bounce_local_part(way_back.week.offer_id)
    assert (await way_back.send(f"{other}@quinzaine.example", vacation)).startswith("550 5.1.1")


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"action": "failed", "status": "5.1.1", "final-recipient": "rfc822; A@B.example"}, "shut"),
        ({"action": "failed", "status": "5.1.10 (unknown)", "final-recipient": "RFC822;<a@b.example>"}, "shut"),
        ({"action": "failed", "status": "5.4.4", "final-recipient": "rfc822;a@b.example"}, "shut"),
        ({"action": "failed", "status": "5.2.2", "final-recipient": "rfc822;a@b.example"}, "refused"),
        ({"action": "failed", "status": "5.3.4", "final-recipient": "rfc822;a@b.example"}, "refused"),
        ({"action": "failed", "status": "4.2.2", "final-recipient": "rfc822;a@b.example"}, "temporary"),
        ({"action": "failed", "status": "quarante", "final-recipient": "rfc822;a@b.example"}, "temporary"),
        ({"action": "delivered", "status": "2.0.0", "final-recipient": "rfc822;a@b.example"}, "delivered"),
        ({"action": "relayed", "status": "2.0.0", "final-recipient": "rfc822;a@b.example"}, "delivered"),
        ({"action": "failed", "status": "5.1.1", "final-recipient": "rfc822;c@b.example"}, "foreign"),
        ({"action": "failed", "status": "5.1.1"}, "unreadable"),
        ({"status": "5.1.1", "final-recipient": "rfc822;a@b.example"}, "unreadable"),
    ],
)
def test_a_report_says_what_it_says_of_the_deliverys_own_address(fields, verdict):
    assert judge_bounce([{"reporting-mta": "dns; b.example"}, fields], "a@b.example")[0] == verdict
    assert judge_bounce([fields], None)[0] in ("foreign", "unreadable")
