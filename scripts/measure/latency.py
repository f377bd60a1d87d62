"""Milliseconds from an accepted POST to what an independent watcher saw."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    samples: tuple[float, ...]

    def percentile(self, share: float) -> float:
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]

    @property
    def text(self) -> str:
        return f"{self.percentile(0.5):.1f} / {self.percentile(0.99):.1f}"

    def beside(self, floor: Latency) -> str:
        return f"×{self.percentile(0.5) / floor.percentile(0.5):.2f} / ×{self.percentile(0.99) / floor.percentile(0.99):.2f}"

    def __add__(self, other: Latency) -> Latency:
        return Latency(self.samples + other.samples)
