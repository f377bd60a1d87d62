"""One network namespace per cluster: a veth pair to the host, addresses by the cluster's slot, forwarding inside only.

Slot s owns 10.208.s.0/24 (pods), 10.209.s.0/24 (Services) and 10.210.s.0/30 (host .1, cluster .2). The host gets a route
to the first two, so a process on the host reaches pods and Services, and pods reach what listens on the host's address.
The host's packet filter is not touched.
"""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import Failure

SLOTS = 200


def _ip(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise Failure(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Network:
    namespace: str
    host_link: str
    slot: int

    @property
    def namespace_path(self) -> Path:
        return Path("/run/netns") / self.namespace

    @property
    def pods(self) -> str:
        return f"10.208.{self.slot}.0/24"

    @property
    def pod_gateway(self) -> str:
        return f"10.208.{self.slot}.1"

    @property
    def services(self) -> str:
        return f"10.209.{self.slot}.0/24"

    @property
    def kubernetes_service(self) -> str:
        return f"10.209.{self.slot}.1"

    @property
    def dns_service(self) -> str:
        return f"10.209.{self.slot}.10"

    @property
    def host_address(self) -> str:
        return f"10.210.{self.slot}.1"

    @property
    def cluster_address(self) -> str:
        return f"10.210.{self.slot}.2"

    def enter(self) -> list[str]:
        """Prefix that runs a command inside (`ip netns exec` would hide the cgroup mounts)."""
        return ["nsenter", f"--net={self.namespace_path}", "--"]

    def up(self) -> None:
        _ip("netns", "add", self.namespace)
        _ip("link", "add", self.host_link, "type", "veth", "peer", "name", "uplink", "netns", self.namespace)
        _ip("address", "add", f"{self.host_address}/30", "dev", self.host_link)
        _ip("link", "set", self.host_link, "up")
        _ip("-n", self.namespace, "address", "add", f"{self.cluster_address}/30", "dev", "uplink")
        _ip("-n", self.namespace, "address", "add", f"{self.pod_gateway}/32", "dev", "lo")
        _ip("-n", self.namespace, "link", "set", "lo", "up")
        _ip("-n", self.namespace, "link", "set", "uplink", "up")
        _ip("-n", self.namespace, "route", "add", "default", "via", self.host_address)
        # Nothing asks a cloud's metadata service, and nobody waits for one that is not there.
        _ip("-n", self.namespace, "route", "add", "unreachable", "169.254.0.0/16")
        for network in (self.pods, self.services):
            _ip("route", "add", network, "via", self.cluster_address)
        self._sysctl("net/ipv4/ip_forward", "1")

    def _sysctl(self, key: str, value: str) -> None:
        command = [*self.enter(), "sh", "-c", f'echo "$1" > /proc/sys/{key}', "sh", value]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"cannot set {key} in the cluster's network: {done.stderr.strip()}")

    def down(self) -> None:
        """Deleting the host's end takes the pair, its routes and addresses along."""
        if (Path("/sys/class/net") / self.host_link).exists():
            _ip("link", "delete", self.host_link)
        if self.namespace_path.exists():
            _ip("netns", "delete", self.namespace)

    @property
    def is_up(self) -> bool:
        return self.namespace_path.exists() and (Path("/sys/class/net") / self.host_link).exists()

    def inhabitants(self) -> list[int]:
        """The processes whose network this is."""
        try:
            wanted = os.stat(self.namespace_path)
        except FileNotFoundError:
            return []
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    seen = os.stat(entry / "ns/net")
                except OSError:
                    continue
                if (seen.st_dev, seen.st_ino) == (wanted.st_dev, wanted.st_ino):
                    found.append(int(entry.name))
        return found


def free_slot(taken: set[int]) -> int:
    """The first slot no other cluster has and whose networks no route of the host touches (default routes apart)."""
    routes = []
    for route in json.loads(_ip("-j", "route", "show", "table", "all") or "[]"):
        try:
            network = ipaddress.ip_network(route.get("dst", ""), strict=False)
        except ValueError:
            continue
        if network.version == 4 and network.prefixlen >= 12:
            routes.append(network)
    for slot in range(SLOTS):
        if slot in taken:
            continue
        mine = [ipaddress.ip_network(text) for text in (f"10.208.{slot}.0/24", f"10.209.{slot}.0/24", f"10.210.{slot}.0/30")]
        if not any(route.overlaps(network) for route in routes for network in mine):
            return slot
    raise Failure("no free network: every 10.208.x.0/24 to 10.210.x.0/30 overlaps a route of this machine")
