#!/usr/bin/env python3
"""What a status write costs the server: server-side apply or a merge patch with a resourceVersion.

The same status change is written to the same objects by both verbs in turn, so that load on the machine hits both alike.

usage: status_verbs.py KUBECONFIG [--rounds N]
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from measure.api import GROUP, Api, Json  # noqa: E402

OBJECTS = f"{GROUP}/namespaces/default/aiopstasks"
APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"


def status(round_: int) -> Json:
    conditions = [
        {
            "type": kind, "status": "True", "reason": "Done", "message": f"round {round_}", "observedGeneration": 1,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }
        for kind in ("Admitted", "EnvironmentReady", "ApplicationDeployed", "AgentCompleted", "Evaluated", "Succeeded")
    ]
    return {"phase": "Running", "observedGeneration": 1, "attempt": round_ % 9 + 1, "conditions": conditions}


def apply(api: Api, name: str, round_: int, _: Json) -> Json:
    body = {
        "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask", "metadata": {"name": name, "namespace": "default"},
        "status": status(round_),
    }
    return api.send("PATCH", f"{OBJECTS}/{name}/status?fieldManager=apply&force=true", body, APPLY)


def merge(api: Api, name: str, round_: int, last: Json) -> Json:
    identity = {"uid": last["metadata"]["uid"], "resourceVersion": last["metadata"]["resourceVersion"]}
    return api.send("PATCH", f"{OBJECTS}/{name}/status?fieldManager=merge", {"metadata": identity, "status": status(round_)}, MERGE)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("kubeconfig", type=pathlib.Path)
    options.add_argument("--rounds", type=int, default=400)
    arguments = options.parse_args()
    api = Api(arguments.kubeconfig)
    verbs = {"server-side apply": apply, "merge patch": merge}
    last: dict[str, Json] = {}
    for verb in verbs:
        name = verb.replace(" ", "-")
        spec = {"query": {"message": "measured"}}
        last[verb] = api.send("POST", OBJECTS, {
            "apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask", "metadata": {"name": name}, "spec": spec,
        })
    times: dict[str, list[float]] = {verb: [] for verb in verbs}
    for round_ in range(arguments.rounds):
        for verb, write in verbs.items():
            began = time.perf_counter()
            last[verb] = write(api, verb.replace(" ", "-"), round_, last[verb])
            times[verb].append((time.perf_counter() - began) * 1_000)
    for verb, taken in times.items():
        taken.sort()
        size = len(str(last[verb]["metadata"].get("managedFields", "")))
        print(
            f"{verb}: p50 {statistics.median(taken):.2f} ms, p99 {taken[len(taken) * 99 // 100]:.2f} ms, "
            f"managedFields {size} bytes"
        )
        api.send("DELETE", f"{OBJECTS}/{verb.replace(' ', '-')}")


if __name__ == "__main__":
    main()
