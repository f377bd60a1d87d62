"""The loop of an agent and the record it keeps: what `LoopBench` says of them."""

from __future__ import annotations

import json
import pathlib
import subprocess
from dataclasses import dataclass


class LoopBenchError(Exception):
    """It did not do its work; the text is its own."""


@dataclass(frozen=True)
class Turns:
    """Milliseconds from a model's reply to the next request: p50, p99."""

    whole: tuple[float, float]
    server: tuple[float, float]  # what of it the API server took
    own: tuple[float, float]


@dataclass(frozen=True)
class Appends:
    per_second: float
    written_per_byte: float | None  # bytes of all objects written ÷ bytes of the conversations; None of too many to be sealed


@dataclass(frozen=True)
class LoopBench:
    program: pathlib.Path
    place: str  # a kubeconfig, or `memory`
    namespace: str

    def _figures(self, what: str, *arguments: int) -> dict[str, float]:
        done = subprocess.run([str(self.program), what, self.place, self.namespace, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise LoopBenchError(f"LoopBench {what}: {done.stderr[-2000:]}")
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    def turns(self, steps: int) -> Turns:
        figures = self._figures("latency", steps)
        return Turns(*((figures[f"{of}50Milliseconds"], figures[f"{of}99Milliseconds"]) for of in ("p", "serverP", "ownP")))

    def appends(self, conversations: int, steps: int) -> Appends:
        figures = self._figures("append", conversations, steps)
        return Appends(figures["messagesPerSecond"], figures.get("writtenPerByte"))
