"""Who leaves a campaign takes its own offers along, with notice; who cancels one takes all; a kill loses nothing."""

import pytest

from services.campaigns.agreements.ends.cancel_campaign import cancel_campaign
from services.campaigns.agreements.ends.find_offers_to_cancel import find_offers_to_cancel
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.agreement import LeadStays
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.catalogue.read import list_campaigns
from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from tests.services.campaigns.agreements.conftest import facts
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def offers(pool, four, proposed, signer):
    """A published week of the federation and one of the agency, each with two pupils and one waiting."""
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        await agree_campaign(
            connection, campaign_id=proposed.id, organisation_id=four.agency, version=1, word="", now=NOW
        )
    made = {}
    for number, (slug, organisation_id) in enumerate((("chez-nous", four.federation), ("chez-eux", four.agency))):
        async with transaction(pool) as connection:
            week = await a_week(connection, seats=2, slug=slug, published=False)
            await connection.execute(
                "UPDATE campaigns.offers SET campaign_id = $2, organisation_id = $3 WHERE id = $1",
                week.offer_id,
                proposed.id,
                organisation_id,
            )
            await publish_offer(connection, offer_id=week.offer_id, now=NOW)
            pupils = [a_pupil(10 * number + one) for one in range(1, 4)]
            await register_pupils(connection, offer_id=week.offer_id, requests=pupils, signer=signer, now=NOW)
        made[organisation_id] = week.offer_id
    return made


async def status_of(pool, offer_id):
    return await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", offer_id)


async def test_a_partner_that_leaves_is_asked_twice_and_its_own_offers_are_cancelled_with_notice(
    pool, four, owners, proposed, offers
):
    agency, home = owners[four.agency], f"/planification/campagnes/{proposed.slug}"
    first = await agency.get(f"{home}/quitter")
    assert "1 offre sera annulée ; 3 élèves, inscrits ou en attente, seront prévenus." in first.text
    second = await agency.post(f"{home}/quitter", {"word": "Nous n’avons plus les moyens."})
    assert second.status_code == 200
    assert "Êtes-vous sûr" in second.text
    assert await status_of(pool, offers[four.agency]) == "published", "once is not enough"
    gone = await agency.post(f"{home}/quitter", {"word": "Nous n’avons plus les moyens.", "certain": "oui"})
    assert gone.status_code == 303
    assert await status_of(pool, offers[four.agency]) == "cancelled"
    assert await status_of(pool, offers[four.federation]) == "published"
    [cancelled] = await facts(pool, "offer.cancelled")
    assert len(cancelled["audience"]) == 3
    assert cancelled["note"] == "L’organisation qui propose cette offre ne participe plus à la campagne."
    [left] = await facts(pool, "agreement.left")
    assert left["word"] == "Nous n’avons plus les moyens."
    assert left["recipients"] == [str(owners[four.federation].member.person_id)]
    assert (await agency.get(home)).status_code == 404
    shown = (await owners[four.federation].get(home)).text
    assert "A quitté la campagne" in shown
    async with transaction(pool) as connection:
        [campaign] = await list_campaigns(connection)
    assert campaign.organisations == ("Fédération des métiers",), "it is taken off what is shown"
    lines = await pool.fetchval(
        "SELECT count(*) FROM campaigns.audit WHERE action = 'withdraw_partner' AND campaign_id = $1", proposed.id
    )
    assert lines == 1


async def test_offers_of_a_partner_that_left_are_found_again_after_a_kill_in_the_middle(
    pool, four, proposed, offers, settings
):
    async with transaction(pool) as connection:
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    # here the process died: nothing was cancelled
    async with transaction(pool) as connection:
        assert [one.id for one in await find_offers_to_cancel(connection, now=NOW)] == [offers[four.agency]]
    edge = Edge(settings, pool)
    await tick(edge, now=NOW, free_seats=True)
    assert await status_of(pool, offers[four.agency]) == "cancelled"
    assert await status_of(pool, offers[four.federation]) == "published"
    await tick(edge, now=NOW, free_seats=True)
    assert len(await facts(pool, "offer.cancelled")) == 1, "each is cancelled once"
    lines = await pool.fetch("SELECT organisation_id, person_id FROM campaigns.audit WHERE action = 'cancel_offer'")
    assert [tuple(line) for line in lines] == [(four.agency, None)], "time did it, once"


@pytest.mark.usefixtures("offers")
async def test_what_is_over_is_not_cancelled_any_more(pool, four, proposed):
    async with transaction(pool) as connection:
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        assert await find_offers_to_cancel(connection, now=at(20, 9)) == []


async def test_the_lead_does_not_leave_its_campaign(pool, four, owners, proposed):
    with pytest.raises(LeadStays):
        async with transaction(pool) as connection:
            await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.federation, now=NOW)
    answer = await owners[four.federation].get(f"/planification/campagnes/{proposed.slug}/quitter")
    assert answer.status_code == 409


async def test_cancelling_a_campaign_asks_twice_and_cancels_every_offer_of_all(pool, four, owners, proposed, offers):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    first = await lead.get(f"{home}/annuler")
    assert "2 offres seront annulées ; 6 élèves, inscrits ou en attente, seront prévenus." in first.text
    assert "Êtes-vous sûr" in (await lead.post(f"{home}/annuler")).text
    assert await status_of(pool, offers[four.agency]) == "published"
    assert (await lead.post(f"{home}/annuler", {"certain": "oui"})).status_code == 303
    assert {await status_of(pool, one) for one in offers.values()} == {"cancelled"}
    assert "Cette campagne est annulée" in (await lead.get(home)).text
    [told] = await facts(pool, "campaign.cancelled")
    assert told["recipients"] == [str(owners[four.agency].member.person_id)]
    refused = await lead.get(f"{home}/modifier")
    assert refused.status_code == 409
    forbidden = await owners[four.agency].post(f"{home}/annuler", {"certain": "oui"})
    assert forbidden.status_code == 403


async def test_a_campaign_cancelled_and_killed_before_its_offers_is_finished_by_the_clock(
    pool, proposed, offers, settings
):
    async with transaction(pool) as connection:
        await cancel_campaign(connection, campaign_id=proposed.id, now=NOW)
        await cancel_campaign(connection, campaign_id=proposed.id, now=NOW)
    await tick(Edge(settings, pool), now=NOW, free_seats=True)
    assert {await status_of(pool, one) for one in offers.values()} == {"cancelled"}
    assert len(await facts(pool, "offer.cancelled")) == 2
    assert len(await facts(pool, "campaign.cancelled")) == 1
