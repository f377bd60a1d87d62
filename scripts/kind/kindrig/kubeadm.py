"""kubeadm, which a Kind node needs besides the Kubernetes that the private cluster has built already.

A build of its own, so that the private cluster's artifact keeps its key; it takes the same sources with the same patches of Debian.
"""

from __future__ import annotations

import inspect
import shutil
import subprocess
from pathlib import Path

from rig import build, debian
from rig.artifacts import Artifact
from rig.build import GO_FOR_KUBERNETES, KUBERNETES_VERSION

IMAGES = "images"  # the file with the names of the images that this kubeadm asks for


def make(work: Path, output: Path) -> dict[str, str]:
    log = work / "log"
    binaries = debian.AptRoot(work / "apt")
    go = binaries.alone(f"golang-{GO_FOR_KUBERNETES}-go", f"golang-{GO_FOR_KUBERNETES}-src")
    reflect2 = binaries.alone("golang-github-modern-go-reflect2-dev")
    debian.extract(go + reflect2, work / "root")
    source = debian.AptRoot(work / "apt-source", kind="deb-src").source("kubernetes")

    tree = work / "kubernetes"
    tree.mkdir()
    build._command(["tar", "-xf", str(next(source.glob("*.orig.tar.*"))), "-C", str(tree), "--strip-components=1"], log, work)
    build._command(["tar", "-xf", str(next(source.glob("*.debian.tar.*"))), "-C", str(tree)], log, work)
    for name in (tree / "debian/patches/series").read_text().split():
        build._command(["patch", "-s", "-p1", "-i", str(tree / "debian/patches" / name)], log, tree)
    # As for the other commands: the vendored reflect2 ends the process at the first map written as JSON.
    vendored = tree / "vendor/github.com/modern-go/reflect2"
    shutil.rmtree(vendored)
    shutil.copytree(work / "root/usr/share/gocode/src/github.com/modern-go/reflect2", vendored)

    gopath = work / "gopath"
    (gopath / "src/k8s.io").mkdir(parents=True)
    (gopath / "src/k8s.io/kubernetes").symlink_to(tree)
    env = build._go_environment(work, work / f"root/usr/lib/go-{GO_FOR_KUBERNETES}", gopath)
    env |= {
        "KUBE_GIT_VERSION": f"v{KUBERNETES_VERSION}", "KUBE_GIT_MAJOR": "1", "KUBE_GIT_MINOR": "20",
        "KUBE_GIT_COMMIT": "debian", "KUBE_GIT_TREE_STATE": "archive", "SOURCE_DATE_EPOCH": "1610540000", "GOLDFLAGS": "-s -w",
    }
    build._command(["make", "-C", str(gopath / "src/k8s.io/kubernetes"), "WHAT=cmd/kubeadm"], log, work, env)
    shutil.copy2(tree / "_output/bin/kubeadm", output / "kubeadm")
    with open(output / IMAGES, "wb") as names:
        command = [str(output / "kubeadm"), "config", "images", "list", f"--kubernetes-version=v{KUBERNETES_VERSION}"]
        names.write(subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True).stdout)
    return {"kubernetes": next(source.glob("*.dsc")).name, "go": debian.version_of(go[0]), "reflect2": debian.version_of(reflect2[0])}


KUBEADM = Artifact(f"kubeadm-{KUBERNETES_VERSION}", "\n".join([inspect.getsource(make), GO_FOR_KUBERNETES]), make)


def images() -> dict[str, str]:
    """Short name to full name: `etcd` to `k8s.gcr.io/etcd:3.4.13-0`."""
    names = (KUBEADM.folder / IMAGES).read_text().split()
    return {name.rpartition("/")[2].partition(":")[0]: name for name in names}
