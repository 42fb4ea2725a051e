"""A RabbitMQ of three nodes on this machine: own names, ports, folders and cookie; the machine's own is left alone."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest

from tests.chaos.stream import some_ports

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
STARTS_WITHIN = 90.0
FRUGAL = "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}"
SETTINGS = """
listeners.tcp.1 = 127.0.0.1:{port}
cluster_formation.peer_discovery_backend = classic_config
{peers}
disk_free_limit.absolute = 1MB
log.console = false
"""


class Node:
    """One of them; it keeps its folder when it is killed."""

    def __init__(self, name: str, port: int, folder: Path, environment: dict[str, str]) -> None:
        self.name, self.port, self.folder = name, port, folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start it."""
        with (self.folder / "out.log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAMS / "rabbitmq-server"], env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    async def wait(self) -> None:
        """Until it takes connections."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.2)
        raise TimeoutError((self.folder / "out.log").read_text()[-2000:])

    def kill(self) -> None:
        """SIGKILL to it and what it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Cluster:
    """Three nodes; `url` names them all."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.url = ";".join(self.url_of(number) for number in range(len(nodes)))

    def url_of(self, number: int) -> str:
        """The URL of one of them alone."""
        return f"amqp://guest:guest@127.0.0.1:{self.nodes[number].port}?queue=chaos"


@asynccontextmanager
async def three_nodes(folder: Path) -> AsyncIterator[Cluster]:
    """A cluster that has formed; nothing of it is left."""
    if not (PROGRAMS / "rabbitmq-server").exists():
        pytest.skip("no rabbitmq-server")
    mapper, *ports = some_ports(7)
    names = [f"quinzaine{number}-{uuid4().hex[:6]}@localhost" for number in range(3)]
    peers = "\n".join(
        f"cluster_formation.classic_config.nodes.{number} = {name}" for number, name in enumerate(names, start=1)
    )
    cookie = folder / ".erlang.cookie"
    cookie.write_text(uuid4().hex)
    cookie.chmod(0o400)
    (folder / "plugins").write_text("[].")
    nodes = []
    for name, port, between in zip(names, ports[:3], ports[3:], strict=True):
        own = folder / name
        own.mkdir()
        (own / "node.conf").write_text(SETTINGS.format(port=port, peers=peers))
        # what names the machine's own node must not lead there
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("RABBITMQ_")}
        nodes.append(
            Node(
                name,
                port,
                own,
                {
                    **inherited,
                    "HOME": str(folder),
                    "ERL_EPMD_PORT": str(mapper),
                    "ERL_EPMD_ADDRESS": "127.0.0.1",
                    "RABBITMQ_NODENAME": name,
                    "RABBITMQ_DIST_PORT": str(between),
                    "RABBITMQ_MNESIA_BASE": str(own / "data"),
                    "RABBITMQ_LOG_BASE": str(own),
                    "RABBITMQ_PID_FILE": str(own / "pid"),
                    "RABBITMQ_CONFIG_FILE": str(own / "node.conf"),
                    "RABBITMQ_CONF_ENV_FILE": str(own / "none"),
                    "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
                    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": FRUGAL,
                },
            )
        )
    # a port mapper of our own: the machine's knows nothing of these nodes
    names_to_ports = await asyncio.create_subprocess_exec("epmd", "-port", str(mapper), "-address", "127.0.0.1")
    try:
        for node in nodes:
            node.start()
        await asyncio.gather(*(node.wait() for node in nodes))
        yield Cluster(nodes)
    finally:
        for node in nodes:
            node.kill()
        names_to_ports.kill()
        await names_to_ports.wait()
