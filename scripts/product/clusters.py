"""The three places the demo can run in: a cluster the user names, Kind, or a private cluster of Debian packages.

Each answers the same questions: what is missing, how it comes up, how images get into it, how it goes away.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Any, Protocol

from .kubectl import Kubectl
from .progress import ROOT, Failure, Missing, Progress

NAME = "aiops-demo"
CLUSTER_TOOL = ROOT / "scripts" / "cluster" / "cluster.py"


@dataclass(frozen=True)
class Images:
    """Image names; empty for those the cluster is given as a file."""

    operator: str = field(default_factory=lambda: os.environ.get("OPERATOR_IMAGE", ""))
    sandbox: str = field(default_factory=lambda: os.environ.get("SANDBOX_IMAGE", ""))
    busybox: str = field(default_factory=lambda: os.environ.get("BUSYBOX_IMAGE", ""))


class Cluster(Protocol):
    title: str
    is_ours: bool  # made by us and for us alone, so that taking it down is all there is to clean
    has_newer_crds: bool  # its CRD server is newer than the API server, whose documents and capabilities Helm goes by

    def check(self) -> None: ...
    def up(self, progress: Progress) -> Kubectl: ...
    def load(self, progress: Progress, archive: pathlib.Path) -> None: ...
    def values(self) -> dict[str, Any]: ...
    def hint(self) -> str: ...


def kubectl_on_path() -> pathlib.Path | None:
    found = shutil.which("kubectl")
    return pathlib.Path(found) if found else None


def values(images: Images) -> dict[str, Any]:
    """The chart's values for images that are named."""
    result: dict[str, Any] = {}
    if images.operator:
        repository, _, tag = images.operator.rpartition(":") if ":" in images.operator.rpartition("/")[2] else (images.operator, "", "latest")
        result["image"] = {"repository": repository, "tag": tag}
    tasks = {key: name for key, name in (("sandbox", images.sandbox), ("busybox", images.busybox)) if name}
    if tasks:
        result["taskImages"] = tasks
    return result


class Given:
    """A cluster of the user's. Its nodes must be able to pull the images: nothing can be loaded into it from here."""

    is_ours = False
    has_newer_crds = False

    def __init__(self, context: str, images: Images) -> None:
        self.context, self.images = context, images
        self.title = f"context {context}"
        self._folder = tempfile.TemporaryDirectory(prefix="aiops-demo-")

    def check(self) -> None:
        self.reach()
        lacking = [name for name, image in (("OPERATOR_IMAGE", self.images.operator), ("SANDBOX_IMAGE", self.images.sandbox)) if not image]
        if lacking:
            raise Missing(
                f"The nodes of context {self.context} must pull the operator's and the sandbox's image from a registry of yours.\n"
                "Push them (`docker build -t REGISTRY/aiops-operator:0.1.0 .`, `docker build -t REGISTRY/aiops-sandbox:0.1.0\n"
                "--target sandbox .`, `docker push …`) and name them:\n"
                f"  make demo CONTEXT={self.context} OPERATOR_IMAGE=REGISTRY/aiops-operator:0.1.0 SANDBOX_IMAGE=REGISTRY/aiops-sandbox:0.1.0\n"
                f"Not given: {', '.join(lacking)}.")

    def reach(self) -> Kubectl:
        program = kubectl_on_path()
        if program is None:
            raise Missing("kubectl is missing, and CONTEXT names a cluster of yours: install kubectl and put it on PATH.")
        # A file with this one context, so that nothing depends on, or changes, what is current.
        found = subprocess.run([str(program), "config", "view", "--raw", "--minify", "--flatten", f"--context={self.context}"],
                               capture_output=True, text=True)
        if found.returncode != 0 or "server:" not in found.stdout:
            raise Missing(f"There is no context {self.context} in your kubeconfig: {found.stderr.strip()}\n"
                          "`kubectl config get-contexts` lists them.")
        path = pathlib.Path(self._folder.name) / "kubeconfig"
        path.touch(mode=0o600)
        path.write_text(found.stdout)
        kubectl = Kubectl(program, path)
        if kubectl.try_run("version", "--request-timeout=10s").returncode != 0:
            raise Missing(f"The cluster of context {self.context} does not answer: kubectl --context {self.context} version")
        return kubectl

    def up(self, progress: Progress) -> Kubectl:
        return self.reach()

    def load(self, progress: Progress, archive: pathlib.Path) -> None:
        progress.line("nothing to load: the nodes pull the images you named")

    def values(self) -> dict[str, Any]:
        return values(self.images)

    def hint(self) -> str:
        return f"# every command here also takes: --context {self.context}"


class Kind:
    """A Kind cluster of our own."""

    is_ours = True
    has_newer_crds = False
    title = f"Kind cluster {NAME}"

    def __init__(self, images: Images) -> None:
        self.images = images
        self.kubeconfig = ROOT / "build" / "kind.kubeconfig"

    @staticmethod
    def is_possible() -> bool:
        if not (shutil.which("kind") and shutil.which("docker")):
            return False
        try:
            return subprocess.run(["docker", "info"], capture_output=True, timeout=20).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    @staticmethod
    def is_up() -> bool:
        return NAME in subprocess.run(["kind", "get", "clusters"], capture_output=True, text=True).stdout.split()

    def check(self) -> None:
        if kubectl_on_path() is None:
            raise Missing("kubectl is missing: install it and put it on PATH (Kind brings none).")

    def up(self, progress: Progress) -> Kubectl:
        self.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        if self.is_up():
            progress.run("kind-kubeconfig", ["kind", "export", "kubeconfig", "--name", NAME, "--kubeconfig", self.kubeconfig])
        else:
            progress.run("kind-create", ["kind", "create", "cluster", "--name", NAME, "--kubeconfig", self.kubeconfig, "--wait", "120s"])
        program = kubectl_on_path()
        assert program is not None
        return Kubectl(program, self.kubeconfig)

    def load(self, progress: Progress, archive: pathlib.Path) -> None:
        if not self.images.operator:
            progress.run("kind-load-operator", ["kind", "load", "image-archive", archive, "--name", NAME])
        if not self.images.sandbox:
            progress.run("docker-build-sandbox", ["docker", "build", "--target", "sandbox", "--tag", "aiops-sandbox:dev", ROOT])
            progress.run("kind-load-sandbox", ["kind", "load", "docker-image", "aiops-sandbox:dev", "--name", NAME])

    def values(self) -> dict[str, Any]:
        return values(self.images)

    def hint(self) -> str:
        return f"export KUBECONFIG={self.kubeconfig}"

    def down(self, progress: Progress) -> None:
        progress.run("kind-delete", ["kind", "delete", "cluster", "--name", NAME, "--kubeconfig", self.kubeconfig])
        self.kubeconfig.unlink(missing_ok=True)


class Private:
    """A single-node Kubernetes from Debian packages, with images that need no registry: see docs/cluster.md."""

    is_ours = True
    has_newer_crds = True

    def __init__(self, name: str = NAME, profile: str = "node") -> None:
        self.name, self.profile = name, profile
        self.title = f"private cluster {name}"

    def check(self) -> None:
        if sys.platform != "linux" or not pathlib.Path("/etc/debian_version").exists():
            raise Missing("No CONTEXT is given and Kind is not at hand; the private cluster needs a Debian 12 machine.\n"
                          "Start Docker with Kind, or name a cluster: make demo CONTEXT=name")
        if os.geteuid() != 0:
            raise Missing("No CONTEXT is given and Kind is not at hand; the private cluster needs root (network namespaces,\n"
                          "containers). Run `sudo make demo`, start Docker with Kind, or name a cluster: make demo CONTEXT=name")

    def _ask(self, *arguments: str) -> str:
        done = subprocess.run([str(CLUSTER_TOOL), *arguments, "--name", self.name], capture_output=True, text=True)
        if done.returncode != 0:
            raise (Missing if done.returncode == 2 else Failure)(done.stderr.strip())
        return done.stdout.strip()

    def is_known(self) -> bool:
        return subprocess.run([str(CLUSTER_TOOL), "kubeconfig", "--name", self.name], capture_output=True).returncode == 0

    def up(self, progress: Progress) -> Kubectl:
        progress.run("cluster-up", [CLUSTER_TOOL, "up", "--name", self.name, "--profile", self.profile], keep="[")
        return self.reach()

    def reach(self) -> Kubectl:
        return Kubectl(kubectl_on_path() or self._own_kubectl(), pathlib.Path(self._ask("kubeconfig")))

    def describe(self) -> str:
        """JSON, as `cluster.py status` has it."""
        return self._ask("status", "--json")

    def load(self, progress: Progress, archive: pathlib.Path) -> None:
        progress.run("load-image", [CLUSTER_TOOL, "load-image", "--name", self.name, archive])

    def values(self) -> dict[str, Any]:
        # What the chart would ask, the API server of 1.20, does not serve the CRDs here.
        return {"crds": {"form": "current"}}

    def hint(self) -> str:
        hint = f"export KUBECONFIG={self._ask('kubeconfig')}"
        # The cluster has one of its own, which is not on anybody's PATH.
        return hint if kubectl_on_path() else f"{hint} PATH=$PATH:{self._own_kubectl().parent}"

    def down(self, progress: Progress) -> None:
        progress.run("cluster-down", [CLUSTER_TOOL, "down", "--name", self.name], keep="[")

    @staticmethod
    def _own_kubectl() -> pathlib.Path:
        sys.path.insert(0, str(CLUSTER_TOOL.parent))
        from rig import build  # type: ignore[import-not-found]

        return pathlib.Path(build.KUBERNETES.folder / "kubectl")


def choose(context: str | None, images: Images) -> Given | Kind | Private:
    if context:
        return Given(context, images)
    return Kind(images) if Kind.is_possible() else Private()
