"""The web process of the bench: the application with two more routes, which are the limits it is compared with."""

from typing import Any

from litestar import get, post
from litestar.params import JSONBody

import infra.web_server
from services.campaigns.offers.bodies import RegistrationBody
from services.campaigns.web import create_app
from shared.settings import Settings, read_settings


@post("/bench/empty", status_code=200, include_in_schema=False)
async def post_empty(data: JSONBody[RegistrationBody]) -> None:
    """A registration's body, decoded and thrown away."""
    del data


@get("/bench/plain", include_in_schema=False)
async def get_plain() -> str:
    """A plain answer."""
    return "ok"


def create_bench_app(settings: Settings) -> Any:
    """The application of the product, and the limits beside it."""
    app = create_app(settings)
    app.register(post_empty)
    app.register(get_plain)
    return app


if __name__ == "__main__":
    infra.web_server.serve(read_settings(), create_bench_app)
