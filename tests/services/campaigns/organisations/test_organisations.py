"""Changing one's organisation, adding another one, contacts, and the journals of it all."""

import asyncio

import pytest

from shared.database import transaction
from shared.identifiers import new_id
from tests.world import NOW, a_member, a_week, an_organisation

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation"
SIRET, OTHER_SIRET = "12345678200010", "12345678200028"
SCIERIE = {
    "name": "Scierie du Bec",
    "kind": "company",
    "siret": SIRET,
    "uai": "",
    "first_name": "Ève",
    "last_name": "Duroc",
    "email": "eve@scierie.example",
    "phone": "02 32 00 00 00",
}


async def test_an_owner_changes_the_organisation(owner, pool, federation):
    form = {"name": "Fédération du bois", "kind": "federation", "siret": "123 456 782 00010", "uai": ""}
    answer = await owner.post(f"{PATH}/modifier", form)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    row = await pool.fetchrow("SELECT name, siret, uai FROM campaigns.organisations WHERE id = $1", federation)
    assert tuple(row) == ("Fédération du bois", SIRET, None)
    assert "le nom, le SIRET" in (await owner.get(f"{PATH}/journal")).text


async def test_wrong_numbers_are_said_beside_their_fields(owner, pool, federation):
    form = {"name": "Lycée", "kind": "school", "siret": "12345678200011", "uai": "0270016X"}
    answer = await owner.post(f"{PATH}/modifier", form)
    assert answer.status_code == 422
    assert "clé de contrôle" in answer.text
    assert "sa lettre ne correspond pas" in answer.text
    assert 'value="0270016X"' in answer.text
    assert await pool.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", federation) == "La Fédération"


async def test_the_number_of_another_organisation_is_refused(owner, stranger):
    form = {"name": "La Voisine", "kind": "agency", "siret": SIRET, "uai": ""}
    assert (await stranger.post(f"{PATH}/modifier", form)).status_code == 303
    answer = await owner.post(f"{PATH}/modifier", {**form, "name": "La Fédération", "kind": "federation"})
    assert answer.status_code == 409
    assert "déjà celui d’une autre organisation" in answer.text


async def test_the_second_owner_to_save_is_told_and_overwrites_nothing(owner, sign_in, federation, pool):
    second = await sign_in(federation, role="owner", email="ali@federation.example")
    form = {"name": "La Fédération", "kind": "federation", "siret": "", "uai": ""}
    opened = [(await one.get(f"{PATH}/modifier")).text for one in (owner, second)]
    editions = [page.partition('name="edition" value="')[2].partition('"')[0] for page in opened]
    first = await owner.post(f"{PATH}/modifier", {**form, "name": "Fédération du bois", "edition": editions[0]})
    assert first.status_code == 303
    late = await second.post(f"{PATH}/modifier", {**form, "siret": SIRET, "edition": editions[1]})
    assert late.status_code == 412
    assert "entre-temps" in late.text
    assert 'value="Fédération du bois"' in late.text
    row = await pool.fetchrow("SELECT name, siret FROM campaigns.organisations WHERE id = $1", federation)
    assert tuple(row) == ("Fédération du bois", None)


async def test_a_new_name_is_in_every_feed_it_stands_in_and_raises_no_other(sign_in, visitor, small_week, pool):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="ailleurs")
    host = small_week.hosts[0]
    await pool.execute("UPDATE campaigns.sessions SET host_id = $2 WHERE offer_id = $1", other.offer_id, other.hosts[1])
    before = dict(await pool.fetch("SELECT slug, version FROM campaigns.feeds"))
    owner = await sign_in(host, role="owner")
    feed = f"/calendars/{small_week.slug}.ics"
    known = await pool.fetchval("SELECT name FROM campaigns.organisations WHERE id = $1", host)
    etag = (await visitor.get(feed)).headers["etag"]
    await owner.post(f"{PATH}/modifier", {"name": "Nouvelle enseigne", "kind": "company", "siret": "", "uai": ""})
    after = dict(await pool.fetch("SELECT slug, version FROM campaigns.feeds"))
    raised = {slug for slug, version in after.items() if version > before[slug]}
    assert small_week.slug in raised
    assert "deux-semaines" in raised
    assert "ailleurs" not in raised
    await asyncio.sleep(1.1)  # a version may be remembered for a second
    again = await visitor.get(feed, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "Nouvelle enseigne" in again.text.replace("\r\n ", "")
    assert known not in again.text.replace("\r\n ", "")
    # a change of the numbers alone is shown nowhere
    await owner.post(f"{PATH}/modifier", {"name": "Nouvelle enseigne", "kind": "company", "siret": SIRET, "uai": ""})
    assert dict(await pool.fetch("SELECT slug, version FROM campaigns.feeds")) == after


@pytest.mark.parametrize("role", ["planner", "viewer", "teacher", "host"])
async def test_only_owners_change_it(sign_in, federation, role):
    somebody = await sign_in(federation, role=role)
    assert (await somebody.get(f"{PATH}/modifier")).status_code == 403
    assert (await somebody.post(f"{PATH}/modifier", {"name": "x", "kind": "agency"})).status_code == 403


async def test_a_planner_adds_a_company_with_whom_to_write_to(sign_in, federation, pool):
    planner = await sign_in(federation)
    answer = await planner.post(f"{PATH}/ajouter", {**SCIERIE, "vers": "/planification/accueils"})
    assert answer.status_code == 201
    row = await pool.fetchrow("SELECT id, slug, kind, siret FROM campaigns.organisations WHERE name = 'Scierie du Bec'")
    assert tuple(row)[1:] == ("scierie-du-bec", "company", SIRET)
    assert f'href="/planification/accueils?organisation={row["id"]}"' in answer.text
    contact = await pool.fetchrow(
        "SELECT p.first_name, p.email, c.phone FROM campaigns.contacts c JOIN contract.people p ON p.id = c.person_id "
        "WHERE c.organisation_id = $1",
        row["id"],
    )
    assert tuple(contact) == ("Ève", "eve@scierie.example", "02 32 00 00 00")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.member_invitations") == 0
    assert "Organisation ajoutée" in (await planner.get(f"{PATH}/journal")).text


async def test_one_of_a_known_siret_is_it_and_stays_as_it_is(sign_in, federation, pool):
    planner = await sign_in(federation)
    await planner.post(f"{PATH}/ajouter", SCIERIE)
    again = {**SCIERIE, "name": "Autre nom", "email": "ali@scierie.example", "invite": "oui"}
    answer = await planner.post(f"{PATH}/ajouter", again)
    assert answer.status_code == 200
    assert "Scierie du Bec" in answer.text
    assert "déjà connue" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE siret = $1", SIRET) == 1
    # whoever is known there goes on receiving what others send: pupils' names may be in it
    assert "le contact que vous avez écrit n’est pas gardé" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.contacts") == 1
    # nobody becomes responsible for an organisation that was known by being named from outside
    assert await pool.fetchval("SELECT count(*) FROM campaigns.member_invitations") == 0


async def test_who_has_members_keeps_its_own_contacts(sign_in, federation, stranger, pool):
    await stranger.post(f"{PATH}/modifier", {"name": "La Voisine", "kind": "agency", "siret": SIRET, "uai": ""})
    planner = await sign_in(federation)
    answer = await planner.post(f"{PATH}/ajouter", {**SCIERIE, "email": "pirate@ailleurs.example", "invite": "oui"})
    assert answer.status_code == 200
    assert "La Voisine" in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.contacts") == 0
    assert await pool.fetchval("SELECT count(*) FROM campaigns.member_invitations") == 0


async def test_the_contact_of_a_new_one_may_be_invited_to_be_responsible(sign_in, federation, pool):
    planner = await sign_in(federation)
    await planner.post(f"{PATH}/ajouter", {**SCIERIE, "invite": "oui"})
    row = await pool.fetchrow(
        "SELECT o.name, i.email, i.role FROM campaigns.member_invitations i "
        "JOIN campaigns.organisations o ON o.id = i.organisation_id"
    )
    assert tuple(row) == ("Scierie du Bec", "eve@scierie.example", "owner")


async def test_every_fault_of_the_form_is_said_and_nothing_is_added(sign_in, federation, pool):
    planner = await sign_in(federation)
    form = {**SCIERIE, "name": "", "siret": "12", "email": "eve", "phone": "non", "vers": "https://ailleurs.example/"}
    answer = await planner.post(f"{PATH}/ajouter", form)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    assert "ailleurs.example" not in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE kind = 'company'") == 0


@pytest.mark.parametrize("role", ["host", "teacher", "viewer"])
async def test_only_planners_add_organisations(sign_in, federation, role):
    somebody = await sign_in(federation, role=role)
    assert (await somebody.get(f"{PATH}/ajouter")).status_code == 403
    assert (await somebody.post(f"{PATH}/ajouter", SCIERIE)).status_code == 403


async def test_an_owner_adds_and_removes_contacts_of_their_own(owner, pool, federation):
    form = {"first_name": "Ali", "last_name": "Benhamou", "email": "Ali@federation.example", "phone": ""}
    for _ in range(2):  # the same address is the same contact
        assert (await owner.post(f"{PATH}/contacts", form)).status_code == 303
    person_id = await pool.fetchval("SELECT person_id FROM campaigns.contacts WHERE organisation_id = $1", federation)
    assert "Ali Benhamou" in (await owner.get(PATH)).text
    assert (await owner.post(f"{PATH}/contacts/{person_id}/retrait")).status_code == 303
    assert "Ali Benhamou" not in (await owner.get(PATH)).text
    refused = await owner.post(f"{PATH}/contacts", {**form, "email": ""})
    assert (refused.status_code, "L’adresse e-mail manque" in refused.text) == (422, True)


async def test_another_organisation_s_contact_stays(owner, stranger, pool):
    form = {"first_name": "Ali", "last_name": "Benhamou", "email": "ali@voisine.example", "phone": ""}
    await stranger.post(f"{PATH}/contacts", form)
    person_id = await pool.fetchval("SELECT person_id FROM campaigns.contacts")
    await owner.post(f"{PATH}/contacts/{person_id}/retrait")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.contacts") == 1


async def test_the_journal_is_paged_newest_first_and_is_one_s_own(owner, stranger, pool, federation):
    await pool.executemany(
        "INSERT INTO campaigns.audit (id, occurred_at, action, detail, organisation_id) VALUES ($1, $2, $3, $4, $5)",
        [(new_id(), NOW, "change_session", f"n° {number:03}", federation) for number in range(130)],
    )
    await stranger.post(f"{PATH}/modifier", {"name": "La Voisine", "kind": "agency", "siret": SIRET, "uai": ""})
    first = await owner.get(f"{PATH}/journal")
    assert "n° 129" in first.text
    assert "n° 029" not in first.text
    assert "Organisation modifiée" not in first.text
    following = first.text.partition("?avant=")[2].partition('"')[0]
    second = await owner.get(f"{PATH}/journal?avant={following}")
    assert "n° 029" in second.text
    assert "n° 030" not in second.text
    assert "Voir plus ancien" not in second.text
    assert (await owner.get(f"{PATH}/journal?avant=rien")).status_code == 200


async def test_an_offer_s_journal_is_of_that_offer_and_for_its_organisation(planner, small_week, stranger, pool):
    await pool.executemany(
        """
        INSERT INTO campaigns.audit (id, occurred_at, action, detail, person_id, offer_id)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        [
            (new_id(), NOW, "cancel_session", "« Visite 1.1 »", planner.member.person_id, small_week.offer_id),
            (new_id(), NOW, "cancel_session", "« Ailleurs »", planner.member.person_id, None),
        ],
    )
    page = await planner.get(f"/planification/{small_week.slug}/journal")
    assert page.status_code == 200
    assert "Séance annulée" in page.text
    assert "« Visite 1.1 »" in page.text
    assert "Maud Ferrand" in page.text
    assert "Ailleurs" not in page.text
    assert (await stranger.get(f"/planification/{small_week.slug}/journal")).status_code == 404
    assert (await stranger.get(f"/api/v1/offers/{small_week.offer_id}/journal")).status_code == 404


@pytest.mark.parametrize("role", ["host", "teacher"])
async def test_the_journal_is_not_for_hosts_and_teachers(sign_in, federation, role):
    somebody = await sign_in(federation, role=role)
    assert (await somebody.get(f"{PATH}/journal")).status_code == 403
    assert "Lire le journal" not in (await somebody.get(PATH)).text


async def test_nobody_sees_the_page_unasked(visitor, pool):
    async with transaction(pool) as connection:
        organisation_id = await an_organisation(connection, slug="une", kind="agency", name="Une Agence Secrète")
        await a_member(connection, organisation_id, role="owner")
    for path in ("", "/journal", "/jetons", "/ajouter", "/modifier", "/contacts"):
        answer = await visitor.get(PATH + path)
        assert "Une Agence Secrète" not in answer.text
