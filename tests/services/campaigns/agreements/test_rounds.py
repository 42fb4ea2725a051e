"""Rounds of agreement: what is asked again, what stays shown meanwhile, who is told, who may answer what."""

import asyncio
from datetime import date, timedelta

import pytest
from msgspec import structs

from services.campaigns.agreements.campaign import CampaignChangedMeanwhile, ChosenSector, NothingChanged
from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.agreement import (
    AgreementAnswered,
    AgreementInForce,
    AlreadyPartner,
    AskedJustNow,
    NobodyToAsk,
    PartnerCarries,
)
from services.campaigns.agreements.partners.decline_campaign import decline_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.agreements.partners.remind_partners import find_partners_to_remind, remind_partners
from services.campaigns.agreements.partners.request_agreement import request_agreement
from services.campaigns.catalogue.read import list_campaigns
from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.import_campaign import import_campaign
from services.campaigns.imports.programme_file import CampaignFile, NamedOrganisation, Partner
from services.campaigns.offers.publish_offer import AgreementMissing, publish_offer
from shared.database import transaction
from tests.services.campaigns.agreements.conftest import WORDING, Proposed, agreement_of, facts
from tests.world import NOW, a_week, an_organisation

pytestmark = pytest.mark.anyio

LONGER = structs.replace(
    WORDING,
    title="Normandie, trois semaines",
    last_day=date(2027, 7, 2),
    sectors=(ChosenSector("s10"), ChosenSector("s43")),
    departements=("27",),
)


async def asked(pool, proposed, *organisations):
    for organisation_id in organisations:
        async with transaction(pool) as connection:
            await invite_partner(connection, campaign_id=proposed.id, organisation_id=organisation_id, now=NOW)


async def says(pool, proposed, organisation_id, *, version=1, yes=True, word="", now=NOW):
    verb = agree_campaign if yes else decline_campaign
    async with transaction(pool) as connection:
        await verb(
            connection, campaign_id=proposed.id, organisation_id=organisation_id, version=version, word=word, now=now
        )


async def changed(pool, proposed, wording=LONGER, *, if_match=1, now=NOW):
    async with transaction(pool) as connection:
        return await change_campaign(connection, campaign_id=proposed.id, wording=wording, if_match=if_match, now=now)


async def shown(pool, proposed):
    row = await pool.fetchrow(
        """
        SELECT title, upper(period) - 1 AS last_day, agreed_version,
               ARRAY(SELECT sector FROM campaigns.campaign_sectors WHERE campaign_id = campaigns.id ORDER BY 1)
        FROM campaigns.campaigns WHERE id = $1
        """,
        proposed.id,
    )
    return tuple(row)


async def test_a_change_asks_every_partner_again_and_says_what_changed(pool, four, proposed):
    await asked(pool, proposed, four.agency, four.rectorate)
    await says(pool, proposed, four.agency)
    await says(pool, proposed, four.rectorate)
    await changed(pool, proposed)
    second = (await facts(pool, "agreement.requested"))[2:]
    assert {(fact["organisation"], fact["version"]) for fact in second} == {
        ("Agence de l’orientation", 2),
        ("Rectorat de Normandie", 2),
    }
    assert second[0]["changes"] == [
        "Le titre « Normandie, deux semaines » devient « Normandie, trois semaines ».",
        (
            "La période change : du lundi 14 juin au vendredi 2 juillet 2027, "
            "au lieu du lundi 14 au vendredi 25 juin 2027."
        ),
        (
            "Les secteurs changent : Bâtiment et travaux publics (BTP) et Santé, "
            "au lieu de Bâtiment et travaux publics (BTP) et Nucléaire."
        ),
        "Les départements changent : 27, au lieu de 27, 76.",
    ]


async def test_until_the_last_partner_agrees_the_version_agreed_before_stays_shown(pool, four, proposed):
    await asked(pool, proposed, four.agency, four.rectorate)
    await says(pool, proposed, four.agency)
    await says(pool, proposed, four.rectorate)
    await changed(pool, proposed)
    before = ("Normandie, deux semaines", date(2027, 6, 25), 1, ["s10", "s21"])
    assert await shown(pool, proposed) == before
    await says(pool, proposed, four.agency, version=2)
    assert await shown(pool, proposed) == before
    await says(pool, proposed, four.rectorate, version=2)
    assert await shown(pool, proposed) == ("Normandie, trois semaines", date(2027, 7, 2), 2, ["s10", "s43"])


async def test_an_offer_may_go_out_during_a_second_round_and_shows_the_version_all_agreed_to(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    await says(pool, proposed, four.agency)
    await changed(pool, proposed)
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", proposed.id)
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
        [campaign] = await list_campaigns(connection)
    assert (campaign.title, campaign.last_day) == ("Normandie, deux semaines", date(2027, 6, 25))


async def test_who_joins_during_a_second_round_is_not_named_before_all_have_agreed_to_it(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    await says(pool, proposed, four.agency)
    await changed(pool, proposed)
    await asked(pool, proposed, four.region)
    await says(pool, proposed, four.region, version=2)
    assert (await agreement_of(pool, proposed.id, four.region))["agreed_at"] is None
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", proposed.id)
    with pytest.raises(AgreementMissing, match=r"de : Agence de l’orientation\.$"):
        async with transaction(pool) as connection:
            await publish_offer(connection, offer_id=week.offer_id, now=NOW)
    await says(pool, proposed, four.agency, version=2)
    assert (await agreement_of(pool, proposed.id, four.region))["agreed_at"] == NOW
    assert (await shown(pool, proposed))[0] == "Normandie, trois semaines"


async def test_who_is_invited_later_is_asked_about_the_campaign_not_about_what_changed(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    await says(pool, proposed, four.agency)
    await changed(pool, proposed)
    await asked(pool, proposed, four.region)
    await says(pool, proposed, four.agency, version=2)
    await says(pool, proposed, four.region, version=2)
    await asked(pool, proposed, four.rectorate)
    requests = await facts(pool, "agreement.requested")
    assert [(fact["version"], bool(fact.get("changes"))) for fact in requests] == [
        (1, False),
        (2, True),
        (2, False),
        (2, False),
    ]


async def test_two_partners_answering_at_once_make_the_version_apply_once(pool, four, proposed):
    await asked(pool, proposed, four.agency, four.rectorate, four.region)
    for organisation_id in (four.agency, four.rectorate, four.region):
        await says(pool, proposed, organisation_id)
    await changed(pool, proposed)
    await asyncio.gather(*(says(pool, proposed, one, version=2) for one in (four.agency, four.rectorate, four.region)))
    assert (await shown(pool, proposed))[0] == "Normandie, trois semaines"
    given = (await facts(pool, "agreement.given"))[3:]
    assert sorted(len(fact["awaited"]) for fact in given) == [0, 1, 2], "each saw those before it"


async def test_an_answer_to_an_older_version_is_refused(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    await changed(pool, proposed)
    with pytest.raises(CampaignChangedMeanwhile):
        await says(pool, proposed, four.agency, version=1)
    assert await facts(pool, "agreement.given") == []


async def test_two_planners_who_change_at_once_do_not_overwrite_each_other(pool, proposed):
    outcomes = await asyncio.gather(
        changed(pool, proposed, structs.replace(WORDING, title="Un")),
        changed(pool, proposed, structs.replace(WORDING, title="Deux")),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CampaignChangedMeanwhile", "LockedCampaign"]


async def test_a_change_that_changes_nothing_asks_nobody(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    with pytest.raises(NothingChanged):
        await changed(pool, proposed, WORDING)
    assert len(await facts(pool, "agreement.requested")) == 1


async def test_yes_twice_is_once_and_a_decline_can_become_a_yes(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    await says(pool, proposed, four.agency, yes=False, word="Pas ces dates.")
    await says(pool, proposed, four.agency, yes=False)
    await says(pool, proposed, four.agency, word="Finalement oui.")
    await says(pool, proposed, four.agency)
    tags = [(fact["tag"], fact["word"]) for fact in await facts(pool)][1:]
    assert tags == [("agreement.declined", "Pas ces dates."), ("agreement.given", "Finalement oui.")]
    with pytest.raises(AgreementInForce):
        await says(pool, proposed, four.agency, yes=False)


async def test_a_yes_can_become_a_no_while_others_are_awaited_and_nothing_applies_then(pool, four, proposed):
    await asked(pool, proposed, four.agency, four.region)
    await says(pool, proposed, four.agency)
    await says(pool, proposed, four.region)
    await changed(pool, proposed)
    await says(pool, proposed, four.agency, version=2)
    await says(pool, proposed, four.agency, version=2, yes=False)
    await says(pool, proposed, four.region, version=2)
    assert (await shown(pool, proposed))[0] == "Normandie, deux semaines"
    row = await agreement_of(pool, proposed.id, four.agency)
    assert (row["agreed_version"], row["agreed_at"]) == (1, NOW), "the first yes still stands"


async def test_a_partner_is_reminded_once_by_itself_after_five_days(pool, four, proposed, owners):
    await asked(pool, proposed, four.agency, four.rectorate)
    await says(pool, proposed, four.rectorate)
    for days, expected in ((4, []), (5, [proposed.id]), (6, [proposed.id])):
        async with transaction(pool) as connection:
            assert await find_partners_to_remind(connection, now=NOW + timedelta(days=days)) == expected
    async with transaction(pool) as connection:
        assert await remind_partners(connection, campaign_id=proposed.id, now=NOW + timedelta(days=5)) == 1
        assert await remind_partners(connection, campaign_id=proposed.id, now=NOW + timedelta(days=6)) == 0
        assert await find_partners_to_remind(connection, now=NOW + timedelta(days=9)) == []
    [fact] = await facts(pool, "agreement.reminded")
    assert (fact["organisation"], fact["awaited"]) == ("Agence de l’orientation", ["Agence de l’orientation"])
    assert fact["recipients"] == [str(owners[four.agency].member.person_id)]


async def test_the_clock_reminds_whom_nobody_else_does(pool, four, proposed, settings):
    await asked(pool, proposed, four.agency)
    edge = Edge(settings, pool)
    for days in (4, 5, 6):
        await tick(edge, now=NOW + timedelta(days=days), free_seats=True)
    [fact] = await facts(pool, "agreement.reminded")
    assert fact["occurred_at"].startswith("2026-11-29")


async def test_nobody_is_asked_again_within_a_day_nor_after_a_yes(pool, four, proposed):
    await asked(pool, proposed, four.agency)

    async def again(days):
        async with transaction(pool) as connection:
            await request_agreement(
                connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW + timedelta(days=days)
            )

    with pytest.raises(AskedJustNow):
        await again(0.5)
    await again(1)
    await says(pool, proposed, four.agency, yes=False)
    await again(1.1)
    assert len(await facts(pool, "agreement.requested")) == 3
    await says(pool, proposed, four.agency)
    with pytest.raises(AgreementAnswered):
        await again(9)


async def test_an_organisation_is_asked_once_and_only_where_somebody_can_answer(pool, four, proposed):
    await asked(pool, proposed, four.agency)
    with pytest.raises(AlreadyPartner):
        await asked(pool, proposed, four.agency)
    async with transaction(pool) as connection:
        silent = await an_organisation(connection, slug="muette", kind="company", name="Muette")
    with pytest.raises(NobodyToAsk):
        await asked(pool, proposed, silent)
    assert await agreement_of(pool, proposed.id, silent) is None


async def test_the_lead_takes_back_what_was_not_agreed_to_and_the_open_version_applies(pool, four, proposed):
    await asked(pool, proposed, four.agency, four.region)
    await says(pool, proposed, four.agency)
    await changed(pool, proposed)
    await says(pool, proposed, four.agency, version=2)

    async def taken_back(organisation_id):
        async with transaction(pool) as connection:
            await withdraw_partner(
                connection, campaign_id=proposed.id, organisation_id=organisation_id, taken_back=True, now=NOW
            )

    with pytest.raises(PartnerCarries):
        await taken_back(four.agency)
    await taken_back(four.region)
    assert (await shown(pool, proposed))[0] == "Normandie, trois semaines"
    [left] = await facts(pool, "agreement.left")
    assert left["recipients"] == []


async def test_a_campaign_that_was_imported_goes_through_the_same_rounds(pool, four, owners):
    async with transaction(pool) as connection:
        partners = (
            Partner(NamedOrganisation("Fédération des métiers", "", "federation"), NOW),
            Partner(NamedOrganisation("Agence de l’orientation", "", "agency"), NOW),
            Partner(NamedOrganisation("Région Normandie", "", "local_authority"), None),
        )
        imported = CampaignFile(
            slug="importee",
            title=WORDING.title,
            first_day=WORDING.first_day,
            last_day=WORDING.last_day,
            departements=("27",),
            sectors=(("s10", ""),),
            partners=partners,
        )
        campaign_id = await import_campaign(connection, imported, Findings())
    campaign = Proposed(campaign_id, "importee")
    page = (await owners[four.federation].get("/planification/campagnes/importee")).text
    assert "Rien n’est publié avant l’accord de : Région Normandie" in page
    async with transaction(pool) as connection:
        await request_agreement(connection, campaign_id=campaign_id, organisation_id=four.region, now=NOW)
    await says(pool, campaign, four.region)
    await changed(pool, campaign)
    assert (await shown(pool, campaign))[0] == WORDING.title
    await says(pool, campaign, four.region, version=2)
    await says(pool, campaign, four.agency, version=2)
    assert (await shown(pool, campaign))[0] == LONGER.title
