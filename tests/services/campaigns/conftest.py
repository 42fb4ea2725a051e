"""Who visits the pages: a client of the whole application on a real database, and a week to look at."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar.testing import AsyncTestClient

from infra.mail_preview import mail_preview
from shared.database import transaction
from tests.application import visiting
from tests.world import Member, Week, a_member, a_week


class SignedIn:
    """A browser somebody is signed in with: it sends the mark that our forms hold (CSRF) with every POST."""

    def __init__(self, client: AsyncTestClient, member: Member) -> None:
        self.client = client
        self.member = member
        self.csrf = ""

    @property
    def cookies(self) -> dict[str, str]:
        return {"cookie": f"quinzaine={self.member.secret}"}

    async def get(self, path: str, **options: Any) -> httpx.Response:
        answer = await self.client.get(path, headers=self.cookies | options.pop("headers", {}), **options)
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """POST a form as a page would; follows no redirect."""
        if not self.csrf:
            await self.get("/compte")
        given = {"csrf": self.csrf, **(data or {})}
        headers = self.cookies | options.pop("headers", {})
        return await self.client.post(path, data=given, headers=headers, follow_redirects=False, **options)


SignIn = Callable[..., Awaitable[SignedIn]]


@pytest.fixture
async def visitor(settings) -> AsyncIterator[AsyncTestClient]:
    """A browser without scripts; it follows no redirect unasked."""
    async with visiting(settings, preview=mail_preview(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def sign_in(visitor, pool) -> SignIn:
    """Sign somebody in: `await sign_in(organisation_id, role="planner")`; others are other people."""

    async def _sign_in(organisation_id: UUID, role: str = "planner", email: str | None = None) -> SignedIn:
        async with transaction(pool) as connection:
            address = email or f"{role}.{organisation_id.hex[-6:]}@organisation.example"
            return SignedIn(visitor, await a_member(connection, organisation_id, role=role, email=address))

    return _sign_in


@pytest.fixture
async def small_week(pool) -> Week:
    """A published week with two seats."""
    async with transaction(pool) as connection:
        return await a_week(connection, seats=2)


@pytest.fixture
async def planner(sign_in, small_week) -> SignedIn:
    """The planner of the small week's organisation, signed in."""
    return await sign_in(small_week.organisation_id)
