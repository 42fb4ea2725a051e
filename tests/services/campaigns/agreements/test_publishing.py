"""Nothing goes out before all have agreed, whoever was first: publication and invitation at the same moment."""

import asyncio

import pytest

from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.offers.publish_offer import AgreementMissing, OrganiserLeft, publish_offer
from shared.database import transaction
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
async def draft(pool, proposed):
    """An offer of the federation in the campaign, not published yet."""
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", proposed.id)
    return week.offer_id


async def publish(pool, offer_id):
    async with transaction(pool) as connection:
        await publish_offer(connection, offer_id=offer_id, now=NOW)


async def test_a_partner_invited_while_the_offer_is_published_is_waited_for(pool, four, proposed, draft):
    async with transaction(pool) as inviting:
        await invite_partner(inviting, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        publishing = asyncio.create_task(publish(pool, draft))
        await asyncio.sleep(0.2)
        assert not publishing.done(), "who publishes waits for who invites"
    with pytest.raises(AgreementMissing, match="Agence de l’orientation"):
        await publishing
    assert await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", draft) == "draft"


async def test_an_invitation_that_comes_while_the_offer_is_published_waits_and_holds_back_what_comes_later(
    pool, four, proposed, draft
):
    async def invite():
        async with transaction(pool) as connection:
            await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)

    async with transaction(pool) as publishing:
        await publish_offer(publishing, offer_id=draft, now=NOW)
        inviting = asyncio.create_task(invite())
        await asyncio.sleep(0.2)
        assert not inviting.done(), "who invites waits for who publishes"
    await inviting
    assert await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", draft) == "published"
    async with transaction(pool) as connection:
        later = await a_week(connection, slug="une-autre", published=False)
        await connection.execute(
            "UPDATE campaigns.offers SET campaign_id = $1 WHERE id = $2", proposed.id, later.offer_id
        )
    with pytest.raises(AgreementMissing):
        await publish(pool, later.offer_id)


async def test_two_offers_of_one_campaign_are_published_at_the_same_moment(pool, proposed, draft):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="une-autre", published=False)
        await connection.execute(
            "UPDATE campaigns.offers SET campaign_id = $1 WHERE id = $2", proposed.id, other.offer_id
        )
    await asyncio.gather(publish(pool, draft), publish(pool, other.offer_id))
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers WHERE status = 'published'") == 2


async def test_a_partner_who_has_left_holds_nothing_back_and_publishes_nothing_more(pool, four, proposed, draft):
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        await connection.execute("UPDATE campaigns.offers SET organisation_id = $1", four.agency)
    async with transaction(pool) as connection:
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    with pytest.raises(OrganiserLeft):
        await publish(pool, draft)
    await pool.execute("UPDATE campaigns.offers SET organisation_id = $1", four.federation)
    await publish(pool, draft)


async def test_who_left_may_be_invited_again_and_agrees_as_if_for_the_first_time(pool, four, proposed, draft):
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    with pytest.raises(AgreementMissing):
        await publish(pool, draft)
    async with transaction(pool) as connection:
        await agree_campaign(
            connection, campaign_id=proposed.id, organisation_id=four.agency, version=1, word="", now=NOW
        )
    await publish(pool, draft)
