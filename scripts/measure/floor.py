"""The floor: a bare client that does the operator's first write and nothing else. One watch, one kept connection, no cache,
no queue, no checks.

usage: python3 -m measure.floor KUBECONFIG NAMESPACE      writes "ready" to stdout, runs until it is ended
"""

from __future__ import annotations

import pathlib
import sys
import time

from .api import Api, ApiError, tasks_path


def main() -> None:
    kubeconfig, namespace = pathlib.Path(sys.argv[1]), sys.argv[2]
    path = tasks_path(namespace)
    writer, watcher = Api(kubeconfig), Api(kubeconfig)
    version = writer.send("GET", path + "?limit=1")["metadata"]["resourceVersion"]
    print("ready", flush=True)
    for event in watcher.watch(path, version):
        if event["type"] != "ADDED":
            continue
        meta = event["object"]["metadata"]
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        condition = {"type": "Reconciling", "status": "True", "reason": "Queued", "message": "waiting for a worker",
                     "observedGeneration": 1, "lastTransitionTime": now}
        try:
            writer.merge(f"{path}/{meta['name']}/status", {
                "metadata": {"resourceVersion": meta["resourceVersion"]},
                "status": {"phase": "Queued", "observedGeneration": meta["generation"], "conditions": [condition]}})
        except ApiError as error:
            print(f"floor: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
