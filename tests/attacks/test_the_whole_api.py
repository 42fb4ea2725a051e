"""The whole API by its own description: what fits the schema, and what nearly does, is answered and never a 500.

`QUINZAINE_ATTACKS` is how many cases each operation is asked in each way (2 where it is not set).
"""

import asyncio
import os
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.processes import web
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio

CASES = int(os.environ.get("QUINZAINE_ATTACKS", "2"))


class Attack:
    """Every operation in turn; the statuses that came, and what must not come."""

    def __init__(self, url: str, headers: dict[str, str], known: dict[str, str]) -> None:
        self.schema = schemathesis.openapi.from_url(f"{url}/schema/openapi.json")
        self.headers, self.known = headers, known
        self.operations = 0
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        """All of them: as the schema wants it, where what is asked for is there, and as it does not."""
        for found in self.schema.get_all_operations():
            self.operations += 1
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if mode is GenerationMode.NEGATIVE and not (found.ok().body or found.ok().query):
                    continue
                strategy = found.ok().as_strategy(generation_mode=mode)
                once = given(case=strategy)(self._once_known if mode is GenerationMode.POSITIVE else self._once)
                # what has neither body nor parameters cannot be asked wrongly
                with suppress(Unsatisfiable):
                    how(
                        max_examples=CASES,
                        deadline=None,
                        database=None,
                        derandomize=True,
                        phases=(Phase.explicit, Phase.generate),
                        suppress_health_check=list(HealthCheck),
                    )(once)()

    def _once_known(self, case: Case) -> None:
        for name in case.path_parameters:
            case.path_parameters[name] = self.known.get(name, case.path_parameters[name])
        self._once(case)

    def _once(self, case: Case) -> None:
        answer = case.call(headers=self.headers)
        self.statuses[answer.status_code] += 1
        kind = answer.headers.get("content-type", [""])[0]
        if answer.status_code >= 500 or (answer.status_code >= 400 and "problem+json" not in kind):
            self.wrong.append(f"{case.method} {case.formatted_path} {case.body!r:.200}: {answer.status_code} {kind}")


async def test_whatever_is_sent_to_the_api_is_answered(pool, settings, tmp_path):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection)
        (registered,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil(1)], signer=signer, now=datetime.now(UTC)
        )
    known = {
        "offer_id": str(week.offer_id),
        "campaign_id": str(week.campaign_id),
        "organisation_id": str(week.organisation_id),
        "session_id": str(week.sessions[0]),
        "registration_id": str(registered.id),
        "token": signer.token("registration", registered.id),
        "day": "2027-06-14",
    }
    headers = {"Authorization": f"Bearer {signer.token('planner', UUID(int=0))}"}
    async with web(settings, tmp_path) as (url,):
        attack = Attack(url, headers, known)
        await asyncio.to_thread(attack.run)
    assert attack.wrong == []
    assert "Traceback" not in (tmp_path / "web0.log").read_text()
    # the attack is worth something only where most of what it asks is understood
    assert attack.operations > 100
    assert attack.statuses[200] > attack.operations / 4, attack.statuses
