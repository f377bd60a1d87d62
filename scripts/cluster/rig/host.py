"""What the machine must offer, checked before anything is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .console import Failure, Missing, note

GIB = 1 << 30
BUILD_SPACE = 6 * GIB
RUN_SPACE = 1 * GIB

# command -> Debian package. The Go tool chains, containerd and etcd are not installed: they are extracted privately.
RUN_TOOLS = {"openssl": "openssl", "ip": "iproute2", "iptables": "iptables", "nsenter": "util-linux"}
NODE_TOOLS = {"conntrack": "conntrack"}
BUILD_TOOLS = {"make": "make", "rsync": "rsync", "jq": "jq", "patch": "patch", "xz": "xz-utils"}


def require_system() -> None:
    release: dict[str, str] = {}
    path = Path("/etc/os-release")
    if path.exists():
        for line in path.read_text().splitlines():
            key, _, value = line.partition("=")
            release[key] = value.strip('"')
    if release.get("ID") != "debian" or release.get("VERSION_ID") != "12":
        raise Missing(
            f"The private cluster is built from Debian 12 packages; this is {release.get('PRETTY_NAME', 'another system')}.\n"
            "Use a cluster of your own instead (CONTEXT=name), or a Debian 12 machine."
        )
    if os.geteuid() != 0:
        raise Missing(
            "The private cluster needs root (network namespaces, containers). Run the same command as root,\n"
            "for example with sudo, or use a cluster of your own (CONTEXT=name)."
        )
    status = Path("/proc/self/status").read_text()
    effective = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), 16)
    for name, bit in (("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21)):
        if not effective & 1 << bit:
            raise Missing(
                f"The private cluster needs {name}, which this root user lacks: probably a container. Run it on the machine itself\n"
                "or in a privileged container, or use a cluster of your own (CONTEXT=name)."
            )


def require_space(needed: int, purpose: str) -> None:
    free = paths.free_bytes(paths.cache())
    if free < needed:
        raise Missing(
            f"{purpose} needs {needed / GIB:.0f} GiB of disk at {paths.cache()}; {free / GIB:.1f} GiB are free.\n"
            "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk."
        )


def install_tools(tools: dict[str, str]) -> None:
    """Installs the Debian packages of commands that are not there yet."""
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    wanted = sorted({package for command, package in tools.items() if shutil.which(command, path=search) is None})
    if not wanted:
        return
    note(f"installing Debian packages: {' '.join(wanted)}")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["apt-get", "update", "-qq"],
                    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]):
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"`{' '.join(command)}` failed:\n{(done.stdout + done.stderr)[-2000:]}")


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
