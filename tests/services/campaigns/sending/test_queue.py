"""The page of the queue: what it shows, the button that stops all mails, addresses freed, and the same as figures."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.campaigns.offers.hosts.host_request import Contact
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from services.campaigns.sending.metrics import write_metrics
from services.campaigns.sending.queue import AwayServer, Domain, Lane, Queue
from services.notifications.plan_events import plan_events
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.application import visiting
from tests.world import a_member, a_pupil

pytestmark = pytest.mark.anyio

PATH = "/planification/organisation/envois"
NOW = datetime(2027, 5, 10, 8, 30, tzinfo=UTC)


async def a_queue(pool):
    """One urgent mail that is late, three others, a domain that is held and a server that is away."""
    for priority, minutes, number in ((0, 5, 1), (5, 1, 3)):
        for _ in range(number):
            await pool.execute(
                """
                INSERT INTO notifications.deliveries
                    (id, event_id, message, recipient_id, sequence, priority, due_at, message_id, planned_at)
                VALUES ($1, $1, 'changed', $1, 1, $2, now() - $3::interval, '', now())
                """,
                new_id(),
                priority,
                timedelta(minutes=minutes),
            )
    await pool.execute(
        """
        INSERT INTO notifications.tallies (hour, shard, domain, outcome, number)
        SELECT date_trunc('hour', now()), shard, 'lent.example', outcome, 40
        FROM unnest(ARRAY[1, 2]) AS shard, unnest(ARRAY['sent', 'later']) AS outcome
        """
    )
    await pool.execute(
        """
        INSERT INTO notifications.domains (domain, failures, waves, held_until, answer)
        VALUES ('lent.example', 3, 1, now() + interval '1 minute', '451')
        """
    )
    await pool.execute(
        """
        INSERT INTO notifications.mail_servers (server, away_since, failures, probe_at, error)
        VALUES ('mail.example:25', now(), 2, now(), 'NoAnswer')
        """
    )


async def test_who_plans_sees_what_waits_and_an_owner_stops_and_resumes_it(pool, sign_in, small_week, planner):
    await a_queue(pool)
    shown = (await planner.get(PATH)).text
    for words in (
        "Des envois sont retenus",
        "1 à envoyer",
        "3 à envoyer",
        "En retard",
        "lent.example",
        "acceptés : 80 · remis à plus tard : 80",
        "réponse 451",
        "mail.example:25 ne répond pas",
        "Messages acceptés depuis le début de l’heure : 80.",
    ):
        assert words in shown, words
    assert "Suspendre" not in shown
    assert (await planner.post(PATH + "/pause")).status_code == 403
    owner = await sign_in(small_week.organisation_id, role="owner")
    assert "Suspendre tous les envois" in (await owner.get(PATH)).text
    for _ in range(2):
        assert (await owner.post(PATH + "/pause")).headers["location"] == PATH
    assert await pool.fetchval("SELECT paused_by FROM contract.sending") == owner.member.person_id
    assert "Tous les envois sont suspendus" in (await planner.get(PATH)).text
    for _ in range(2):
        await owner.post(PATH + "/reprise")
    assert await pool.fetchval("SELECT paused_at FROM contract.sending") is None
    acts = await pool.fetch("SELECT action FROM campaigns.audit WHERE action LIKE '%sending' ORDER BY id")
    assert [row["action"] for row in acts] == ["pause_sending", "resume_sending"]
    assert "Everything" not in (await owner.get("/en" + PATH)).text
    assert "Some mails are held back" in (await owner.get("/en" + PATH)).text


async def test_a_planner_lets_an_address_take_mails_again_and_only_of_an_own_pupil(pool, settings, small_week, planner):
    async with transaction(pool) as connection:
        await register_pupils(
            connection, offer_id=small_week.offer_id, requests=[a_pupil()], signer=Signer(settings.secret_keys), now=NOW
        )
        pupil = await connection.fetchrow(
            "SELECT p.id, p.email FROM campaigns.registrations r JOIN contract.people p ON p.id = r.pupil_id"
        )
        stranger = await a_member(connection, small_week.hosts[0], role="host", email="autre@entreprise.example")
        await connection.execute(
            """
            INSERT INTO notifications.suppressions (address, reason, at)
            SELECT address, 'bounce 5.1.1', now() FROM unnest($1::text[]) AS address
            """,
            [pupil["email"].lower(), "autre@entreprise.example"],
        )
    shown = (await planner.get(PATH)).text
    assert pupil["email"] in shown
    assert "l’adresse n’existe pas" in shown
    assert "autre@entreprise.example" not in shown
    for person_id in (pupil["id"], stranger.person_id):
        assert (await planner.post(f"{PATH}/adresses/{person_id}")).status_code == 303
    (event,) = await pool.fetch("SELECT id FROM contract.events WHERE tag = 'address.freed'")
    async with transaction(pool) as connection:
        await plan_events(connection, [event["id"]], settings=settings, now=datetime.now(UTC))
    left = await pool.fetch("SELECT address FROM contract.suppressions")
    assert [row["address"] for row in left] == ["autre@entreprise.example"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'free_address'") == 1


async def test_whoever_an_organisation_knows_is_among_the_shut_addresses_and_nobody_else(pool, small_week, planner):
    """Hosts that were asked, speakers of the bank, colleagues and who is invited: each as what they are."""
    async with transaction(pool) as connection:
        contact = Contact(name="Charlie Martin", email="Accueil@Chantiers.example")
        await request_host(connection, session_id=small_week.sessions[0], contact=contact, now=NOW)
        sheet = parse_sheet(name="Ange Caron", trade="Soudeur", email="ange.caron@metiers.example")
        await add_speaker(connection, organisation_id=small_week.organisation_id, sheet=sheet, now=NOW)
        colleague = await a_member(connection, small_week.organisation_id, role="teacher", email="prof@lycee.example")
        await a_member(connection, small_week.hosts[0], role="host", email="ailleurs@entreprise.example")
        await connection.execute(
            """
            INSERT INTO notifications.suppressions (address, reason, at)
            SELECT lower(email), 'bounce 5.1.1', now() FROM contract.people WHERE email IS NOT NULL
            """
        )
    shown = (await planner.get(PATH)).text
    for words in (
        "Accueil@Chantiers.example",
        "entreprise d’accueil",
        "ange.caron@metiers.example",
        "intervenant",
        "prof@lycee.example",
        "membre",
    ):
        assert words in shown, words
    assert "ailleurs@entreprise.example" not in shown
    assert (await planner.post(f"{PATH}/adresses/{colleague.person_id}")).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'address.freed'") == 1
    # and where the planner looks for them
    slug = await pool.fetchval("SELECT slug FROM campaigns.offers WHERE id = $1", small_week.offer_id)
    for path in (f"/planification/{slug}/accueils", "/planification/intervenants", "/planification/organisation"):
        assert "Adresse refusée" in (await planner.get(path)).text, path


async def test_figures_are_shown_to_whom_knows_the_token_and_to_nobody_where_there_is_none(pool, settings, visitor):
    assert (await visitor.get("/metrics")).status_code == 404
    assert (await visitor.get("/metrics", headers={"Authorization": "Bearer "})).status_code == 404
    await a_queue(pool)
    token = "sixteen-letters-and-more"  # guards the figures of this test
    async with visiting(msgspec.structs.replace(settings, metrics_token=token)) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/metrics", headers={"Authorization": "Bearer else"})).status_code == 404
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "quinzaine_sending_paused 0\n" in answer.text
    assert 'quinzaine_queue_waiting{lane="other"} 3\n' in answer.text
    assert "quinzaine_answers_waiting 0\n" in answer.text
    assert 'quinzaine_mails_total{outcome="sent"} 80\n' in answer.text


def test_figures_are_written_as_prometheus_reads_them():
    queue = Queue(
        paused_at=NOW,
        paused_by="",
        lanes=(Lane(name="urgent", waiting=2, oldest=NOW - timedelta(seconds=90)),),
        sent_this_hour=0,
        domains=(Domain(name='d"q', sent=0, later=3, lost=0, refused=0, held_until=NOW + timedelta(seconds=8)),),
        away=(AwayServer(server="mail.example:25", away_since=NOW - timedelta(seconds=4), probe_at=NOW),),
    )
    text = write_metrics(queue, {"sent": 81, "later": 3}, now=NOW)
    assert "quinzaine_sending_paused 1\n" in text
    assert 'quinzaine_queue_age_seconds{lane="urgent"} 90\n' in text
    assert 'quinzaine_domain_held_seconds{domain="d\\"q"} 8\n' in text
    assert 'quinzaine_mail_server_away_seconds{server="mail.example:25"} 4\n' in text
    assert 'quinzaine_mails_total{outcome="sent"} 81\n' in text
    assert 'quinzaine_domain_mails{domain="d\\"q",outcome="later"} 3\n' in text
    assert not queue.is_well(NOW)
