"""The buttons of the mailbox: the reply they send is one that a calendar would, and only where one is asked for."""

import pytest
from litestar.testing import AsyncTestClient

from infra.mailbox.pages import create_app
from infra.mailbox.reply import NothingToAnswer, days_to_answer, outcome_in, write_reply
from services.notifications.inbound.reading import read
from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from services.notifications.samples.letters import PUPIL, REGISTRATION, a_letter, programme_of
from services.notifications.samples.notices import a_notice
from tests.processes import free_port
from tests.services.notifications.test_render import SETTINGS
from tests.world import MONDAY, NOW

pytestmark = pytest.mark.anyio


def source(message: str, to: str = "pupil") -> bytes:
    return Printer(SETTINGS).render(a_letter(message, to=to), programme_of(message)).mail


def test_the_reply_is_read_as_that_of_the_person_who_was_invited():
    for day in (None, MONDAY):
        mail = write_reply(source("seat_offered"), "DECLINED", day=day, now=NOW)
        assert (mail.sender, mail.recipient) == (PUPIL.email, "repondre@quinzaine.example")
        reading = read(mail.mail, to_delivery=False, without_sender=False)
        assert reading.kind == "reply"
        (answer,) = reading.reply.replies
        assert reading.reply.uid == f"{REGISTRATION}@quinzaine.example"
        assert (answer.attendee, answer.answer, answer.day, answer.sequence, answer.stamp) == (
            PUPIL.email,
            "declined",
            day,
            7,
            NOW,
        )


@pytest.mark.parametrize("name", ["promise_given", "promise_given.speaker", "follow_up_booked"])
def test_hosts_speakers_and_who_has_an_appointment_have_the_buttons_too(name):
    claimed = a_notice(name)
    mail = NoticePrinter(SETTINGS).render(claimed).mail
    assert days_to_answer(mail) == ()
    reply = write_reply(mail, "DECLINED", day=None, now=NOW)
    (answer,) = read(reply.mail, to_delivery=False, without_sender=False).reply.replies
    assert (answer.attendee, answer.answer) == (claimed.letter.recipient.email, "declined")
    days = days_to_answer(NoticePrinter(SETTINGS).render(a_notice("promise_taken_back")).mail)
    assert days is None


def test_only_an_invitation_can_be_answered_and_only_on_its_days():
    assert len(days_to_answer(source("seat_offered"))) == 5
    # an end, a file for a guardian, a mail without a calendar, and noise
    for mail in (source("withdrawn"), source("seat_offered", "besides"), source("registered_waiting"), b"\xff\r\n"):
        assert days_to_answer(mail) is None
        with pytest.raises(NothingToAnswer):
            write_reply(mail, "DECLINED", day=None, now=NOW)
    with pytest.raises(NothingToAnswer):
        write_reply(source("seat_offered"), "DECLINED", day=NOW.date(), now=NOW)


@pytest.mark.parametrize(
    ("code", "said", "outcome"),
    [
        (250, "2.0.0 refused", "refused"),
        (250, "2.0.0 absent,noted", "absent"),
        (250, "2.0.0 promise_withdrawn", "promise_withdrawn"),
        (250, "2.0.0 noted, and acted on soon", "later"),
        (250, "2.0.0 unsent", "foreign"),
        (250, "2.0.0 something-new", "noted"),
        (451, "4.3.0 not now", "away"),
        (550, "5.1.6 no longer read", "not_taken"),
    ],
)
def test_what_the_server_says_is_said_in_words(code, said, outcome):
    assert outcome_in(code, said) == outcome


async def test_where_nobody_takes_answers_the_page_says_so_and_other_sites_press_nothing(tmp_path):
    (tmp_path / "new").mkdir()
    name = "10000000000.1_1.boite"
    (tmp_path / "new" / name).write_bytes(source("seat_offered"))
    (tmp_path / "new" / "10000000001.1_2.boite").write_bytes(source("withdrawn"))
    async with AsyncTestClient(create_app(tmp_path, inbound=("127.0.0.1", free_port()))) as reader:
        page = await reader.post(f"/lettres/{name}/reponse", data={"reponse": "non"})
        assert "ne répond pas" in page.text
        assert "Ne pas venir ce jour-là" in page.text
        for form in ({"reponse": "non", "jour": "hier"}, {"reponse": "non", "jour": "2020-01-01"}):
            assert (await reader.post(f"/lettres/{name}/reponse", data=form)).status_code == 404
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        answer = await reader.post(f"/lettres/{name}/reponse", data={"reponse": "non"}, headers=elsewhere)
        assert answer.status_code == 404
        assert "Accepter" not in (await reader.get("/lettres/10000000001.1_2.boite")).text
        assert "<script>" not in (await reader.get(f"/lettres/{name}?reponse=<script>")).text
