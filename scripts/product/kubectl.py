"""kubectl, always with the cluster named: the user's current context is never used."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from collections.abc import Sequence
from typing import Any

from .progress import Failure


class Kubectl:
    """One kubectl bound to one kubeconfig file, which holds exactly the cluster that is meant."""

    def __init__(self, program: pathlib.Path, kubeconfig: pathlib.Path) -> None:
        self.program, self.kubeconfig = program, kubeconfig
        folder = str(program.parent)
        self.environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "PATH": f"{folder}:{os.environ.get('PATH', '')}"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen([str(self.program), *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def try_run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(self.program), *arguments], env=self.environment, input=stdin,
                              stdin=subprocess.DEVNULL if stdin is None else None, capture_output=True, text=True)

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        done = self.try_run(*arguments, stdin=stdin)
        if done.returncode != 0:
            raise Failure(f"kubectl {' '.join(arguments)}: {(done.stderr or done.stdout).strip()[-1500:]}")
        return done.stdout

    def get(self, *arguments: str) -> Any:
        return json.loads(self.run("get", *arguments, "--output=json"))

    def exists(self, *arguments: str) -> bool:
        return bool(self.run("get", *arguments, "--ignore-not-found", "--output=name").strip())

    def shell(self, command: str) -> str:
        """The output of a line as a user would type it, errors included."""
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failure(f"{command}\n{done.stdout.strip()[-1500:]}")
        return done.stdout.rstrip("\n")


def condition(item: dict[str, Any], kind: str) -> dict[str, Any]:
    found: Sequence[dict[str, Any]] = item.get("status", {}).get("conditions", [])
    return next((one for one in found if one["type"] == kind), {})
