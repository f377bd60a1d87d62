"""Applying the demo's tasks, waiting for them with a sign of life, and saying why one did not make it."""

from __future__ import annotations

import time
from typing import Any

from .kubectl import Kubectl, condition
from .progress import ROOT, Failure, Progress

SAMPLES = ROOT / "manifests" / "samples"
RESOURCE = "aiopstasks"


def clear(kubectl: Kubectl, namespace: str, seconds: int = 60) -> None:
    """Deletes tasks of an earlier run, and waits until what they had made is gone."""
    kubectl.run("delete", RESOURCE, "--all", f"--namespace={namespace}", f"--timeout={seconds}s")


def apply(kubectl: Kubectl, namespace: str, names: list[str]) -> None:
    for name in names:
        kubectl.run("apply", f"--namespace={namespace}", f"--filename={SAMPLES / name}.yaml")


def await_success(progress: Progress, kubectl: Kubectl, namespace: str, names: list[str], seconds: int) -> None:
    """`kubectl wait` for all of them; ends early when one has failed."""
    waiting = kubectl.start("wait", "--for=condition=Succeeded", *(f"aiopstask/{name}" for name in names),
                            f"--namespace={namespace}", f"--timeout={seconds}s")
    end = time.monotonic() + seconds + 10
    shown = ""
    try:
        while waiting.poll() is None:
            items = kubectl.get(RESOURCE, f"--namespace={namespace}")["items"]
            phases = ", ".join(f"{i['metadata']['name']} {i.get('status', {}).get('phase', 'Pending')}" for i in items)
            progress.detail(phases)
            if phases != shown and not progress.is_terminal:
                progress.line(phases)
            shown = phases
            failed = [i for i in items if condition(i, "Succeeded").get("status") == "False" and i["metadata"]["name"] in names]
            if failed or time.monotonic() > end:
                break
            time.sleep(1)
    finally:
        if waiting.poll() is None:
            waiting.kill()
        output = waiting.communicate()[0]
    if waiting.returncode != 0:
        items = kubectl.get(RESOURCE, f"--namespace={namespace}")["items"]
        unhappy = [i for i in items if i["metadata"]["name"] in names and condition(i, "Succeeded").get("status") != "True"]
        text = "\n".join(explain(item) for item in unhappy) or output.strip()
        raise Failure(f"not every task succeeded within {seconds} s\n{text}",
                      f"kubectl describe aiopstask --namespace {namespace}")


def await_cleaned(kubectl: Kubectl, namespace: str, seconds: int = 240) -> None:
    """A kubelet of 1.20 on a busy machine needs a minute or two for the pods of a namespace; the verdicts are in by then."""
    done = kubectl.try_run("wait", "--for=condition=CleanedUp", RESOURCE, "--all", f"--namespace={namespace}", f"--timeout={seconds}s")
    if done.returncode != 0:
        items = kubectl.get(RESOURCE, f"--namespace={namespace}")["items"]
        left = "\n".join(explain(item) for item in items if condition(item, "CleanedUp").get("status") != "True")
        raise Failure(f"the tasks did not clean up within {seconds} s\n{left}", "kubectl get namespaces")


def explain(item: dict[str, Any]) -> str:
    status = item.get("status", {})
    lines = [f"task {item['metadata']['name']}: phase {status.get('phase', 'none')}"]
    for one in status.get("conditions", []):
        lines.append(f"  {one['type']}={one['status']} {one['reason']}: {one['message']}"[:300])
    return "\n".join(lines)
