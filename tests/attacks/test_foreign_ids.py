"""Every route that names a thing, asked for another organisation's by the owner of one: it is not there, and stays.

The routes are the application's own, the things those of the demo campaign and one of each kind that it has not.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.campaigns.imports.load_demo import load_demo
from services.campaigns.openapi import complete, example_of
from services.campaigns.web import create_app
from shared.database import transaction
from shared.settings import read_settings
from shared.signed_links import Signer
from tests.attacks.routes import filled, handlers, parts_of
from tests.world import Week, a_week

pytestmark = pytest.mark.anyio

# who may ask for a thing that is another organisation's, and why
SHARED = (
    # a class joins other organisations' public offers, and sees its own pupils alone (offers/seats/classes)
    "enrol_class",
)
# what is no thing of anybody: a day, a name, the tag of a fact
NOT_OWNED = {"day", "date", "name", "done"}

THINGS = {
    "slug": "SELECT slug FROM campaigns.offers WHERE id = $1",
    "offer_id": "SELECT $1::uuid",
    "campaign_id": "SELECT campaign_id FROM campaigns.offers WHERE id = $1",
    "organisation_id": "SELECT organisation_id FROM campaigns.offers WHERE id = $1",
    "session_id": "SELECT id FROM campaigns.sessions WHERE offer_id = $1",
    "group_id": "SELECT id FROM campaigns.groups WHERE offer_id = $1",
    "registration_id": "SELECT id FROM campaigns.registrations WHERE offer_id = $1",
    "quota_id": """
        INSERT INTO campaigns.quotas (id, offer_id, seats, without_host, until)
        VALUES (gen_random_uuid(), $1, 1, true, now() + interval '1 day') RETURNING id
    """,
    "question_id": """
        INSERT INTO campaigns.questions (id, offer_id, asker_id, words, asked_at, sent_at)
        SELECT gen_random_uuid(), $1, id, 'Une question', now(), now() FROM contract.people LIMIT 1 RETURNING id
    """,
    "slot_id": """
        INSERT INTO campaigns.follow_up_slots (id, offer_id, person_id, starts_at, ends_at)
        SELECT gen_random_uuid(), $1, person_id, now(), now() + interval '1 hour'
        FROM campaigns.accounts LIMIT 1 RETURNING id
    """,
    "series_id": "SELECT series_id FROM campaigns.offers WHERE id = $1",
    "speaker_id": "SELECT speaker_id FROM campaigns.session_speakers WHERE $1::uuid IS NOT NULL",
    "device_id": """
        INSERT INTO campaigns.devices (id, secret_hash, person_id, signed_in_at, last_seen_at, expires_at)
        SELECT gen_random_uuid(), 'x', person_id, now(), now(), now() + interval '1 day'
        FROM campaigns.accounts WHERE $1::uuid IS NOT NULL LIMIT 1 RETURNING id
    """,
    "member_id": """
        SELECT m.id FROM campaigns.members m JOIN campaigns.offers o USING (organisation_id) WHERE o.id = $1
    """,
    "person_id": """
        SELECT m.person_id FROM campaigns.members m JOIN campaigns.offers o USING (organisation_id) WHERE o.id = $1
    """,
    "pupil_id": "SELECT id FROM campaigns.listed_pupils WHERE $1::uuid IS NOT NULL",
    "invitation_id": """
        INSERT INTO campaigns.member_invitations (id, organisation_id, person_id, email, role, invited_at, expires_at)
        SELECT gen_random_uuid(), o.organisation_id, a.person_id, 'x@y.example', 'viewer', now(), now() + interval '1 d'
        FROM campaigns.offers o, campaigns.accounts a WHERE o.id = $1 LIMIT 1 RETURNING id
    """,
    "token_id": """
        INSERT INTO campaigns.api_tokens (id, secret_hash, organisation_id, name, role, created_at, expires_at)
        SELECT gen_random_uuid(), 'x', organisation_id, 'x', 'viewer', now(), now() + interval '1 day'
        FROM campaigns.offers WHERE id = $1 RETURNING id
    """,
    "webhook_id": """
        INSERT INTO contract.webhooks (id, organisation_id, url, kinds, created_at)
        SELECT gen_random_uuid(), organisation_id, 'https://y.example', '{offer.changed}', now()
        FROM campaigns.offers WHERE id = $1 RETURNING id
    """,
    "announcement_id": """
        INSERT INTO campaigns.announcements (id, organisation_id, campaign_id, kilometres, roles, made_at)
        SELECT gen_random_uuid(), organisation_id, campaign_id, 30, '{head}', now()
        FROM campaigns.offers WHERE id = $1 RETURNING id
    """,
    "webinar_id": """
        INSERT INTO campaigns.webinars (id, organisation_id, title, starts_at, ends_at, link, roles, made_at)
        SELECT gen_random_uuid(), organisation_id, 'x', now() + interval '1 day', now() + interval '25 hours',
               'https://y.example', '{head}', now()
        FROM campaigns.offers WHERE id = $1 RETURNING id
    """,
    "request_id": """
        INSERT INTO campaigns.host_requests (id, session_id, organisation_id, person_id, asked_at, answer_by)
        SELECT gen_random_uuid(), s.id, o.organisation_id, m.person_id, now(), now() + interval '1 day'
        FROM campaigns.offers o JOIN campaigns.sessions s ON s.offer_id = o.id
        JOIN campaigns.members m USING (organisation_id) WHERE o.id = $1 LIMIT 1 RETURNING id
    """,
}
FORM = {"version": "1", "title": "Ailleurs", "word": "oui", "email": "a@b.example", "name": "Ailleurs", "reason": "x"}
# to take away what is not there is done already, and says nothing of whether it is anywhere
GONE_ALREADY = ("/deconnexion", "/retrait", "/contacts/{person_id:uuid}", "/adresses/{person_id:uuid}")
# rows of the other service, which ask for the webhook or the offer before them; the one beside it is foreign, too
BESIDE_ANOTHER = {"call_id", "sending_id"}


async def everything(pool: Any) -> dict[str, str]:
    """A sum of each table, but for what a request leaves by being asked."""
    tables = await pool.fetch(
        """
        SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
        WHERE table_schema IN ('campaigns', 'contract', 'notifications') AND table_type = 'BASE TABLE'
          AND table_name NOT IN ('devices', 'idempotency_keys', 'asked_lately')
        """
    )
    return {
        row["name"]: await pool.fetchval(
            f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {row['name']} t"  # noqa: S608  # a table's name
        )
        for row in tables
    }


def bodies() -> dict[tuple[str, str], Any]:
    """(method, path) → a body that the route understands, by the description of the API."""
    application = create_app(read_settings({"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"}))
    described = application.openapi_schema.to_schema()
    complete(described, application)
    found = {}
    for path, item in described["paths"].items():
        for method, operation in item.items():
            for kind in operation.get("requestBody", {}).get("content", {}).values():
                body = example_of(kind["schema"], described["components"]["schemas"])
                # the bytes of a file stand in base64
                found[method.upper(), path] = body | ({"content": "VGV4dGU="} if "content" in body else {})
    return found


@pytest.fixture
async def week(pool) -> Week:
    """One's own week."""
    async with transaction(pool) as connection:
        return await a_week(connection, slug="a-soi")


@pytest.fixture
async def foreign(pool, settings, week) -> dict[str, Any]:
    """The ids of another organisation's things."""
    await load_demo(pool, Path("data/demo"), now=datetime.now(UTC), signer=Signer(settings.secret_keys))
    offer_id = await pool.fetchval(
        """
        SELECT r.offer_id FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE o.organisation_id <> $1
        ORDER BY EXISTS (SELECT FROM campaigns.groups g WHERE g.offer_id = o.id) DESC, o.slug LIMIT 1
        """,
        week.organisation_id,
    )
    found = {name: await pool.fetchval(query, offer_id) for name, query in THINGS.items()}
    found["series_id"] = await pool.fetchval("SELECT series_id FROM campaigns.offers WHERE series_id IS NOT NULL")
    return found


async def test_what_is_another_organisations_is_not_there_and_stays(pool, sign_in, visitor, week, foreign):
    assert [name for name, thing in foreign.items() if thing is None] == []
    own = {
        "slug": week.slug,
        "offer_id": week.offer_id,
        "organisation_id": week.organisation_id,
        "session_id": week.sessions[0],
        "campaign_id": week.campaign_id,
    }
    someone = await sign_in(week.organisation_id, role="owner")
    await someone.get("/compte")
    headers = someone.cookies | {"X-CSRF-Token": someone.csrf}
    examples = bodies()
    before = await everything(pool)
    wrong, asked = [], 0
    for method, path, handler in handlers():
        names = [name for name, _ in parts_of(path) if name not in NOT_OWNED]
        if not names or handler.opt.get("action") is None or handler.opt["action"] in SHARED:
            continue
        assert set(names) <= foreign.keys() | BESIDE_ANOTHER, f"{path}: of whose things is none here?"
        mixed = [foreign]
        # one's own offer, and a thing of another's behind it
        if len(names) > 1 and names[0] in own:
            mixed.append(foreign | {names[0]: own[names[0]]})
        plain = path
        for name, kind in parts_of(path):
            plain = plain.replace("{" + f"{name}:{kind}" + "}", "{" + name + "}")
        for known in mixed:
            sent: dict[str, Any] = {}
            if method not in ("GET", "HEAD"):
                sent = {"json": examples.get((method, plain), {})} if path.startswith("/api/") else {"data": FORM}
            answer = await visitor.request(method, filled(path, known), headers=headers, follow_redirects=False, **sent)
            asked += 1
            done = answer.status_code in (204, 303) and path.endswith(GONE_ALREADY)
            # a form is read before what it is for is looked for: it says what is missing in it, and no more
            unread = answer.status_code in (400, 422) and "data" in sent
            if not (answer.status_code == 404 or done or unread):
                wrong.append((method, path, answer.status_code, known is foreign, sent, answer.text[:300]))
    after = await everything(pool)
    assert {name for name in before if before[name] != after[name]} == set()
    assert asked > 200
    assert wrong == [], "\n".join(map(str, wrong))
