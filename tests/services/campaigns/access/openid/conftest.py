"""Providers to sign in through: the mock everybody tests against, and one of our own that can lie."""

import base64
import hashlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from shared.settings import Settings

CLIENT_ID, CLIENT_SECRET = "quinzaine", "un-secret-de-client"


@pytest.fixture(scope="session")
def mock_issuer() -> Iterator[str]:
    """The issuer of oidc-provider-mock, in a process of its own."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{issuer}/.well-known/openid-configuration")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield issuer
    finally:
        process.terminate()
        process.wait(timeout=10)


class OwnProvider:
    """A provider on the loopback that checks PKCE and the client, and says whatever a test wants.

    `claims` are laid over the right ones (None leaves one out); `headers` are those of the id token.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.user_info: dict[str, Any] | None = None
        self.metadata: dict[str, Any] = {}
        self.broken = False
        self.forge: Any = None
        self.asked: dict[str, dict[str, str]] = {}
        self.exchanges: list[dict[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def authorize(self, location: str, code: str = "un-code") -> str:
        """What the browser is sent back to after the person has signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        self.asked[code] = asked
        return f"/connexion/oidc/retour?code={code}&state={asked['state']}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if provider.broken:
                    self.answer(500, {"error": "broken"})
                elif path == "/.well-known/openid-configuration":
                    self.answer(200, provider.say_itself())
                elif path == "/keys":
                    self.answer(200, {"keys": [key.as_dict(private=False) for key in provider.published]})
                elif path == "/me" and provider.user_info is not None:
                    self.answer(200, provider.user_info)
                else:
                    self.answer(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self.answer(*provider.exchange(form, self.headers.get("Authorization", "")))

            def answer(self, status: int, body: dict[str, Any]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def say_itself(self) -> dict[str, Any]:
        given = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
        }
        return {name: value for name, value in {**given, **self.metadata}.items() if value is not None}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.exchanges.append(form)
        asked = self.asked.pop(form.get("code", ""), None)
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {client}":
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "rose-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "rose@federation.example",
            "email_verified": True,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.forge(claims) if self.forge else jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.key)
        return 200, {"access_token": "un-acces", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider() -> Iterator[OwnProvider]:
    own = OwnProvider()
    thread = threading.Thread(target=own.server.serve_forever, args=(0.05,))
    thread.start()
    yield own
    own.server.shutdown()
    own.server.server_close()
    thread.join()


def with_provider(settings: Settings, issuer: str) -> Settings:
    return msgspec.structs.replace(
        settings, oidc_issuer=issuer, oidc_client_id=CLIENT_ID, oidc_client_secret=CLIENT_SECRET
    )
