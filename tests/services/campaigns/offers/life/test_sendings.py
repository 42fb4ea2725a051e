"""Who was told what, when and why: read from what the contract shows of messages, page by page."""

from datetime import timedelta
from html import unescape
from typing import get_args

import pytest

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.life.sendings.sending import MESSAGES
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.notifications.message import Message, NoticeMessage
from services.notifications.plan_events import plan_events
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, an_organisation, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(pool, settings, small_week):
    """A pupil with a guardian is registered; Tuesday's visit is moved, and the news held back; all of it is planned."""
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(1, guardian_name="Dominique Dupré", guardian_email="d@famille.example")],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        await change_session(
            connection,
            session_id=small_week.sessions[2],
            change=SessionChange(starts_at=at(1, 10)),
            note="Le car part plus tard.",
            tell_after=NOW + timedelta(days=9000),
            now=NOW,
        )
    async with transaction(pool) as connection:
        ids = [row["id"] for row in await connection.fetch("SELECT id FROM contract.events ORDER BY id")]
        await plan_events(connection, ids, settings=settings, now=NOW)
    await pool.execute(
        "UPDATE notifications.deliveries SET state = 'sent', sent_at = $1 WHERE message = 'registered_confirmed'", NOW
    )
    return small_week


async def test_every_message_says_to_whom_what_why_and_when(told, planner):
    page = unescape((await planner.get(f"/planification/{told.slug}/envois")).text)
    assert "Camille Dupré b, élève" in page
    assert "Dominique Dupré, responsable légal (Camille Dupré b)" in page
    assert page.count("Place confirmée") == 2
    assert "Envoyé mardi 24 novembre à 10 h" in page
    assert "Séance modifiée : Visite 2.1, mardi 15 juin" in page
    assert "Début : mardi 15 juin à 9 h → mardi 15 juin à 10 h" in page
    assert "« Le car part plus tard. »" in page
    assert "Partira " in page
    page = unescape((await planner.get(f"/en/planification/{told.slug}/envois")).text)
    assert "Dominique Dupré, guardian (Camille Dupré b)" in page
    assert "Sent on Tuesday 24 November at 10:00" in page
    assert "Session changed: Visite 2.1, Tuesday 15 June" in page
    assert "“Le car part plus tard.”" in page


def test_every_message_about_an_offer_has_its_words():
    """Those about accounts and campaigns are of no offer, and never in its list."""
    elsewhere = ("sign_in_link", "member_invited", "partner_left", "campaign_cancelled", "agreement_")
    messages = {
        message for message in (*get_args(Message), *get_args(NoticeMessage)) if not message.startswith(elsewhere)
    }
    assert messages == set(MESSAGES)


async def test_the_messages_of_one_fact_are_shown_alone(pool, told, planner):
    event_id = await pool.fetchval("SELECT id FROM contract.events WHERE tag = 'session.changed'")
    page = unescape((await planner.get(f"/planification/{told.slug}/envois?fait={event_id}")).text)
    assert page.count("Changement de programme") == 2
    assert "Place confirmée" not in page


async def test_who_was_erased_has_no_name_any_more(pool, told, planner):
    await pool.execute("UPDATE contract.people SET erased_at = now(), first_name = '', last_name = '', email = NULL")
    await pool.execute("UPDATE contract.people SET erased_at = NULL WHERE id = $1", planner.member.person_id)
    page = unescape((await planner.get(f"/planification/{told.slug}/envois")).text)
    assert "Dupré" not in page
    assert "Données effacées, élève" in page


async def test_pages_follow_one_another_without_a_gap(pool, told, planner):
    await pool.execute(
        """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, registration_id, offer_id, sequence, due_at, message_id, planned_at)
        SELECT gen_random_uuid(), e.id, 'personal_link', gen_random_uuid(), NULL, $1, 1, $2, n::text, $2
        FROM generate_series(1, 150) n, (SELECT id FROM contract.events LIMIT 1) e
        """,
        told.offer_id,
        NOW,
    )
    path, seen = f"/planification/{told.slug}/envois", 0
    for expected in (100, 58):
        page = unescape((await planner.get(path)).text)
        assert page.count("<tr class=") == expected
        seen += expected
        path = page.partition('quiet-button" href="')[2].partition('"')[0]
    assert seen == await pool.fetchval("SELECT count(*) FROM notifications.deliveries")


async def test_an_offer_of_which_nothing_was_told_says_so(small_week, planner):
    assert "Aucun message" in unescape((await planner.get(f"/planification/{small_week.slug}/envois")).text)


async def test_names_are_not_for_viewers_nor_for_other_organisations(pool, told, sign_in):
    viewer = await sign_in(told.organisation_id, role="viewer")
    assert (await viewer.get(f"/planification/{told.slug}/envois")).status_code == 403
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
    stranger = await sign_in(other)
    assert (await stranger.get(f"/planification/{told.slug}/envois")).status_code == 404
