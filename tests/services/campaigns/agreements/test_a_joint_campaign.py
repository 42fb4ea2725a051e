"""A joint campaign of four organisations, from nothing to published, on the pages as people use them."""

import re

import pytest

from services.campaigns.offers.publish_offer import AgreementMissing, publish_offer
from shared.database import transaction
from tests.services.campaigns.agreements.conftest import FORM, agreement_of, facts
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio

CHAMBER = {
    "name": "Chambre des chantiers",
    "kind": "company",
    "siret": "73282932000074",
    "uai": "",
    "contact_first_name": "Noé",
    "contact_last_name": "Vasseur",
    "contact_email": "Noe.Vasseur@chambre.example",
    "contact_phone": "",
}


async def test_a_joint_campaign_of_four_organisations_from_nothing_to_published(pool, four, owners, visitor, signer):
    lead, agency, rectorate = owners[four.federation], owners[four.agency], owners[four.rectorate]
    created = await lead.post("/planification/campagnes/nouvelle", FORM)
    assert created.status_code == 303, created.text
    home = created.headers["location"]
    campaign_id = await pool.fetchval("SELECT id FROM campaigns.campaigns WHERE slug = $1", home.rsplit("/", 1)[1])
    assert (await agreement_of(pool, campaign_id, four.federation))["agreed_at"] is not None

    # two that are known, found by their names; one that nobody knows
    for organisation_id, said in ((four.agency, "orientation"), (four.rectorate, "rectorat")):
        found = await lead.get(f"{home}/inviter", params={"q": said})
        assert str(organisation_id) in found.text
        assert (await lead.post(f"{home}/inviter", {"organisation_id": str(organisation_id)})).status_code == 303
    assert (await lead.post(f"{home}/inviter", CHAMBER)).status_code == 303
    chamber = await pool.fetchval("SELECT id FROM campaigns.organisations WHERE siret = $1", CHAMBER["siret"])
    asked = await facts(pool, "agreement.requested")
    assert [fact["organisation"] for fact in asked] == [
        "Agence de l’orientation",
        "Rectorat de Normandie",
        "Chambre des chantiers",
    ]
    assert all(len(fact["recipients"]) == 1 for fact in asked)

    # an offer of the campaign cannot go out yet, and the page says whom one waits for
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", campaign_id)
    shown = (await lead.get(home)).text
    assert "Rien n’est publié avant l’accord de : Agence de l’orientation, Chambre des chantiers, Rectorat" in shown
    with pytest.raises(AgreementMissing):
        async with transaction(pool) as connection:
            await publish_offer(connection, offer_id=week.offer_id, now=NOW)

    # two answer with their account, the third by the link of its mail
    for partner, word in ((agency, "Avec plaisir."), (rectorate, "")):
        assert "L’accord de votre organisation est attendu" in (await partner.get(home)).text
        answered = await partner.post(f"{home}/accord", {"answer": "agreed", "version": "1", "word": word})
        assert answered.status_code == 303
    link = f"/accords/{signer.token('agreement', (await agreement_of(pool, campaign_id, chamber))['id'], 1)}"
    looked = await visitor.get(link)
    assert looked.status_code == 200
    assert (await agreement_of(pool, campaign_id, chamber))["agreed_at"] is None, "a look answers nothing"
    answered = await visitor.post(link, data={"answer": "agreed", "word": "D’accord"}, follow_redirects=False)
    assert answered.status_code == 303
    assert "Chambre des chantiers a donné son accord" in (await visitor.get(link)).text

    given = await facts(pool, "agreement.given")
    assert [(fact["organisation"], fact["word"], fact["awaited"]) for fact in given] == [
        ("Agence de l’orientation", "Avec plaisir.", ["Chambre des chantiers", "Rectorat de Normandie"]),
        ("Rectorat de Normandie", "", ["Chambre des chantiers"]),
        ("Chambre des chantiers", "D’accord", []),
    ]
    assert {tuple(fact["recipients"]) for fact in given} == {(str(lead.member.person_id),)}

    async with transaction(pool) as connection:
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
    page = (await lead.get(home)).text
    assert "Tous ont donné leur accord" in page
    assert "Avec plaisir." in page
    public = re.sub(r"\s+", " ", (await visitor.get("/")).text)
    assert "Normandie, deux semaines" in public
    for name in ("Fédération des métiers", "Agence de l’orientation", "Rectorat de Normandie", "Chambre des chantiers"):
        assert name in public
    assert "Région Normandie" not in public
