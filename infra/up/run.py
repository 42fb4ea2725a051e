"""Bring the whole system up in one terminal, keep it up, and take it down in order."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

from rich.console import Console

from infra.embedded_database import DatabaseDidNotStart, EmbeddedDatabase
from infra.endings import CannotBeDone
from infra.up import DATABASE
from infra.up.child import Child
from infra.up.nursery import Nursery
from shared.settings import SettingsError, read_settings

CHILDREN = ("web", "relay", "worker", "inbound", "mailbox")
ANSWERS_WITHIN = 60.0
ENDS_WITHIN = 7.0
HELD_WITHIN = 3.0
DATABASE_AGAIN_AFTER = 2.0
LAST_PORT = 65535
# people of data/demo/membres.csv
DEMO_ADDRESSES = (
    ("Une fédération", "coline.berthaud@risle.example"),
    ("Une agence", "gaspard.lenoir-vey@orientation.example"),
    ("Un professeur", "aurele.castaing@trois-ponts.example"),
)


class Up:
    """One run of the system over one folder."""

    def __init__(self, folder: Path, *, demo: bool) -> None:
        self._folder = folder.resolve()
        self._demo = demo
        self._console = Console(highlight=False, soft_wrap=True)
        self._database = EmbeddedDatabase(self._folder / "postgresql")
        self._children: list[Child] = []
        log = self._folder / "logs" / "nursery.log"
        self._nursery = Nursery(log, folder=self._folder) if sys.platform == "linux" else None
        self._database_due_at = 0.0
        self._told_to_stop = False

    def run(self) -> int:
        """Until Ctrl-C or SIGTERM; returns the exit code."""
        for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(told, self._hear)
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            if not self._hold(lock):
                self._console.print("Quinzaine tourne déjà dans ce dossier.", style="bold red")
                return 1
            try:
                self._bring_up()
                self._keep_up()
            except DatabaseDidNotStart as error:
                self._console.print(f"La base de données n’a pas démarré : {error}", style="bold red")
                return 1
            finally:
                self._take_down()
        return 0

    def _hold(self, lock: IO[str]) -> bool:
        """Whether the folder is ours alone; who ends what a killed run has left there needs a moment."""
        until = time.monotonic() + HELD_WITHIN
        while not self._told_to_stop:
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        return False

    def _bring_up(self) -> None:
        began = time.monotonic()
        (self._folder / "logs").mkdir(exist_ok=True)
        if self._nursery is not None:
            self._nursery.open()
        first = not (self._folder / "postgresql" / "data" / "PG_VERSION").exists()
        with self._console.status(
            "Préparation de la base de données…" if first else "Démarrage de la base de données…"
        ):
            self._database.start()
            environment = self._environment()
            self._prepare_database(environment)
        self._children = [Child(name, environment, self._folder / "logs", self._nursery) for name in CHILDREN]
        if self._told_to_stop:
            return
        with self._console.status("Démarrage des services…"):
            for child in self._children:
                child.start()
            self._wait_for(int(environment["QUINZAINE_PORT"]), "/health")
            self._wait_for(int(environment["QUINZAINE_MAILBOX_PORT"]), "/")
        if not self._told_to_stop:
            self._say_addresses(environment, time.monotonic() - began)

    def _prepare_database(self, environment: dict[str, str]) -> None:
        options = [] if self._demo else ["--no-demo"]
        preparing = subprocess.Popen(
            [sys.executable, "-m", "infra.up.prepare", self._database.url, *options],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        while preparing.poll() is None:
            if self._told_to_stop:
                preparing.terminate()
            time.sleep(0.02)
        if preparing.returncode and not self._told_to_stop:
            raise CannotBeDone("La base de données n’a pas pu être préparée.")

    def _environment(self) -> dict[str, str]:
        """The variables of this run: kept in a file, so that commands in another terminal find the running system."""
        host = "127.0.0.1"
        port = self._port("QUINZAINE_PORT", 8000, "la page publique")
        mailbox = self._port("QUINZAINE_MAILBOX_PORT", 8025, "la boîte aux lettres")
        smtp = self._port("QUINZAINE_MAILBOX_SMTP_PORT", 2525, "la réception des messages")
        inbound = self._port("QUINZAINE_INBOUND_PORT", 2526, "l’arrivée des réponses")
        environment = {
            "QUINZAINE_DATABASE_URL": self._database.url_of(DATABASE),
            # nobody is woken by the mailbox of this machine
            "QUINZAINE_QUIET_HOURS": os.environ.get("QUINZAINE_QUIET_HOURS", "off"),
            "QUINZAINE_BROKER_URL": os.environ.get("QUINZAINE_BROKER_URL", self._database.url_of(DATABASE)),
            "QUINZAINE_SMTP_URL": f"smtp://{host}:{smtp}",
            "QUINZAINE_BASE_URL": f"http://{host}:{port}",
            "QUINZAINE_SECRET_KEYS": self._secret(),
            "QUINZAINE_HOST": host,
            # a webhook may be tried against a server of this machine
            "QUINZAINE_PRIVATE_WEBHOOKS": os.environ.get("QUINZAINE_PRIVATE_WEBHOOKS", "on"),
            "QUINZAINE_PORT": str(port),
            "QUINZAINE_INBOUND_PORT": str(inbound),
            "QUINZAINE_MAILBOX": str(self._folder / "mailbox"),
            "QUINZAINE_MAILBOX_PORT": str(mailbox),
            "QUINZAINE_MAILBOX_SMTP_PORT": str(smtp),
        }
        read_settings({**os.environ, **environment})  # what the children would refuse is refused here, once
        file = self._folder / "environment"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
        return environment

    def _secret(self) -> str:
        file = self._folder / "secret"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(32))
        return file.read_text().strip()

    def _port(self, name: str, wanted: int, what: str) -> int:
        given = os.environ.get(name, str(wanted))
        if not given.isdecimal() or int(given) > LAST_PORT:
            raise SettingsError(f"{name}: {given!r} is not a port.")
        wanted = int(given)
        ports = range(wanted, min(wanted + 200, LAST_PORT + 1))
        port = next((port for port in ports if _is_free(port)), _free_port()) if wanted else _free_port()
        if wanted and port != wanted:
            self._console.print(f"Le port {wanted} est occupé : {what} prend le port {port}.", style="yellow")
        return port

    def _wait_for(self, port: int, path: str) -> None:
        deadline = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < deadline and not self._told_to_stop:
            if _answers(port, path):
                return
            self._revive()
            time.sleep(0.05)

    def _say_addresses(self, environment: dict[str, str], seconds: float) -> None:
        base = environment["QUINZAINE_BASE_URL"]
        self._console.print(f"\n[bold]Quinzaine est prête[/bold] ({seconds:.1f} s).\n")
        for what, address in (
            ("Catalogue public", f"{base}/"),
            ("Planification", f"{base}/connexion"),
            ("Boîte aux lettres", f"http://127.0.0.1:{environment['QUINZAINE_MAILBOX_PORT']}/"),
        ):
            self._console.print(f"  {what:<22} [cyan]{address}[/cyan]")
        if self._demo:
            self._console.print(
                "\nPour planifier, demandez un lien à l’une de ces adresses (il arrive dans la boîte) :"
            )
            for who, email in DEMO_ADDRESSES:
                self._console.print(f"  {who:<22} [cyan]{email}[/cyan]")
        self._console.print("\nCtrl-C arrête tout. Les données restent dans .quinzaine/.\n", style="dim")

    def _keep_up(self) -> None:
        while not self._told_to_stop:
            self._revive()
            time.sleep(0.2)

    def _revive(self) -> None:
        for child in self._children:
            if child.died():
                said = f"Le service {child.name} s’est arrêté ; il redémarre. {child.last_words()}"
                self._console.print(said, style="yellow")
            if child.due():
                child.start()
        if self._database.pid() is None and time.monotonic() >= self._database_due_at and not self._told_to_stop:
            self._console.print("La base de données s’est arrêtée ; elle redémarre.", style="yellow")
            self._restart_database()

    def _restart_database(self) -> None:
        """What has run once is not given up: it may be killed while it comes up, or its disk be full for a while."""
        try:
            self._database.start()
        except DatabaseDidNotStart as error:
            self._database_due_at = time.monotonic() + DATABASE_AGAIN_AFTER
            why = str(error).rpartition("\n")[2][:200]
            self._console.print(f"La base de données n’a pas redémarré ; nouvel essai. {why}", style="bold red")

    def _take_down(self) -> None:
        with self._console.status("Arrêt…"):
            for child in self._children:
                child.tell_to_stop()
            deadline = time.monotonic() + ENDS_WITHIN
            for child in self._children:
                child.end(deadline)
            if self._nursery is not None:
                self._nursery.close()
            self._database.stop(within=max(2, int(deadline - time.monotonic())))
            if self._database.pid() is not None:
                self._database.stop(mode="immediate", within=1)
        if self._children:
            self._console.print("Tout est arrêté.")

    def _hear(self, _: int, __: FrameType | None) -> None:
        self._told_to_stop = True


def _answers(port: int, path: str) -> bool:
    """Whether a server on the loopback answers 200; by hand, as an HTTP client would stay in memory."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as server:
        server.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        return server.recv(12) == b"HTTP/1.1 200"
    return False


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
