"""The one node: container runtime, kubelet, scheduler, Service routing, DNS, and the images that need no registry.

containerd, its containers and the kubelet live in a mount namespace of their own, in which the fixed paths they use
(/var/lib/kubelet, /var/log/pods, ...) are folders of the cluster. All their mounts vanish with their last process, and two
clusters do not see each other.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from . import paths
from .api import ApiError
from .build import IMAGES, RUNTIME, binary
from .console import Failure
from .controlplane import ControlPlane
from .network import Network
from .processes import Process, start_time
from .state import State

FIXED_PATHS = ("/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers", "/run/containerd")
CGROUPS = Path("/sys/fs/cgroup")
# What the kubelet insists on for the whole machine. It finds these values in its own view and leaves the machine's alone.
KERNEL_SETTINGS = {
    "vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
}


def cgroup_root(state: State) -> str:
    return f"/aiops-{state.mark}"


def cgroup_folders(state: State) -> list[Path]:
    """The cluster's folder in every hierarchy (one with cgroup v2, one per controller with v1)."""
    name = cgroup_root(state).lstrip("/")
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS / name]
    return [entry / name for entry in sorted(CGROUPS.iterdir()) if entry.is_dir() and not entry.is_symlink() and (entry / "cgroup.procs").exists()]


class Node:
    def __init__(self, plane: ControlPlane) -> None:
        self.plane, self.state = plane, plane.state
        self.folder = self.state.folder / "node"
        self.sockets = self.state.sockets
        self.socket = self.sockets / "containerd.sock"
        self.name = f"{self.state.name}-node"

    @property
    def network(self) -> Network:
        return self.state.network

    # containerd

    def start_containerd(self) -> None:
        self.state.made_folders = [path for path in FIXED_PATHS if not Path(path).exists()]
        self.state.save()
        for path in FIXED_PATHS:
            Path(path).mkdir(parents=True, exist_ok=True)
            (self.folder / "fixed" / path.strip("/").replace("/", "-")).mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True)
        cni = self.folder / "cni"
        cni.mkdir(parents=True, exist_ok=True)
        # ptp, not bridge: every packet between pods is routed, so Services work without bridge netfilter.
        (cni / "10-pods.conflist").write_text(json.dumps({
            "cniVersion": "0.4.0", "name": "pods", "plugins": [
                {"type": "ptp", "mtu": 1500, "ipam": {
                    "type": "host-local", "ranges": [[{"subnet": self.network.pods, "gateway": self.network.pod_gateway}]],
                    "routes": [{"dst": "0.0.0.0/0"}], "dataDir": str(self.folder / "addresses")}},
                {"type": "portmap", "capabilities": {"portMappings": True}},
            ]}))
        runtime = RUNTIME.folder / "usr"
        config = self.folder / "containerd.toml"
        config.write_text(f'''
version = 2
root = "{self.folder}/containerd"
state = "{self.sockets}/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "{self.socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{self.folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "pause:3.2"
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  max_container_log_line_size = 16384
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{runtime}/lib/cni"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "{runtime}/sbin/runc"
        SystemdCgroup = false
''')
        binds = "".join(
            f"mount --bind '{self.folder}/fixed/{path.strip('/').replace('/', '-')}' {path}\n" for path in FIXED_PATHS)
        resolv = self.folder / "resolv.conf"
        resolv.write_text("# no name servers outside the cluster\n")
        # The machine's name servers are out of reach from here: the kubelet would wait for them.
        binds += f"if [ -e /etc/resolv.conf ]; then mount --bind '{resolv}' /etc/resolv.conf; fi\n"
        for key, value in KERNEL_SETTINGS.items():
            file = self.folder / "kernel" / key.replace("/", "-")
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{value}\n")
            binds += f"mount --bind '{file}' /proc/sys/{key}\n"
        script = f"mount --make-rshared /\n{binds}exec '{binary('containerd')}' --config '{config}' --log-level warn"
        self.plane.spawn("containerd", ["unshare", "--mount", "--propagation", "private", "sh", "-euc", script],
                         extra={"PATH": f"{runtime}/bin:{runtime}/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})

    def await_containerd(self) -> None:
        process = self.state.process("containerd")
        assert process is not None
        self.plane.wait(process, "a container runtime that answers", lambda: self._ctr("version").returncode == 0, 30)

    def _ctr(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return ctr(self.state, *arguments)

    # kubelet, scheduler, kube-proxy

    def enter(self) -> list[str]:
        """Prefix for what shares containerd's view of the file system."""
        process = self.state.process("containerd")
        assert process is not None
        return ["nsenter", f"--net={self.network.namespace_path}", f"--mount=/proc/{process.pid}/ns/mnt", "--"]

    def start_kubelet(self) -> None:
        pki, network = self.plane.pki, self.network
        server = f"https://{network.cluster_address}:6443"
        kubeconfig = self.plane.kubeconfig("kubelet", f"system:node:{self.name}", "system:nodes", server)
        certificate, key = self.plane.authority.issue(
            "kubelet-server", f"system:node:{self.name}", "system:nodes", (f"DNS:{self.name}", f"IP:{network.cluster_address}"))
        make_cgroups(self.state)
        config = self.folder / "kubelet.json"
        config.write_text(json.dumps({
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
            "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True}, "x509": {"clientCAFile": f"{pki}/ca.crt"}},
            "authorization": {"mode": "Webhook"}, "tlsCertFile": str(certificate), "tlsPrivateKeyFile": str(key),
            "address": "0.0.0.0", "readOnlyPort": 0, "healthzBindAddress": "127.0.0.1",
            "cgroupDriver": "cgroupfs", "cgroupRoot": cgroup_root(self.state), "failSwapOn": False, "enforceNodeAllocatable": ["pods"],
            "clusterDNS": [network.dns_service], "clusterDomain": "cluster.local", "resolvConf": str(self.folder / "resolv.conf"),
            # Images come from files: one that is removed for space cannot be fetched again.
            "imageGCHighThresholdPercent": 100, "imageGCLowThresholdPercent": 99,
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "maxPods": 200, "syncFrequency": "10s", "nodeStatusUpdateFrequency": "5s", "eventRecordQPS": 50, "eventBurst": 100,
            "kubeAPIQPS": 100, "kubeAPIBurst": 200, "serializeImagePulls": False, "containerLogMaxSize": "10Mi",
        }))
        self.plane.spawn("kubelet", [
            binary("kubelet"), f"--config={config}", f"--kubeconfig={kubeconfig}", "--container-runtime=remote",
            f"--container-runtime-endpoint=unix://{self.socket}", f"--hostname-override={self.name}",
            f"--node-ip={network.cluster_address}", f"--cert-dir={self.folder}/kubelet-pki", "--register-node=true", "--v=1",
        ], prefix=self.enter())

    def start_scheduler(self) -> None:
        kubeconfig = self.plane.kubeconfig("scheduler", "system:kube-scheduler", None, "https://127.0.0.1:6443")
        self.plane.spawn("kube-scheduler", [
            binary("kube-scheduler"), f"--kubeconfig={kubeconfig}", f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1", "--port=0", "--profiling=false",
        ])

    def start_proxy(self) -> None:
        kubeconfig = self.plane.kubeconfig("kube-proxy", "system:kube-proxy", None, "https://127.0.0.1:6443")
        config = self.folder / "kube-proxy.json"
        config.write_text(json.dumps({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration", "mode": "iptables",
            "clientConnection": {"kubeconfig": str(kubeconfig)}, "clusterCIDR": self.network.pods, "hostnameOverride": self.name,
            "bindAddress": "0.0.0.0", "healthzBindAddress": "127.0.0.1:10256", "metricsBindAddress": "127.0.0.1:10249",
            "iptables": {"minSyncPeriod": "0s", "syncPeriod": "30s"},
            # The machine's limits, which a network namespace may not set.
            "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        }))
        self.plane.spawn("kube-proxy", [binary("kube-proxy"), f"--config={config}"])

    def start_dns(self) -> None:
        api, address = self.plane.rig_api(), self.network.cluster_address
        # Pods ask the Service's address, as in any cluster; behind it the server runs beside the control plane.
        ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
        metadata = {"name": "kube-dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}
        api.create("/api/v1/namespaces/kube-system/services", {
            "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"clusterIP": self.network.dns_service, "ports": ports}})
        api.create("/api/v1/namespaces/kube-system/endpoints", {
            "apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": [{"addresses": [{"ip": address}], "ports": ports}]})
        self.plane.spawn("cluster-dns", [sys.executable, "-B", "-m", "rig.dns", str(self.plane.pki / "rig.kubeconfig"), address],
                         extra={"PYTHONPATH": str(paths.HERE)})

    def import_images(self) -> None:
        for archive in sorted(IMAGES.folder.glob("*.tar")):
            load_image(self.state, archive)

    def await_ready(self) -> None:
        process = self.state.process("kubelet")
        assert process is not None
        api = self.plane.rig_api()

        def is_ready() -> bool:
            try:
                node = api.get(f"/api/v1/nodes/{self.name}")
            except (OSError, ApiError):
                return False
            ready = any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))
            return ready and not node["spec"].get("taints")

        self.plane.wait(process, "a ready node", is_ready, 60)
        dns = self.state.process("cluster-dns")
        assert dns is not None
        self.plane.wait(dns, "cluster DNS", lambda: "serving" in self.state.log("cluster-dns").read_text(), 30)


def ctr(state: State, *arguments: str) -> subprocess.CompletedProcess[str]:
    socket = state.sockets / "containerd.sock"
    return subprocess.run([binary("ctr"), "--address", str(socket), "--namespace", "k8s.io", *arguments], capture_output=True, text=True)


def load_image(state: State, archive: Path) -> list[str]:
    """Imports a docker archive; returns the names it carries."""
    done = ctr(state, "images", "import", "--digests", str(archive))
    if done.returncode != 0:
        raise Failure(f"cannot import {archive}: {done.stderr.strip()[-800:]}")
    listed = ctr(state, "images", "list", "--quiet").stdout.split()
    state.images = sorted(name for name in listed if "@" not in name and not name.startswith(("sha256:", "import-")))
    state.save()
    names = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("unpacking ")]
    return [name for name in names if not name.startswith("import-")]


def make_cgroups(state: State) -> None:
    for folder in cgroup_folders(state):
        folder.mkdir(exist_ok=True)
        if (folder / "cpuset.cpus").exists() and not (folder / "cgroup.controllers").exists():
            for file in ("cpuset.cpus", "cpuset.mems"):  # v1: an empty set lets no process in
                (folder / file).write_text((folder.parent / file).read_text())
        if (folder.parent / "cgroup.subtree_control").exists() and (CGROUPS / "cgroup.controllers").exists():
            for name in (CGROUPS / "cgroup.controllers").read_text().split():
                with suppress(OSError):  # a controller that is in use elsewhere stays off
                    (CGROUPS / "cgroup.subtree_control").write_text(f"+{name}")
                    (folder / "cgroup.subtree_control").write_text(f"+{name}")


def cgroups_in(folder: Path) -> list[Path]:
    """The cgroup and all below it, parents first; those that go meanwhile are left out, where `rglob` of Python 3.11 fails."""
    return [Path(path) for path, _, _ in os.walk(folder)]


def contained(state: State) -> list[Process]:
    """What runs in the cluster's containers, by the cluster's own cgroups."""
    found: dict[int, Process] = {}
    for folder in cgroup_folders(state):
        for group in cgroups_in(folder):
            with suppress(OSError):
                for pid in map(int, (group / "cgroup.procs").read_text().split()):
                    if (started := start_time(pid)) is not None:
                        found[pid] = Process(f"container process {pid}", pid, started)
    return list(found.values())


def stop_containers(state: State) -> None:
    end = time.monotonic() + 20
    while processes := contained(state):
        for process in processes:
            process.signal(signal.SIGKILL)
        if time.monotonic() > end:
            raise Failure(f"{len(processes)} container processes do not end")
        time.sleep(0.05)


def remove_traces(state: State) -> None:
    """The cluster's cgroups and sockets, and the folders it was mounted on if it made them.

    While another cluster runs these stay: removing a folder that is a mount point in its namespace would unmount it there.
    """
    for folder in cgroup_folders(state):
        for group in reversed(cgroups_in(folder)):
            with suppress(OSError):
                group.rmdir()
    shutil.rmtree(state.sockets, ignore_errors=True)
    if not any(state.sockets.parent.iterdir() if state.sockets.parent.is_dir() else []):
        for path in state.made_folders:
            with suppress(OSError):  # somebody put something there
                Path(path).rmdir()
