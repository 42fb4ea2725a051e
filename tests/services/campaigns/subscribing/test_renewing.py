"""Renewing: the address before is dead at once, everywhere, and the new one goes to its owner alone."""

import asyncio
import random
from statistics import median
from time import perf_counter

import pytest

from shared.events import decode_event
from shared.notices import CalendarRequested
from tests.application import visiting
from tests.services.campaigns.subscribing.conftest import entries

pytestmark = pytest.mark.anyio

RENEWED = "/agenda/adresse/renouvelee"


async def told(pool) -> list[CalendarRequested]:
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'calendar.requested' ORDER BY id")
    found = [decode_event(row["body"]) for row in rows]
    assert all(isinstance(one, CalendarRequested) for one in found)
    return found  # type: ignore[return-value]


async def test_the_old_address_is_dead_at_once_in_every_process_and_the_new_one_goes_by_mail(
    pool, settings, subscriber, signer, family
):
    camille, _leo = family
    old = signer.token("feed", camille["pupil_id"])
    async with visiting(settings, raise_server_exceptions=False) as other:
        for client in (subscriber, other):
            assert len(entries(await client.get(f"/calendars/personal/{old}.ics"))) == 10
        answer = await subscriber.post(f"/agenda/personal/{old}/adresse", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, RENEWED)
        for client in (subscriber, other):
            for path in (f"/calendars/personal/{old}.ics", f"/agenda/personal/{old}"):
                assert (await client.get(path)).status_code == 404
        new = signer.token("feed", camille["pupil_id"], 2)
        assert new not in answer.text + (await subscriber.get(RENEWED)).text
        assert len(entries(await other.get(f"/calendars/personal/{new}.ics"))) == 10
    (fact,) = await told(pool)
    assert (fact.recipients, fact.whose, fact.calendar_version, fact.renewed) == (
        (camille["pupil_id"],),
        "personal",
        2,
        True,
    )


async def test_a_pupil_without_an_address_is_told_by_the_guardian(pool, subscriber, signer, family):
    _camille, leo = family
    await subscriber.post(f"/agenda/personal/{signer.token('feed', leo['pupil_id'])}/adresse")
    (fact,) = await told(pool)
    assert (fact.recipients, fact.holder_id) == ((leo["guardian_id"],), leo["pupil_id"])


async def test_a_guardian_renews_all_that_was_written_to_the_address(subscriber, signer, family):
    tokens = [signer.token("family_feed", one["guardian_id"]) for one in family]
    await subscriber.post(f"/agenda/famille/{tokens[0]}/adresse")
    for token in tokens:
        assert (await subscriber.get(f"/calendars/famille/{token}.ics")).status_code == 404
    for one in family:
        renewed = signer.token("family_feed", one["guardian_id"], 2)
        assert len(entries(await subscriber.get(f"/calendars/famille/{renewed}.ics"))) == 10
    child = signer.token("feed", family[0]["pupil_id"])
    assert (await subscriber.get(f"/calendars/personal/{child}.ics")).status_code == 200, "the children's stay"


async def test_pressed_twice_or_by_two_at_once_it_renews_once_and_says_the_same(pool, subscriber, signer, family):
    token = signer.token("feed", family[0]["pupil_id"])
    answers = await asyncio.gather(
        *(subscriber.post(f"/agenda/personal/{token}/adresse", follow_redirects=False) for _ in range(5))
    )
    answers.append(await subscriber.post(f"/agenda/personal/{token[:-1]}/adresse", follow_redirects=False))
    answers.append(await subscriber.post("/agenda/rien/du-tout/adresse", follow_redirects=False))
    assert {(answer.status_code, answer.headers["location"], answer.text) for answer in answers} == {
        (303, RENEWED, answers[0].text)
    }
    assert len(await told(pool)) == 1


async def test_random_rounds_of_renewing_leave_the_newest_address_alone(pool, subscriber, signer, family):
    camille, leo = family
    holders = {
        "personal": ("feed", camille["pupil_id"]),
        "famille": ("family_feed", leo["guardian_id"]),
    }
    versions = dict.fromkeys(holders, 1)
    chance = random.Random(30)  # noqa: S311  # the same rounds each time
    for _ in range(30):
        whose = chance.choice(list(holders))
        scope, holder_id = holders[whose]
        tried = chance.randint(1, versions[whose] + 1)
        await subscriber.post(f"/agenda/{whose}/{signer.token(scope, holder_id, tried)}/adresse")
        versions[whose] += tried == versions[whose]
        for kind, (of_kind, holder) in holders.items():
            for version in range(1, versions[kind] + 2):
                answer = await subscriber.get(f"/calendars/{kind}/{signer.token(of_kind, holder, version)}.ics")
                assert (answer.status_code == 200) == (version == versions[kind]), (kind, version)
    assert len(await told(pool)) == sum(versions.values()) - 2


async def test_a_member_renews_their_own_on_their_account(pool, visitor, signer, planner, small_week, sign_in):
    page = await planner.get("/compte/agenda")
    person_id = planner.member.person_id
    old = signer.token("planner_feed", person_id)
    assert f"/agenda/planification/{old}" in page.text
    assert "/compte/agenda" in (await planner.get("/compte")).text
    answer = await planner.post("/compte/agenda/adresse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/compte/agenda")
    new = signer.token("planner_feed", person_id, 2)
    assert f"/agenda/planification/{new}" in (await planner.get("/compte/agenda")).text
    assert (await visitor.get(f"/calendars/planification/{old}.ics")).status_code == 404
    assert (await visitor.get(f"/suivi/agenda/{signer.token('feed', person_id)}.ics")).status_code == 404
    assert (await visitor.get(f"/calendars/planification/{new}.ics")).status_code == 200
    assert await told(pool) == []
    planner.csrf = "faux"
    assert (await planner.post("/compte/agenda/adresse")).status_code == 403
    viewer = await sign_in(small_week.organisation_id, role="viewer")
    assert "n’a pas de calendrier" in (await viewer.get("/compte/agenda")).text


async def test_the_personal_page_sends_the_calendar_to_who_reads_the_mails_and_shows_it_to_nobody(
    pool, subscriber, signer, family
):
    camille, leo = family
    for registration, whose, reader in ((camille, "personal", "pupil_id"), (leo, "famille", "guardian_id")):
        address = f"/inscriptions/{signer.token('registration', registration['id'])}"
        page = await subscriber.get(address)
        assert "Recevoir mon calendrier par e-mail" in page.text
        for _ in range(2):
            answer = await subscriber.post(f"{address}/agenda")
            assert answer.status_code == 200
            assert f"/agenda/{whose}/" not in page.text + answer.text
        fact = (await told(pool))[-1]
        assert (fact.recipients, fact.whose, fact.renewed) == ((registration[reader],), whose, False)
    assert len(await told(pool)) == 2, "pressed twice, it was sent once"
    assert (await subscriber.post("/inscriptions/rien/agenda")).status_code == 404


async def test_an_erased_person_s_address_is_found_no_more(pool, subscriber, signer, family):
    token = signer.token("feed", family[0]["pupil_id"])
    await pool.execute(
        "UPDATE contract.people SET erased_at = now(), email = NULL WHERE id = $1", family[0]["pupil_id"]
    )
    assert (await subscriber.get(f"/calendars/personal/{token}.ics")).status_code == 404
    await subscriber.post(f"/agenda/personal/{token}/adresse")
    assert await told(pool) == []


async def test_refusals_of_every_kind_look_the_same_and_last_as_long(subscriber, signer, family):
    """The same row is looked for by its key, whatever is wrong; measured in turn, so that a busy machine is for all."""
    pupil_id = family[0]["pupil_id"]
    good = signer.token("feed", pupil_id, 2)
    await subscriber.post(f"/agenda/personal/{signer.token('feed', pupil_id)}/adresse")
    assert (await subscriber.get(f"/calendars/personal/{good}.ics")).status_code == 200
    bad = {
        "revoked": signer.token("feed", pupil_id),
        "unknown": signer.token("feed", family[0]["id"]),
        "cut": good[:-3],
        "of another kind": signer.token("family_feed", pupil_id, 2),
        "nonsense": "é%00" * 20,
    }
    for place, suffix in (("/calendars/personal/", ".ics"), ("/agenda/personal/", "")):
        lasted: dict[str, list[float]] = {name: [] for name in bad}
        for _ in range(40):
            for name, token in bad.items():
                begun = perf_counter()
                answer = await subscriber.get(f"{place}{token}{suffix}")
                lasted[name].append(perf_counter() - begun)
                assert answer.status_code == 404, name
                assert "n’existe pas" in answer.text
        middles = [median(times) for times in lasted.values()]
        assert max(middles) < 2 * min(middles), lasted
