"""A newcomer answers from the local mailbox as a calendar would: the seat moves, and the next pupil's mail comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from infra.mailbox.pages import create_app
from tests.mail_sink import Accepted
from tests.processes import Process, System, free_port, wait_for_port
from tests.stories.calendars import days_of
from tests.stories.story import begin, unfolded

pytestmark = pytest.mark.anyio


class Reader:
    """Who reads the mailbox: a mail of the story is put into it, and its buttons pressed."""

    def __init__(self, folder: Path, browser: AsyncTestClient) -> None:
        self._folder = folder
        self._browser = browser

    async def press(self, mail: Accepted, **form: str) -> str:
        """The page after an answer to the invitation in a mail."""
        name = f"{10_000_000_000 + int(mail.at * 1e6)}.1_1.boite"
        (self._folder / "new" / name).write_bytes(mail.content)
        page = await self._browser.get(f"/lettres/{name}")
        assert "Refuser" in page.text
        answer = await self._browser.post(f"/lettres/{name}/reponse", data=form)
        assert answer.status_code == 200
        return answer.text


@asynccontextmanager
async def a_reader(running: System, folder: Path) -> AsyncIterator[Reader]:
    """The mailbox, and the process that answers come in at."""
    settings = msgspec.structs.replace(running.settings, inbound_port=free_port())
    inbound = Process(settings, running.relay.log.parent / "inbound.log", "infra", "inbound")
    await inbound.start()
    try:
        await wait_for_port(settings.inbound_port)
        (folder / "new").mkdir()
        async with AsyncTestClient(create_app(folder, inbound=("127.0.0.1", settings.inbound_port))) as browser:
            yield Reader(folder, browser)
    finally:
        await inbound.stop()


async def test_a_no_from_the_mailbox_reaches_the_next_pupils_mail(running, tmp_path):
    story = await begin(running, seats=1)
    first, _, _ = [await story.register(number, guardian=number == 0) for number in range(3)]
    await story.settled()
    await story.answer(first["token"], "withdrawal")
    await story.settled()
    offered = story.to(1)[-1]
    assert "STATUS:TENTATIVE" in unfolded(offered.invitation)

    async with a_reader(running, tmp_path) as reader:
        page = await reader.press(offered, reponse="non")
        assert "elle passe aussitôt à la personne suivante" in page
        await story.settled()
        assert days_of(story.to(1)) == {}
        behind = story.to(2)[-1]
        assert "Une place vous est proposée" in behind.subject
        assert len(days_of(story.to(2))) == 5

        # who is asked now says yes, then that one day will not do
        assert "La place est confirmée" in await reader.press(behind, reponse="oui")
        await story.settled()
        confirmed = story.to(2)[-1]
        assert "STATUS:CONFIRMED" in unfolded(confirmed.invitation)
        assert "L’absence ce jour-là est notée" in await reader.press(confirmed, reponse="non", jour="2027-06-16")

        # and deletes the whole entry by mistake: half an hour, and a mail with a way back
        assert "une demi-heure" in await reader.press(confirmed, reponse="non")
        await story.settled()
        undo = story.to(2)[-1]
        assert "gardée jusqu’au" in undo.subject
        kept = await running.http.post(f"/inscriptions/{undo.personal_token}/maintien")
        assert kept.status_code == 303
        await story.settled()
        assert "STATUS:CONFIRMED" in unfolded(story.to(2)[-1].invitation)
        # the invitation that the mailbox still shows is an old one now; the same no within a second would be the same
        await asyncio.sleep(1.1)
        assert "l’état actuel est renvoyé" in await reader.press(confirmed, reponse="non")
        await story.settled()
        assert len(days_of(story.to(2))) == 5
