"""The node image: Debian with systemd and containerd, Kubernetes, and every image that a cluster needs, already unpacked.

Kept as an archive for `docker import`, since an image needs an engine to live in.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from rig import build, debian, paths
from rig.artifacts import Artifact
from rig.build import IMAGES, KUBERNETES, KUBERNETES_VERSION, RUNTIME
from rig.console import Failure

from . import FILES, images, tools
from .kubeadm import KUBEADM

ARCHIVE = "node.tar.gz"
PACKAGES = (
    "systemd", "dbus", "containerd", "runc", "containernetworking-plugins", "conntrack", "iptables", "nftables", "ebtables",
    "iproute2", "ethtool", "socat", "kmod", "procps", "mount", "util-linux", "jq", "pigz", "curl", "ca-certificates",
)
UNWANTED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt", "var/lib/apt/lists")
# As kind's own image: nothing of a machine's start that makes no sense in a container.
UNITS_OFF = (
    "lib/systemd/system/multi-user.target.wants/*", "etc/systemd/system/*.wants/*", "lib/systemd/system/local-fs.target.wants/*",
    "lib/systemd/system/sockets.target.wants/*udev*", "lib/systemd/system/sockets.target.wants/*initctl*",
    "lib/systemd/system/basic.target.wants/*", "lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service",
)
UNITS_ON = ("containerd.service", "kubelet.service", "kubelet.path", "pod-routes.service")


def make(work: Path, output: Path) -> dict[str, str]:
    log = work / "log"
    tree = work / "tree"
    _base(work, tree, log)
    _files(tree)
    archives = work / "images"
    archives.mkdir()
    images.make(work, archives)
    _preload(tree, archives, work, log)
    archive = output / ARCHIVE
    pipe = f"tar --numeric-owner -C '{tree}' -c . | gzip -1 > '{archive}'"
    build._command(["bash", "-o", "pipefail", "-c", pipe], log, work)
    return {"kubernetes": KUBERNETES.key, "kubeadm": KUBEADM.key, "bytes": str(archive.stat().st_size)}


def _base(work: Path, tree: Path, log: Path) -> None:
    root = debian.AptRoot(work / "apt-node")
    env = dict(os.environ, PATH=tools.search_path(), TMPDIR=str(work), DEBIAN_FRONTEND="noninteractive")
    build._command([
        str(tools.binary("mmdebstrap")), "--mode=root", "--variant=essential", f"--include={','.join(PACKAGES)}",
        '--aptopt=APT::Sandbox::User "root"', "--aptopt=APT::Install-Recommends false",
        debian.RELEASE, str(tree), str(root.folder / "sources/debian.sources"),
    ], log, work, env)
    for path in UNWANTED:
        shutil.rmtree(tree / path, ignore_errors=True)


def _files(tree: Path) -> None:
    for pattern in UNITS_OFF:
        for path in tree.glob(pattern):
            path.unlink()
    shutil.copytree(FILES / "node", tree, dirs_exist_ok=True)
    for command in ("kubelet", "kubectl"):
        shutil.copy2(KUBERNETES.folder / command, tree / "usr/bin" / command)
    shutil.copy2(KUBEADM.folder / "kubeadm", tree / "usr/bin/kubeadm")
    config = tree / "etc/containerd/config.toml"
    config.write_text(config.read_text().replace("@PAUSE@", images.kubeadm.images()["pause"]))
    (tree / "kind/version").write_text(f"v{KUBERNETES_VERSION}\n")
    wants = tree / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    for unit in UNITS_ON:
        (wants / unit).symlink_to(f"/etc/systemd/system/{unit}")
    (tree / "etc/systemd/system/systemd-binfmt.service").symlink_to("/dev/null")  # it would change the whole machine
    with open(tree / "etc/systemd/journald.conf", "a") as journal:
        journal.write("ReadKMsg=no\n")
    (tree / "sbin/init").unlink(missing_ok=True)
    (tree / "sbin/init").symlink_to("/lib/systemd/systemd")
    for folder in ("etc/kubernetes/manifests", "etc/cni/net.d", "kind/bin"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for path in (tree / "usr/sbin").glob("policy-rc.d"):
        path.unlink()


def _preload(tree: Path, archives: Path, work: Path, log: Path) -> None:
    """A container runtime of the host's, on the node's folder: each image is unpacked once and for all clusters."""
    state = Path(tempfile.mkdtemp(prefix="aiops-kind-"))  # a short path: a socket's has 107 bytes at most
    socket = state / "containerd.sock"
    config = state / "config.toml"
    config.write_text(
        f'version = 2\nroot = "{tree}/var/lib/containerd"\nstate = "{state}/state"\n'
        'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", '
        '"io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.tracing.processor.v1.otlp"]\n'
        f'[grpc]\n  address = "{socket}"\n[plugins."io.containerd.internal.v1.opt"]\n  path = "{state}/opt"\n')
    env = dict(os.environ, PATH=tools.search_path())
    ctr = [str(RUNTIME.folder / "usr/bin/ctr"), "--address", str(socket), "--namespace", "k8s.io"]
    with open(log, "ab") as file:
        runtime = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", str(RUNTIME.folder / "usr/bin/containerd"), "--config", str(config)],
            stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env)
    try:
        end = time.monotonic() + 30
        while subprocess.run([*ctr, "version"], capture_output=True).returncode != 0:
            if runtime.poll() is not None or time.monotonic() > end:
                raise Failure(f"the container runtime that unpacks images does not answer:\n{log.read_text(errors='replace')[-1500:]}")
            time.sleep(0.1)
        for archive in sorted(archives.glob("*.tar")):
            build._command([*ctr, "images", "import", str(archive)], log, work)
        _drop_layers(ctr)
    finally:
        runtime.terminate()
        runtime.wait(timeout=20)
        shutil.rmtree(state, ignore_errors=True)
    shutil.rmtree(tree / "var/lib/containerd/tmpmounts", ignore_errors=True)


def _drop_layers(ctr: list[str]) -> None:
    """The packed layers, once they are unpacked: each cluster would copy them for nothing."""
    listed = subprocess.run([*ctr, "content", "list"], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines()[1:]:
        if "containerd.io/uncompressed=" in line:
            subprocess.run([*ctr, "content", "delete", line.split()[0]], check=True, capture_output=True)


def _files_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in FILES.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(FILES)}\0{path.stat().st_mode & 0o111}\0".encode() + path.read_bytes())
    for name in images.DNS_SOURCES:
        digest.update((paths.HERE / "rig" / name).read_bytes())
    return digest.hexdigest()


def _recipe() -> str:
    functions = (make, _base, _files, _preload, _drop_layers, images.make, images._of_packages)
    return "\n".join([
        *map(inspect.getsource, functions), repr((PACKAGES, UNWANTED, UNITS_OFF, UNITS_ON)),
        repr((images.PROXY_PACKAGES, images.DNS_PACKAGES)), _files_digest(), KUBERNETES.key, KUBEADM.key, RUNTIME.key, IMAGES.key,
    ])


NODE = Artifact(f"kind-node-{KUBERNETES_VERSION}", _recipe(), make)
# In the order in which they need each other.
EVERYTHING = (RUNTIME, KUBERNETES, IMAGES, KUBEADM, tools.TOOLS, NODE)


def image_name() -> str:
    """Named by what is in it, so that an engine with an older image takes the new one."""
    return f"aiops-kind-node:v{KUBERNETES_VERSION}-{NODE.key.rpartition('-')[2]}"
