"""The images every private cluster has: pause, a busybox and the agents' sandbox."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from image import Layer, write

PAUSE = "pause:3.2"
BUSYBOX = "busybox:1.36"
SANDBOX = "aiops-sandbox:dev"

SANDBOX_PACKAGES = (
    "bash", "dash", "coreutils", "findutils", "grep", "sed", "mawk", "diffutils", "procps", "curl", "jq",
)
SANDBOX_USER = 65532
# What the closure brings along for maintainer scripts only.
_UNUSED = re.compile(
    r"^(base-passwd|debconf|debianutils|dpkg|gcc-\d+-base|init-system-helpers|libc-gconv-modules-extra|libdb5|libdebconfclient0|libgdbm"
    r"|lib[a-z]+(-[a-z]+)*-perl|libperl|openssl|perl|tar|ucf|usrmerge|usr-is-merged)")
_C_LIBRARY = re.compile(r"^usr/lib(64)?/([^/]+/)?(ld-linux[^/]*|libc\.so\.6|libresolv\.so\.2|libm\.so\.6)$")


def pause(binary: Path, target: Path) -> str:
    layer = Layer()
    layer.copy(binary, "pause")
    write(target, PAUSE, layer, Entrypoint=["/pause"], User="65535:65535")
    return PAUSE


def busybox(packages: list[Path], target: Path) -> str:
    """From the newest Debian package (its wget survives `-T`), linked dynamically, so that names resolve as everywhere."""
    layer = Layer()
    for deb in packages:
        if deb.name.startswith("busybox_"):
            layer.package(deb, lambda path: path == "usr/bin/busybox")
        elif deb.name.startswith("libc6_"):
            layer.package(deb, lambda path: _C_LIBRARY.match(path) is not None)
    for applet in _applets(layer, target.parent):
        if applet != "busybox":
            layer.link(f"usr/bin/{applet}", "busybox")
    layer.users()
    layer.folder("home")
    layer.folder("var/www")
    write(target, BUSYBOX, layer, Cmd=["sh"])
    return BUSYBOX


def _applets(layer: Layer, scratch: Path) -> list[str]:
    """Asked from the binary itself, run with its own C library (newer than this machine's)."""
    folder = scratch / "busybox-scratch"
    folder.mkdir()
    loader = ""
    for path, entry in layer.entries.items():
        if entry.content:
            name = path.rpartition("/")[2]
            (folder / name).write_bytes(entry.content)
            (folder / name).chmod(0o755)
            loader = name if name.startswith("ld-linux") else loader
    command = [str(folder / loader), "--library-path", str(folder), str(folder / "busybox"), "--list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    return listed


def sandbox(packages: list[Path], kubectl: Path, target: Path) -> str:
    layer = Layer()
    for deb in packages:
        if not _UNUSED.match(deb.name):
            layer.package(deb, lambda path: "/gconv/" not in path and not path.startswith("usr/lib/systemd"))
    layer.copy(kubectl, "usr/local/bin/kubectl")
    layer.link("usr/bin/sh", "dash")
    layer.link("usr/bin/awk", "mawk")
    layer.users(f"agent:x:{SANDBOX_USER}:{SANDBOX_USER}::/home/agent:/bin/bash")
    layer.folder("home/agent", owner=SANDBOX_USER)
    write(target, SANDBOX, layer, Cmd=["sleep", "infinity"], User=f"{SANDBOX_USER}:{SANDBOX_USER}", WorkingDir="/home/agent",
          Env=["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/agent", "LC_ALL=C.UTF-8"])
    return SANDBOX
