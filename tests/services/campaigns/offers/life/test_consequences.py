"""Before a change is made: who is told, the very mail, the planner's sentence, an hour to take it back."""

from datetime import timedelta
from html import unescape

import pytest

from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import OfferCancelled, SessionCancelled, SessionChanged, decode_event
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import a_contact, do
from tests.services.campaigns.offers.life.test_draft_and_settings import form_of
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def full_week(pool, settings, small_week):
    """Two seats taken (one pupil with a guardian, one reached through the guardian alone), one who waits."""
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "d@famille.example"}
    requests = [a_pupil(1, **guardian), a_pupil(2, email=None, **guardian), a_pupil(3)]
    async with transaction(pool) as connection:
        await register_pupils(
            connection, offer_id=small_week.offer_id, requests=requests, signer=Signer(settings.secret_keys), now=NOW
        )
    return small_week


async def events_of(pool, tag):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = $1 ORDER BY id", tag)
    return [decode_event(row["body"]) for row in rows]


def later(week) -> dict[str, str]:
    """Tuesday's visit begins an hour later."""
    return {"session_id": str(week.sessions[2]), "starts_at": "2027-06-15T10:00", "version": "1"}


async def test_a_change_shows_who_is_told_and_the_very_mail_and_changes_nothing_yet(pool, full_week, planner):
    answer = await planner.post(f"/planification/{full_week.slug}/consequences", later(full_week))
    page = unescape(answer.text)
    assert answer.status_code == 200
    assert "<li>1 élève</li>" in page
    assert "<li>2 responsables légaux</li>" in page
    assert "Changement de programme : Semaine à Pont-Audemer" in page
    assert "Début : 9 h → 10 h" in page
    assert await events_of(pool, "session.changed") == []
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 0
    assert await pool.fetchval("SELECT max(version) FROM campaigns.sessions") == 1


async def test_confirmed_it_is_done_with_the_sentence_and_held_back_for_an_hour(pool, full_week, planner):
    path = f"/planification/{full_week.slug}/consequences"
    shown = form_of(
        (await planner.post(path, later(full_week) | {"note": "Le car part plus tard.", "again": "oui"})).text
    )
    sent = shown | {"note": "Le car part plus tard.", "hold": "oui", "confirmed": "oui"}
    answer = await planner.post(f"/en{path}", sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/en/planification/{full_week.slug}/semaine")
    (event,) = await events_of(pool, "session.changed")
    assert isinstance(event, SessionChanged)
    assert (event.note, event.tell_after - event.occurred_at) == ("Le car part plus tard.", timedelta(hours=1))
    assert len(event.audience) == 2
    audit = await pool.fetchrow("SELECT action, detail FROM campaigns.audit")
    assert audit["action"] == "change_session"
    assert audit["detail"] == (
        "a modifié la séance « Visite 2.1 », mardi 15 juin à 9 h. La nouvelle attend une heure."
    ), "the journal is in French, whatever page was written on"


async def test_the_host_s_mail_is_shown_too_and_its_link_opens_nothing(pool, full_week, planner, visitor):
    await a_contact(pool, full_week.hosts[0])
    await do(pool, request_hosts, offer_id=full_week.offer_id)
    path = f"/planification/{full_week.slug}/consequences"
    page = unescape((await planner.post(path, later(full_week) | {"version": ""})).text)
    assert "<li>1 entreprise d’accueil</li>" in page
    mail = page.partition("Le message à l’entreprise d’accueil")[2]
    assert "10 h" in mail
    link = "/accueil/" + mail.partition("/accueil/")[2].split()[0].partition("<")[0]
    assert (await visitor.get(link)).status_code == 404
    page = unescape((await planner.get(f"/planification/{full_week.slug}/annulation")).text)
    assert "Le message à l’entreprise d’accueil" in page


async def test_the_mail_of_one_try_holds_nothing_of_the_try_before(full_week, planner):
    await planner.get(f"/planification/{full_week.slug}/annulation")
    path = f"/planification/{full_week.slug}/consequences"
    for title in ("Visite du port", "Visite du quai"):
        page = unescape((await planner.post(path, {"session_id": str(full_week.sessions[2]), "title": title})).text)
        # as a change, and in the week below it, with all that the cancellation tried before had ended
        assert page.count(title) >= 2
        assert "Visite 5.2" in page
    assert "Visite du port" not in page


async def test_the_mail_read_again_has_the_sentence_in_it(full_week, planner):
    path = f"/planification/{full_week.slug}/consequences"
    page = await planner.post(path, later(full_week) | {"note": "Le car <part> plus tard."})
    assert "Fédération des métiers ajoute :\nLe car <part> plus tard." in unescape(page.text)
    assert "<part>" not in page.text


async def test_the_page_of_the_mail_runs_nothing_and_opens_nobody_s_place(full_week, planner):
    path = f"/planification/{full_week.slug}/consequences/message"
    answer = await planner.post(path, later(full_week))
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "10\u00a0h" in answer.text
    links = [part.split('"')[0] for part in answer.text.split('href="') if "/inscriptions/" in part.split('"')[0]]
    assert links
    for link in links:
        assert (await planner.get(link)).status_code == 404


async def test_a_draft_or_an_empty_offer_changes_at_once(pool, small_week, planner):
    answer = await planner.post(f"/planification/{small_week.slug}/consequences", later(small_week))
    assert answer.status_code == 303
    assert len(await events_of(pool, "session.changed")) == 1


async def test_a_change_of_a_session_that_was_changed_meanwhile_is_not_made(pool, full_week, planner):
    path = f"/planification/{full_week.slug}/consequences"
    shown = form_of((await planner.post(path, later(full_week))).text)
    await pool.execute("UPDATE campaigns.sessions SET title = 'Autre' WHERE id = $1", full_week.sessions[2])
    answer = await planner.post(path, shown | {"confirmed": "oui"})
    assert answer.status_code == 412
    assert "a été modifiée entre-temps" in unescape(answer.text)
    assert await events_of(pool, "session.changed") == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"starts_at": "demain"}, 422),
        ({"ends_at": "2027-06-15T08:00"}, 422),
        ({"host_id": "personne"}, 422),
        ({"note": "x" * 501}, 422),
        ({"act": "erase_everything"}, 422),
        ({"session_id": "0"}, 404),
        ({"session_id": "00000000-0000-7000-8000-000000000000"}, 404),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(pool, full_week, planner, wrong, status):
    path = f"/planification/{full_week.slug}/consequences"
    answer = await planner.post(path, later(full_week) | {"confirmed": "oui"} | wrong)
    assert answer.status_code == status
    assert await events_of(pool, "session.changed") == []


async def test_settings_that_people_see_come_to_the_panel_first(pool, full_week, planner):
    path = f"/planification/{full_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    answer = await planner.post(path, form | {"city": "Bernay"})
    assert answer.status_code == 200
    assert "Ville : Pont-Audemer → Bernay" in unescape(answer.text)
    assert await pool.fetchval("SELECT city FROM campaigns.offers") == "Pont-Audemer"
    answer = await planner.post(path, form_of(answer.text) | {"note": "Le lieu change.", "confirmed": "oui"})
    assert answer.status_code == 303
    (event,) = await events_of(pool, "offer.changed")
    assert (event.note, event.tell_after) == ("Le lieu change.", None)
    # what nobody sees is saved at once
    form = form_of((await planner.get(path)).text)
    assert (await planner.post(path, form | {"departements": "27"})).status_code == 303


async def test_the_panel_carries_every_answer_of_the_settings_on(pool, full_week, planner):
    """Boxes that were unticked too: what a browser leaves out of a form must not come back as a yes."""
    await pool.execute("UPDATE campaigns.offers SET proof_of_address = true, grades = '{seconde}'")
    path = f"/planification/{full_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    del form["proof_of_address"], form["grade_seconde"]
    answer = await planner.post(path, form | {"city": "Bernay", "departements": "27", "grade_premiere": "oui"})
    assert (await planner.post(path, form_of(answer.text) | {"confirmed": "oui"})).status_code == 303
    offer = await pool.fetchrow("SELECT city, proof_of_address, grades, departements FROM campaigns.offers")
    assert tuple(offer) == ("Bernay", False, ["premiere"], ["27"])


async def test_cancelling_an_offer_is_asked_twice_and_says_how_many_it_concerns(pool, full_week, planner):
    path = f"/planification/{full_week.slug}/annulation"
    first = unescape((await planner.get(path)).text)
    assert "2 élèves, dont 1 sur la liste d’attente" in first
    assert "Annulation : Semaine à Pont-Audemer" in first
    second = await planner.post(path, {"note": "Le site est fermé.", "confirmed": "oui"})
    assert second.status_code == 200
    assert "4 personnes sont concernées" in unescape(second.text)
    assert await pool.fetchval("SELECT status FROM campaigns.offers") == "published"
    done = await planner.post(path, form_of(second.text) | {"note": "Le site est fermé.", "confirmed": "oui"})
    assert done.status_code == 303
    (event,) = await events_of(pool, "offer.cancelled")
    assert isinstance(event, OfferCancelled)
    assert (event.note, len(event.audience)) == ("Le site est fermé.", 3)
    # once more, from a page that was still open: nothing more happens
    again = await planner.post(path, form_of(second.text) | {"confirmed": "oui"})
    assert again.status_code == 303
    assert len(await events_of(pool, "offer.cancelled")) == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 1


async def test_cancelling_a_session_is_asked_twice(pool, full_week, planner):
    path = f"/planification/{full_week.slug}/seances/{full_week.sessions[0]}/annulation"
    assert "« Visite 1.1 »" in unescape((await planner.get(path)).text)
    second = await planner.post(path, {"confirmed": "oui"})
    assert "3 personnes sont concernées" in unescape(second.text)
    done = await planner.post(path, form_of(second.text) | {"hold": "oui", "confirmed": "oui"})
    assert done.status_code == 303
    (event,) = await events_of(pool, "session.cancelled")
    assert isinstance(event, SessionCancelled)
    assert event.tell_after == event.occurred_at + timedelta(hours=1)
    assert (await planner.post(path, form_of(second.text) | {"confirmed": "oui"})).status_code == 303
    assert len(await events_of(pool, "session.cancelled")) == 1


async def test_nothing_of_another_organisation_can_be_asked_about(pool, full_week, sign_in):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
        own = await a_week(connection, slug="la-mienne")
        await connection.execute("UPDATE campaigns.offers SET organisation_id = $1 WHERE id = $2", other, own.offer_id)
    stranger = await sign_in(other)
    slug, session_id = full_week.slug, full_week.sessions[2]
    for path in (f"/planification/{slug}/annulation", f"/planification/{slug}/seances/{session_id}/annulation"):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(path, {"confirmed": "oui", "sure": "oui"})).status_code == 404
    for path in (f"/planification/{slug}/consequences", f"/planification/{slug}/consequences/message"):
        assert (await stranger.post(path, later(full_week))).status_code == 404
    # nor a session of another offer, under the name of one's own
    for path in (
        f"/planification/{own.slug}/seances/{session_id}/annulation",
        f"/planification/{own.slug}/consequences",
    ):
        assert (await stranger.post(path, later(full_week) | {"confirmed": "oui", "sure": "oui"})).status_code == 404
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE version > 1") == 0


async def test_who_may_only_read_cancels_nothing(pool, full_week, sign_in):
    viewer = await sign_in(full_week.organisation_id, role="viewer")
    path = f"/planification/{full_week.slug}/annulation"
    assert (await viewer.get(path)).status_code == 403
    assert (await viewer.post(path, {"confirmed": "oui", "sure": "oui"})).status_code == 403
    assert await pool.fetchval("SELECT status FROM campaigns.offers") == "published"
