"""The pages of campaigns: who sees which, what bad input gets, and what stands in the trail."""

import pytest

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.agreements.read import list_carried_campaigns
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.agreements.conftest import FORM, agreement_of, facts
from tests.services.campaigns.agreements.test_a_joint_campaign import CHAMBER
from tests.services.campaigns.agreements.test_rounds import LONGER
from tests.world import NOW, a_week, an_organisation

pytestmark = pytest.mark.anyio


async def test_a_campaign_of_others_does_not_exist(pool, four, owners, proposed):
    stranger, home = owners[four.region], f"/planification/campagnes/{proposed.slug}"
    assert proposed.slug not in (await stranger.get("/planification/campagnes")).text
    for path in ("", "/modifier", "/inviter", "/annuler", "/quitter", "/dupliquer"):
        assert (await stranger.get(home + path)).status_code == 404, path
    for path in ("/modifier", "/inviter", "/annuler", "/quitter", "/dupliquer", "/accord"):
        fields = FORM | CHAMBER | {"certain": "oui", "answer": "agreed", "version": "1"}
        assert (await stranger.post(home + path, fields)).status_code == 404, path
    for what in ("demande", "retrait"):
        answer = await stranger.post(f"{home}/partenaires/{four.federation}/{what}")
        assert answer.status_code == 404
    assert await facts(pool) == []


async def test_a_partner_sees_the_campaign_and_only_the_lead_changes_it(pool, four, owners, proposed):
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    agency, home = owners[four.agency], f"/planification/campagnes/{proposed.slug}"
    assert "Votre accord est attendu" in (await agency.get("/planification/campagnes")).text
    shown = (await agency.get(home)).text
    assert "Modifier la campagne" not in shown
    assert "Quitter la campagne" in shown
    for path in ("/modifier", "/inviter", "/annuler", "/dupliquer"):
        assert (await agency.get(home + path)).status_code == 403, path
    assert (await agency.post(f"{home}/modifier", FORM | {"version": "1", "certain": "oui"})).status_code == 403
    assert (await agency.post(f"{home}/partenaires/{four.agency}/retrait")).status_code == 403


async def test_only_an_owner_answers_and_a_viewer_sees_no_button(pool, four, sign_in, proposed):
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    home = f"/planification/campagnes/{proposed.slug}"
    planner = await sign_in(four.agency, role="planner")
    assert "Seul un responsable de votre organisation peut répondre" in (await planner.get(home)).text
    assert (await planner.post(f"{home}/accord", {"answer": "agreed", "version": "1"})).status_code == 403
    viewer = await sign_in(four.federation, role="viewer")
    shown = (await viewer.get(home)).text
    for button in ("Inviter un partenaire", "Modifier la campagne", "Annuler la campagne", "Redemander"):
        assert button not in shown


async def test_every_fault_of_the_form_stands_beside_its_field_and_what_was_typed_stays(four, owners):
    lead = owners[four.federation]
    answer = await lead.post(
        "/planification/campagnes/nouvelle",
        {
            "title": "  ",
            "first_day": "2027-06-25",
            "last_day": "2027-06-14",
            "departements": "27, 99, <b>",
            "sector_1": "s99",
            "sector_2": "s10",
            "presentation": "Un texte\navec deux lignes" + "\u200b",
        },
    )
    assert answer.status_code == 422
    for sentence in (
        "Donnez un titre à la campagne.",
        "La campagne finit avant de commencer.",
        "« 99 » n’est pas un numéro de département",
        "Choisissez un secteur de la liste.",
        "La présentation contient un caractère invisible.",
    ):
        assert sentence in answer.text
    assert "27, 99, &lt;b&gt;" in answer.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "x" * 151}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"first_day": "20270614"}, "first_day"),
        ({"first_day": "1999-12-31"}, "first_day"),
        ({"last_day": "2028-06-25"}, "last_day"),
        ({"departements": ""}, "departements"),
        ({"departements": "20"}, "departements"),
        ({"sector_1": "", "sector_2": ""}, "sector_1"),
        ({"sector_2": "s10"}, "sector_2"),
        ({"label_1": "x" * 81}, "label_1"),
        ({"presentation": "x" * 2001}, "presentation"),
    ],
)
async def test_a_field_at_fault_is_named(four, owners, changes, field):
    answer = await owners[four.federation].post("/planification/campagnes/nouvelle", FORM | changes)
    assert answer.status_code == 422
    assert f'id="{field}-erreur"' in answer.text


async def test_a_campaign_called_new_has_an_address_of_its_own(pool, four, owners):
    made = await owners[four.federation].post("/planification/campagnes/nouvelle", FORM | {"title": "Nouvelle"})
    assert made.headers["location"] != "/planification/campagnes/nouvelle"
    assert "<h1>Nouvelle</h1>" in (await owners[four.federation].get(made.headers["location"])).text
    again = await owners[four.federation].post("/planification/campagnes/nouvelle", FORM | {"title": "Nouvelle"})
    assert again.status_code == 409
    assert await pool.fetchval("SELECT count(*) FROM campaigns.campaigns") == 1


async def test_a_change_is_shown_with_who_will_be_asked_before_it_is_made(pool, four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
    new = FORM | {"title": "Un autre titre", "version": "1"}
    seen = await lead.post(f"{home}/modifier", new)
    assert "Ce qui sera demandé à Agence de l’orientation" in seen.text
    assert "devient « Un autre titre »" in seen.text
    assert len(await facts(pool, "agreement.requested")) == 1
    assert (await lead.post(f"{home}/modifier", new | {"certain": "oui"})).status_code == 303
    assert len(await facts(pool, "agreement.requested")) == 2
    stale = await lead.post(f"{home}/modifier", new | {"certain": "oui", "title": "Encore un autre"})
    assert stale.status_code == 412
    assert "La campagne a changé entre-temps" in stale.text
    assert "Encore un autre" in stale.text, "what was typed stays"
    same = await lead.post(f"{home}/modifier", new | {"certain": "oui", "version": "2"})
    assert same.status_code == 409


async def test_the_page_shows_both_versions_while_a_round_is_open(pool, four, owners, proposed):
    async with transaction(pool) as connection:
        await invite_partner(connection, campaign_id=proposed.id, organisation_id=four.agency, now=NOW)
        await change_campaign(connection, campaign_id=proposed.id, wording=LONGER, if_match=1, now=NOW)
    shown = (await owners[four.federation].get(f"/planification/campagnes/{proposed.slug}")).text
    assert "<h1>Normandie, deux semaines</h1>" in shown
    assert "Ce qui change, si tous sont d’accord" in shown
    assert "devient « Normandie, trois semaines »" in shown


async def test_who_answers_for_an_organisation_cannot_be_named_from_outside(pool, four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    contact = {name: value for name, value in CHAMBER.items() if name.startswith("contact")}
    assert (await lead.post(f"{home}/inviter", {"organisation_id": str(four.agency), **contact})).status_code == 303
    [fact] = await facts(pool, "agreement.requested")
    assert fact["recipients"] == [str(owners[four.agency].member.person_id)]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.contacts") == 0


async def test_an_organisation_without_anybody_is_asked_once_a_person_is_named(pool, four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    async with transaction(pool) as connection:
        silent = await an_organisation(connection, slug="muette", kind="company", name="Muette")
    refused = await lead.post(f"{home}/inviter", {"organisation_id": str(silent)})
    assert refused.status_code == 422
    assert "Personne n’est connu chez « Muette »" in refused.text
    contact = {name: value for name, value in CHAMBER.items() if name.startswith("contact")}
    assert (await lead.post(f"{home}/inviter", {"organisation_id": str(silent), **contact})).status_code == 303
    assert len((await facts(pool, "agreement.requested"))[0]["recipients"]) == 1


async def test_a_new_organisation_with_a_known_number_is_the_known_one(pool, four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    assert (await lead.post(f"{home}/inviter", CHAMBER)).status_code == 303
    refused = await lead.post(f"{home}/inviter", CHAMBER | {"name": "Un autre nom"})
    assert refused.status_code == 409
    assert "Ce numéro est celui de « Chambre des chantiers »" in refused.text
    for changes in ({"siret": "73282932000075"}, {"kind": "x"}, {"contact_email": "x"}, {"organisation_id": "x"}):
        assert (await lead.post(f"{home}/inviter", CHAMBER | changes)).status_code == 422, changes
    unknown = await lead.post(f"{home}/inviter", {"organisation_id": str(new_id())})
    assert unknown.status_code == 422
    assert len(await facts(pool, "agreement.requested")) == 1
    searched = await lead.get(f"{home}/inviter", params={"q": "%_'\x00"})
    assert searched.status_code == 200


async def test_every_change_stands_in_the_trail_with_who_made_it(pool, four, owners, proposed):
    lead, agency = owners[four.federation], owners[four.agency]
    home = f"/planification/campagnes/{proposed.slug}"
    await lead.post("/planification/campagnes/nouvelle", FORM | {"title": "Une autre"})
    await lead.post(f"{home}/inviter", {"organisation_id": str(four.agency)})
    await agency.post(f"{home}/accord", {"answer": "declined", "version": "1"})
    await lead.post(f"{home}/partenaires/{four.agency}/demande")
    await agency.post(f"{home}/accord", {"answer": "agreed", "version": "1"})
    await lead.post(f"{home}/modifier", FORM | {"title": "Un autre titre", "version": "1", "certain": "oui"})
    await agency.post(f"{home}/quitter", {"certain": "oui"})
    await lead.post(f"{home}/annuler", {"certain": "oui"})
    rows = await pool.fetch("SELECT action, person_id, detail FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in rows] == [
        "propose_campaign",
        "invite_partner",
        "decline_campaign",
        "request_agreement",
        "agree_campaign",
        "change_campaign",
        "withdraw_partner",
        "cancel_campaign",
    ]
    assert all(row["person_id"] and row["detail"] for row in rows)
    journal = (await lead.get(f"{home}/journal")).text
    assert "Invite « Agence de l’orientation »." in journal
    assert "Annule la campagne « Un autre titre »." in journal, "as it is called once who awaited it has left"
    assert (await agency.get(f"{home}/journal")).status_code == 404, "it has left"


async def test_what_is_done_on_english_pages_is_read_in_english_and_kept_in_french(pool, four, owners, proposed):
    lead, agency = owners[four.federation], owners[four.agency]
    home = f"/planification/campagnes/{proposed.slug}"
    await lead.post(f"{home}/inviter", {"organisation_id": str(four.agency)})
    await agency.post(f"/en{home}/accord", {"answer": "agreed", "version": "1"})
    later = FORM | {"last_day": "2027-06-23", "sector_1": "s25", "version": "1"}
    assert "What Agence de l’orientation will be asked" in (await lead.post(f"/en{home}/modifier", later)).text
    assert (await lead.post(f"/en{home}/modifier", later | {"certain": "oui"})).status_code == 303
    for member in (lead, agency):
        page = (await member.get(f"/en{home}")).text
        assert "The period changes: from Monday 14 to Wednesday 23 June 2027 (until now from Monday 14" in page
        assert "Public service" in page
    [fact] = [fact for fact in await facts(pool, "agreement.requested") if fact["version"] == 2]
    assert fact["changes"][0].startswith("La période change : du lundi 14 au mercredi 23 juin 2027, au lieu du lundi")
    # a mail is in its reader's language, whoever wrote
    in_english = "The period changes: from Monday 14 to Wednesday 23 June 2027 (until now from Monday"
    assert fact["changes_en"][0].startswith(in_english)
    assert len(fact["changes_en"]) == len(fact["changes"])
    assert (await agency.post(f"{home}/accord", {"answer": "declined", "version": "2", "word": "Non."})).is_redirect
    [declined] = await facts(pool, "agreement.declined")
    assert declined["changes_en"] == fact["changes_en"]
    copied = {"title": "En 2028", "first_day": "2028-06-19", "last_day": "2028-06-30"}
    assert (await lead.post(f"/en{home}/dupliquer", copied)).status_code == 303
    kept = dict(await pool.fetch("SELECT action, detail FROM campaigns.audit"))
    assert kept["agree_campaign"].startswith("Donne son accord à la version 1 de la campagne « ")
    assert kept["change_campaign"].startswith("La période change : du lundi 14 au mercredi 23 juin 2027")
    assert kept["duplicate_campaign"].endswith(" du lundi 19 au vendredi 30 juin 2028.")


async def test_the_lead_takes_a_request_back(pool, four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}"
    await lead.post(f"{home}/inviter", {"organisation_id": str(four.agency)})
    assert "Retirer la demande" in (await lead.get(home)).text
    assert (await lead.post(f"{home}/partenaires/{four.agency}/retrait")).status_code == 303
    assert (await agreement_of(pool, proposed.id, four.agency))["left_at"] is not None
    assert (await lead.post(f"{home}/partenaires/{new_id()}/retrait")).status_code == 404


async def test_many_campaigns_are_listed_by_pages_with_one_question_to_the_database(pool, four, owners, proposed):
    async with transaction(pool) as connection:
        await a_week(connection, published=False)
        await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", proposed.id)
        await connection.executemany(
            """
            INSERT INTO campaigns.campaigns (id, slug, title, period, lead_id)
            VALUES ($1, $2, $2, '[2027-06-14,2027-06-26)', $3)
            """,
            [(new_id(), f"campagne-{number}", four.federation) for number in range(60)],
        )
    lead = owners[four.federation]
    first = await lead.get("/planification/campagnes")
    assert first.text.count('class="cover"') == 50
    following = first.text.split("?apres=")[1].split('"')[0]
    second = await lead.get("/planification/campagnes", params={"apres": following})
    assert second.text.count('class="cover"') == 11
    assert (await lead.get("/planification/campagnes", params={"apres": "x"})).text.count('class="cover"') == 50
    actor = Actor(organisation_id=four.federation, organisation="", organisation_kind="federation", role="owner")
    asked: list[str] = []
    async with transaction(pool) as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))
        lines = await list_carried_campaigns(connection, actor, now=NOW, after=None, limit=100)
    assert (len(lines), len([query for query in asked if "SELECT" in query])) == (61, 1)
