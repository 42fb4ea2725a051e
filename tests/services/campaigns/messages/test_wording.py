"""The sentences of a campaign: who writes them, what a mistake shows, what two at once are told."""

import asyncio

import pytest

from infra.mail_preview import MailGallery
from services.campaigns.messages.wording.change_wording import change_wording
from services.campaigns.messages.wording.read import read_wording
from services.campaigns.messages.wording.sentences import WordingChangedMeanwhile
from shared.database import transaction
from shared.wording import EDITABLE
from tests.application import visiting

# the organisations and the campaign that these are the sentences of
from tests.services.campaigns.agreements.conftest import four, owners, proposed  # noqa: F401  # fixtures

pytestmark = pytest.mark.anyio

NAME = "registered_confirmed"
FORM = {"version": "0", "fr-opening": "Bonjour {{ prenom }} !", "fr-closing": "", "en-opening": "Hello {{ prenom }}!"}


@pytest.fixture
async def visitor(settings):
    async with visiting(settings, gallery=MailGallery(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def lead(owners, four):  # noqa: F811  # the fixtures
    return owners[four.federation]


@pytest.fixture
def home(proposed):  # noqa: F811  # the fixture
    return f"/planification/campagnes/{proposed.slug}/messages"


async def kept(pool, campaign_id):
    async with pool.acquire() as connection:
        return await read_wording(connection, campaign_id, NAME)


async def test_a_lead_writes_sentences_and_goes_back_to_the_mail_of_the_product(pool, lead, home, proposed):  # noqa: F811
    assert (await lead.get(home)).text.count("avec vos phrases") == 0
    answer = await lead.post(f"{home}/{NAME}", FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{home}/{NAME}?fait=oui")
    wording = await kept(pool, proposed.id)
    assert wording.sentences == {
        "fr": {"opening": "Bonjour {{ prenom }} !"},
        "en": {"opening": "Hello {{ prenom }}!"},
    }
    assert (await lead.get(home)).text.count("avec vos phrases") == 1
    shown = (await lead.get(f"{home}/{NAME}?fait=oui")).text
    assert "Bonjour {{ prenom }} !</textarea>" in shown
    assert (await lead.post(f"{home}/{NAME}", FORM | {"version": "1", "sans": "oui"})).status_code == 303
    assert (await kept(pool, proposed.id)).sentences == {}
    acts = await pool.fetch("SELECT action, detail, campaign_id FROM campaigns.audit WHERE action = 'change_wording'")
    assert [row["campaign_id"] for row in acts] == [proposed.id] * 2
    assert "celles de Quinzaine" in acts[1]["detail"]


async def test_a_mistake_stands_beside_its_field_and_is_not_kept(pool, lead, home, proposed):  # noqa: F811
    form = FORM | {"fr-practical": "Le car part.\nBonjour {{ prenon }}"}
    answer = await lead.post(f"{home}/{NAME}", form)
    assert answer.status_code == 422
    assert 'id="fr-practical-erreur"' in answer.text
    assert "Ligne 2 : « prenon » n’est pas un repère ; vouliez-vous dire « prenom » ?" in answer.text.replace(
        "\xa0", " "
    )
    assert "Bonjour {{ prenom }} !</textarea>" in answer.text
    assert (await kept(pool, proposed.id)).version == 0
    preview = await lead.post(f"{home}/{NAME}/apercu", form)
    assert "n’est pas un repère" in preview.text
    assert preview.headers["content-security-policy"].startswith("sandbox")


async def test_the_preview_has_the_sentences_as_they_stand_in_the_form(lead, home):
    for language, words in (("fr", "Bonjour Camille !"), ("en", "Hello Camille!")):
        preview = await lead.post(f"{home}/{NAME}/apercu", FORM | {"langue": language})
        assert preview.status_code == 200
        assert words in preview.text


async def test_the_page_shows_the_mail_as_it_goes_out_now_before_anything_is_pressed(lead, home):
    assert f'src="{home}/{NAME}/apercu"' in (await lead.get(f"{home}/{NAME}")).text
    before = await lead.get(f"{home}/{NAME}/apercu")
    assert "Votre place est confirmée" in before.text
    assert "Bonjour Camille !" not in before.text
    await lead.post(f"{home}/{NAME}", FORM)
    after = await lead.get(f"{home}/{NAME}/apercu")
    assert "Bonjour Camille !" in after.text
    assert after.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize(
    "nonsense", ["{% for x in range(10**9) %}a{% endfor %}", "{{ 7*7 }}", "{{", "\x00", "a" * 9999]
)
async def test_nonsense_is_refused_with_a_sentence(pool, lead, home, proposed, nonsense):  # noqa: F811
    answer = await lead.post(f"{home}/{NAME}", FORM | {"fr-opening": nonsense})
    assert answer.status_code == 422
    assert 'id="fr-opening-erreur"' in answer.text
    assert (await kept(pool, proposed.id)).version == 0


async def test_the_second_of_two_planners_is_told_and_the_sentences_of_the_first_stay(pool, lead, home, proposed):  # noqa: F811
    assert (await lead.post(f"{home}/{NAME}", FORM)).status_code == 303
    answer = await lead.post(f"{home}/{NAME}", FORM | {"fr-opening": "Autre chose."})
    assert answer.status_code == 412
    assert "Quelqu’un a modifié ces phrases entre-temps" in answer.text
    assert "Bonjour {{ prenom }} !</textarea>" in answer.text
    # the same once more is no change, and no trouble
    assert (await lead.post(f"{home}/{NAME}", FORM)).status_code == 303
    assert (await kept(pool, proposed.id)).version == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'change_wording'") == 1


@pytest.mark.parametrize("if_match", [0, 1])
async def test_of_ten_at_once_one_writes(pool, proposed, if_match):  # noqa: F811
    async def write(number: int) -> bool | str:
        sentences = {"fr": {"opening": f"Phrase {number}."}}
        try:
            async with transaction(pool) as connection:
                return await change_wording(
                    connection, campaign_id=proposed.id, message=NAME, sentences=sentences, if_match=if_match
                )
        except WordingChangedMeanwhile:
            return "told"

    if if_match:
        async with transaction(pool) as connection:
            await change_wording(connection, campaign_id=proposed.id, message=NAME, sentences={}, if_match=0)
    outcomes = await asyncio.gather(*(write(number) for number in range(10)))
    assert sorted(map(str, outcomes)) == ["True", *["told"] * 9]
    assert (await kept(pool, proposed.id)).version == if_match + 1


async def test_only_who_leads_the_campaign_writes_and_only_where_sentences_are_taken(owners, four, home, lead, sign_in):  # noqa: F811
    stranger, viewer = owners[four.region], await sign_in(four.federation, role="viewer")
    for path in ("", f"/{NAME}", f"/{NAME}/apercu"):
        assert (await stranger.get(home + path)).status_code == 404
        assert (await viewer.get(home + path)).status_code == 403
    for path in (f"/{NAME}", f"/{NAME}/apercu"):
        assert (await stranger.post(home + path, FORM)).status_code == 404
        assert (await viewer.post(home + path, FORM)).status_code == 403
    # neither consent, nor an absence, nor what ends something
    for name in ("consent_asked", "absence_announced", "offer_cancelled", "sign_in_link", "rien"):
        assert name not in EDITABLE
        assert (await lead.post(f"{home}/{name}", FORM)).status_code == 404
