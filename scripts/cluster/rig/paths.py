"""Where things live: built artifacts and cluster states in the user's cache, sockets under /run."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
IMAGES_SCRIPTS = HERE.parent / "images"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "aiops-operator"


def clusters() -> Path:
    return cache() / "clusters"


def free_bytes(path: Path) -> int:
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Serialises runs; the kernel drops the lock when its holder dies, however it dies."""
    folder = cache() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def machine_lock(name: str) -> Iterator[None]:
    """Like `locked`, between all caches of this machine."""
    folder = Path("/run/aiops-operator")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
