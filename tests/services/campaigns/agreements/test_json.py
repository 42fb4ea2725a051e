"""Campaigns as machines see them: the same verbs, versions in ETag, keys that make a repetition harmless."""

import pytest

from services.campaigns.access.actor import EVERY_ORGANISATION
from services.campaigns.access.read import hash_of
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.agreements.conftest import facts
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio

BODY = {
    "title": "Normandie, encore une",
    "presentation": "Un métier par jour.",
    "first_day": "2027-06-14",
    "last_day": "2027-06-25",
    "departements": ["27"],
    "sectors": [{"code": "s10"}, {"code": "s21", "label": "Nucléaire"}],
}


class Machine:
    """A client with an organisation's token, or with the cookie and mark of somebody signed in."""

    def __init__(self, visitor, headers):
        self.visitor, self.headers = visitor, headers

    async def ask(self, method, path, body=None, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.visitor.request(method, f"/api/v1/campaigns{path}", json=body, headers=self.headers | given)


@pytest.fixture
def machine(visitor, pool):
    """`await machine(organisation_id)`: a planner's API token of the organisation."""

    async def _machine(organisation_id, role="planner"):
        secret = f"qz_{new_id().hex}"
        await pool.execute(
            """
            INSERT INTO campaigns.api_tokens (id, secret_hash, organisation_id, name, role, created_at, expires_at)
            VALUES ($1, $2, $3, 'Essai', $4, $5, $5::timestamptz + interval '10 years')
            """,
            new_id(),
            hash_of(secret),
            organisation_id,
            role,
            NOW,
        )
        return Machine(visitor, {"Authorization": f"Bearer {secret}"})

    return _machine


@pytest.fixture
def owner_machine(visitor, owners):
    """Somebody signed in who uses the JSON from a script of our pages."""

    async def _owner(organisation_id):
        signed_in = owners[organisation_id]
        await signed_in.get("/planification/campagnes/nouvelle")
        return Machine(visitor, signed_in.cookies | {"X-CSRF-Token": signed_in.csrf})

    return _owner


async def test_a_campaign_is_proposed_asked_about_changed_and_agreed_to_by_machines(pool, four, machine, owner_machine):
    lead, agency = await machine(four.federation), await owner_machine(four.agency)
    made = await lead.ask("POST", "", BODY)
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == '"1"'
    body = made.json()
    assert (body["awaited"], body["proposed"]["sectors"][1]["label"]) == ([], "Nucléaire")
    home = f"/{body['id']}"

    invited = await lead.ask("POST", f"{home}/agreements", {"organisation_id": str(four.agency)})
    assert (invited.status_code, invited.json()["state"]) == (201, "awaited")
    changed = await lead.ask("PATCH", home, {"title": "Un autre titre"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json()["agreed"]["title"] == BODY["title"]
    assert changed.json()["changes"] == ["Le titre « Normandie, encore une » devient « Un autre titre »."]

    partner = f"{home}/agreements/{four.agency}"
    stale = await agency.ask("POST", f"{partner}/acceptance", {"word": "Oui"}, If_Match='"1"')
    assert (stale.status_code, stale.json()["title"]) == (412, "campaign-changed-meanwhile")
    declined = await agency.ask("POST", f"{partner}/refusal", {"word": "Non"}, If_Match='"2"')
    assert declined.json()["state"] == "declined"
    assert (await lead.ask("POST", f"{partner}/request")).json()["state"] == "awaited"
    agreed = await agency.ask("POST", f"{partner}/acceptance", {"word": "Oui"}, If_Match='"2"')
    assert (agreed.json()["state"], agreed.json()["word"]) == ("agreed", "Oui")
    shown = (await lead.ask("GET", home)).json()
    assert (shown["agreed"]["title"], shown["awaited"], shown["changes"]) == ("Un autre titre", [], [])
    assert [fact["tag"] for fact in await facts(pool)] == [
        "agreement.requested",
        "agreement.requested",
        "agreement.declined",
        "agreement.requested",
        "agreement.given",
    ]


async def test_a_token_of_a_planner_answers_no_agreement(four, machine, proposed):
    lead, agency = await machine(four.federation), await machine(four.agency)
    await lead.ask("POST", f"/{proposed.id}/agreements", {"organisation_id": str(four.agency)})
    answer = await agency.ask("POST", f"/{proposed.id}/agreements/{four.agency}/acceptance", {})
    assert (answer.status_code, answer.json()["title"]) == (403, "not-allowed")


async def test_nobody_answers_for_another_organisation(four, machine, owner_machine, proposed):
    lead = await machine(four.federation)
    for organisation_id in (four.agency, four.region):
        await lead.ask("POST", f"/{proposed.id}/agreements", {"organisation_id": str(organisation_id)})
    region = await owner_machine(four.region)
    answer = await region.ask("POST", f"/{proposed.id}/agreements/{four.agency}/acceptance", {})
    assert answer.status_code == 404


async def test_the_same_key_proposes_once(pool, four, machine):
    lead = await machine(four.federation)
    first = await lead.ask("POST", "", BODY, Idempotency_Key="a")
    again = await lead.ask("POST", "", BODY, Idempotency_Key="a")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["idempotent-replayed"] == "true"
    other = await lead.ask("POST", "", BODY | {"title": "Autre"}, Idempotency_Key="a")
    assert other.status_code == 422
    assert await pool.fetchval("SELECT count(*) FROM campaigns.campaigns") == 1


async def test_a_campaign_of_others_does_not_exist_in_json_either(four, machine, owner_machine, proposed):
    stranger, owner = await machine(four.region), await owner_machine(four.region)
    assert (await stranger.ask("GET", "")).json()["items"] == []
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/offers", None),
        ("PATCH", "", {"title": "À moi"}),
        ("POST", "/cancellation", None),
        ("POST", "/agreements", {"organisation_id": str(four.region)}),
        ("POST", f"/agreements/{four.region}/request", None),
        ("POST", f"/agreements/{four.region}/withdrawal", None),
        ("GET", "/copies/preview?first_day=2028-06-19&last_day=2028-06-30", None),
        ("POST", "/copies", {"title": "À moi", "first_day": "2028-06-19", "last_day": "2028-06-30"}),
    ):
        answer = await stranger.ask(method, f"/{proposed.id}{path}", body)
        assert answer.status_code == 404, (method, path)
    for path in ("/departure", f"/agreements/{four.region}/acceptance"):
        assert (await owner.ask("POST", f"/{proposed.id}{path}", {})).status_code == 404
    assert (await stranger.ask("GET", f"/{new_id()}")).status_code == 404
    assert (await stranger.ask("GET", "?after=x")).status_code == 422


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"sectors": []}, 422),
        ({"sectors": [{"code": "s10"}, {"code": "s21"}, {"code": "s43"}]}, 422),
        ({"sectors": [{"code": "x"}]}, 422),
        ({"departements": ["27, 76", "<"]}, 422),
        ({"title": ""}, 422),
        ({"title": None}, 400),
        ({"first_day": "hier"}, 400),
        ({"unknown": 1}, 400),
    ],
)
async def test_bad_bodies_are_refused_with_their_reason(four, machine, change, status):
    answer = await (await machine(four.federation)).ask("POST", "", BODY | change)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_an_if_match_that_is_no_version_is_refused(four, machine, proposed):
    lead = await machine(four.federation)
    for given, status in (("x", 422), ('"7"', 412), ("*", 200)):
        answer = await lead.ask("PATCH", f"/{proposed.id}", {"title": "Autre"}, If_Match=given)
        assert answer.status_code == status


async def test_a_copy_is_looked_at_and_made_once(pool, four, machine, proposed):
    lead = await machine(four.federation)
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="notre-semaine", published=False)
        await connection.execute(
            "UPDATE campaigns.offers SET campaign_id = $1 WHERE id = $2", proposed.id, week.offer_id
        )
    seen = await lead.ask("GET", f"/{proposed.id}/copies/preview?first_day=2028-06-05&last_day=2028-06-16")
    assert seen.json()["offers"][0]["first_day"] == "2028-06-05"
    assert "Lundi de Pentecôte" in seen.json()["warnings"][0]
    for wrong in ("", "?first_day=hier&last_day=demain"):
        assert (await lead.ask("GET", f"/{proposed.id}/copies/preview{wrong}")).status_code == 422
    body = {"title": "En 2028", "first_day": "2028-06-19", "last_day": "2028-06-30"}
    first = await lead.ask("POST", f"/{proposed.id}/copies", body, Idempotency_Key="b")
    again = await lead.ask("POST", f"/{proposed.id}/copies", body, Idempotency_Key="b")
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    offers = (await lead.ask("GET", f"/{first.json()['id']}/offers")).json()["items"]
    assert [(offer["slug"], offer["status"], offer["first_day"]) for offer in offers] == [
        ("notre-semaine-2028", "draft", "2028-06-19")
    ]


async def test_a_partner_answers_in_json_by_the_secret_of_its_mail(pool, four, machine, visitor, signer, proposed):
    lead = await machine(four.federation)
    await lead.ask("POST", f"/{proposed.id}/agreements", {"organisation_id": str(four.agency)})
    agreement_id = await pool.fetchval("SELECT id FROM campaigns.agreements WHERE organisation_id = $1", four.agency)
    path = f"/api/v1/agreements/{signer.token('agreement', agreement_id, 1)}"
    asked = (await visitor.get(path)).json()
    assert (asked["lead"], asked["outdated"], asked["agreement"]["state"]) == (
        "Fédération des métiers",
        False,
        "awaited",
    )
    answered = await visitor.post(f"{path}/refusal", json={"word": "Pas encore"}, headers={"Idempotency-Key": "r"})
    assert answered.json()["agreement"]["word"] == "Pas encore"
    await lead.ask("PATCH", f"/{proposed.id}", {"title": "Un autre titre"})
    assert (await visitor.get(path)).json()["outdated"] is True
    refused = await visitor.post(f"{path}/acceptance", json={})
    assert (refused.status_code, refused.json()["title"]) == (412, "campaign-changed-meanwhile")
    newest = f"/api/v1/agreements/{signer.token('agreement', agreement_id, 2)}"
    assert (await visitor.post(f"{newest}/acceptance", json={})).json()["awaited"] == []
    assert (await visitor.get("/api/v1/agreements/0")).status_code == 404
    assert (await visitor.post(f"{newest}/acceptance", json={"word": "x" * 1001})).status_code == 422


async def test_the_journal_of_a_campaign_is_read_by_who_carries_it(four, machine, proposed):
    lead, stranger = await machine(four.federation), await machine(four.region)
    await lead.ask("POST", f"/{proposed.id}/agreements", {"organisation_id": str(four.agency)})
    lines = (await lead.ask("GET", f"/{proposed.id}/journal")).json()["items"]
    assert [(line["action"], line["detail"]) for line in lines] == [
        ("invite_partner", "Invite « Agence de l’orientation ».")
    ]
    assert (await stranger.ask("GET", f"/{proposed.id}/journal")).status_code == 404


async def test_leaving_and_cancelling_by_machine(four, machine, owner_machine, proposed):
    lead, agency = await machine(four.federation), await owner_machine(four.agency)
    await lead.ask("POST", f"/{proposed.id}/agreements", {"organisation_id": str(four.agency)})
    assert (await agency.ask("POST", f"/{proposed.id}/departure", {"word": "Adieu"})).status_code == 204
    assert (await agency.ask("GET", f"/{proposed.id}")).status_code == 404
    ended = await lead.ask("POST", f"/{proposed.id}/cancellation", If_Match='"1"')
    assert ended.json()["cancelled"] is True
    refused = await lead.ask("PATCH", f"/{proposed.id}", {"title": "Autre"})
    assert (refused.status_code, refused.json()["title"]) == (409, "campaign-cancelled")


async def test_the_token_of_the_installation_leads_nothing_of_its_own(visitor, signer, proposed):
    everything = Machine(visitor, {"Authorization": f"Bearer {signer.token('planner', EVERY_ORGANISATION)}"})
    refused = await everything.ask("POST", "", BODY)
    assert refused.status_code == 422
    assert [item["id"] for item in (await everything.ask("GET", "")).json()["items"]] == [str(proposed.id)]
