"""From the request to the mail server's answer: one registration is one trace, which holds ids and no name."""

import asyncio
import socket
import subprocess
import sys
import time

import pytest

from shared.database import transaction
from shared.settings import SettingsError
from shared.traces import configure_traces, root_span, span, span_after, traceparent, traceparents, tracing
from tests.infra.collector import Told, listening
from tests.processes import System, system
from tests.world import a_week

pytestmark = pytest.mark.anyio

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# attributes that may be there: ids, names of ours, numbers
ALLOWED = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "quinzaine.request_id",
    "offer_id",
    "members",
    "events",
    "delivery_id",
    "message",
    "outcome",
    "attempt",
    "smtp.code",
}
PUPILS = 6


async def register(running: System, offer_id, number: int) -> int:
    letter = "abcdefgh"[number]
    response = await running.http.post(
        f"/api/v1/offers/{offer_id}/registrations",
        json={
            "pupil": {
                "first_name": "Zéphyrine",
                "last_name": f"Marqueterre {letter}",
                "email": f"{letter}@eleve.example",
            },
            "guardian": None,
            "school": {"name": "Lycée Prévert", "uai": None},
            "class_name": "2nde 4",
        },
        # who asks cannot choose the trace
        headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    )
    return response.status_code


def of_registrations(traces: dict[str, list[Told]]) -> list[list[Told]]:
    return [spans for spans in traces.values() if any(each.name == "turnstile.batch" for each in spans)]


async def test_a_registration_is_one_trace_from_the_request_to_the_mail_server_s_answer(
    settings, pool, tmp_path, monkeypatch
):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=PUPILS)
    with listening() as collector:
        monkeypatch.setenv(ENDPOINT, collector.url)
        async with system(settings, pool, tmp_path) as running:
            # all at once: they pass the turnstile together, and are told apart all the same
            answered = await asyncio.gather(*(register(running, week.offer_id, each) for each in range(PUPILS)))
            assert answered == [201] * PUPILS
            await running.settled()
            await asyncio.to_thread(collector.wait_for, "send", PUPILS)
            logs = running.logs()
        await asyncio.to_thread(collector.wait_for, "turnstile.batch", PUPILS)
    traces = of_registrations(collector.traces())
    assert len(traces) == PUPILS
    for spans in traces:
        by_name = {each.name: each for each in spans}
        request = by_name["POST /api/v1/offers/{offer_id}/registrations"]
        batch, plan, send = by_name["turnstile.batch"], by_name["plan"], by_name["send"]
        assert (request.parent, batch.parent) == ("", request.id)
        assert {plan.parent, send.parent} == {batch.id}
        assert request.service == batch.service == "quinzaine-web"
        assert plan.service == send.service == "quinzaine-worker"
        assert send.attributes["outcome"] == "sent"
        assert request.attributes["http.response.status_code"] == "201"
        assert len({each.attributes.get("delivery_id") for each in spans if each.name == "send"}) == 1
    for spans in collector.traces().values():
        for each in spans:
            assert set(each.attributes) <= ALLOWED
    for word in ("Marqueterre", "Zéphyrine", "eleve.example", "Prévert", str(settings.secret_keys[0])):
        assert word.encode() not in collector.raw, word
    # what the log says of a request can be found again in its trace
    assert "Marqueterre" not in logs


async def test_a_collector_that_is_away_or_silent_costs_nothing(settings, pool, tmp_path, monkeypatch):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{silent.getsockname()[1]}")
        async with system(settings, pool, tmp_path) as running:
            started = time.monotonic()
            assert await register(running, week.offer_id, 1) == 201
            assert time.monotonic() - started < 2
            await running.settled(seconds=20)
            assert len(running.sink.mails) == 1
            await asyncio.sleep(3)
            started = time.monotonic()
            await asyncio.gather(running.relay.stop(), running.worker.stop())
            assert time.monotonic() - started < 7
            assert running.logs().count("traces.unheard") in (1, 2)
            assert "Traceback" not in running.logs()


def test_without_a_collector_nothing_of_it_is_loaded():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            """
import sys, infra.web_server, services.notifications.worker, infra.processes
print([name for name in sys.modules if name.startswith(("opentelemetry", "google.protobuf", "requests"))])
""",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_without_a_collector_spans_are_nothing():
    configure_traces("web", {})
    assert not tracing()
    with root_span("request") as request, span("transaction"), span_after("00-1-1-01", "send"):
        request.note(outcome="sent")
        assert traceparent() is None
        assert traceparents([object()]) == [None]


@pytest.mark.parametrize("wrong", ["collector:4318", "ftp://collector", "http://"])
def test_a_collector_s_address_that_is_none_is_said(wrong):
    with pytest.raises(SettingsError, match=ENDPOINT):
        configure_traces("web", {ENDPOINT: wrong})
