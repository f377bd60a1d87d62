"""The runtime alone, without a network: what `RuntimeBench` says of it."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

ROWS = ("slim", "packed", "whole")


class RuntimeBenchError(Exception):
    """It did not do its work; the text is its own."""


@dataclass(frozen=True)
class Rows:
    """What one kind of row costs."""

    bytes_each: float
    first_peak: float  # ÷ at rest
    second_peak: float  # ÷ at rest


@dataclass(frozen=True)
class RuntimeBench:
    program: pathlib.Path

    def _figures(self, *arguments: object, one_core: bool = False) -> dict[str, float]:
        pin = [shutil.which("taskset") or "taskset", "-c", "0"] if one_core else []
        done = subprocess.run([*pin, str(self.program), *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeBenchError(f"RuntimeBench {' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    def no_ops_per_second(self, total: int) -> float:
        """Of a core's time, which other programs may take from it."""
        return self._figures("noop", total, one_core=True)["reconcilesPerProcessorSecond"]

    def latency(self, events: int) -> tuple[float, float]:
        """Milliseconds from the bytes of a watch event to the entry of its reconcile: p50, p99."""
        figures = self._figures("latency", events)
        return figures["p50Microseconds"] / 1000, figures["p99Microseconds"] / 1000

    def rows(self, kind: str, count: int) -> Rows:
        figures = self._figures("memory", kind, count)
        steady = figures["residentKilobytes"]
        return Rows(figures["bytesPerRow"], figures["peakOfFirstListKilobytes"] / steady,
                    figures["peakOfSecondListKilobytes"] / figures["residentAfterSecondListKilobytes"])
