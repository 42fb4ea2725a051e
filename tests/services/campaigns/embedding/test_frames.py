"""Frames of other sites: only what is meant to be embedded lets itself be shown in one."""

import pytest

from tests.application import routes

pytestmark = pytest.mark.anyio

FRAMED = ("/integrer/liste", "/integrer/offres/{slug:str}")


async def test_no_page_but_the_two_that_are_meant_for_it_shows_in_a_frame(visitor, planner, small_week):
    paths = {route.path for route in routes() if "GET" in getattr(route, "methods", ())}
    assert paths.issuperset(FRAMED)
    answered = 0
    for path in sorted(paths):
        asked = path.replace("{slug:str}", small_week.slug)
        for kind in ("str", "uuid", "date", "int", "path"):
            while f":{kind}}}" in asked:
                start, end = asked.rindex("{", 0, asked.index(f":{kind}}}")), asked.index(f":{kind}}}") + len(kind) + 2
                value = {"uuid": str(small_week.offer_id), "date": "2027-06-14", "int": "1"}.get(kind, "rien")
                asked = asked[:start] + value + asked[end:]
        for address in (asked, f"/en{asked}"):
            answer = await visitor.get(address, headers=planner.cookies, follow_redirects=False)
            if answer.headers.get("content-type", "").startswith("text/html"):
                answered += 1
                policy = answer.headers["content-security-policy"]
                assert ("frame-ancestors *" in policy) == (path in FRAMED), (address, policy)
                assert ("frame-ancestors 'none'" in policy) == (path not in FRAMED), (address, policy)
    assert answered > 100
