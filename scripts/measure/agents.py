"""Many conversations at once in one process: what `AgentBench` says of them."""

from __future__ import annotations

import json
import pathlib
import subprocess
from dataclasses import dataclass

CONVERSATIONS = 1000


class AgentBenchError(Exception):
    """It did not do its work; the text is its own."""


@dataclass(frozen=True)
class Conversations:
    count: int
    messages: int
    bytes: int
    seconds: float
    peak: float  # MiB

    @property
    def per_second(self) -> float:
        return self.messages / self.seconds


def measure(program: pathlib.Path) -> Conversations:
    """Every one is open, and at its full length, before the first ends."""
    done = subprocess.run([str(program), str(CONVERSATIONS)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AgentBenchError(f"AgentBench: {done.stderr[-2000:]}")
    figures = json.loads(done.stdout)
    if figures["conversations"] != CONVERSATIONS:
        raise AgentBenchError(f"AgentBench: {figures['conversations']} of {CONVERSATIONS} conversations came to their end")
    return Conversations(figures["conversations"], figures["messages"], figures["bytes"], figures["seconds"],
                         figures["peakKilobytes"] / 1024)
