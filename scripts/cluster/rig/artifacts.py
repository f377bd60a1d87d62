"""Things built once and kept in the cache: each in a folder named by its version and a hash of its recipe.

A folder appears by one rename when it is complete; what an interrupted run leaves behind is removed by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import paths


@dataclass(frozen=True)
class Artifact:
    name: str
    recipe: str  # the text whose change makes this another artifact
    make: Callable[[Path, Path], dict[str, str]]  # (work folder, output folder) -> what went in, for the record

    @property
    def key(self) -> str:
        return f"{self.name}-{hashlib.sha256(self.recipe.encode()).hexdigest()[:12]}"

    @property
    def folder(self) -> Path:
        return paths.cache() / "artifacts" / self.key

    @property
    def is_built(self) -> bool:
        return (self.folder / "artifact.json").is_file()

    def mark_used(self) -> None:
        os.utime(self.folder / "artifact.json")

    def build(self) -> Path:
        """The folder, built first when needed. A second caller waits for the first and then finds it done."""
        if self.is_built:
            return self.folder
        with paths.locked(f"artifact-{self.key}"):
            if self.is_built:
                return self.folder
            work = self.folder.with_name(f".building-{self.key}")
            shutil.rmtree(work, ignore_errors=True)
            output = work / "output"
            output.mkdir(parents=True)
            start = time.time()
            try:
                record = self.make(work, output)
                record["seconds"] = f"{time.time() - start:.0f}"
                (output / "artifact.json").write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
                shutil.rmtree(self.folder, ignore_errors=True)
                os.rename(output, self.folder)
            except BaseException:
                log = work / "log"
                if log.is_file():  # keep the evidence, not the gigabytes
                    shutil.copy(log, self.folder.with_name(f"{self.key}.failed.log"))
                raise
            finally:
                shutil.rmtree(work, ignore_errors=True)
        return self.folder


def forget_old(keep: set[str], days: int = 30) -> None:
    """Removes what no run has used for some weeks: other branches of the project may still want the newer ones."""
    for record in (paths.cache() / "artifacts").glob("*/artifact.json"):
        if record.parent.name not in keep and record.stat().st_mtime < time.time() - days * 86400:
            shutil.rmtree(record.parent, ignore_errors=True)
