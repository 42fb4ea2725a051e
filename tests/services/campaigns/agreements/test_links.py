"""The link of a mail: it answers for one partner, for one version, and looking at it changes nothing."""

import pytest

from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.ends.cancel_campaign import cancel_campaign
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.invite_partner import invite_partner
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.agreements.conftest import agreement_of, facts
from tests.services.campaigns.agreements.test_rounds import LONGER
from tests.world import NOW

pytestmark = pytest.mark.anyio


@pytest.fixture
async def agreement_id(pool, four, proposed):
    """The request to the agency."""
    async with transaction(pool) as connection:
        return await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)


@pytest.fixture
def link(signer, agreement_id):
    return f"/accords/{signer.token('agreement', agreement_id, 1)}"


async def answer(visitor, link, said="agreed", **fields):
    return await visitor.post(link, data={"answer": said, **fields}, follow_redirects=False)


async def test_looking_at_a_link_tells_who_asks_for_what_and_changes_nothing(pool, four, visitor, link, proposed):
    before = await agreement_of(pool, proposed.id, four.agency)
    for method in ("GET", "HEAD"):
        shown = await visitor.request(method, link)
        assert shown.status_code in (200, 405)
    page = (await visitor.get(link)).text
    for text in (
        "Demande d’accord à Agence de l’orientation",
        "Normandie, deux semaines",
        "Nucléaire",
        "Fédération des métiers, qui la propose",
        "Donner notre accord",
    ):
        assert text in page
    assert await agreement_of(pool, proposed.id, four.agency) == before
    assert "no-store" in (await visitor.get(link)).headers["cache-control"]


async def test_a_link_declines_with_a_word_that_reaches_the_lead(pool, four, owners, visitor, link):
    assert (await answer(visitor, link, "declined", word="Pas cette année.\r\nDésolés.")).status_code == 303
    [fact] = await facts(pool, "agreement.declined")
    assert fact["word"] == "Pas cette année.\nDésolés."
    assert fact["recipients"] == [str(owners[four.federation].member.person_id)]
    assert "Vous pouvez encore accepter" in (await visitor.get(link)).text
    assert (await answer(visitor, link)).status_code == 303
    assert "a donné son accord" in (await visitor.get(link)).text


async def test_an_old_link_says_that_the_campaign_has_changed_since_and_answers_nothing(
    pool, four, visitor, link, proposed, signer, agreement_id
):
    async with transaction(pool) as connection:
        await change_campaign(connection, campaign_id=proposed.id, wording=LONGER, if_match=1, now=NOW)
    old = await visitor.get(link)
    assert "La campagne a changé depuis ce message" in old.text
    assert "Donner notre accord" not in old.text
    refused = await answer(visitor, link)
    assert (refused.status_code, "La campagne a changé" in refused.text) == (409, True)
    assert (await agreement_of(pool, proposed.id, four.agency))["agreed_version"] == 0
    newest = f"/accords/{signer.token('agreement', agreement_id, 2)}"
    assert "Le titre « Normandie, deux semaines » devient" in (await visitor.get(newest)).text
    assert (await answer(visitor, newest)).status_code == 303
    assert (await agreement_of(pool, proposed.id, four.agency))["agreed_version"] == 2


async def test_the_link_of_a_request_taken_back_or_of_a_cancelled_campaign_has_nothing_to_answer(
    pool, four, visitor, link, proposed
):
    async with transaction(pool) as connection:
        await cancel_campaign(connection, campaign_id=proposed.id, now=NOW)
    assert "Cette campagne est annulée" in (await visitor.get(link)).text
    assert (await answer(visitor, link)).status_code == 409
    await pool.execute("UPDATE campaigns.campaigns SET cancelled_at = NULL")
    async with transaction(pool) as connection:
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    assert "n’a plus d’objet" in (await visitor.get(link)).text
    assert (await answer(visitor, link)).status_code == 409


async def test_links_that_are_cut_forged_or_of_another_kind_lead_nowhere(visitor, signer, agreement_id):
    token = signer.token("agreement", agreement_id, 1)
    for wrong in (token[:-3], signer.token("host", agreement_id, 1), signer.token("agreement", new_id(), 1), "é", "0"):
        assert (await visitor.get(f"/accords/{wrong}")).status_code == 404
        assert (await answer(visitor, f"/accords/{wrong}")).status_code == 404


async def test_words_that_are_hostile_are_refused_or_shown_as_they_are(pool, owners, four, visitor, link, proposed):
    for word in ("x" * 1001, "a\x00b", "a\u202eb"):
        assert (await answer(visitor, link, word=word)).status_code == 422
    assert (await answer(visitor, link, "peut-être")).status_code == 422
    assert await facts(pool, "agreement.given") == []
    assert (await answer(visitor, link, word="<script>alert(1)</script>")).status_code == 303
    shown = (await owners[four.federation].get(f"/planification/campagnes/{proposed.slug}")).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


async def test_a_link_carries_bytes_no_form_should_without_an_error_of_ours(visitor, link):
    answered = await visitor.post(
        link, content=b"answer=agreed&word=%FF%FE", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answered.status_code < 500
