"""What is measured, as a process of this machine: the floor, the twin, the operator."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from .process import Memory, Process


@dataclass(frozen=True)
class Subject:
    """A controller that brings a new task from nothing to Running and on to Succeeded."""

    name: str
    command: tuple[str, ...]
    log: pathlib.Path

    @contextlib.contextmanager
    def running(self) -> Iterator[Process]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as sink:
            child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink)
        process = Process(child, self.log)
        try:
            yield process
            process.check()
        finally:
            child.terminate()
            try:
                child.wait(35)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def settled(self, process: Process, seconds: float = 5) -> Memory:
        """Memory once it has not used the processor for a while: what it holds, not what it is doing."""
        used, quiet = process.processor_seconds(), time.monotonic()
        end = time.monotonic() + 120
        while time.monotonic() < min(quiet + seconds, end):
            time.sleep(0.25)
            now = process.processor_seconds()
            if now - used > 0.02:
                used, quiet = now, time.monotonic()
        return process.memory()
