"""That a campaign is public is told to the members of who carries it, once."""

from datetime import timedelta

import pytest

from services.campaigns.agreements.announce_campaign import announce_campaign, find_campaigns_to_announce
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.offers.publish_offer import publish_offer
from shared.advance_notices import CampaignPublished
from shared.database import transaction
from tests.services.campaigns.offers.hosts.hosting import do, events
from tests.world import NOW, a_member, a_week

pytestmark = pytest.mark.anyio


async def test_partners_and_members_hear_once_that_a_campaign_is_public(pool, four, proposed):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", proposed.id)
        people = [
            (await a_member(connection, organisation_id, email=f"membre{number}@partenaires.example")).person_id
            for number, organisation_id in enumerate((four.federation, four.agency, four.region))
        ]
        given = {"campaign_id": proposed.id, "organisation_id": four.agency, "now": NOW}
        await invite_partner(connection, **given)
        version = await connection.fetchval(
            "SELECT asked_version FROM campaigns.agreements WHERE organisation_id = $1", four.agency
        )
        await agree_campaign(connection, version=version, word="", **given)
    assert await do(pool, find_campaigns_to_announce, now=NOW + timedelta(hours=1)) == []
    await do(pool, publish_offer, offer_id=week.offer_id)
    # whoever publishes has some minutes for the others
    assert await do(pool, find_campaigns_to_announce, now=NOW + timedelta(minutes=14)) == []
    later = NOW + timedelta(minutes=15)
    assert await do(pool, find_campaigns_to_announce, now=later) == [proposed.id]
    assert await do(pool, announce_campaign, campaign_id=proposed.id, now=later) >= 2
    assert await do(pool, announce_campaign, campaign_id=proposed.id, now=later) == 0
    assert await do(pool, find_campaigns_to_announce, now=later) == []
    (told,) = await events(pool, CampaignPublished)
    # the region was not asked, and carries nothing
    assert set(people[:2]) <= set(told.recipients)
    assert people[2] not in told.recipients
    assert (told.offers, told.partners) == (1, ("Agence de l’orientation",))
