"""The application in the process of the tests: put together once for each worker, started for each test.

Putting it together takes longer than most tests do; what it stands on (settings, pool, memory) is new each time. Its
clock stands still unless a test asks for it: what has come due in a world of another day would be carried out whenever
a test takes longer than a second.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from litestar import Litestar
from litestar.testing import AsyncTestClient

from services.campaigns.preview import Gallery, Preview, no_mail
from services.campaigns.web import create_app
from shared.settings import Settings, read_settings

# by whether there is a provider to sign in with: that alone changes the routes
_idle: dict[bool, list[Litestar]] = {False: [], True: []}


@asynccontextmanager
async def visiting(
    settings: Settings,
    *,
    preview: Preview = no_mail,
    gallery: Gallery | None = None,
    clock: bool = False,
    **options: Any,
) -> AsyncIterator[AsyncTestClient]:
    """A client of an application with these settings that runs as long as the block; `options` are the client's."""
    with _application(settings, preview, gallery, clock=clock) as app:
        async with AsyncTestClient(app, **options) as client:
            yield client


@asynccontextmanager
async def standing(
    settings: Settings, *, preview: Preview = no_mail, gallery: Gallery | None = None
) -> AsyncIterator[Litestar]:
    """An application with these settings that runs in this event loop as long as the block, for who serves it."""
    with _application(settings, preview, gallery, clock=False) as app:
        async with app.lifespan():
            yield app


@contextmanager
def _application(settings: Settings, preview: Preview, gallery: Gallery | None, *, clock: bool) -> Iterator[Litestar]:
    """Nobody else's as long as the block; after a failure it is not used again."""
    idle = _idle[bool(settings.oidc_issuer)]
    app = idle.pop() if idle else create_app(settings, preview=preview)
    app.state.settings, app.state.preview, app.state.gallery, app.state.clock = settings, preview, gallery, clock
    yield app
    idle.append(app)


def routes() -> list[Any]:
    """The routes of the application, without a provider to sign in with."""
    idle = _idle[False]
    if not idle:
        idle.append(create_app(read_settings({"QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"})))
    return idle[0].routes
