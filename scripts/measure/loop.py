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
    # Bytes of all objects written ÷ bytes of the conversations, as etcd keeps them and in JSON; None of too many to be sealed.
    stored_per_byte: float | None
    told_per_byte: float | None


@dataclass(frozen=True)
class LoopBench:
    program: pathlib.Path
    place: str  # a kubeconfig, or `memory`
    namespace: str

    def _figures(self, what: str, *arguments: int | str) -> dict[str, float]:
        done = subprocess.run([str(self.program), what, self.place, self.namespace, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise LoopBenchError(f"LoopBench {what}: {done.stderr[-2000:]}")
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    def turns(self, steps: int) -> Turns:
        figures = self._figures("latency", steps)
        return Turns(*((figures[f"{of}50Milliseconds"], figures[f"{of}99Milliseconds"]) for of in ("p", "serverP", "ownP")))

    def appends(self, conversations: int, steps: int, content: str = "text") -> Appends:
        figures = self._figures("append", conversations, steps, 0, content)
        return Appends(figures["messagesPerSecond"], figures.get("storedPerByte"), figures.get("toldPerByte"))
