"""Calendars that answer at random: on time, late, twice, for somebody else, to one day, to a day and all later ones."""

import asyncio
import random
from datetime import timedelta
from typing import Any

from aiosmtplib import SMTP, SMTPResponseException

from services.notifications.inbound.act_on_answers import Answers
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.server import Door, Reception
from shared.database import Pool
from shared.settings import Settings
from tests.application import visiting
from tests.services.notifications.inbound.replies import STAMP, Invited, calendar, component, invited_by, mail_with
from tests.services.notifications.sink import Sink, calendars_of, parse
from tests.world import MONDAY

# what an answer came to that nobody's seat, day or promise is another for
CHANGES_NOTHING = {
    "foreign",
    "unsent",
    "unclear",
    "outdated",
    "overtaken",
    "ended",
    "unknown_day",
    "noted",
    "refresh",
    "nothing",
}
STATE = """
    SELECT id::text, status, '' AS more FROM campaigns.registrations
    UNION ALL SELECT registration_id::text, 'leaving', '' FROM campaigns.leavings
    UNION ALL SELECT registration_id::text, day::text, lifted_at::text FROM campaigns.announced_absences
    UNION ALL SELECT id::text, status, sequence::text FROM campaigns.host_requests
    UNION ALL SELECT id::text, status, sequence::text FROM campaigns.speaker_requests
    ORDER BY 1, 2, 3
"""


class WayIn:
    """The server that answers come in at, and the campaign service behind it; it lives in a task of its own."""

    def __init__(self, settings: Settings, pool: Pool, sink: Sink) -> None:
        self._settings, self._pool, self._sink = settings, pool, sink
        self._ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._serve())
        self._minutes = 0
        # how often each word was the answer: a play in which nothing ever counts shows nothing
        self.heard: dict[str, int] = {}

    async def _serve(self) -> None:
        async with visiting(self._settings) as web:
            answers = Answers(self._settings, self._pool, Campaigns(self._settings, web))
            reception = Reception(self._settings, self._pool, answers)
            async with Door(reception, host="127.0.0.1", port=0, hostname="quinzaine.example") as door:
                self._ready.set_result(door.port)
                await self._stop.wait()

    async def close(self) -> None:
        self._stop.set()
        await self._task

    async def answer(self, dice: random.Random) -> None:
        """One answer of one calendar to one of the invitations it has got, the newest or an old one."""
        invitations = [mail for _, _, raw in self._sink.mails if _asks(mail := parse(raw))]
        if not invitations:
            return
        newest = invitations[-12:]
        invited = invited_by(dice.choice(newest if dice.random() < 0.7 else invitations))
        if dice.random() < 0.3:
            # hosts and speakers get fewer invitations than pupils
            promised = [mail for mail in invitations if "Camille" not in str(mail["To"])]
            invited = invited_by(promised[-1]) if promised else invited
        to, mail = self._mail(dice, invited, invitations)
        before = await self._pool.fetch(STATE)
        said = await self._send(to, mail)
        words = set(said.removeprefix("250 2.0.0 ").split(","))
        for word in words:
            self.heard[word] = self.heard.get(word, 0) + 1
        if said.startswith("550") or words <= CHANGES_NOTHING:
            assert await self._pool.fetch(STATE) == before, said
        # a server sends it again: the first time counts
        after = await self._pool.fetch(STATE)
        assert await self._send(to, mail) == said
        assert await self._pool.fetch(STATE) == after, said

    def _mail(self, dice: random.Random, invited: Invited, invitations: list[Any]) -> tuple[str, bytes]:
        """Later ones are not always stamped later."""
        self._minutes += dice.randint(-3, 6)
        given: dict[str, Any] = {"stamp": STAMP + timedelta(minutes=self._minutes)}
        if dice.random() < 0.3:
            given["day"] = MONDAY + timedelta(days=dice.choice([0, 1, 1, 2, 2, 4]))
        whose = dice.random()
        if whose < 0.1:
            given["attendee"] = invited_by(dice.choice(invitations)).attendee
        elif whose < 0.2:
            given["uid"] = invited_by(dice.choice(invitations)).uid
        elif whose < 0.25:
            given["sequence"] = invited.sequence + dice.choice([-2, -1, 1, 5])
        to = invited_by(dice.choice(invitations)).organizer if dice.random() < 0.05 else invited.organizer
        answer = dice.choice(["ACCEPTED"] * 4 + ["DECLINED"] * 6 + ["TENTATIVE", "DELEGATED"])
        one = component(invited, answer, **given)
        if "day" in given and dice.random() < 0.3:
            one = one.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")
        method = "REFRESH" if dice.random() < 0.05 else "REPLY"
        return to, mail_with(invited, calendar(one, method=method), method=method)

    async def _send(self, to: str, mail: bytes) -> str:
        client = SMTP(hostname="127.0.0.1", port=await self._ready, use_tls=False, start_tls=False)
        await client.connect()
        try:
            await client.mail("agenda@serveur.example")
            await client.rcpt(to)
            answer = await client.data(mail)
        except SMTPResponseException as refusal:
            return f"{refusal.code} {refusal.message}"
        else:
            return f"{answer.code} {answer.message}"
        finally:
            client.close()


def _asks(mail: Any) -> bool:
    parts = calendars_of(mail)
    return bool(parts) and parts[0]["Content-Type"].params.get("method") == "REQUEST"
