"""The list of correspondents: brought twice it is one list, a line that changes changes somebody, who left is gone."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from services.campaigns.announcing.correspondents.remove_correspondent import remove_old_correspondents
from services.notifications.plan_events import plan_events
from shared.database import transaction
from tests.services.campaigns.announcing.lists import BAYEUX, HEAD, OF_BAYEUX, PREVERT, REFERENT, a_list
from tests.world import an_organisation

pytestmark = pytest.mark.anyio

LIST = "/planification/annonces/correspondants"
SOURCE = "Rectorat, mars 2027"


async def keep(planner, *rows, source=SOURCE):
    return await planner.post(f"{LIST}/liste", {"list": a_list(*rows), "source": source})


async def listed(pool):
    rows = await pool.fetch(
        """
        SELECT c.school_uai, p.first_name, p.last_name, c.role, p.email
        FROM campaigns.correspondents c JOIN contract.people p ON p.id = c.person_id
        ORDER BY c.school_uai, p.last_name
        """
    )
    return [tuple(row) for row in rows]


async def id_of(pool, address):
    return await pool.fetchval("SELECT id FROM contract.people WHERE email = $1", address)


async def decline(pool, person_id, message="offers_announced"):
    await pool.execute(
        "INSERT INTO contract.unwanted (person_id, message, since) VALUES ($1, $2, now())", person_id, message
    )


async def is_declined(pool, address):
    return await pool.fetchval(
        """
        SELECT EXISTS (SELECT FROM contract.unwanted u JOIN contract.people p ON p.id = u.person_id
                       JOIN campaigns.correspondents c ON c.person_id = p.id WHERE p.email = $1)
        """,
        address,
    )


async def test_a_list_is_looked_at_then_kept_and_twice_is_the_same_list(pool, planner):
    form = {"list": a_list(HEAD, REFERENT, "0271431A;Roy;Jo;Proviseur;jo@x.example"), "source": SOURCE}
    shown = await planner.post(f"{LIST}/liste/apercu", form)
    assert shown.status_code == 200
    for words in (
        "2 personnes lues",
        "Nouvelles : 2. Modifiées : 0.",
        "Ligne 4, colonne A",
        "n’est pas valable",
        SOURCE,
    ):
        assert words in shown.text, words
    assert await listed(pool) == []
    for _ in range(2):
        assert (await keep(planner, HEAD, REFERENT)).headers["location"] == LIST
    assert await listed(pool) == [
        (PREVERT, "Solène", "Aubry", "head", "s.aubry@prevert.example"),
        (PREVERT, "Malo", "Kervella", "referent", "malo.kervella@prevert.example"),
    ]
    page = (await planner.get(LIST)).text
    assert "2 personnes" in page
    assert "Lycée Jacques Prévert, Pont-Audemer" in page
    assert "malo.kervella@prevert.example" in page
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'keep_correspondents'") == 1


async def test_a_line_that_changes_changes_the_person_it_is_about(pool, planner):
    await keep(planner, HEAD, REFERENT)
    head = await id_of(pool, "s.aubry@prevert.example")
    moved = f"{BAYEUX};Aubry-Roy;Solène;Proviseure;s.aubry@prevert.example"
    elsewhere = f"{PREVERT};KERVELLA;Malo;Professeur référent;m.k@prevert.example"
    shown = (await planner.post(f"{LIST}/liste/apercu", {"list": a_list(moved, elsewhere), "source": SOURCE})).text
    assert "Nouvelles : 0. Modifiées : 2." in shown
    await keep(planner, moved, elsewhere)
    assert await listed(pool) == [
        (BAYEUX, "Solène", "Aubry-Roy", "head", "s.aubry@prevert.example"),
        (PREVERT, "Malo", "KERVELLA", "referent", "m.k@prevert.example"),
    ]
    assert await id_of(pool, "s.aubry@prevert.example") == head
    # a list that does not know an address takes none away
    await keep(planner, f"{PREVERT};Kervella;Malo;Professeur référent;")
    assert (await listed(pool))[1][4] == "m.k@prevert.example"


async def test_the_same_list_brought_several_times_at_once_is_one_list(pool, planner):
    await planner.get(f"{LIST}/liste")
    answers = await asyncio.gather(*(keep(planner, HEAD, REFERENT, OF_BAYEUX) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len(await listed(pool)) == 3
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE email LIKE '%@prevert.example'") == 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"list": a_list(HEAD), "source": ""}, "provenance"),
        ({"list": "", "source": SOURCE}, "personne n’a été trouvé"),
        ({"list": "x" * 400_001, "source": SOURCE}, "trop long"),
        ({"list": a_list(HEAD), "source": "x" * 121}, "provenance"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_nothing_is(pool, planner, form, words):
    for path in (f"{LIST}/liste/apercu", f"{LIST}/liste"):
        answer = await planner.post(path, form)
        assert answer.status_code == 422
        assert words in answer.text.lower()
    assert await listed(pool) == []


async def test_who_wants_no_more_stays_so_on_the_list_off_it_and_back_on_it(pool, planner):
    await keep(planner, HEAD, REFERENT)
    head = await id_of(pool, "s.aubry@prevert.example")
    await decline(pool, head)
    await keep(planner, HEAD)
    assert await is_declined(pool, "s.aubry@prevert.example")
    assert "Désabonné" in (await planner.get(LIST)).text
    assert (
        "Une ne veut plus de messages, et n’en recevra pas."
        in (await planner.post(f"{LIST}/liste/apercu", {"list": a_list(HEAD), "source": SOURCE})).text
    )
    # at another address it is the same person; at the old one somebody else would be asked no more either
    await keep(planner, f"{PREVERT};Aubry;Solène;Proviseure;solene@prevert.example")
    assert await is_declined(pool, "solene@prevert.example")
    await keep(planner, f"{BAYEUX};Autre;Nom;Proviseure;s.aubry@prevert.example")
    assert await is_declined(pool, "s.aubry@prevert.example")
    # erased, and brought again
    assert (await planner.post(f"{LIST}/{head}/retrait")).status_code == 303
    assert await id_of(pool, "solene@prevert.example") is None
    await keep(planner, f"{PREVERT};Aubry;Solène;Proviseure;SOLENE@prevert.example")
    assert await is_declined(pool, "SOLENE@prevert.example")
    assert not await is_declined(pool, "malo.kervella@prevert.example")


async def test_all_that_is_kept_of_somebody_is_shown_taken_along_and_erased(pool, settings, planner):
    await keep(planner, HEAD, REFERENT)
    head = await id_of(pool, "s.aubry@prevert.example")
    page = (await planner.get(f"{LIST}/{head}")).text
    for words in ("Solène Aubry", "Chef d’établissement, Lycée Jacques Prévert", SOURCE, "Aucun message."):
        assert words in page, words
    taken = json.loads((await planner.get(f"{LIST}/{head}/donnees.json")).content)
    assert taken["correspondent"]["email"] == "s.aubry@prevert.example"
    assert taken["correspondent"]["source"] == SOURCE
    whole = (await planner.get(f"{LIST}/liste.csv")).content.decode("utf-8-sig")
    assert (await planner.post(f"{LIST}/{head}/retrait")).status_code == 303
    assert (await planner.post(f"{LIST}/{head}/retrait")).status_code == 404
    assert (await planner.get(f"{LIST}/{head}")).status_code == 404
    assert len(await listed(pool)) == 1
    person = await pool.fetchrow("SELECT last_name, email, erased_at FROM contract.people WHERE id = $1", head)
    assert (person["last_name"], person["email"]) == ("", None)
    assert person["erased_at"]
    (event,) = await pool.fetch("SELECT id FROM contract.events WHERE tag = 'pupil.erased'")
    async with transaction(pool) as connection:
        await plan_events(connection, [event["id"]], settings=settings, now=datetime.now(UTC))
    # what was taken along is a list again
    await planner.post(f"{LIST}/liste", {"list": whole, "source": SOURCE})
    assert len(await listed(pool)) == 2


async def test_a_list_is_its_organisation_s_alone(pool, sign_in, planner):
    await keep(planner, HEAD)
    head = await id_of(pool, "s.aubry@prevert.example")
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
    stranger = await sign_in(other)
    assert "s.aubry" not in (await stranger.get(LIST)).text
    for answer in (
        await stranger.get(f"{LIST}/{head}"),
        await stranger.get(f"{LIST}/{head}/donnees.json"),
        await stranger.post(f"{LIST}/{head}/retrait"),
    ):
        assert answer.status_code == 404
    # the same person on two lists is two entries, and only one mark
    await keep(stranger, HEAD)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.correspondents") == 2
    assert await pool.fetchval("SELECT count(DISTINCT mark) FROM campaigns.correspondents") == 1


async def test_whom_no_list_names_for_thirteen_months_is_erased_and_who_is_named_again_stays(pool, planner):
    await keep(planner, HEAD, REFERENT)
    until = await pool.fetchval("SELECT DISTINCT kept_until FROM campaigns.correspondents")
    today = datetime.now(UTC).date()
    assert timedelta(days=390) < until - today < timedelta(days=400)
    await pool.execute("UPDATE campaigns.correspondents SET kept_until = $1 WHERE role = 'referent'", date(2026, 1, 1))
    await keep(planner, REFERENT)
    async with transaction(pool) as connection:
        assert await remove_old_correspondents(connection, now=datetime.now(UTC)) == 0
        assert await remove_old_correspondents(connection, now=datetime.now(UTC) + timedelta(days=420)) == 2
    assert await listed(pool) == []


async def test_a_long_list_is_walked_a_page_after_the_other_and_searched(planner):
    rows = [
        f"{PREVERT};Nom {'abcdefghij'[n // 26]}{chr(97 + n % 26)};Jo;référent;n{n}@prevert.example" for n in range(130)
    ]
    await keep(planner, *rows)
    first = (await planner.get(LIST)).text
    assert first.count("@prevert.example") == 100
    key = first.partition("?apres=")[2].partition('"')[0]
    assert (await planner.get(f"{LIST}?apres={key}")).text.count("@prevert.example") == 30
    assert (await planner.get(f"{LIST}?mots=N129@")).text.count("@prevert.example") == 1
    assert "Personne avec ces mots" in (await planner.get(f"{LIST}?mots=%25")).text
    assert (await planner.get(f"{LIST}?apres=nonsense")).status_code == 200
