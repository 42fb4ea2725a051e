"""The web server: granian around the campaigns application, one process per `quinzaine web`."""

from granian import Granian
from granian.constants import Interfaces, Loops

from shared.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    Granian(
        "services.campaigns.web:app_from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        websockets=False,
        workers=1,
        workers_kill_timeout=5,
        log_enabled=False,
    ).serve()
