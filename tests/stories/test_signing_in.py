"""Somebody with an account asks for a link, reads it in the mailbox, presses the button, and is in; once."""

import re
from uuid import uuid4

import pytest

from shared.database import transaction
from tests.world import a_member, a_week

pytestmark = pytest.mark.anyio


async def test_a_planner_signs_in_by_the_link_of_the_mail_and_by_it_once(running):
    address = f"planner.{uuid4().hex}@organisation.example"
    async with transaction(running.pool) as connection:
        week = await a_week(connection, slug=f"semaine-{uuid4().hex}")
        await a_member(connection, week.organisation_id, role="planner", email=address)
    answer = await running.http.post("/connexion", data={"email": address.upper()})
    assert answer.status_code == 200
    await running.settled()
    (mail,) = running.sink.to(address)
    assert mail.subject == "Votre lien de connexion à Quinzaine"
    link = re.search(r"http\S+/connexion/\S+", mail.text)
    assert link is not None, mail.text
    # a scanner of mail opens the link; it is still good
    for _ in range(2):
        assert "<button" in (await running.http.get(link[0])).text
    entered = await running.http.post(link[0])
    assert entered.status_code == 303
    secret = entered.cookies["quinzaine"]
    inside = await running.http.get("/planification", headers={"Cookie": f"quinzaine={secret}"})
    assert inside.status_code == 200
    running.http.cookies.clear()
    assert (await running.http.post(link[0])).status_code in (404, 410)
    assert "quinzaine" not in running.http.cookies


async def test_an_address_nobody_has_is_answered_alike_and_gets_no_mail(running):
    known, stranger = f"known.{uuid4().hex}@organisation.example", f"stranger.{uuid4().hex}@organisation.example"
    async with transaction(running.pool) as connection:
        week = await a_week(connection, slug=f"semaine-{uuid4().hex}")
        await a_member(connection, week.organisation_id, role="planner", email=known)
    answers = [await running.http.post("/connexion", data={"email": address}) for address in (known, stranger)]
    assert answers[0].text.replace(known, "") == answers[1].text.replace(stranger, "")
    await running.settled()
    assert len(running.sink.to(known)) == 1
    assert running.sink.to(stranger) == []
