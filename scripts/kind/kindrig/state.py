"""What is written down about a private engine, as for a private cluster: a later run finds and ends it, after a crash too."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from rig import paths, state
from rig.processes import Process


def engines() -> Path:
    return paths.cache() / "engines"


@dataclass
class EngineState(state.State):
    @property
    def folder(self) -> Path:
        return engines() / self.name

    @property
    def socket(self) -> Path:
        return self.sockets / "docker.sock"

    @property
    def docker_host(self) -> str:
        return f"unix://{self.socket}"

    @property
    def kind_config(self) -> Path:
        return self.folder / "kind.yaml"

    @staticmethod
    def load(name: str) -> EngineState | None:
        try:
            value = json.loads((engines() / name / "state.json").read_text())
        except FileNotFoundError:
            return None
        value["processes"] = [Process(**process) for process in value["processes"]]
        known = {item.name for item in fields(EngineState)}
        return EngineState(**{key: item for key, item in value.items() if key in known})

    @staticmethod
    def all() -> list[state.State]:
        folder = engines()
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return [found for name in names if (found := EngineState.load(name)) is not None]
