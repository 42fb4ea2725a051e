"""A federation invites a colleague; the mail comes, its button makes the account, and the next sign-in is by link."""

import re
from uuid import uuid4

import pytest

from shared.database import transaction
from tests.world import a_member, a_week

pytestmark = pytest.mark.anyio


async def test_a_colleague_joins_by_the_mail_and_signs_in_again_by_a_link(running):
    mark = uuid4().hex
    address = f"mina.{mark}@organisation.example"
    async with transaction(running.pool) as connection:
        week = await a_week(connection, slug=f"semaine-{mark}")
        owner = await a_member(
            connection, week.organisation_id, role="owner", email=f"rose.{mark}@organisation.example"
        )
    cookie = {"Cookie": f"quinzaine={owner.secret}"}
    page = await running.http.get("/planification/organisation", headers=cookie)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    sent = await running.http.post(
        "/planification/organisation/invitations",
        data={"csrf": csrf[1], "email": address, "role": "planner"},
        headers=cookie,
    )
    assert sent.status_code == 303
    await running.settled()
    (mail,) = running.sink.to(address)
    assert "Maud Ferrand" in mail.text
    link = re.search(r"http\S+/invitations/\S+", mail.text)
    assert link is not None, mail.text
    assert "Accepter l’invitation" in (await running.http.get(link[0])).text
    joined = await running.http.post(link[0], data={"first_name": "Mina", "last_name": "Laurent"})
    assert joined.status_code == 303
    secret = joined.cookies["quinzaine"]
    running.http.cookies.clear()
    inside = await running.http.get("/planification/organisation", headers={"Cookie": f"quinzaine={secret}"})
    assert "Mina Laurent" in inside.text
    await running.http.post("/connexion", data={"email": address})
    await running.settled()
    assert len(running.sink.to(address)) == 2
