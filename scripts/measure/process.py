"""The operator as a process of this machine, and the memory it takes."""

from __future__ import annotations

import contextlib
import pathlib
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Memory:
    """KiB, as in /proc/PID/status."""

    resident: int
    anonymous: int
    peak: int

    @property
    def text(self) -> str:
        return f"{self.resident / 1024:.1f} MiB ({self.anonymous / 1024:.1f} of it anonymous, the rest pages of files)"


class ProcessError(Exception):
    """It does not run any more; the text has its last lines."""


class Process:
    def __init__(self, process: subprocess.Popen[bytes], log: pathlib.Path) -> None:
        self.process, self.log = process, log

    def memory(self) -> Memory:
        self.check()
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        found = dict(re.findall(r"^(VmRSS|RssAnon|VmHWM):\s+(\d+) kB", status, re.MULTILINE))
        return Memory(int(found["VmRSS"]), int(found["RssAnon"]), int(found["VmHWM"]))

    def processor_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def check(self) -> None:
        if self.process.poll() is not None:
            raise ProcessError(f"the process ended with {self.process.returncode}:\n" + "\n".join(
                self.log.read_text(errors="replace").splitlines()[-10:]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(binary: pathlib.Path, kubeconfig: pathlib.Path, namespace: str, log: pathlib.Path) -> Iterator[Process]:
    """Yields when it says it is ready: its caches hold what the server has."""
    log.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with open(log, "wb") as sink:
        process = subprocess.Popen(
            [str(binary), "manager", f"--kubeconfig={kubeconfig}", f"--namespace={namespace}", f"--listen=127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
    operator = Process(process, log)
    try:
        end = time.monotonic() + 20
        while True:
            operator.check()
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).status == 200:
                    break
            if time.monotonic() > end:
                raise ProcessError(f"the operator was not ready within 20 s: {log}")
            time.sleep(0.05)
        yield operator
    finally:
        process.terminate()
        try:
            process.wait(35)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
