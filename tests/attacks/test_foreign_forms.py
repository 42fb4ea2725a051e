"""What another site's page sends in somebody's name: every route that writes refuses it, and nothing is written."""

import pytest

from tests.attacks.routes import filled, handlers
from tests.attacks.test_foreign_ids import everything

pytestmark = pytest.mark.anyio


def writes() -> list[tuple[str, str]]:
    """(method, path) of every route that acts for who is signed in."""
    return [
        (method, path)
        for method, path, handler in handlers()
        if handler.opt.get("action") is not None and method not in ("GET", "HEAD")
    ]


async def test_no_route_takes_a_form_without_our_mark_or_from_another_site(pool, sign_in, visitor, small_week):
    owner = await sign_in(small_week.organisation_id, role="owner")
    other = await sign_in(small_week.hosts[0], role="owner")
    await owner.get("/compte")
    await other.get("/compte")
    known = {"offer_id": small_week.offer_id, "slug": small_week.slug, "session_id": small_week.sessions[0],
             "organisation_id": small_week.organisation_id, "campaign_id": small_week.campaign_id}  # fmt: skip
    elsewhere = {"Origin": "https://ailleurs.example", "Sec-Fetch-Site": "cross-site"}
    ways = {
        "no mark": {},
        "another's mark": {"X-CSRF-Token": other.csrf},
        "our mark from another site": {"X-CSRF-Token": owner.csrf, **elsewhere},
    }
    before = await everything(pool)
    wrong = []
    for method, path in writes():
        for way, headers in ways.items():
            answer = await visitor.request(
                method, filled(path, known), headers=owner.cookies | headers, follow_redirects=False
            )
            if answer.status_code != 403:
                wrong.append((method, path, way, answer.status_code))
    assert wrong == []
    assert await everything(pool) == before
    assert len(writes()) > 100


async def test_no_route_that_reads_answers_to_a_method_that_writes(visitor, small_week):
    reads = {path for method, path, _ in handlers() if method == "GET"} - {
        path for method, path, _ in handlers() if method != "GET"
    }
    for path in sorted(reads):
        answer = await visitor.post(filled(path, {"slug": small_week.slug}), follow_redirects=False)
        assert answer.status_code in (404, 405), path
