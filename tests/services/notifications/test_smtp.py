"""The mail server's URL: signing in, TLS, and what is not trusted."""

import asyncio
import ssl
import subprocess
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from services.notifications.smtp import MailServer, MailServerAway, send_mail
from tests.services.notifications.sink import Sink

# the mail server of these tests asks for a password without TLS on purpose, and says that one should not
pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of 127.0.0.1 that nobody trusts who is not told to, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


def only_quinzaine(_server, _session, _envelope, _mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"quinzaine", b"p@ss:word"))


@asynccontextmanager
async def a_server(scheme: str, login: str, **options):
    """A mail server and the pool on it; the URL carries `login`."""
    sink, loop = Sink(), asyncio.get_running_loop()
    tls = options.pop("tls", None)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.example", loop=loop, **options), "127.0.0.1", 0, ssl=tls
    )
    port = server.sockets[0].getsockname()[1]
    mail_server = MailServer(f"{scheme}://{login}127.0.0.1:{port}", connections=2, local_hostname="quinzaine.example")
    yield mail_server, sink
    await mail_server.close()
    server.close()


async def send_one(mail_server):
    async with mail_server.connections(1) as (client,):
        return await send_mail(client, sender="a@quinzaine.example", recipient="b@eleve.example", mail=b"A: b\r\n\r\nc")


def context_of(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


async def test_name_and_password_are_taken_from_the_url():
    options = {"authenticator": only_quinzaine, "auth_required": True, "auth_require_tls": False}
    async with a_server("smtp", "quinzaine:p%40ss%3Aword@", **options) as (mail_server, sink):
        assert (await send_one(mail_server)).kind == "sent"
        assert len(sink.mails) == 1


async def test_a_wrong_password_is_our_fault_and_no_delivery_s():
    options = {"authenticator": only_quinzaine, "auth_required": True, "auth_require_tls": False}
    async with a_server("smtp", "quinzaine:wrong@", **options) as (mail_server, _):
        with pytest.raises(MailServerAway):
            await send_one(mail_server)


async def test_not_having_signed_in_is_no_end_of_a_delivery():
    options = {"authenticator": only_quinzaine, "auth_required": True, "auth_require_tls": False}
    async with a_server("smtp", "", **options) as (mail_server, _):
        assert (await send_one(mail_server)).kind == "later"


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_trusted_server_is_spoken_to_over_tls(scheme, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    context = context_of(certificate)
    options = {"tls": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    async with a_server(scheme, "", **options) as (mail_server, sink):
        assert (await send_one(mail_server)).kind == "sent"
        assert len(sink.mails) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_server_that_cannot_prove_its_name_gets_no_mail(scheme, certificate):
    context = context_of(certificate)
    options = {"tls": context} if scheme == "smtps" else {"tls_context": context}
    async with a_server(scheme, "", **options) as (mail_server, sink):
        with pytest.raises(MailServerAway):
            await send_one(mail_server)
        assert sink.offered == []


async def test_a_server_without_starttls_is_not_trusted_with_a_mail_that_asks_for_it():
    async with a_server("smtp+starttls", "") as (mail_server, sink):
        with pytest.raises(MailServerAway):
            await send_one(mail_server)
        assert sink.offered == []
