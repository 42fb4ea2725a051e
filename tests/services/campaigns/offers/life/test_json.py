"""The life of an offer for machines: drafted, edited against its edition, published, closed, cancelled, told about."""

import base64

import pytest

from services.campaigns.access.read import hash_of
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def machine(pool, visitor, small_week):
    """A client with a planner's token of the small week's organisation, which leads the campaign."""
    secret = "qz_" + new_id().hex
    await pool.execute("UPDATE campaigns.campaigns SET lead_id = $1", small_week.organisation_id)
    await pool.execute(
        """
        INSERT INTO campaigns.api_tokens (id, secret_hash, organisation_id, name, role, created_at, expires_at)
        VALUES ($1, $2, $3, 'essai', 'planner', now(), now() + interval '1 day')
        """,
        new_id(),
        hash_of(secret),
        small_week.organisation_id,
    )

    async def ask(method: str, path: str, json: object = None, **headers: str):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        options = {} if json is None else {"json": json}
        return await visitor.request(
            method, f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}", **given}, **options
        )

    return ask


def a_draft(week, **given):
    return {
        "campaign_id": str(week.campaign_id),
        "kind": "workshop",
        "title": "Atelier CV",
        "first_day": "2027-06-18",
        "last_day": "2027-06-21",
        **given,
    }


async def test_a_draft_is_made_once_for_one_key(pool, machine, small_week):
    made = await machine("POST", "/offers", a_draft(small_week), Idempotency_Key="a")
    again = await machine("POST", "/offers", a_draft(small_week), Idempotency_Key="a")
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    assert made.headers["etag"] == '"1"'
    body = made.json()
    assert (body["status"], body["seats"], body["slug"]) == ("draft", 15, "atelier-cv")
    assert [day["date"] for day in body["days"]] == ["2027-06-18", "2027-06-21"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 2
    read = await machine("GET", made.headers["location"].removeprefix("/api/v1"))
    assert read.json() == body


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"campaign_id": "00000000-0000-7000-8000-000000000000"}, 404, "campaign_id"),
        ({"title": ""}, 422, "title"),
        ({"last_day": "2027-06-01"}, 422, "last_day"),
        ({"grades": ["college"]}, 400, None),
        ({"departements": ["99"]}, 422, "departements"),
        ({"organisation_id": "00000000-0000-7000-8000-000000000000"}, 422, "organisation_id"),
        ({"first_day": "0001-01-01", "last_day": None}, 422, "first_day"),
        ({"closes_at": "0001-01-01T00:00:00Z"}, 422, "closes_at"),
        ({"title": "a\u0000b"}, 422, "title"),
        ({"colour": "red"}, 400, None),
    ],
)
async def test_a_draft_is_refused_with_its_field(pool, machine, small_week, wrong, status, field):
    answer = await machine("POST", "/offers", a_draft(small_week, **wrong))
    assert (answer.status_code, answer.json().get("field")) == (status, field)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


async def test_settings_are_changed_against_the_edition_that_was_seen(machine, small_week):
    path = f"/offers/{small_week.offer_id}"
    changed = await machine("PATCH", path, {"grades": ["seconde"], "departements": ["27"]}, If_Match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (changed.json()["grades"], changed.json()["departements"]) == (["seconde"], ["27"])
    stale = await machine("PATCH", path, {"title": "Autre"}, If_Match='"1"')
    assert (stale.status_code, stale.json()["title"]) == (412, "offer-changed-meanwhile")
    assert (await machine("PATCH", path, {"title": "Autre"}, If_Match="un")).status_code == 422
    assert (await machine("PATCH", path, {"title": "Autre"}, If_Match="*")).json()["title"] == "Autre"
    assert (await machine("PATCH", path, {"seats": 3})).json()["seats"] == 3
    assert (await machine("PATCH", path, {"title": " "})).json()["field"] == "title"
    for field, value in (("opens_at", "9999-12-31T23:59:59-12:00"), ("closes_at", "2027-06-01T09:00:00")):
        assert (await machine("PATCH", path, {field: value})).json()["field"] == field


async def test_an_offer_is_published_closed_opened_and_cancelled(pool, machine):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
    path = f"/offers/{draft.offer_id}"
    ready = (await machine("GET", f"{path}/readiness")).json()
    assert (ready["ready"], ready["obstacles"]) == (True, [])
    for action, status in (
        ("publication", "published"),
        ("publication", "published"),
        ("closure", "closed"),
        ("closure", "closed"),
        ("opening", "published"),
    ):
        answer = await machine("POST", f"{path}/{action}")
        assert (answer.status_code, answer.json()) == (200, {"id": str(draft.offer_id), "status": status})
    cancelled = await machine("POST", f"{path}/cancellation", {"note": "Le site est fermé."})
    assert cancelled.json()["status"] == "cancelled"
    assert (await machine("POST", f"{path}/cancellation")).status_code == 200
    notes = await pool.fetch("SELECT body ->> 'note' AS note FROM contract.events WHERE tag = 'offer.cancelled'")
    assert [row["note"] for row in notes] == ["Le site est fermé."]
    actions = await pool.fetch("SELECT action FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in actions] == ["publish_offer", "close_offer", "open_offer", "cancel_offer"]


async def test_a_draft_that_lacks_something_says_what(pool, machine):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
        partner = await an_organisation(connection, slug="region", kind="local_authority", name="La Région")
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)",
            draft.campaign_id,
            partner,
        )
    ready = (await machine("GET", f"/offers/{draft.offer_id}/readiness")).json()
    assert not ready["ready"]
    assert ready["agreements"] == [{"organisation": "La Région", "agreed_at": None, "declined_at": None}]
    answer = await machine("POST", f"/offers/{draft.offer_id}/publication")
    assert (answer.status_code, answer.json()["title"]) == (409, "agreement-missing")


async def test_consequences_are_told_and_nothing_is_done(pool, settings, machine, small_week):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(1), a_pupil(2), a_pupil(3)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    path, session_id = f"/offers/{small_week.offer_id}/consequences", str(small_week.sessions[2])
    body = {"act": "change_session", "session_id": session_id, "session": {"title": "Visite du port"}, "note": "Voilà."}
    found = (await machine("POST", path, body)).json()
    assert (found["pupils"], found["waiting"]) == (2, 0)
    assert found["changes"] == [{"field": "title", "before": "Visite 2.1", "after": "Visite du port"}]
    (mail,) = found["mails"]
    assert mail["readers"] == "pupils"
    assert "Voilà." in mail["text"]
    found = (await machine("POST", path, {"act": "cancel_offer"})).json()
    assert (found["pupils"], found["waiting"]) == (3, 1)
    assert found["mails"][0]["subject"].startswith("Annulation")
    assert (await machine("POST", path, {"act": "cancel_session"})).status_code == 404
    assert (await machine("POST", path, {"act": "edit_offer", "offer": {"title": ""}})).status_code == 422
    assert (await machine("POST", path, {"act": "burn"})).status_code == 400
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 0
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag LIKE '%cancelled'") == 0


async def test_offers_are_listed_by_state_and_page(pool, machine, small_week):
    async with transaction(pool) as connection:
        await a_week(connection, slug="brouillon", published=False)
    body = (await machine("GET", "/planning/offers")).json()
    assert {(one["slug"], one["state"]) for one in body["items"]} == {
        (small_week.slug, "open"),
        ("brouillon", "draft"),
    }
    assert body["next"] is None
    drafts = (await machine("GET", "/planning/offers?state=draft")).json()["items"]
    assert [one["slug"] for one in drafts] == ["brouillon"]
    first, last = [one["id"] for one in body["items"]]
    assert [one["id"] for one in (await machine("GET", f"/planning/offers?after={first}")).json()["items"]] == [last]
    for wrong in ("after=x", "state=wild"):
        assert (await machine("GET", f"/planning/offers?{wrong}")).status_code == 422


async def test_a_file_is_tried_then_brought_in_and_given_back(pool, machine, small_week):
    path = f"/offers/{small_week.offer_id}/programme-file"
    file = await machine("GET", f"{path}/programme.yaml")
    text = file.content.decode().replace("Visite 1.1", "Visite du port")
    body = {"name": "programme.yaml", "content": base64.b64encode(text.encode()).decode()}
    tried = (await machine("POST", path, body)).json()
    assert (tried["done"], tried["unchanged"]) == (False, 9)
    assert tried["changed"][0].endswith("(titre : Visite 1.1 → Visite du port)")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE title = 'Visite du port'") == 0
    done = (await machine("POST", path, body | {"dry_run": False})).json()
    assert done["done"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE title = 'Visite du port'") == 1
    broken = await machine("POST", path, {"name": "x.csv", "content": base64.b64encode(b"rien").decode()})
    assert (broken.status_code, broken.json()["title"]) == (422, "file-refused")
    assert (await machine("POST", path, {"name": "x.csv", "content": "pas du base64 !"})).status_code == 400
    assert (await machine("GET", f"{path}/programme.pdf")).status_code == 404


async def test_messages_are_listed_for_machines(machine, small_week):
    answer = await machine("GET", f"/offers/{small_week.offer_id}/deliveries")
    assert answer.json() == {"items": [], "next": None}
    assert (await machine("GET", f"/offers/{small_week.offer_id}/deliveries?after=x")).status_code == 422


async def test_another_organisation_s_offer_is_not_there_for_machines(pool, machine, small_week):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
    await pool.execute("UPDATE campaigns.offers SET organisation_id = $1", other)
    offer = f"/offers/{small_week.offer_id}"
    asked = (
        ("GET", f"/planning{offer}", None),
        ("PATCH", offer, {"title": "À moi"}),
        ("GET", f"{offer}/readiness", None),
        ("POST", f"{offer}/publication", None),
        ("POST", f"{offer}/closure", None),
        ("POST", f"{offer}/opening", None),
        ("POST", f"{offer}/consequences", {"act": "cancel_offer"}),
        ("POST", f"{offer}/cancellation", None),
        ("POST", f"/sessions/{small_week.sessions[0]}/cancellation", None),
        ("GET", f"{offer}/deliveries", None),
        ("GET", f"{offer}/programme-file/programme.csv", None),
        ("POST", f"{offer}/programme-file", {"name": "x.csv", "content": ""}),
    )
    for method, path, body in asked:
        assert (await machine(method, path, body)).status_code == 404, (method, path)
