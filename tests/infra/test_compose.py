"""The many-process form names only what exists: commands, variables, files."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infra.command_line import app

ROOT = Path(__file__).parent.parent.parent
COMMANDS = {name for name in app if not name.startswith("-")}
OWN = {"migrate", "web", "relay", "worker", "inbound", "mailbox"}
SETTINGS = {
    name for file in (ROOT / "shared").glob("*.py") for name in re.findall(r"QUINZAINE_[A-Z_]+", file.read_text())
}
TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = msgspec.yaml.decode(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STEPS = [
    line.split(maxsplit=1)
    for line in DOCKERFILE.replace("\\\n", " ").splitlines()
    if line.strip() and not line.startswith("#")
]


def default(image: str) -> str:
    """What stands in `${NAME:-default}`."""
    return image.partition(":-")[2].rstrip("}")


def steps(name: str) -> list[str]:
    return [rest for step, rest in STEPS if step == name]


def test_every_process_of_the_product_has_its_service():
    built = {name: service for name, service in SERVICES.items() if "build" in service}
    assert set(built) == OWN
    for name, service in built.items():
        assert service["command"] == [name]
        assert name in COMMANDS


def test_it_is_the_form_for_many():
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert default(SERVICES["postgresql"]["image"]) == "postgres:18"
    assert default(SERVICES["rabbitmq"]["image"]) == "rabbitmq:4"


def test_every_variable_is_one_that_the_settings_read():
    named = set(re.findall(r"QUINZAINE_[A-Z_]+", TEXT + DOCKERFILE))
    assert named <= SETTINGS
    for name in OWN:
        assert {key for key in SERVICES[name]["environment"] if key.startswith("QUINZAINE_")} <= SETTINGS


def test_no_secret_has_a_default():
    secrets = re.findall(r"\$\{([A-Z_]*(?:PASSWORD|PASS|SECRET|KEYS)[A-Z_]*)([^}]*)\}", TEXT)
    # signing in through a provider is left out where its secret is
    optional = [rest for name, rest in secrets if name == "QUINZAINE_OIDC_CLIENT_SECRET"]
    needed = {name: rest for name, rest in secrets if name != "QUINZAINE_OIDC_CLIENT_SECRET"}
    assert set(needed) == {"POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "QUINZAINE_SECRET_KEYS"}
    assert all(rest.startswith(":?") for rest in needed.values())
    assert optional == [":-"]
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASS|SECRET|KEYS", name):
                assert value.startswith("${"), f"{name} is written down"


def test_every_mounted_file_and_every_volume_is_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_file(), source
            else:
                assert source in COMPOSE["volumes"]


def test_every_service_waits_for_services_that_exist():
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            if condition["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert SERVICES[name]["restart"] == "no", "one that never ends cannot have ended well"


def test_what_answers_by_http_is_checked_for_health():
    for name in ("postgresql", "rabbitmq", "web", "mailbox", "proxy"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_the_mailbox_is_shown_to_this_machine_only():
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["mailbox"]["ports"])


def test_images_are_official_ones_of_a_named_version():
    (base,) = (rest.partition("=")[2] for rest in steps("ARG"))
    ours = {service["image"] for service in SERVICES.values() if "build" in service}
    for image in [base, *(default(service["image"]) for service in SERVICES.values() if service["image"] not in ours)]:
        assert re.fullmatch(r"[a-z]+:[0-9][0-9.]*(-slim)?", image), image


def test_every_image_can_be_named_by_digest_from_outside():
    assert {rest.split()[0] for rest in steps("FROM")} == {"${PYTHON_IMAGE}"}
    for service in SERVICES.values():
        if "build" in service:
            assert set(service["build"]["args"]) == {"PYTHON_IMAGE"}
        else:
            assert re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[^}]+\}", service["image"])


def test_the_image_runs_the_command_line_without_rights():
    assert steps("USER")[-1] not in ("root", "0")
    assert STEPS.index(["USER", steps("USER")[-1]]) > max(i for i, (step, _) in enumerate(STEPS) if step == "FROM")
    assert steps("ENTRYPOINT") == ['["quinzaine"]']
    (command,) = msgspec.json.decode(steps("CMD")[-1], type=list[str])
    assert command in COMMANDS


def test_the_image_is_built_in_two_stages_from_the_locks():
    assert len(steps("FROM")) == 2
    assert any("--require-hashes -r requirements.lock" in run for run in steps("RUN"))


@pytest.mark.parametrize("copied", [c for c in steps("COPY") if not c.startswith("--from")])
def test_what_the_image_copies_is_in_the_tree_and_not_ignored(copied):
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for source in copied.split()[:-1]:
        assert (ROOT / source).exists(), source
        assert Path(source).parts[0] in allowed


def test_the_proxy_speaks_to_the_web_s_port():
    caddy = (ROOT / "infra" / "proxy" / "Caddyfile").read_text()
    assert re.search(r"name web\n\s+port 8000\n", caddy)
    assert "QUINZAINE_PORT" not in TEXT, "the port is the default one"
