"""The bank of speakers on the screen, and the page of who is invited."""

import re
from uuid import UUID

import pytest

from shared.notices import SpeakerAnswered, SpeakerReleased, SpeakerRequested
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import events

pytestmark = pytest.mark.anyio

BANK = "/planification/intervenants"
SHEET = {
    "name": "Salomé Vasseur",
    "trade": "soudeuse",
    "employer": "Métal du Marais",
    "sector": "s10",
    "email": "salome@metal.example",
}


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


async def a_speaker(planner, **given) -> str:
    """Add a speaker by the form; the path of the page."""
    answer = await planner.post(f"{BANK}/nouveau", SHEET | given)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def invited(pool, signer: Signer) -> str:
    """The link of the newest invitation."""
    row = await pool.fetchrow("SELECT id, token_version FROM campaigns.speaker_requests ORDER BY id DESC LIMIT 1")
    return "/temoignage/" + signer.token("speaker", row["id"], row["token_version"])


async def test_a_planner_adds_invites_and_sees_the_answer(pool, visitor, planner, small_week, signer):
    assert "Votre liste d’intervenants est vide" in (await planner.get(BANK)).text
    path = await a_speaker(planner)
    page = (await planner.get(path)).text
    assert "Salomé Vasseur" in page
    assert f'value="{small_week.sessions[0]}"' in page
    answer = await planner.post(f"{path}/invitations", {"session_id": str(small_week.sessions[0])})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert len(await events(pool, SpeakerRequested)) == 1
    link = await invited(pool, signer)
    shown = await visitor.get(link)
    assert shown.status_code == 200
    assert "Confirmer ma venue" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert not await events(pool, SpeakerAnswered), "a GET answers nothing"
    form = {"answer": "confirmed", "word": "Avec plaisir.", "contact_again": "oui"}
    assert (await visitor.post(link, data=form, follow_redirects=False)).status_code == 303
    assert "Vous avez confirmé" in (await visitor.get(link)).text
    page = (await planner.get(path)).text
    assert "A confirmé" in page
    assert "Accepte d’être recontacté" in page
    assert "Avec plaisir." in page
    assert "Salomé Vasseur, soudeuse" in (await visitor.get(f"/offres/{small_week.slug}")).text
    answer = await visitor.post(f"/en{link}", data={"answer": "declined"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "You have declined" in (await visitor.get(f"/en{link}")).text
    kept = await pool.fetchval("SELECT detail FROM campaigns.audit ORDER BY id DESC LIMIT 1")
    assert kept.startswith("Intervention déclinée par Salomé Vasseur : « "), "the journal is French, whatever is read"
    assert re.search(r", lundi \d+ juin à \d+ h", kept)


async def test_an_invitation_that_cannot_be_is_said_on_the_page(pool, planner, small_week):
    path = await a_speaker(planner)
    session = {"session_id": str(small_week.sessions[0])}
    await planner.post(f"{path}/invitations", session)
    again = await planner.post(f"{path}/invitations", session)
    assert again.status_code == 409
    assert "est déjà invité à cette séance" in again.text
    removal = await planner.post(f"{path}/retrait")
    assert removal.status_code == 409
    assert "attendu à une séance à venir" in removal.text
    [request_id] = re.findall(r"invitations/([0-9a-f-]{36})/retrait", removal.text)
    assert (await planner.post(f"{path}/invitations/{request_id}/retrait")).status_code == 303
    assert [event.reason for event in await events(pool, SpeakerReleased)] == ["replaced"]
    assert (await planner.post(f"{path}/retrait")).status_code == 303
    assert (await planner.get(path)).status_code == 404


async def test_a_bank_is_searched_and_paged_and_serves_one_session(planner, small_week):
    await a_speaker(planner)
    await a_speaker(planner, name="Idir Benali", trade="infirmier", sector="s43", email="idir@sante.example")
    page = (await planner.get(BANK)).text
    assert page.index("Salomé Vasseur") < page.index("Idir Benali")
    assert "Idir" not in (await planner.get(f"{BANK}?secteur=s10")).text
    assert "Salomé" not in (await planner.get(f"{BANK}?mots=INFIRM")).text
    for hostile in ("?mots=%00", "?mots=%25_'", "?secteur=%27--", "?apres=x", "?seance=x", f"?seance={UUID(int=1)}"):
        assert (await planner.get(BANK + hostile)).status_code == 200
    for_one = (await planner.get(f"{BANK}?seance={small_week.sessions[0]}")).text
    assert "Inviter Salomé Vasseur" in for_one
    [path] = re.findall(r'action="(/planification/intervenants/[^"]+/invitations)"', for_one)[:1]
    sent = await planner.post(path, {"session_id": str(small_week.sessions[0]), "suite": "seance"})
    assert sent.headers["location"] == f"{BANK}?seance={small_week.sessions[0]}"
    assert "Réponse attendue" in (await planner.get(sent.headers["location"])).text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Le nom manque."),
        ({"trade": "x" * 101}, "Le métier est trop long"),
        ({"email": "pas une adresse"}, "pas valable"),
        ({"email": ""}, "L’adresse e-mail manque."),
        ({"name": "=HYPERLINK()"}, "ne peut pas commencer"),
        ({"sector": "s999"}, "Ce secteur n’existe pas."),
        ({"name": "<b>a</b>\x00"}, "caractère invisible"),
    ],
)
async def test_a_sheet_at_fault_comes_back_with_its_faults(planner, fields, sentence):
    answer = await planner.post(f"{BANK}/nouveau", SHEET | fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "soudeuse" in answer.text or "trade" in fields


async def test_another_organisation_s_speakers_sessions_and_invitations_do_not_exist(
    pool, planner, small_week, sign_in
):
    path = await a_speaker(planner)
    await planner.post(f"{path}/invitations", {"session_id": str(small_week.sessions[0])})
    request_id = await pool.fetchval("SELECT id FROM campaigns.speaker_requests")
    stranger = await sign_in(small_week.hosts[0], role="planner")
    for address in (path, f"{path}/fiche"):
        assert (await stranger.get(address)).status_code == 404
    for address in (
        f"{path}/fiche",
        f"{path}/retrait",
        f"{path}/invitations",
        f"{path}/invitations/{request_id}/retrait",
    ):
        answer = await stranger.post(address, SHEET | {"session_id": str(small_week.sessions[1])})
        assert answer.status_code == 404, address
    assert "Salomé" not in (await stranger.get(BANK)).text
    own = await a_speaker(stranger)
    for session_id in (str(small_week.sessions[1]), "x", str(UUID(int=1))):
        assert (await stranger.post(f"{own}/invitations", {"session_id": session_id})).status_code == 404
    assert (await stranger.post(f"{own}/invitations/{request_id}/retrait")).status_code == 404
    assert len(await events(pool, SpeakerRequested)) == 1


async def test_links_of_another_scope_or_version_lead_nowhere(pool, visitor, planner, small_week, signer):
    path = await a_speaker(planner)
    await planner.post(f"{path}/invitations", {"session_id": str(small_week.sessions[0])})
    request_id = await pool.fetchval("SELECT id FROM campaigns.speaker_requests")
    good = signer.token("speaker", request_id)
    assert (await visitor.get(f"/temoignage/{good}")).status_code == 200
    await pool.execute("UPDATE campaigns.speaker_requests SET token_version = 2")
    for token in (good, good[:-2], signer.token("host", request_id, 2), signer.token("speaker", UUID(int=1), 2)):
        assert (await visitor.get(f"/temoignage/{token}")).status_code == 404
        assert (await visitor.post(f"/temoignage/{token}", data={"answer": "declined"})).status_code == 404


@pytest.mark.parametrize("fields", [{}, {"answer": "awaited"}, {"answer": "confirmed", "word": "x" * 601}])
async def test_an_answer_that_is_none_is_said_so(pool, visitor, planner, small_week, signer, fields):
    path = await a_speaker(planner)
    await planner.post(f"{path}/invitations", {"session_id": str(small_week.sessions[0])})
    answer = await visitor.post(await invited(pool, signer), data=fields, follow_redirects=False)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not await events(pool, SpeakerAnswered)
