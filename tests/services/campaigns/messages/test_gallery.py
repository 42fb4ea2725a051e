"""The pages of every message: none is missing, one's own offers alone are told of, nobody real is written to."""

import re
from html import unescape
from typing import get_args

import pytest

from infra.mail_preview import MailGallery
from services.campaigns.messages.shown import OTHER_NAMES, READERS, name_message, name_ways
from services.campaigns.offers.life.sendings.sending import MESSAGES
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.preview import Reader
from services.notifications.message import Message, NoticeMessage
from services.notifications.samples.occasions import OCCASIONS
from services.notifications.samples.occasions import Reader as ReaderOfNotifications
from shared.database import transaction
from shared.signed_links import Signer
from tests.application import visiting
from tests.services.campaigns.conftest import SignedIn
from tests.world import NOW, a_pupil, an_organisation

pytestmark = pytest.mark.anyio

TEXT = re.compile(r'<pre class="mail-text"[^>]*>(.*?)</pre>', re.DOTALL)
HOME = "/planification/organisation/messages"
ALL = (*get_args(Message), *get_args(NoticeMessage))


@pytest.fixture
async def visitor(settings):
    """A browser of the whole application, with the messages of the other service."""
    async with visiting(settings, gallery=MailGallery(settings), raise_server_exceptions=False) as client:
        yield client


def test_every_message_has_an_occasion_a_name_and_a_reader():
    assert set(OCCASIONS) == set(ALL)
    assert set(MESSAGES) | set(OTHER_NAMES) >= set(ALL)
    assert all(name_message(name) != "Message" for name in ALL)
    assert set(READERS) == set(get_args(Reader)) == set(get_args(ReaderOfNotifications))
    assert all(occasion.readers for occasion in OCCASIONS.values())


async def test_every_message_is_listed_and_opens_in_both_languages(planner: SignedIn):
    listed = set(re.findall(HOME + r"/([a-z_]+)", (await planner.get(HOME)).text))
    assert listed == set(ALL)
    for name in ALL:
        for tongue in ("fr", "en"):
            answer = await planner.get(f"{HOME}/{name}?langue={tongue}")
            assert answer.status_code == 200, (name, tongue)
            assert f'<dd lang="{tongue}"><b>' in answer.text


def test_the_ways_of_a_message_are_told_apart_by_name(settings):
    for name in ALL:
        mails = MailGallery(settings).show(name, language="fr", programme=None)
        named = name_ways(mails)
        assert [way for way, _ in named] == [mail.way for mail in mails]
        assert len({name for _, name in named}) == len(named), name


async def test_the_short_address_leads_there(planner: SignedIn):
    answer = await planner.get("/preview", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)


async def test_a_mail_stands_in_frames_where_nothing_runs_loads_or_leads_away(planner: SignedIn):
    shown = await planner.get(f"{HOME}/seat_offered")
    assert "frame-src 'self'" in shown.headers["content-security-policy"]
    frames = re.findall(r'<iframe src="([^"]+)" sandbox=""', shown.text)
    assert len(frames) == 2
    mail = await planner.get(unescape(frames[0]))
    policy = mail.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert "frame-ancestors 'self'" in policy
    assert "Une place est gardée pour vous" in mail.text


async def test_with_an_offer_a_mail_tells_of_it_and_of_no_invented_week(planner: SignedIn, small_week, pool):
    await pool.execute("UPDATE campaigns.offers SET title = 'Une semaine à Évreux'")
    await pool.execute("UPDATE campaigns.sessions SET title = 'Atelier du bois', place = '5 place du Marché, Évreux'")
    for name in ALL:
        shown = unescape((await planner.get(f"{HOME}/{name}?offre={small_week.slug}")).text)
        told = "".join(re.search(pattern, shown)[1] for pattern in (r"<dd lang=\"fr\"><b>([^<]+)<", TEXT))
        for invented in ("Semaine à Pont-Audemer", "Semaine collective", "Une journée en centrale", "rue du Quai"):
            assert invented not in told, name


async def test_the_reader_is_invented_whoever_is_registered(planner: SignedIn, small_week, pool, settings):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        await register_pupils(connection, offer_id=small_week.offer_id, requests=[a_pupil(1)], signer=signer, now=NOW)
    email = await pool.fetchval(
        "SELECT email FROM contract.people p JOIN campaigns.registrations r ON r.pupil_id = p.id"
    )
    shown = (await planner.get(f"{HOME}/registered_confirmed?offre={small_week.slug}")).text
    assert "camille.dupre@eleve.example" in shown
    assert email
    assert email not in shown


async def test_the_offer_of_others_does_not_exist_and_neither_does_a_message_of_no_name(
    planner: SignedIn, pool, sign_in, small_week
):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="federation", name="Ailleurs")
    stranger = await sign_in(other)
    for path in ("", "/page"):
        assert (await stranger.get(f"{HOME}/changed{path}?offre={small_week.slug}")).status_code == 404
        assert (await planner.get(f"{HOME}/rien{path}")).status_code == 404
        assert (await planner.get(f"{HOME}/changed{path}?offre=rien")).status_code == 404


async def test_who_plans_nothing_and_who_is_nobody_see_no_message(visitor, sign_in, small_week):
    teacher = await sign_in(small_week.organisation_id, role="teacher")
    viewer = await sign_in(small_week.organisation_id, role="viewer")
    for path in ("/preview", HOME, f"{HOME}/changed", f"{HOME}/changed/page"):
        assert (await teacher.get(path, follow_redirects=False)).status_code == 403
        assert (await viewer.get(path)).status_code == 200
        assert (await visitor.get(path, follow_redirects=False)).status_code in (303, 401)


async def test_an_odd_choice_shows_the_first_way_in_the_language_of_the_page(planner: SignedIn):
    shown = (await planner.get(f"{HOME}/host_answered?langue=klingon&variante=%00%3Cscript%3E")).text
    assert "<script>" not in shown
    assert '<dd lang="fr">' in shown


async def test_an_offer_without_a_session_is_shown_with_the_invented_week(planner: SignedIn, small_week, pool):
    await pool.execute("UPDATE campaigns.sessions SET status = 'cancelled' WHERE offer_id = $1", small_week.offer_id)
    shown = (await planner.get(f"{HOME}/changed?offre={small_week.slug}")).text
    assert "Cette offre n’a pas encore de séance" in shown
