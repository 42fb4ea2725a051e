"""Before June: a list is brought, a campaign announced, mails arrive, one reader wants no more, no list undoes it."""

import re
from uuid import uuid4

import pytest

from shared.database import transaction
from tests.services.campaigns.announcing.lists import BAYEUX, PREVERT, a_list
from tests.world import a_member, a_week

pytestmark = pytest.mark.anyio

HOME = "/planification/annonces"


async def test_heads_learn_what_is_near_them_once_and_one_wants_no_more(running):
    mark = "".join(chr(97 + byte % 26) for byte in uuid4().bytes[-8:])
    head, referent, far = (f"{who}.{mark}@lycee.example" for who in ("tete", "referente", "loin"))
    async with transaction(running.pool) as connection:
        week = await a_week(connection, slug=f"semaine-{mark}")
        planner = await a_member(connection, week.organisation_id, email=f"maud.{mark}@federation.example")
    cookie = {"Cookie": f"quinzaine={planner.secret}"}

    async def get(path):
        return (await running.http.get(path, headers=cookie)).text

    csrf = re.search(r'name="csrf" value="([^"]+)"', await get("/compte"))[1]

    async def post(path, **fields):
        return await running.http.post(path, data={"csrf": csrf, **fields}, headers=cookie)

    async def bring(*rows):
        kept = await post(f"{HOME}/correspondants/liste", list=a_list(*rows), source="Rectorat, mars 2027")
        assert kept.status_code == 303, kept.text

    async def announce():
        chosen = {"campaign": "deux-semaines", "kilometres": "30", "roles": ["head", "referent"], "word": "À bientôt."}
        shown = (await post(f"{HOME}/apercu", **chosen)).text
        button = re.search(r'name="id" value="([^"]+)"', shown)
        answers = [await post(HOME, id=button[1], **chosen) for _ in range(2)]
        return shown, answers

    rows = (
        f"{PREVERT};Tête {mark};Ada;Proviseure;{head}",
        f"{PREVERT};Autre {mark};Eve;Référente;{referent}",
        f"{BAYEUX};Loin {mark};Zoé;Proviseure;{far}",
    )
    await bring(*rows)
    shown, answers = await announce()
    assert "À bientôt." in shown
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    await running.settled()
    (mail,) = running.sink.to(head)
    assert len(running.sink.to(referent)) == 1
    assert running.sink.to(far) == []
    for words in ("Semaine à Pont-Audemer", "Lycée Jacques Prévert", "Rectorat, mars 2027", "?lieu=Pont-Audemer"):
        assert words in mail.text, words
    page = re.sub(r"\s+", " ", await get(answers[0].headers["location"]))
    assert '<b class="num">2</b> <span>partis' in page
    assert '<b class="num">2</b> <span>remis' in page
    way_out = re.search(r"http\S+/desabonnement/\S+", mail.text)[0]
    assert "Ne plus les recevoir" in (await running.http.get(way_out)).text
    assert (await running.http.post(way_out, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    page = re.sub(r"\s+", " ", await get(answers[0].headers["location"]))
    assert '<b class="num">1</b> <span>ne veulent plus' in page
    # the same list, and somebody new on it
    fresh = f"nouvelle.{mark}@lycee.example"
    await bring(*rows, f"{PREVERT};Neuve {mark};Ida;Référente;{fresh}")
    assert "Désabonné" in await get(f"{HOME}/correspondants?mots={head}")
    await announce()
    await running.settled()
    assert [len(running.sink.to(address)) for address in (head, referent, fresh)] == [1, 1, 1]
