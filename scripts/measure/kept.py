"""What parts of a measurement have found, kept on disk: a part that fails takes nothing of the others with it."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from dataclasses import dataclass, field

from .goals import Goal, Scorecard


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]

    @property
    def text(self) -> str:
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        return f"{self.title}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


@dataclass(frozen=True)
class Part:
    """One table, the goals that came of it, and the machine it was taken on."""

    name: str
    table: Table
    goals: list[Goal]
    taken_on: str


@dataclass
class Kept:
    """Parts by name, in the order of the document; what is measured again replaces what was there."""

    folder: pathlib.Path
    order: tuple[str, ...]
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.order:
            file = self.folder / f"{name}.json"
            if file.exists():
                found = json.loads(file.read_text())
                table = Table(found["table"]["title"], tuple(found["table"]["head"]), [tuple(row) for row in found["table"]["rows"]])
                self.parts[name] = Part(name, table, [Goal(**goal) for goal in found["goals"]], found["taken_on"])

    def add(self, part: Part) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{part.name}.json").write_text(json.dumps(dataclasses.asdict(part), indent=1))
        self.parts[part.name] = part

    def has(self, name: str, taken_on: str) -> bool:
        """Whether it was measured in the run that says this of its machine."""
        return name in self.parts and self.parts[name].taken_on == taken_on

    def text(self, names: tuple[str, ...]) -> str:
        """The tables of these parts, all their goals, and the machine; named with each table where it was not the same."""
        chosen = [self.parts[name] for name in names if name in self.parts]
        machines = {part.taken_on for part in chosen}
        tables = [part.table.text + (f"\n\nTaken on: {part.taken_on}." if len(machines) > 1 else "") for part in chosen]
        goals = Scorecard([goal for part in chosen for goal in part.goals])
        if goals.goals:
            tables.append(Table("Goals, for the twin unless said otherwise", ("goal", "limit", "measured", ""), goals.rows).text)
        if len(machines) == 1:
            tables.append(f"Taken on: {machines.pop()}.")
        return "\n\n".join(tables)
