"""One API server, one namespace, one kind of task: where the floor, the twin and the operator are put to the same work."""

from __future__ import annotations

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from .api import Api, ApiError, Json, tasks_path
from .latency import Latency
from .native import Access, NativeError
from .process import Memory
from .subject import Subject
from .watcher import Watcher

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent


class ArenaError(Exception):
    """A subject did not do its work in time."""


@dataclass(frozen=True)
class Paced:
    first: Latency
    done: Latency


@dataclass(frozen=True)
class Burst:
    per_second: float
    processor_per_thousand: float
    peak: int  # KiB


@dataclass(frozen=True)
class Start:
    first_write: float  # ms from the start of the process
    memory: Memory


@dataclass
class Arena:
    kubeconfig: pathlib.Path
    namespace: str
    access: Access
    load: pathlib.Path
    network: str  # of the cluster, where etcd listens
    rounds: int = 0

    @property
    def collection(self) -> str:
        return tasks_path(self.namespace)

    def clear(self, served: bool = False) -> None:
        """Deletes every task. Where no operator is there to take its finalizer off (not `served`), that is done here."""
        api, kept = Api(self.kubeconfig), threading.local()

        def take_away(item: Json) -> None:
            if not hasattr(kept, "api"):
                kept.api = Api(self.kubeconfig)
            path = f"{self.collection}/{item['metadata']['name']}"
            try:
                if item["metadata"].get("finalizers") and not served:
                    kept.api.merge(path, {"metadata": {"finalizers": None}})
                kept.api.send("DELETE", path)
            except ApiError as error:
                if error.status != 404:
                    raise

        end = time.monotonic() + 600
        # One by one over several connections: asked to delete a collection, a server deletes one after the other.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while items := self._page(api):
                for _ in pool.map(take_away, items):
                    pass
                if time.monotonic() > end:
                    raise ArenaError("the tasks were not gone in ten minutes")
                if any(item["metadata"].get("deletionTimestamp") for item in items):
                    time.sleep(0.5)  # whoever has a finalizer on them is asked already

    def _page(self, api: Api) -> list[Json]:
        items: list[Json] = api.send("GET", self.collection + "?limit=500")["items"]
        return items

    def _post(self, spec: Json, count: int, per_second: float, connections: int, prefix: str = "round") -> dict[str, float]:
        """Moments of the 201s by name."""
        self.rounds += 1
        done = subprocess.run([self.load, *self.access.arguments, f"{prefix}{self.rounds}", "0", str(count), str(per_second), str(connections),
                               json.dumps(spec)], capture_output=True, text=True)
        if done.returncode != 0:
            raise NativeError(done.stderr)
        return {name: int(moment) / 1e9 for name, moment in (line.split() for line in done.stdout.splitlines())}

    def paced(self, subject: Subject, spec: Json, count: int, first: str, last: str) -> Paced:
        """Tasks at five a second."""
        with subject.running() as process:
            subject.settled(process, 1)
            watcher = Watcher(self.kubeconfig, self.collection)
            posted = self._post(spec, count, 5, 1)
            if not watcher.wait(last, count, 60):
                raise ArenaError(f"{subject.name}: {watcher.counts} of {count} tasks after 60 s; log: {subject.log}")
        return Paced(*(Latency(tuple((watcher.seen[name, phase] - moment) * 1000 for name, moment in posted.items()
                                     if (name, phase) in watcher.seen)) for phase in (first, last)))

    def burst(self, subject: Subject, spec: Json, count: int, last: str) -> Burst:
        """Tasks as fast as eight connections carry them, until the last one is done."""
        with subject.running() as process:
            subject.settled(process, 1)
            watcher = Watcher(self.kubeconfig, self.collection)
            before = process.processor_seconds()
            began = time.monotonic()
            self._post(spec, count, 0, 8)
            if not watcher.wait(last, count, 180):
                raise ArenaError(f"{subject.name}: {watcher.counts} of {count} tasks after 180 s; log: {subject.log}")
            took = max(moment for (_, phase), moment in watcher.seen.items() if phase == last) - began
            # The last reply may still be under way.
            subject.settled(process, 1)
            used = process.processor_seconds() - before
            return Burst(count / took, used / count * 1000, process.memory().peak)

    def start(self, subject: Subject, spec: Json, first: str) -> Start:
        """With what is there, one new task among it: how soon it is written to, and what stays in memory.

        Its name is the last of all: the server hands out what there is in the order of the names, and a floor that finds its task at
        the front has read nothing of the rest.
        """
        name = next(iter(self._post(spec, 1, 0, 1, prefix="z")))
        watcher = Watcher(self.kubeconfig, self.collection)
        began = time.monotonic()
        with subject.running() as process:
            if not watcher.wait(first, 1, 120):
                raise ArenaError(f"{subject.name}: no write within 120 s of its start; log: {subject.log}")
            memory = subject.settled(process)
        return Start((watcher.seen[name, first] - began) * 1000, memory)

    def seed(self, pattern: str, first: int, count: int) -> None:
        """Copies a finished task under new names, beside the API server, and waits until that shows them."""
        key = f"/current-extensions/aiops.dev/aiopstasks/{self.namespace}/{pattern}"
        done = subprocess.run(["nsenter", f"--net=/run/netns/{self.network}", "--", sys.executable, "-B", "-m", "measure.seed", key,
                               str(first), str(count)], cwd=SCRIPTS, capture_output=True, text=True)
        if done.returncode != 0:
            raise ArenaError(done.stderr)
        # It takes them up one by one: a hundred thousand in minutes.
        api, end = Api(self.kubeconfig), time.monotonic() + 60 + count / 200
        while True:
            try:
                # From the server's watch cache, which the subjects will be served from.
                api.send("GET", f"{self.collection}/seeded-{first + count - 1:06d}?resourceVersion=0")
                return
            except ApiError as error:
                if error.status != 404 or time.monotonic() > end:
                    raise
                time.sleep(0.2)
