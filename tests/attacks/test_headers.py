"""What every answer says to browsers: pages, files, feeds, refusals and errors; and who may show what in a frame."""

import msgspec
import pytest

from tests.application import visiting
from tests.attacks.routes import filled, handlers

pytestmark = pytest.mark.anyio

# made to stand in pages of others
IN_FRAMES = ("/integrer/liste", "/integrer/offres/{slug:str}")


def faults(answer, *, in_frames: bool = False) -> list[str]:
    """What an answer fails to say."""
    said, found = answer.headers, []
    wanted = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000",
    }
    kind = said.get("content-type", "")
    policy = said.get("content-security-policy", "")
    if kind.startswith("text/html"):
        wanted["cross-origin-opener-policy"] = "same-origin"
        if "geolocation=()" not in said.get("permissions-policy", ""):
            found.append("permissions-policy")
        if ("frame-ancestors *" in policy) != in_frames:
            found.append(f"frame-ancestors: {policy}")
    if kind != "application/pdf" and not policy.startswith("default-src 'none'"):
        found.append(f"no policy: {kind}")
    if "unsafe" in policy and "sandbox" not in policy:
        found.append(policy)
    open_to_all = said.get("access-control-allow-origin") == "*"
    wanted["cross-origin-resource-policy"] = "cross-origin" if open_to_all else "same-origin"
    if "access-control-allow-credentials" in said or not said.get("cache-control"):
        found.append("credentials or caching")
    return found + [f"{name}: {said.get(name)}" for name, value in wanted.items() if said.get(name) != value]


async def test_every_kind_of_answer_says_what_browsers_may_do_with_it(settings, pool, sign_in, small_week):
    owner = await sign_in(small_week.organisation_id, role="owner")
    known = {"offer_id": small_week.offer_id, "slug": small_week.slug, "campaign_id": small_week.campaign_id,
             "session_id": small_week.sessions[0], "organisation_id": small_week.organisation_id}  # fmt: skip
    over_tls = msgspec.structs.replace(settings, base_url="https://quinzaine.example")
    wrong, statuses, kinds = [], set(), set()
    async with visiting(over_tls, raise_server_exceptions=False) as client:
        asked = [(method, filled(path, known), path) for method, path, _handler in handlers()]
        feed = f"/calendars/{small_week.slug}.ics"
        asked += [("GET", path, path) for path in (feed, "/calendars/rien.ics", "/rien", "/api/v1/rien", "/en/rien")]
        asked += [("HEAD", feed, feed), ("PUT", "/connexion", ""), ("OPTIONS", "/connexion", "")]
        for signed_in in (False, True):
            cookies = {"cookie": f"__Host-quinzaine={owner.member.secret}"} if signed_in else {}
            for method, path, route in asked:
                answer = await client.request(method, path, headers=cookies, follow_redirects=False)
                statuses.add(answer.status_code)
                kinds.add(answer.headers.get("content-type", "").partition(";")[0])
                if found := faults(answer, in_frames=route in IN_FRAMES):
                    wrong.append((method, path, answer.status_code, found))
        await pool.execute("ALTER TABLE campaigns.offers RENAME TO gone")
        broken = [await client.get(path) for path in (f"/offres/{small_week.slug}", "/api/v1/offers")]
        large = await client.post("/connexion", content=b"x" * 100_000,
                                  headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert [answer.status_code for answer in (*broken, large)] == [500, 500, 413]
    wrong += [(answer.url, found) for answer in (*broken, large) if (found := faults(answer))]
    assert wrong == []
    assert statuses >= {200, 303, 401, 404, 405, 422}
    assert kinds >= {"text/html", "application/json", "application/problem+json", "text/calendar", "application/pdf",
                     "image/svg+xml", "text/plain"}  # fmt: skip


async def test_over_plain_http_nobody_is_told_to_come_over_tls(visitor):
    said = (await visitor.get("/")).headers
    assert "strict-transport-security" not in said
    assert "cross-origin-opener-policy" not in said  # a browser would note an error on each page


async def test_only_the_frames_for_other_sites_may_stand_in_one(visitor, small_week):
    for path in ("/integrer/liste", f"/integrer/offres/{small_week.slug}", "/integrer/offres/rien"):
        assert "frame-ancestors *" in (await visitor.get(path)).headers["content-security-policy"]
    for path in ("/integrer", f"/offres/{small_week.slug}", "/connexion", "/rien"):
        assert "frame-ancestors 'none'" in (await visitor.get(path)).headers["content-security-policy"]
