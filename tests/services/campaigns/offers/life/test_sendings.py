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
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
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
    assert page.count(">Place confirmée</a>") == 2
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


async def test_messages_are_counted_and_found_by_state_message_person_and_day(pool, told, planner):
    where = f"/planification/{told.slug}/envois"
    page = unescape((await planner.get(where)).text)
    assert "envoyés (2)" in page
    assert "à envoyer (6)" in page
    pupil = await pool.fetchval("SELECT pupil_id FROM campaigns.registrations")
    guardian = await pool.fetchval("SELECT guardian_id FROM campaigns.registrations")
    for query, number in (
        ("etat=sent", 2),
        ("message=changed", 2),
        (f"personne={pupil}", 8),
        (f"personne={guardian}", 4),
        ("etat=sent&jour=2026-11-24", 2),
        ("jour=2026-11-23", 0),
        ("etat=nonsense&message=nonsense&personne=nonsense&jour=2026-13-40", 8),
    ):
        page = (await planner.get(f"{where}?{query}")).text
        assert page.count('<tr class="is-') == number, query


async def test_it_says_why_a_message_has_not_left_or_never_will(pool, told, planner):
    where = f"/planification/{told.slug}/envois"
    changed = "UPDATE notifications.deliveries SET {} WHERE message = 'changed'"

    async def said():
        return unescape((await planner.get(f"{where}?message=changed")).text)

    morning = at(1, 7)
    await pool.execute(changed.format("due_at = $1, quiet_until = $1"), morning)
    assert "Retenu jusqu’à 7 h (mardi 15 juin), la nuit" in await said()
    await pool.execute(changed.format("quiet_until = NULL, attempts = 2, answer = '451 try later'"))
    assert "Nouvel essai mardi 15 juin à 7 h" in await said()
    assert "451 try later" in await said()
    await pool.execute("INSERT INTO contract.sending (paused_at) VALUES ($1)", NOW)
    assert "Attend : les envois sont en pause" in await said()
    await pool.execute(changed.format("state = 'superseded', superseded_by = id"))
    assert "Dit dans un message plus récent" in await said()
    await pool.execute(changed.format("state = 'suppressed'"))
    assert "Sans adresse" in await said()
    await pool.execute(
        """
        INSERT INTO contract.unwanted (person_id, message, since)
        SELECT DISTINCT recipient_id, 'changed', $1::timestamptz FROM notifications.deliveries WHERE message = 'changed'
        """,
        NOW,
    )
    assert "Non envoyé : la personne ne veut plus de ce genre de message" in await said()
    await pool.execute(
        "INSERT INTO notifications.suppressions (address, reason, at) VALUES ('d@famille.example', '550 unknown', $1)",
        NOW,
    )
    assert "Non envoyé : l’adresse ne reçoit plus (550 unknown)" in await said()


async def test_a_message_is_shown_word_for_word_but_for_what_opens_somebody_s_page(pool, settings, told, planner):
    sender = Sender(settings, pool, MailServer(settings.smtp_url, connections=1, local_hostname="quinzaine.example"))
    row = await pool.fetchrow(
        """
        UPDATE notifications.deliveries SET state = 'due', due_at = now() WHERE message = 'registered_confirmed'
          AND recipient_id = (SELECT pupil_id FROM campaigns.registrations) RETURNING id, registration_id
        """
    )
    # written and kept, as before the first attempt
    await sender._prepare([row["id"]], 1)  # nothing is sent
    where = f"/planification/{told.slug}/envois/{row['id']}"
    shown = await planner.get(where)
    text = unescape(shown.text)
    assert "Votre place est confirmée : Semaine à Pont-Audemer" in text
    assert f"UID:{row['registration_id']}@" in text
    assert "SEQUENCE:" in text
    page = await planner.get(f"{where}/page")
    assert page.headers["content-security-policy"].startswith("sandbox;")
    signer = Signer(settings.secret_keys)
    for secret in (
        signer.token("registration", row["registration_id"]),
        signer.reply_local_part(row["registration_id"]),
    ):
        stored = (await pool.fetchval("SELECT mail FROM notifications.deliveries WHERE id = $1", row["id"])).decode()
        assert secret not in shown.text + page.text
        assert stored
    assert "/inscriptions/…" in text
    other = f"/planification/{told.slug}/envois/{told.offer_id}"
    assert (await planner.get(other)).status_code == 404


async def test_a_message_is_sent_again_once_and_the_entry_is_the_same(pool, settings, told, planner, sign_in):
    def again(sending_id):
        return f"/planification/{told.slug}/envois/{sending_id}/renvoi"

    first = await pool.fetchval(
        """
        SELECT d.id FROM contract.deliveries d JOIN campaigns.registrations r ON r.pupil_id = d.recipient_id
        WHERE d.message = 'registered_confirmed'
        """
    )
    page = unescape((await planner.get(f"/planification/{told.slug}/envois/{first}")).text)
    assert "Renvoyer l’invitation ou le lien" in page
    viewer = await sign_in(told.organisation_id, role="viewer")
    assert (await viewer.post(again(first))).status_code in (403, 404)
    organisation = await an_organisation(pool, slug="ailleurs", kind="agency", name="Ailleurs")
    elsewhere = await sign_in(organisation, role="planner")
    assert (await elsewhere.post(again(first))).status_code == 404
    # pressed twice
    answers = [(await planner.post(again(first))).status_code for _ in range(2)]
    assert answers == [303, 409]
    (event,) = await pool.fetch("SELECT id, body FROM contract.events WHERE tag = 'registration.answer_noted'")
    async with transaction(pool) as connection:
        await plan_events(connection, [event["id"]], settings=settings, now=NOW)
    await pool.execute("DELETE FROM notifications.deliveries WHERE message NOT IN ('invitation_again')")
    sending = await pool.fetchrow("SELECT message, calendar_method FROM notifications.deliveries")
    assert tuple(sending) == ("invitation_again", "REQUEST")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'send_again'") == 1


async def test_nothing_is_sent_again_to_who_has_left_and_who_waits_gets_the_link(pool, told, planner):
    first = await pool.fetchval(
        "SELECT id FROM contract.deliveries WHERE message = 'registered_confirmed' ORDER BY id LIMIT 1"
    )
    address = f"/planification/{told.slug}/envois/{first}/renvoi"
    await pool.execute("UPDATE campaigns.registrations SET status = 'withdrawn'")
    assert "il n’y a plus rien à renvoyer" in unescape((await planner.post(address)).text)
    await pool.execute("UPDATE campaigns.registrations SET status = 'waiting'")
    assert (await planner.post(address)).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'registration.link_requested'") == 1


def test_every_message_about_an_offer_has_its_words():
    """Those about accounts and campaigns are of no offer, and never in its list."""
    elsewhere = (
        "sign_in_link",
        "member_invited",
        "partner_left",
        "campaign_",
        "planner_digest",
        "teacher_digest",
        "agreement_",
    )
    messages = {
        message for message in (*get_args(Message), *get_args(NoticeMessage)) if not message.startswith(elsewhere)
    }
    assert messages == set(MESSAGES)


async def test_the_messages_of_one_fact_are_shown_alone(pool, told, planner):
    event_id = await pool.fetchval("SELECT id FROM contract.events WHERE tag = 'session.changed'")
    page = unescape((await planner.get(f"/planification/{told.slug}/envois?fait={event_id}")).text)
    assert page.count(">Changement de programme</a>") == 2
    assert ">Place confirmée</a>" not in page


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
