"""The operator in a cluster: image, chart, and what to look at when it does not come up."""

from __future__ import annotations

import hashlib
import json
import tempfile
from typing import Any

from .clusters import Given, Kind, Private
from .kubectl import Kubectl
from .progress import ROOT, Failure, Missing, Progress

NAMESPACE = "aiops-system"
MARK = "aiops.dev/demo"
BINARY = ROOT / "build" / "images" / "aiops-operator"
ARCHIVE = ROOT / "build" / "images" / "aiops-operator.tar"
SCRIPTS = ROOT / "scripts"


def build(progress: Progress) -> None:
    progress.run("build", [SCRIPTS / "release.sh", "aiops-operator"])


def make_image(progress: Progress) -> None:
    built = ROOT / ".build" / "release" / "aiops-operator"
    progress.run("image", [SCRIPTS / "images" / "operator.py", "--output", ARCHIVE.parent, "--binary", built])


def refuse_foreign(kubectl: Kubectl) -> None:
    """A release that is not the demo's stays as it is."""
    found = kubectl.try_run("get", "namespace", NAMESPACE, "--output=json")
    if found.returncode == 0 and MARK not in json.loads(found.stdout)["metadata"].get("labels", {}):
        raise Missing(f"Namespace {NAMESPACE} is in that cluster already and is not the demo's: it is left alone.\n"
                      "To try the operator you have there, apply manifests/samples in a namespace of yours;\n"
                      "for the demo, name another cluster.")


def mark(kubectl: Kubectl, namespace: str, labels: dict[str, str]) -> None:
    """Makes a namespace that carries the demo's mark, so that taking down finds what was made here."""
    kubectl.run("apply", "--filename=-", stdin=json.dumps(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {MARK: "true", **labels}}}))


def install(progress: Progress, cluster: Given | Kind | Private, kubectl: Kubectl) -> None:
    refuse_foreign(kubectl)
    mark(kubectl, NAMESPACE, {"pod-security.kubernetes.io/enforce": "restricted"})
    values: dict[str, Any] = cluster.values()
    if not isinstance(cluster, Given) and ARCHIVE.exists():
        # A rebuilt image has the old one's name: this makes the Deployment take it.
        values["podAnnotations"] = {"aiops.dev/image-content": hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()[:16]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(values, file)
        file.flush()
        command = [SCRIPTS / "chart.py", "install", "--kubeconfig", kubectl.kubeconfig, "--namespace", NAMESPACE,
                   "--set", file.name, "--timeout", "180"]
        if cluster.has_newer_crds:
            command.append("--skip-schema-check")
        try:
            progress.run("chart-install", command)
        except Failure as failure:
            raise Failure(f"{failure}\n{condition_of_pods(kubectl)}\n{log_tail(kubectl)}", failure.look) from None


def uninstall(progress: Progress, kubectl: Kubectl) -> None:
    progress.run("chart-uninstall", [SCRIPTS / "chart.py", "uninstall", "--kubeconfig", kubectl.kubeconfig, "--namespace", NAMESPACE])


def condition_of_pods(kubectl: Kubectl) -> str:
    found = kubectl.try_run("get", "pods", f"--namespace={NAMESPACE}", "--output=wide")
    events = kubectl.try_run("get", "events", f"--namespace={NAMESPACE}", "--sort-by=.lastTimestamp")
    return "\n".join(["pods of the operator:", found.stdout.rstrip(), "last events:", *events.stdout.rstrip().splitlines()[-6:]])


def log_tail(kubectl: Kubectl, lines: int = 15) -> str:
    found = kubectl.try_run("logs", "deployment/aiops-operator", f"--namespace={NAMESPACE}", f"--tail={lines}")
    return "log of the operator:\n" + (found.stdout or found.stderr).rstrip()


