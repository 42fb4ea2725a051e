"""The manifests are what Kubernetes reads (its own schemas), and name only what exists."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from infra.command_line import app

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "infra" / "kubernetes").glob("*.yaml"))
DOCUMENTS: list[dict[str, Any]] = [each for file in FILES for each in yaml.safe_load_all(file.read_text())]
# of the two operators: their schemas come with them, not with Kubernetes
OF_OPERATORS = {("postgresql.cnpg.io/v1", "Cluster"), ("rabbitmq.com/v1beta1", "RabbitmqCluster")}
SETTINGS = {
    name for file in (ROOT / "shared").glob("*.py") for name in re.findall(r"QUINZAINE_[A-Z_]+", file.read_text())
}
COMMANDS = {name for name in app if not name.startswith("-")}
PROCESSES = {"web", "relay", "worker", "inbound"}


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in DOCUMENTS if each["kind"] == kind}


def pod(document: dict[str, Any]) -> dict[str, Any]:
    return document["spec"]["template"]["spec"]


PODS = {**of_kind("Deployment"), **of_kind("Job")}


def test_each_document_is_what_kubernetes_reads():
    for document in DOCUMENTS:
        if (document["apiVersion"], document["kind"]) not in OF_OPERATORS:
            kubernetes_validate.validate(document, "1.37", strict=True)
    assert {(each["apiVersion"], each["kind"]) for each in DOCUMENTS} >= OF_OPERATORS


def test_a_misspelt_field_is_noticed():
    deployment = {**of_kind("Deployment")["web"]}
    deployment["spec"] = {**deployment["spec"], "replica": 3}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.37", strict=True)


def test_every_process_runs_twice_and_one_may_go():
    deployments = of_kind("Deployment")
    assert set(deployments) == PROCESSES == set(of_kind("PodDisruptionBudget"))
    for name, deployment in deployments.items():
        assert deployment["spec"]["replicas"] == 2
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for selector in (
            deployment["spec"]["selector"]["matchLabels"],
            of_kind("PodDisruptionBudget")[name]["spec"]["selector"]["matchLabels"],
        ):
            assert selector.items() <= labels.items()


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_a_command_of_ours_limits_and_no_rights(name):
    (container,) = pod(PODS[name])["containers"]
    assert container["args"] == [name]
    assert name in COMMANDS
    assert container["resources"]["limits"]["memory"]
    assert pod(PODS[name])["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {each["name"] for each in container["env"]} <= SETTINGS


def test_every_variable_is_one_that_the_settings_read_and_no_secret_stands_here():
    given = of_kind("ConfigMap")["quinzaine"]["data"]
    assert set(given) <= SETTINGS
    assert not any("SECRET" in name or "PASSWORD" in name for name in given)
    assert not of_kind("Secret")


def test_services_and_scalers_lead_to_what_is_there():
    for name, service in of_kind("Service").items():
        (container,) = pod(PODS[name])["containers"]
        assert {each["targetPort"] for each in service["spec"]["ports"]} <= {
            each["name"] for each in container["ports"]
        }
    for scaler in of_kind("HorizontalPodAutoscaler").values():
        assert scaler["spec"]["scaleTargetRef"]["name"] in of_kind("Deployment")
