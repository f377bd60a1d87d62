"""What the figures should be, and whether they are.

A figure that depends on the machine is held to its ratio to the floor of the same run. The limits come from one quiet
machine with two cores, on which the goal and the floor were both known (docs/benchmarks.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def row(self) -> tuple[str, ...]:
        return (self.what, f"{'≥' if self.at_least else '≤'} {self._text(self.limit)}", self._text(self.measured), "met" if self.is_met else "**missed**")

    def _text(self, value: float) -> str:
        if self.unit == "×":
            return f"×{value:.2f}"
        number = f"{value:,.0f}" if value >= 1000 else f"{value:.2f}".rstrip("0").rstrip(".") if value < 10 else f"{value:.1f}"
        return f"{number} {self.unit}".strip()


@dataclass
class Scorecard:
    goals: list[Goal] = field(default_factory=list)

    def ratio(self, what: str, measured: float, limit: float, at_least: bool = False) -> None:
        self.goals.append(Goal(what, measured, limit, "×", at_least))

    def absolute(self, what: str, measured: float, limit: float, unit: str, at_least: bool = False) -> None:
        self.goals.append(Goal(what, measured, limit, unit, at_least))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        met = sum(goal.is_met for goal in self.goals)
        return [*(goal.row for goal in self.goals), (f"**{met} of {len(self.goals)} goals met**", "", "", "")]
