"""Processes of a cluster, known by pid **and** start time, so that a recycled pid is never signalled."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .console import Failure

MARK = "AIOPS_CLUSTER_INSTANCE"


def start_time(pid: int) -> int | None:
    """Clock ticks since boot at which the process began; None when it is gone or only waits to be reaped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


@dataclass(frozen=True)
class Process:
    name: str
    pid: int
    started: int

    @property
    def is_alive(self) -> bool:
        return start_time(self.pid) == self.started

    def signal(self, number: int) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self, grace: float) -> None:
        """Asks, waits, then insists."""
        self.signal(signal.SIGTERM)
        if not self._gone(grace):
            self.signal(signal.SIGKILL)
            if not self._gone(10):
                raise Failure(f"{self.name} (pid {self.pid}) does not end")

    def _gone(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.is_alive:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, os.WNOHANG)
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True


def spawn(name: str, command: list[str], log: Path, instance: str, cwd: Path,
          extra: dict[str, str] | None = None) -> Process:
    """Starts a process of its own session that outlives this one; its output goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    env = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(cwd), "LC_ALL": "C.UTF-8", MARK: instance,
        **(extra or {}),
    }
    with open(log, "ab") as file:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env=env, cwd=cwd, start_new_session=True)
    started = start_time(child.pid)
    if started is None:
        raise Failure(f"{name} ended at once: {tail(log)}")
    return Process(name, child.pid, started)


def marked(pids: list[int], instance: str) -> list[Process]:
    """Of these processes, those that carry the cluster's mark in their environment."""
    wanted = f"{MARK}={instance}".encode()
    found = []
    for pid in pids:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        started = start_time(pid)
        if wanted in environment and started is not None:
            found.append(Process(name, pid, started))
    return found


def tail(log: Path, size: int = 1500) -> str:
    return log.read_text(errors="replace")[-size:] if log.exists() else "(no log)"
