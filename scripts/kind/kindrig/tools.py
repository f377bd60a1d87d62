"""kind, the Docker engine with its client, and mmdebstrap: Debian's packages, extracted and never installed.

Of the release after the machine's: its Docker asks for the capabilities that are there, where the machine's own asks for all and
fails without CAP_SYS_RESOURCE; its kind needs no newer C library than the machine has.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path

from rig import build, debian
from rig.artifacts import Artifact
from rig.console import Failure

SUITE = "trixie"
PACKAGES = ("kind", "docker.io", "docker-cli", "mmdebstrap")
NEEDED = ("usr/bin/kind", "usr/bin/docker", "usr/sbin/dockerd", "usr/bin/mmdebstrap")


def make(work: Path, output: Path) -> dict[str, str]:
    debs = debian.AptRoot(work / "apt", suite=SUITE).alone(*PACKAGES)
    debian.extract(debs, output, only=("./usr/bin", "./usr/sbin", "./usr/libexec"))
    for needed in NEEDED:
        if not (output / needed).is_file():
            raise Failure(f"the Debian packages carry no {needed}")
    return {deb.name.split("_")[0]: debian.version_of(deb) for deb in debs}


TOOLS = Artifact("kind-tools", "\n".join([inspect.getsource(make), SUITE, *PACKAGES, *NEEDED]), make)


def binary(name: str) -> Path:
    for folder in ("usr/bin", "usr/sbin"):
        if (path := TOOLS.folder / folder / name).is_file():
            return path
    raise Failure(f"{name} is not there: run `engine.py image`")


def search_path() -> str:
    """Where the engine and kind find each other and the container runtime."""
    runtime = build.RUNTIME.folder / "usr"
    folders = [TOOLS.folder / "usr/bin", TOOLS.folder / "usr/sbin", runtime / "bin", runtime / "sbin"]
    return os.pathsep.join([*map(str, folders), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
