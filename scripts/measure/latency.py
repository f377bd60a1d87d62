"""Time from an accepted POST of a task to the first write of its status, as an independent watch sees it."""

from __future__ import annotations

import pathlib
import threading
import time
from dataclasses import dataclass

from .api import Api, Json, tasks_path


@dataclass(frozen=True)
class Latency:
    samples: tuple[float, ...]  # milliseconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]

    @property
    def text(self) -> str:
        return f"{self.percentile(0.5):.1f} / {self.percentile(0.99):.1f}"


class LatencyError(Exception):
    """Some task never got a status."""


def measure(kubeconfig: pathlib.Path, namespace: str, prefix: str, spec: Json, count: int, per_second: float) -> Latency:
    """Posts `count` tasks at a steady pace. The clock of a task starts when its 201 has arrived."""
    path = tasks_path(namespace)
    poster, watcher = Api(kubeconfig), Api(kubeconfig)
    version = poster.send("GET", path + "?limit=1")["metadata"]["resourceVersion"]
    wanted = {f"{prefix}-{number:04d}" for number in range(count)}
    posted: dict[str, float] = {}
    seen: dict[str, float] = {}
    done = threading.Event()

    def watch() -> None:
        for event in watcher.watch(path, version):
            now = time.monotonic()
            item = event["object"]
            name = item["metadata"]["name"]
            # The schema gives a new object observedGeneration -1: anything else was written by somebody.
            if name in wanted and name not in seen and item.get("status", {}).get("observedGeneration", -1) >= 0:
                seen[name] = now
                if len(seen) == count:
                    break
        done.set()

    threading.Thread(target=watch, daemon=True).start()
    time.sleep(0.5)
    start = time.monotonic()
    for number, name in enumerate(sorted(wanted)):
        delay = start + number / per_second - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        poster.send("POST", path, {"apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask", "metadata": {"name": name}, "spec": spec})
        posted[name] = time.monotonic()
    if not done.wait(30):
        raise LatencyError(f"{count - len(seen)} of {count} tasks got no status within 30 s, such as {sorted(wanted - set(seen))[:3]}")
    return Latency(tuple((seen[name] - posted[name]) * 1000 for name in wanted))
