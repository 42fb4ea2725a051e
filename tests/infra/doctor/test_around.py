"""What stands around the product is asked as the product asks it: real SMTP, real DNS, on the loopback."""

import asyncio
import socket

import dns.asyncresolver
import dns.message
import dns.rrset
import pytest

from infra.doctor.around import look_at_broker, look_at_mail_server, look_at_names, look_at_site
from shared.settings import read_settings
from tests.mail_sink import open_sink

pytestmark = pytest.mark.anyio


def settings(**variables: str):
    return read_settings({"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests", **variables})


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


async def test_a_mail_server_is_greeted_and_is_sent_nothing():
    async with open_sink() as sink:
        finding = await look_at_mail_server(settings(QUINZAINE_SMTP_URL=sink.url))
        assert finding.state == "good"
        assert not sink.mails


async def test_a_mail_server_that_is_away_is_bad_and_nothing_is_lost():
    finding = await look_at_mail_server(settings(QUINZAINE_SMTP_URL=f"smtp://127.0.0.1:{closed_port()}"))
    assert finding.state == "bad"
    assert "aucun n’est perdu" in finding.advice


async def test_a_site_that_is_away_is_bad():
    finding = await look_at_site(settings(QUINZAINE_BASE_URL=f"http://127.0.0.1:{closed_port()}"))
    assert finding.state == "bad"


async def test_a_broker_that_is_away_is_bad():
    finding = await look_at_broker(settings(QUINZAINE_BROKER_URL=f"amqp://guest:guest@127.0.0.1:{closed_port()}"))
    assert finding.state == "bad"


async def test_a_domain_of_examples_is_doubtful_without_asking_anybody():
    (finding,) = await look_at_names(settings(QUINZAINE_MAIL_DOMAIN="quinzaine.example"))
    assert finding.state == "doubtful"


class Names(asyncio.DatagramProtocol):
    """A name server that knows these records and no others."""

    def __init__(self, records: dict[tuple[str, str], str]) -> None:
        self.records = records

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        asked = dns.message.from_wire(data)
        (question,) = asked.question
        answer = dns.message.make_response(asked)
        kind = question.rdtype.name
        known = self.records.get((question.name.to_text(omit_final_dot=True), kind))
        if known is not None:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, known))
        self.transport.sendto(answer.to_wire(), addr)


@pytest.mark.parametrize(
    ("records", "states"),
    [
        ({}, ["doubtful", "doubtful", "doubtful"]),
        (
            {
                ("quinzaine.internal", "MX"): "10 mail.quinzaine.internal.",
                ("quinzaine.internal", "TXT"): '"v=spf1 mx" " -all"',
                ("_dmarc.quinzaine.internal", "TXT"): '"v=DMARC1; p=none"',
            },
            ["good", "good", "good"],
        ),
        (
            {("quinzaine.internal", "MX"): "10 mail.quinzaine.internal.", ("quinzaine.internal", "TXT"): '"other"'},
            ["good", "doubtful", "doubtful"],
        ),
    ],
)
async def test_the_names_of_the_mail_domain_are_asked_for(records, states):
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Names(records), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    try:
        found = await look_at_names(settings(QUINZAINE_MAIL_DOMAIN="quinzaine.internal"), resolver=resolver)
        assert [finding.state for finding in found] == states
    finally:
        transport.close()
