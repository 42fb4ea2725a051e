"""A week fills up: fifteen pupils have a seat, five wait, and each is told once."""

import asyncio

import pytest

from tests.stories.story import begin, on_each_broker, unfolded

pytestmark = [pytest.mark.anyio, on_each_broker]


async def test_fifteen_are_invited_and_five_are_told_their_place(running):
    story = await begin(running)
    answers = await asyncio.gather(*[story.register(number) for number in range(20)])
    await story.settled()
    assert len(story.mails) == 20
    told = []
    for number, answer in enumerate(answers):
        (mail,) = story.to(number)
        told.append(answer["status"])
        assert mail.personal_token == answer["token"]
        if answer["status"] == "confirmed":
            assert (mail.method, mail.invitation) == ("REQUEST", mail.file)
            invitation = unfolded(mail.invitation)
            assert "METHOD:REQUEST" in invitation
            assert f"UID:{answer['id']}@quinzaine.example" in invitation
            assert "PARTSTAT=ACCEPTED" in invitation
            assert f"mailto:{story.address(number)}" in invitation
            # the series and its five days
            assert invitation.count("BEGIN:VEVENT") == 6
            assert answer["personal_url"] in mail.text
        else:
            assert (mail.invitation, mail.file) == (None, None)
            assert f"{answer['position']}{'re' if answer['position'] == 1 else 'e'}" in mail.text
    assert sorted(told) == ["confirmed"] * 15 + ["waiting"] * 5


async def test_a_guardian_is_told_the_same_with_a_plain_file(running):
    story = await begin(running, seats=1)
    await story.register(1, guardian=True)
    await story.register(2, guardian=True)
    await story.settled()
    (pupil,), (guardian,) = story.to(1), story.to_guardian(1)
    assert guardian.invitation is None
    plain = unfolded(guardian.file)
    assert "METHOD:PUBLISH" in plain
    assert "ATTENDEE" not in plain
    assert plain.count("BEGIN:VEVENT") == 6
    # who is told besides gets no secret that gives the seat back
    assert pupil.personal_token not in guardian.text + guardian.html + plain
    assert f"/calendars/{story.week.slug}.ics" in guardian.text
    (waiting,) = story.to_guardian(2)
    assert (waiting.invitation, waiting.file) == (None, None)
    assert len(story.mails) == 4


async def test_a_pupil_without_an_address_is_invited_at_the_guardians(running):
    story = await begin(running)
    answer = await story.register(1, guardian=True, email=False)
    await story.settled()
    (mail,) = story.mails
    assert (mail.recipient, mail.method) == (story.guardian(1), "REQUEST")
    assert mail.personal_token == answer["token"]
    assert f"mailto:{story.guardian(1)}" in unfolded(mail.invitation)


async def test_who_asks_again_finds_the_link_in_the_mailbox(running):
    story = await begin(running)
    first = await story.register(1)
    await story.settled()
    again = await story.ask(1, key="another")
    assert again.status_code == 409
    assert first["token"] not in again.text
    # hourly at most
    assert (await story.ask(1, key="a third")).status_code == 409
    await story.settled()
    _, mail = story.to(1)
    assert mail.personal_token == first["token"]
    assert mail.invitation is None
    assert (await running.http.get(f"/api/v1/registrations/{mail.personal_token}")).json()["id"] == first["id"]
