"""The schools a few letters may mean, over HTTP: kept by browsers, and no error of ours whatever is asked."""

import pytest

pytestmark = pytest.mark.anyio


async def test_a_few_letters_are_answered_with_schools_and_their_codes(visitor):
    answer = await visitor.get("/etablissements", params={"q": "prévret"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.json() == [{"uai": "0271431J", "label": "Lycée Jacques Prévert, Pont-Audemer"}]


@pytest.mark.parametrize("asked", ["", "%", "'\"<script>", "🎒", "\u202eprevret", "\x00", "x" * 8_000, "é" * 2_000])
async def test_bad_letters_find_little_and_break_nothing(visitor, asked):
    answer = await visitor.get("/etablissements", params={"q": asked})
    assert answer.status_code == 200
    assert len(answer.json()) <= 10


async def test_nothing_asked_and_one_asked_twice(visitor):
    assert (await visitor.get("/etablissements")).json() == []
    assert (await visitor.get("/etablissements?q=prevert&q=malherbe")).status_code in (200, 400)
    assert (await visitor.get("/etablissements?q=%FF%FE%C3%28")).status_code in (200, 400)
