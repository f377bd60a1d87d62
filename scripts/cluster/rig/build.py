"""The binaries: Kubernetes 1.20.2 from Debian's source package, the current CRD server, etcd and the container runtime."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import debian, host, paths
from .artifacts import Artifact, forget_old
from .console import Failure, Steps

sys.path.insert(0, str(paths.IMAGES_SCRIPTS))
import base  # noqa: E402
import image  # noqa: E402

KUBERNETES_VERSION = "1.20.2"
KUBERNETES_COMMANDS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl")
GO_FOR_KUBERNETES = "1.19"
GO_FOR_EXTENSIONS = "1.26"
PATCHES = sorted((paths.HERE / "patches").glob("kubernetes-*.patch"))
PAUSE = paths.IMAGES_SCRIPTS / "pause.go"
RUNTIME_PACKAGES = ("containerd", "runc", "containernetworking-plugins")


def _command(command: list[str], log: Path, cwd: Path, env: dict[str, str] | None = None) -> None:
    with open(log, "ab") as file:
        file.write(f"$ {' '.join(command)}\n".encode())
        file.flush()
        done = subprocess.run(["nice", "-n", "5", *command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    if done.returncode != 0:
        tail = log.read_text(errors="replace")[-1500:]
        raise Failure(f"`{' '.join(command)}` ended with {done.returncode}:\n{tail}")


def _go_environment(work: Path, goroot: Path, gopath: Path) -> dict[str, str]:
    """A closed world: no modules, no other tool chain, no cache but the build's own."""
    home = work / "home"
    home.mkdir(exist_ok=True)
    return {
        "HOME": str(home), "PATH": f"{goroot}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
        "GOROOT": str(goroot), "GOPATH": str(gopath), "GOCACHE": str(work / "go-cache"), "GO111MODULE": "off",
        "GOTOOLCHAIN": "local", "GOFLAGS": "", "CGO_ENABLED": "0",
    }


def make_kubernetes(work: Path, output: Path) -> dict[str, str]:
    log = work / "log"
    binaries = debian.AptRoot(work / "apt")
    go = binaries.alone(f"golang-{GO_FOR_KUBERNETES}-go", f"golang-{GO_FOR_KUBERNETES}-src")
    reflect2 = binaries.alone("golang-github-modern-go-reflect2-dev")
    debian.extract(go + reflect2, work / "root")
    source = debian.AptRoot(work / "apt-source", kind="deb-src").source("kubernetes")

    tree = work / "kubernetes"
    tree.mkdir()
    _command(["tar", "-xf", str(next(source.glob("*.orig.tar.*"))), "-C", str(tree), "--strip-components=1"], log, work)
    _command(["tar", "-xf", str(next(source.glob("*.debian.tar.*"))), "-C", str(tree)], log, work)
    patches = [tree / "debian/patches" / name for name in (tree / "debian/patches/series").read_text().split()]
    for patch in [*patches, *PATCHES]:
        _command(["patch", "-s", "-p1", "-i", str(patch)], log, tree)
    # The vendored reflect2 1.0.1 does not work with Go 1.18 and later: encoding a map as JSON ends the process.
    vendored = tree / "vendor/github.com/modern-go/reflect2"
    shutil.rmtree(vendored)
    shutil.copytree(work / "root/usr/share/gocode/src/github.com/modern-go/reflect2", vendored)

    gopath = work / "gopath"
    (gopath / "src/k8s.io").mkdir(parents=True)
    (gopath / "src/k8s.io/kubernetes").symlink_to(tree)
    env = _go_environment(work, work / f"root/usr/lib/go-{GO_FOR_KUBERNETES}", gopath)
    env |= {
        "KUBE_GIT_VERSION": f"v{KUBERNETES_VERSION}", "KUBE_GIT_MAJOR": "1", "KUBE_GIT_MINOR": "20",
        "KUBE_GIT_COMMIT": "debian", "KUBE_GIT_TREE_STATE": "archive", "SOURCE_DATE_EPOCH": "1610540000", "GOLDFLAGS": "-s -w",
    }
    what = " ".join(f"cmd/{command}" for command in KUBERNETES_COMMANDS)
    _command(["make", "-C", str(gopath / "src/k8s.io/kubernetes"), f"WHAT={what}"], log, work, env)
    _command(["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(output / "pause"), str(PAUSE)], log, work, env)
    for command in KUBERNETES_COMMANDS:
        shutil.copy2(tree / "_output/bin" / command, output / command)
    return {"kubernetes": next(source.glob("*.dsc")).name, "go": debian.version_of(go[0]), "reflect2": debian.version_of(reflect2[0])}


def _publish_openapi_v2(source: Path) -> None:
    """Run alone, the CRD server has the third version of the document only, and an API server of 1.20 gathers the second: without
    it, `kubectl explain` and validation by kubectl know no kind of ours. It takes the same call with another number, and leaving out
    what the API server has itself: it refuses a document with a path of its own."""
    third = re.compile(r"^([ \t]*)serverConfig\.OpenAPIV3Config = genericapiserver\.DefaultOpenAPIV3Config\(.*$", re.MULTILINE)
    own = 'serverConfig.OpenAPIConfig.IgnorePrefixes = []string{"/apis/apiextensions.k8s.io", "/version"}'
    text, count = third.subn(lambda line: f"{line[0].replace('OpenAPIV3Config', 'OpenAPIConfig')}\n{line[1]}{own}\n{line[0]}",
                             source.read_text())
    if count != 1:
        raise Failure(f"{source.name} of the CRD server is not as this expects: no place for the OpenAPI document found")
    source.write_text(text)


def make_extensions(work: Path, output: Path) -> dict[str, str]:
    log = work / "log"
    sid = debian.AptRoot(work / "apt", suite="sid")
    preferred = f"golang-{GO_FOR_EXTENSIONS}-go"
    go = [preferred, preferred.replace("-go", "-src")] if sid.has(preferred) else ["golang-go"]
    debs = sid.with_dependencies("golang-k8s-apiextensions-apiserver-dev", *go)
    root = work / "root"
    debian.extract(debs, root, only=("./usr/share/gocode", "./usr/lib/go", "./usr/lib/go-*", "./usr/share/go-*"))
    goroot = root / f"usr/lib/go-{GO_FOR_EXTENSIONS}"
    if not goroot.is_dir():
        goroot = (root / "usr/lib/go").resolve()
    _publish_openapi_v2(root / "usr/share/gocode/src/k8s.io/apiextensions-apiserver/pkg/cmd/server/options/options.go")
    version = next(debian.version_of(deb) for deb in debs if deb.name.startswith("golang-k8s-apiextensions-apiserver-dev_"))
    numbers = re.match(r"0\.(\d+)\.(\d+)", version)
    if numbers is None:
        raise Failure(f"cannot read the version of the extension server: {version}")
    release = f"v1.{numbers[1]}.{numbers[2]}"
    env = _go_environment(work, goroot, root / "usr/share/gocode")
    flags = " ".join(["-s", "-w"] + [f"-X k8s.io/component-base/version.{key}={value}" for key, value in
                                     (("gitVersion", release), ("gitMajor", "1"), ("gitMinor", numbers[1]))])
    _command([str(goroot / "bin/go"), "build", "-trimpath", "-ldflags", flags, "-o", str(output / "apiextensions-apiserver"),
              "k8s.io/apiextensions-apiserver"], log, work, env)
    return {"apiextensions-apiserver": version, "release": release, "go": goroot.name}


def make_runtime(work: Path, output: Path) -> dict[str, str]:
    etcd = debian.AptRoot(work / "apt-sid", suite="sid").alone("etcd-server")
    debs = debian.AptRoot(work / "apt").alone(*RUNTIME_PACKAGES)
    debian.extract(etcd + debs, output, only=("./usr/bin", "./usr/sbin", "./usr/lib/cni"))
    for needed in ("usr/bin/etcd", "usr/bin/containerd", "usr/bin/containerd-shim-runc-v2", "usr/bin/ctr", "usr/sbin/runc", "usr/lib/cni/ptp"):
        if not (output / needed).is_file():
            raise Failure(f"the Debian packages carry no {needed}")
    return {deb.name.split("_")[0]: debian.version_of(deb) for deb in etcd + debs}


def make_images(work: Path, output: Path) -> dict[str, str]:
    newest = debian.AptRoot(work / "apt-sid", suite="sid").with_dependencies("busybox")
    packages = debian.AptRoot(work / "apt").with_dependencies(*base.SANDBOX_PACKAGES)
    base.pause(KUBERNETES.folder / "pause", output / "pause.tar")
    base.busybox(newest, output / "busybox.tar")
    base.sandbox(packages, KUBERNETES.folder / "kubectl", output / "aiops-sandbox.tar")
    return {deb.name.split("_")[0]: debian.version_of(deb) for deb in newest + packages}


def _recipe(make: Callable[[Path, Path], dict[str, str]], *inputs: object) -> str:
    """The function's own text and what it reads; how packages are fetched does not change what comes out."""
    return "\n".join([inspect.getsource(make), inspect.getsource(_go_environment), *map(str, inputs)])


RUNTIME = Artifact("runtime", _recipe(make_runtime, RUNTIME_PACKAGES), make_runtime)
KUBERNETES = Artifact(
    f"kubernetes-{KUBERNETES_VERSION}",
    _recipe(make_kubernetes, KUBERNETES_COMMANDS, GO_FOR_KUBERNETES, PAUSE.read_text(), *(patch.read_text() for patch in PATCHES)), make_kubernetes)
EXTENSIONS = Artifact("extensions", _recipe(make_extensions, GO_FOR_EXTENSIONS, inspect.getsource(_publish_openapi_v2)), make_extensions)
# Needs the binaries of KUBERNETES, so it comes after it in every list.
IMAGES = Artifact("images", _recipe(make_images, KUBERNETES.key, inspect.getsource(image), inspect.getsource(base)), make_images)
BINARIES = (RUNTIME, KUBERNETES, EXTENSIONS)


def build(steps: Steps, wanted: tuple[Artifact, ...], in_use: set[str]) -> None:
    """Builds what is not in the cache; needs the host checks done before. `in_use`: keys of the clusters that are there."""
    for artifact in wanted:
        if artifact.is_built:
            steps.done += 1
        else:
            with steps.step(f"building {artifact.key} (once, then cached in {artifact.folder.parent})"):
                artifact.build()
        artifact.mark_used()
    forget_old({artifact.key for artifact in wanted} | in_use)


def prepare_host(wanted: tuple[Artifact, ...], node: bool = False) -> None:
    host.require_system()
    missing = [artifact for artifact in wanted if not artifact.is_built]
    if missing:
        host.require_space(host.BUILD_SPACE, "Building the private cluster's binaries")
    else:
        host.require_space(host.RUN_SPACE, "Running the private cluster")
    host.install_tools(host.RUN_TOOLS | (host.NODE_TOOLS if node else {}) | (host.BUILD_TOOLS if missing else {}))


def binary(name: str) -> str:
    """The path of a built command."""
    for folder in (KUBERNETES.folder, EXTENSIONS.folder, RUNTIME.folder / "usr/bin", RUNTIME.folder / "usr/sbin"):
        if (folder / name).is_file():
            return str(folder / name)
    raise Failure(f"{name} is not built: run `{os.path.relpath(paths.HERE / 'cluster.py')} build`")
