"""A real Postfix with the product's own configuration, on ports, queue and folders of its own; ended by its pid."""

import asyncio
import os
import pwd
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.processes import free_port, wait_for_port

CONFIGURATION = Path(__file__).parent.parent.parent.parent / "infra" / "postfix"


def postfix() -> str | None:
    """Where Debian's package has put the command, if it is installed and may be started."""
    found = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found if os.geteuid() == 0 else None


@asynccontextmanager
async def postfix_in_front(folder: Path, *, inbound_port: int) -> AsyncIterator[int]:
    """The port that the world's mails come in at; `folder` must be open to every account."""
    command = postfix()
    assert command is not None
    port = free_port()
    configuration, queue, state = folder / "etc", folder / "queue", folder / "state"
    for each in (configuration, queue, state):
        each.mkdir()
    shutil.chown(state, pwd.getpwnam("postfix").pw_uid)
    overrides = f"""
queue_directory = {queue}
data_directory = {state}
maillog_file_prefixes = {folder}
maillog_file = {folder}/mail.log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# tests do not wait as long as people do, and nothing of theirs leaves the machine
default_transport = discard
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
address_verify_poll_delay = 1s
lmtp_destination_concurrency_failed_cohort_limit = 100
"""
    changed = {line.partition("=")[0].strip() for line in overrides.splitlines() if "=" in line}
    kept = [
        line
        for line in (CONFIGURATION / "main.cf").read_text().splitlines()
        if line.partition("=")[0].strip() not in changed
    ]
    (configuration / "main.cf").write_text("\n".join(kept) + overrides)
    master = (CONFIGURATION / "master.cf").read_text()
    (configuration / "master.cf").write_text(master.replace("smtp      inet", f"127.0.0.1:{port} inet"))
    transport = (CONFIGURATION / "transport").read_text()
    (configuration / "transport").write_text(transport.replace(":2526", f":{inbound_port}"))

    process = await asyncio.create_subprocess_exec(
        command,
        "-c",
        str(configuration),
        "start-fg",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await wait_for_port(port, seconds=20)
        yield port
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            # the master writes its own number down: the command may have started it and gone on
            os.kill(int((queue / "pid" / "master.pid").read_text()), signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), timeout=10)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
