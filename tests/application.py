"""The application in the process of the tests: put together once for each worker, started for each test.

Putting it together takes longer than most tests do; what it stands on (settings, pool, memory) is new each time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.testing import AsyncTestClient

from services.campaigns.preview import Preview, no_mail
from services.campaigns.web import create_app
from shared.settings import Settings, read_settings

# by whether there is a provider to sign in with: that alone changes the routes
_idle: dict[bool, list[Litestar]] = {False: [], True: []}


@asynccontextmanager
async def visiting(settings: Settings, *, preview: Preview = no_mail, **options: Any) -> AsyncIterator[AsyncTestClient]:
    """A client of an application with these settings that runs as long as the block; `options` are the client's."""
    idle = _idle[bool(settings.oidc_issuer)]
    app = idle.pop() if idle else create_app(settings, preview=preview)
    app.state.settings, app.state.preview = settings, preview
    async with AsyncTestClient(app, **options) as client:
        yield client
    # after a failure it is not used again
    idle.append(app)


def routes() -> list[Any]:
    """The routes of the application, without a provider to sign in with."""
    idle = _idle[False]
    if not idle:
        idle.append(create_app(read_settings({"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"})))
    return idle[0].routes
