"""A webinar: a list is brought, people invited, the entry in their calendar follows a change, and goes with the end."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import vobject

from shared.database import transaction
from shared.identifiers import new_id
from tests.folding_client import FoldingCalendar
from tests.services.campaigns.announcing.lists import PREVERT, a_list
from tests.world import a_member, an_organisation

pytestmark = pytest.mark.anyio

HOME = "/planification/annonces"
FIRST, SECOND = "https://visio.example/juin", "https://visio.example/autre"


async def test_heads_are_invited_to_a_webinar_which_moves_and_is_called_off(running):
    mark = "".join(chr(97 + byte % 26) for byte in uuid4().bytes[-8:])
    head, referent = (f"{who}.{mark}@lycee.example" for who in ("tete", "referente"))
    async with transaction(running.pool) as connection:
        # one of its own: nobody else is on its list
        organisation_id = await an_organisation(connection, slug=f"agence-{mark}", kind="agency", name="Agence")
        planner = await a_member(connection, organisation_id, email=f"maud.{mark}@federation.example")
    cookie = {"Cookie": f"quinzaine={planner.secret}"}

    async def get(path):
        return (await running.http.get(path, headers=cookie)).text

    csrf = re.search(r'name="csrf" value="([^"]+)"', await get("/compte"))[1]

    async def post(path, **fields):
        answer = await running.http.post(path, data={"csrf": csrf, **fields}, headers=cookie)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def press(path, what, **fields):
        page = await get(path)
        shown = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", *fields)}
        await post(f"{path}/{what}", **shown)
        await running.settled()

    rows = (f"{PREVERT};Tête {mark};Ada;Proviseure;{head}", f"{PREVERT};Autre {mark};Eve;Référente;{referent}")
    await post(f"{HOME}/correspondants/liste", list=a_list(*rows), source="Rectorat, mars 2027")
    webinar = {
        "title": "Préparer juin",
        "day": (datetime.now(UTC) + timedelta(days=40)).date().isoformat(),
        "starts": "17:30",
        "ends": "18:30",
        "link": FIRST,
        "roles": ["head", "referent"],
    }
    location = await post(f"{HOME}/webinaires", id=str(new_id()), **webinar)
    await press(location, "invitations", batch="")
    (mail,) = running.sink.to(head)
    for words in ("Préparer juin", FIRST, "17 h 30", "Rectorat, mars 2027", "Aucune réponse n’est attendue"):
        assert words in mail.text, words
    event = vobject.readOne(mail.invitation.decode()).vevent
    assert (event.sequence.value, event.location.value) == ("0", FIRST)
    assert FIRST in event.description.value
    assert b"CONFERENCE" in mail.invitation
    assert event.attendee.params["RSVP"] == ["FALSE"]
    assert event.attendee.value == f"mailto:{head}"
    # whoever wants no more hears of no change, and of the end all the same
    way_out = re.search(r"http\S+/desabonnement/\S+", running.sink.to(referent)[0].text)[0]
    assert (await running.http.post(way_out, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    version = re.search(r'name="version" value="([^"]*)"', await get(f"{location}/modifier"))[1]
    await post(f"{location}/modifier", version=version, **{**webinar, "starts": "17:00", "link": SECOND})
    await running.settled()
    _, changed = running.sink.to(head)
    assert "17 h 30 → 17 h" in changed.text
    assert f"{FIRST} → {SECOND}" in changed.text
    assert len(running.sink.to(referent)) == 1
    again = vobject.readOne(changed.invitation.decode()).vevent
    assert (again.uid.value, again.sequence.value) == (event.uid.value, "1")
    calendar = FoldingCalendar()
    for each in (changed, mail):
        calendar.apply(each.invitation)
    (entry,) = calendar.entries()
    assert (entry.location, entry.end - entry.start) == (SECOND, timedelta(minutes=90))
    await press(location, "annulation")
    *_, end = running.sink.to(head)
    calendar.apply(end.invitation)
    assert calendar.entries() == []
    other = FoldingCalendar()
    mails = running.sink.to(referent)
    assert len(mails) == 2
    for each in mails:
        other.apply(each.invitation)
    assert other.entries() == []
    assert vobject.readOne(mails[0].invitation.decode()).vevent.uid.value != event.uid.value
    page = re.sub(r"\s+", " ", await get(location))
    for words in ("2</b> <span>invités", "2</b> <span>remis", "1</b> <span>ne veulent plus"):
        assert words in page, words
