"""The pages about hosts: the planner's, the company's by the link of its mail, and that of its member."""

from uuid import UUID

import pytest

from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import SessionChanged
from shared.notices import HostAnswered, HostReleased, HostRequested, HostTimeAccepted
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import a_pupil, at

pytestmark = pytest.mark.anyio


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
async def asked(pool, small_week):
    """The small week, its first company asked."""
    await a_contact(pool, small_week.hosts[0])
    await do(pool, request_hosts, offer_id=small_week.offer_id)
    return small_week


def link(signer: Signer, request) -> str:
    return "/accueil/" + signer.token("host", request["id"], request["token_version"])


async def test_a_planner_asks_all_with_one_button_and_completes_what_is_unknown(pool, small_week, planner):
    await a_contact(pool, small_week.hosts[0])
    path = f"/planification/{small_week.slug}/accueils"
    before = await planner.get(path)
    assert "Demander les 5 accueils qui restent" in before.text
    assert "Indiquer à qui écrire" in before.text
    answer = await planner.post(f"{path}/demandes")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "Réponse attendue avant le" in (await planner.get(path)).text
    line = f"{path}/{small_week.sessions[1]}/demande"
    assert "Demander l’accueil à Énergies du Marais" in (await planner.get(line)).text
    refused = await planner.post(line, {"name": "", "email": "pas une adresse"})
    assert refused.status_code == 422
    assert "pas une adresse" in refused.text
    nobody = await planner.post(line, {"name": "", "email": ""})
    assert nobody.status_code == 422
    assert "Nous ne savons pas à qui écrire" in nobody.text
    sent = await planner.post(line, {"name": "Hugo Lemoine", "email": "hugo@marais.example"})
    assert sent.status_code == 303
    assert (await events(pool, HostRequested))[-1].host == "Énergies du Marais"


async def test_a_meal_is_no_host_to_be_found(pool, small_week, planner):
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE campaigns.sessions SET kind = 'meal', host_id = NULL, site_id = NULL WHERE id = $1",
            small_week.sessions[0],
        )
    shown = (await planner.get(f"/planification/{small_week.slug}/accueils")).text
    assert "Sans entreprise" in shown
    assert f"0 séance sur {len(small_week.sessions) - 1} confirmée" in shown
    assert "à trouver" not in shown


async def test_the_link_of_the_mail_shows_what_is_asked_and_a_get_answers_nothing(pool, visitor, signer, asked):
    request = await request_of(pool, asked.sessions[0])
    shown = await visitor.get(link(signer, request))
    assert shown.status_code == 200
    assert "Confirmer l’accueil" in shown.text
    assert "2 élèves au plus" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert "noindex" in shown.headers["x-robots-tag"]
    assert not await events(pool, HostAnswered)


async def test_a_company_confirms_without_an_account(pool, visitor, signer, asked):
    request = await request_of(pool, asked.sessions[0])
    answer = await visitor.post(f"/en{link(signer, request)}", data={"answer": "confirmed"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "Vous avez confirmé" in (await visitor.get(link(signer, request))).text
    assert [event.answer for event in await events(pool, HostAnswered)] == ["confirmed"]
    trail = await pool.fetchrow("SELECT person_id, organisation_id, offer_id, detail FROM campaigns.audit")
    assert tuple(trail)[:3] == (request["person_id"], asked.hosts[0], asked.offer_id)
    assert trail["detail"] == "Accueil confirmé : « Visite 1.1 », lundi 14 juin à 9 h."


async def test_a_company_proposes_a_time_and_the_planner_accepts_it(pool, visitor, signer, asked, planner):
    request = await request_of(pool, asked.sessions[0])
    proposal = {"answer": "proposed", "date": "2027-06-14", "start": "10:00", "end": "12:30", "word": "Pas avant 10 h."}
    assert (await visitor.post(link(signer, request), data=proposal, follow_redirects=False)).status_code == 303
    path = f"/planification/{asked.slug}/accueils"
    shown = await planner.get(path)
    assert "10 h–12 h 30" in shown.text
    assert "Pas avant 10 h." in shown.text
    accepted = await planner.post(f"{path}/{asked.sessions[0]}/horaire", {"suite": "accepter"})
    assert accepted.status_code == 303
    assert (await request_of(pool, asked.sessions[0]))["status"] == "confirmed"
    changed = (await events(pool, SessionChanged))[-1]
    assert [change.field for change in changed.changes] == ["starts_at", "ends_at"]
    assert len(await events(pool, HostRequested)) == 5, "who proposed the time is not asked for it again"
    [told] = await events(pool, HostTimeAccepted)
    assert told.recipients == (request["person_id"],)
    assert told.appointment.starts_at == at(0, 10)


async def test_a_planner_keeps_the_planned_time_and_the_company_is_asked_again(pool, visitor, signer, asked, planner):
    request = await request_of(pool, asked.sessions[0])
    proposal = {"answer": "proposed", "date": "2027-06-14", "start": "10:00", "end": "12:30"}
    await visitor.post(link(signer, request), data=proposal, follow_redirects=False)
    path = f"/planification/{asked.slug}/accueils/{asked.sessions[0]}/horaire"
    assert (await planner.post(path, {"suite": "garder"})).status_code == 303
    assert (await request_of(pool, asked.sessions[0]))["status"] == "awaited"
    assert not await events(pool, SessionChanged)
    assert (await planner.post(path, {"suite": "accepter"})).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"answer": "proposed", "date": "", "start": "10:00", "end": "11:00"},
        {"answer": "proposed", "date": "2027-06-14", "start": "midi", "end": "11:00"},
        {"answer": "proposed", "date": "2027-06-14", "start": "11:00", "end": "10:00"},
        {"answer": "proposed", "date": "0001-01-01", "start": "00:00", "end": "00:01"},
        {"answer": "proposed", "date": "2020-06-14", "start": "10:00", "end": "11:00"},
        {"answer": "proposed", "date": "2027-06-14", "start": "10:00+02:00", "end": "11:00"},
        {"answer": "replaced"},
        {},
        {"answer": "confirmed", "word": "x" * 601},
        {"answer": "confirmed", "word": "nul\x00"},
        {"answer": "confirmed", "word": "\u202egauche"},
    ],
)
async def test_an_answer_that_is_none_is_said_so_and_what_was_typed_is_kept(pool, visitor, signer, asked, fields):
    request = await request_of(pool, asked.sessions[0])
    answer = await visitor.post(link(signer, request), data=fields, follow_redirects=False)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not await events(pool, HostAnswered)


async def test_a_word_is_shown_as_text_and_never_run(pool, visitor, signer, asked, planner):
    request = await request_of(pool, asked.sessions[0])
    word = "<script>alert(1)</script>"
    await visitor.post(link(signer, request), data={"answer": "declined", "word": word}, follow_redirects=False)
    shown = (await planner.get(f"/planification/{asked.slug}/accueils")).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


async def test_links_that_are_cut_foreign_or_older_than_the_last_lead_nowhere(pool, visitor, signer, asked):
    request = await request_of(pool, asked.sessions[0])
    good = signer.token("host", request["id"], request["token_version"])
    await pool.execute("UPDATE campaigns.host_requests SET token_version = 2 WHERE id = $1", request["id"])
    foreign = Signer(("une-autre-cle",)).token("host", request["id"], 2)
    for token in (
        good,
        good[:-1],
        foreign,
        signer.token("speaker", request["id"], 2),
        signer.token("host", UUID(int=1)),
    ):
        assert (await visitor.get(f"/accueil/{token}")).status_code == 404
        assert (await visitor.post(f"/accueil/{token}", data={"answer": "declined"})).status_code == 404
        assert (await visitor.get(f"/accueil/{token}/tout")).status_code == 404
    assert not await events(pool, HostAnswered)


async def test_all_of_a_person_s_sessions_stand_on_one_page_whatever_the_campaign(pool, visitor, signer, asked):
    request = await request_of(pool, asked.sessions[0])
    space = await visitor.get(f"/accueil/{signer.token('host_space', request['person_id'])}/tout")
    assert space.status_code == 200
    assert space.text.count("Votre réponse est attendue") == 5
    assert link(signer, request) in space.text


async def test_members_of_the_company_answer_and_no_other_organisation_s(pool, asked, sign_in):
    request = await request_of(pool, asked.sessions[0])
    member = await sign_in(asked.hosts[0], role="host")
    assert "5 réponses sont attendues" in (await member.get("/planification/accueils")).text
    path = f"/planification/accueils/{request['id']}"
    assert "Confirmer l’accueil" in (await member.get(path)).text
    for stranger in (
        await sign_in(asked.hosts[1], role="host"),
        await sign_in(asked.organisation_id, "planner", "p@o.example"),
    ):
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(path, {"answer": "confirmed"})).status_code == 404
        assert "Visite 1.1" not in (await stranger.get("/planification/accueils")).text
    assert (await member.post(path, {"answer": "confirmed"})).status_code == 303
    trail = await pool.fetchval("SELECT detail FROM campaigns.audit WHERE action = 'answer_host_request'")
    assert trail.startswith("Accueil confirmé : « Visite 1.1 »")
    again = await member.post(path, {"answer": "declined"})
    assert again.status_code == 409
    assert "retirez la confirmation" in again.text


async def test_another_federation_s_planner_finds_nothing(asked, sign_in):
    stranger = await sign_in(asked.hosts[1], role="planner")
    base, session = f"/planification/{asked.slug}/accueils", asked.sessions[0]
    for path in (base, f"{base}/{session}/demande", f"{base}/{session}/remplacement"):
        assert (await stranger.get(path)).status_code == 404
    for path in (
        f"{base}/demandes",
        f"{base}/noms",
        f"{base}/{session}/demande",
        f"{base}/{session}/remplacement",
        f"{base}/{session}/horaire",
        f"{base}/{session}/reponse",
    ):
        answer = await stranger.post(path, {"company": "X", "suite": "accepter", "partager": "oui"})
        assert answer.status_code == 404


async def test_no_name_of_a_pupil_is_seen_before_it_is_shared_and_the_company_has_confirmed(
    pool, visitor, signer, asked, planner, sign_in
):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=asked.offer_id,
            requests=[a_pupil(1)],
            signer=signer,
            now=(await connection.fetchval("SELECT now()")),
        )
    request = await request_of(pool, asked.sessions[0])
    member = await sign_in(asked.hosts[0], role="host")
    space = f"/accueil/{signer.token('host_space', request['person_id'])}/tout"

    async def pages() -> list[str]:
        return [
            (await visitor.get(link(signer, request))).text,
            (await visitor.get(space)).text,
            (await member.get(f"/planification/accueils/{request['id']}")).text,
            (await member.get("/planification/accueils")).text,
        ]

    assert not [page for page in await pages() if "Dupré" in page]
    await visitor.post(link(signer, request), data={"answer": "confirmed"}, follow_redirects=False)
    assert not [page for page in await pages() if "Dupré" in page]
    names = f"/planification/{asked.slug}/accueils/noms"
    assert (await planner.post(names, {"partager": "oui"})).status_code == 303
    seen = await pages()
    assert [("Dupré" in page) for page in seen] == [True, False, True, False]
    assert "Lycée Jacques Prévert" in seen[0]
    assert "@eleve.example" not in "".join(seen), "name, school and class, nothing else"
    other = await request_of(pool, asked.sessions[2])
    assert "Dupré" not in (await visitor.get(link(signer, other))).text, "this one has not confirmed"
    await planner.post(names, {"partager": "non"})
    assert not [page for page in await pages() if "Dupré" in page]


async def test_a_replacement_asks_the_new_company_and_releases_the_one_before(pool, visitor, signer, asked, planner):
    request = await request_of(pool, asked.sessions[0])
    path = f"/planification/{asked.slug}/accueils/{asked.sessions[0]}/remplacement"
    assert "Chantiers de la Risle" in (await planner.get(path)).text
    form = {"company": "Ateliers du Pont", "place": "3 quai Neuf, 27500 Pont-Audemer"}
    unknown = await planner.post(path, form)
    assert unknown.status_code == 422
    assert "Nous ne savons pas à qui écrire chez Ateliers du Pont" in unknown.text
    assert not await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE name = 'Ateliers du Pont'")
    same = await planner.post(path, {"company": "chantiers de la risle"})
    assert same.status_code == 422
    done = await planner.post(path, form | {"name": "Inès Roux", "email": "ines@pont.example"})
    assert done.status_code == 303
    released = await events(pool, HostReleased)
    assert [(event.reason, event.host, event.appointment.place) for event in released] == [
        ("replaced", "Chantiers de la Risle", "")
    ]
    assert (await events(pool, HostRequested))[-1].appointment.place == "3 quai Neuf, 27500 Pont-Audemer"
    old = (await visitor.get(link(signer, request))).text
    assert "ne vous est plus demandé" in old
    assert "quai Neuf" not in old, "where it is now is the other company's place"
    changes = (await events(pool, SessionChanged))[-1].changes
    assert [change.field for change in changes] == ["host", "place"]


async def test_a_request_that_went_to_the_wrong_person_goes_to_another_and_its_link_is_dead(
    pool, visitor, signer, asked, planner
):
    before = await request_of(pool, asked.sessions[0])
    path = f"/planification/{asked.slug}/accueils/{asked.sessions[0]}/demande"
    assert "le lien envoyé avant ne sera plus valable" in (await planner.get(path)).text
    sent = await planner.post(path, {"name": "Hugo Lemoine", "email": "hugo@risle.example"})
    assert sent.status_code == 303
    after = await request_of(pool, asked.sessions[0])
    assert (after["id"], after["token_version"]) == (before["id"], before["token_version"] + 1)
    assert (await events(pool, HostRequested))[-1].recipients == (after["person_id"],)
    assert after["person_id"] != before["person_id"]
    assert (await visitor.get(link(signer, before))).status_code == 404
    assert (await visitor.get(link(signer, after))).status_code == 200
    assert (await planner.post(path, {"name": "Hugo Lemoine", "email": "HUGO@risle.example"})).status_code == 409


async def test_a_planner_notes_what_was_said_on_the_telephone(pool, asked, planner):
    path = f"/planification/{asked.slug}/accueils"
    for _ in range(2):
        assert (await planner.post(f"/en{path}/{asked.sessions[0]}/reponse")).status_code == 303
    assert (await request_of(pool, asked.sessions[0]))["status"] == "confirmed"
    assert (await planner.post(f"{path}/{asked.sessions[1]}/reponse")).status_code == 404, "nobody was asked"
    assert len(await events(pool, HostAnswered)) == 1
    said = await pool.fetchval("SELECT detail FROM campaigns.audit WHERE action = 'answer_host_request'")
    assert said == "Accord de Chantiers de la Risle noté pour « Visite 1.1 », lundi 14 juin à 9 h.", (
        "the journal is in French, whatever page was written on"
    )
    assert "1 of 10 sessions confirmed" in (await planner.get(f"/en{path}")).text


async def test_before_participants_are_told_the_planner_reads_the_very_mail_and_adds_a_sentence(
    pool, asked, planner, signer
):
    async with transaction(pool) as connection:
        now = await connection.fetchval("SELECT now()")
        await register_pupils(connection, offer_id=asked.offer_id, requests=[a_pupil(1)], signer=signer, now=now)
    path = f"/planification/{asked.slug}/accueils/{asked.sessions[0]}/remplacement"
    form = {
        "company": "Ateliers du Pont",
        "place": "3 quai Neuf, 27500 Pont-Audemer",
        "name": "Inès Roux",
        "email": "ines@pont.example",
        "note": "Désolés.",
    }
    before = len(await events(pool))
    panel = await planner.post(path, form)
    assert panel.status_code == 200
    assert "1 élève" in panel.text
    assert "2 entreprises d’accueil" in panel.text
    assert "Chantiers de la Risle → Ateliers du Pont" in panel.text
    assert len(await events(pool)) == before, "seen, and not done"
    assert not await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE name = 'Ateliers du Pont'")
    done = await planner.post(path, form | {"confirmed": "oui", "hold": "oui"})
    assert done.status_code == 303
    changed = (await events(pool, SessionChanged))[-1]
    assert (changed.note, len(changed.audience)) == ("Désolés.", 1)
    assert changed.tell_after is not None
    too_long = await planner.post(path, form | {"company": "Autre", "note": "x" * 501})
    assert too_long.status_code == 422


async def test_a_time_that_participants_have_to_be_told_of_is_shown_first(pool, visitor, asked, planner, signer):
    async with transaction(pool) as connection:
        now = await connection.fetchval("SELECT now()")
        await register_pupils(connection, offer_id=asked.offer_id, requests=[a_pupil(1)], signer=signer, now=now)
    request = await request_of(pool, asked.sessions[0])
    proposal = {"answer": "proposed", "date": "2027-06-14", "start": "10:00", "end": "12:30"}
    await visitor.post(link(signer, request), data=proposal, follow_redirects=False)
    path = f"/planification/{asked.slug}/accueils/{asked.sessions[0]}/horaire"
    panel = await planner.post(path, {"suite": "accepter"})
    assert panel.status_code == 200
    assert "10 h" in panel.text
    assert (await request_of(pool, asked.sessions[0]))["status"] == "proposed"
    assert (await planner.post(path, {"suite": "accepter", "confirmed": "oui"})).status_code == 303
    assert (await request_of(pool, asked.sessions[0]))["status"] == "confirmed"
