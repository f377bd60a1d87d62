#!/usr/bin/env python3
"""Measures the operator on this machine and prints the table of docs/benchmarks.md.

usage: bench.py [--write] [--binary FILE] [--no-pods] [--tasks 200]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

from measure import machine  # noqa: E402
from measure.api import Api, ApiError, Json, tasks_path  # noqa: E402
from measure.latency import Latency, LatencyError, measure  # noqa: E402
from measure.process import ProcessError, running  # noqa: E402
from product import release, tasks  # noqa: E402
from product.clusters import Private  # noqa: E402
from product.kubectl import Kubectl  # noqa: E402
from product.progress import ROOT, Failure, Progress  # noqa: E402

NAMESPACE = "bench"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
SCRIPTS = ROOT / "scripts"
DETECTION = "shop_lite_target_port-misconfig-detection-1"
QUEUED: Json = {"problem": {"id": DETECTION}, "agent": {"model": {"provider": "Simulated"}}, "poolRef": {"name": "empty"}}
REFUSED: Json = {"problem": {"id": "no_such_problem-detection-1"}}
FINISHED = 1000
ROW = tuple[str, str, str]


def reset(kubectl: Kubectl) -> None:
    """No task, one pool without workers: what is posted is admitted and queued, and no pod is needed."""
    kubectl.run("apply", "--validate=false", f"--filename={ROOT / 'crds'}")
    kubectl.run("wait", "--for=condition=Established", "--timeout=30s", *(
        f"crd/{kind}.aiops.dev" for kind in ("aiopstasks", "workerpools", "llmconversations")))
    kubectl.run("apply", "--filename=-", stdin=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}))
    await_served(kubectl)
    clear(kubectl)
    kubectl.run("apply", "--filename=-", stdin=json.dumps({
        "apiVersion": "aiops.dev/v1alpha1", "kind": "WorkerPool", "metadata": {"name": "empty", "namespace": NAMESPACE},
        "spec": {"workers": {"backend": "Internal", "replicas": 0}}}))


def await_served(kubectl: Kubectl) -> None:
    """A kind is established a moment before it is served."""
    api, end = Api(kubectl.kubeconfig), time.monotonic() + 30
    while True:
        try:
            api.send("GET", tasks_path(NAMESPACE) + "?limit=1")
            return
        except ApiError as error:
            if error.status != 404 or time.monotonic() > end:
                raise
            time.sleep(0.2)


def clear(kubectl: Kubectl, served: bool = False) -> None:
    """Deletes every task. Where no operator is there to take its finalizer off (not `served`), that is done here."""
    api, path = Api(kubectl.kubeconfig), tasks_path(NAMESPACE)
    if not served:
        for item in api.send("GET", path)["items"]:
            if item["metadata"].get("finalizers"):
                api.merge(f"{path}/{item['metadata']['name']}", {"metadata": {"finalizers": None}})
    api.send("DELETE", path)
    end = time.monotonic() + 120
    while api.send("GET", path + "?limit=1")["items"]:
        if time.monotonic() > end:
            raise Failure("the tasks were not gone within 120 s")
        time.sleep(0.5)


@contextlib.contextmanager
def floor(kubeconfig: pathlib.Path) -> Iterator[None]:
    child = subprocess.Popen([sys.executable, "-B", "-m", "measure.floor", str(kubeconfig), NAMESPACE], cwd=SCRIPTS,
                             stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        if child.stdout.readline().strip() != "ready":
            raise Failure("the floor did not start")
        yield
    finally:
        child.terminate()
        child.wait()


def finish_many(kubeconfig: pathlib.Path, count: int) -> None:
    """Tasks of a problem that does not exist: refused, so finished, without a pod."""
    def post(share: int) -> None:
        api = Api(kubeconfig)
        for number in range(share, count, 4):
            api.send("POST", tasks_path(NAMESPACE), {"apiVersion": "aiops.dev/v1alpha1", "kind": "AIOpsTask",
                                                     "metadata": {"name": f"finished-{number:04d}"}, "spec": REFUSED})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(4)))
    api, end = Api(kubeconfig), time.monotonic() + 120
    while True:
        items = api.send("GET", tasks_path(NAMESPACE))["items"]
        if sum(1 for item in items if item.get("status", {}).get("phase") == "Failed") >= count:
            return
        if time.monotonic() > end:
            raise Failure(f"{count} refused tasks were not finished within 120 s")
        time.sleep(0.5)


def compare(what: str, found: Latency, bare: Latency) -> ROW:
    ratio = found.percentile(0.5) / bare.percentile(0.5)
    return what, f"{found.text} ms", f"{bare.text} ms; ×{ratio:.2f} at p50"


def without_pods(progress: Progress, options: argparse.Namespace, binary: pathlib.Path) -> list[ROW]:
    cluster = Private("aiops-bench", profile="api")
    cluster.check()
    with progress.step(f"bringing up the {cluster.title}"):
        kubectl = cluster.up(progress)
        reset(kubectl)
    config, count, log = kubectl.kubeconfig, options.tasks, progress.logs / "operator.log"
    with progress.step(f"floor: {count} tasks, 5 a second"), floor(config):
        bare = measure(config, NAMESPACE, "floor", QUEUED, count, 5)
    clear(kubectl)
    with running(binary, config, NAMESPACE, log) as operator:
        with progress.step("memory at rest, no task"):
            time.sleep(10)
            empty = operator.memory()
        with progress.step(f"operator: {count} tasks, 5 a second"):
            before = operator.processor_seconds()
            queued = measure(config, NAMESPACE, "queued", QUEUED, count, 5)
            seconds = operator.processor_seconds() - before
        with progress.step(f"operator: {count} refused tasks, 5 a second"):
            refused = measure(config, NAMESPACE, "refused", REFUSED, count, 5)
        with progress.step(f"{FINISHED} finished tasks"):
            clear(kubectl, served=True)
            finish_many(config, FINISHED)
            time.sleep(10)
            grown = operator.memory()
    with progress.step(f"memory at rest, started with {FINISHED} finished tasks"), running(binary, config, NAMESPACE, log) as operator:
        time.sleep(10)
        full = operator.memory()
    clear(kubectl)
    return [
        ("Resident memory at rest, no task", empty.text, "target ≤ 25 MiB"),
        (f"… started with {FINISHED} finished tasks", full.text, ""),
        (f"… after finishing {FINISHED} tasks", grown.text, ""),
        compare("Accepted POST → first status write, p50 / p99", queued, bare),
        compare("… of a task that is refused", refused, bare),
        (f"Processor time for {count} queued tasks", f"{seconds:.2f} s", ""),
        ("Program, stripped", f"{binary.stat().st_size / 1e6:.1f} MB", ""),
    ]


def with_pods(progress: Progress, runs: int) -> list[ROW]:
    """From `kubectl apply` to the verdict, with the operator as a pod, an application of real pods, a fault and an agent."""
    cluster = Private()
    with progress.step(f"bringing up the {cluster.title}"):
        kubectl = cluster.up(progress)
    with progress.step("image and chart"):
        cluster.load(progress, release.ARCHIVE)
        release.install(progress, cluster, kubectl)
        release.mark(kubectl, NAMESPACE, {})
        tasks.clear(kubectl, NAMESPACE)
        tasks.apply(kubectl, NAMESPACE, ["pool"])
    taken: list[float] = []
    for run in range(runs):
        with progress.step(f"detection, run {run + 1} of {runs}"):
            start = time.monotonic()
            tasks.apply(kubectl, NAMESPACE, ["detection"])
            tasks.await_success(progress, kubectl, NAMESPACE, ["detection"], seconds=300)
            taken.append(time.monotonic() - start)
            tasks.await_cleaned(kubectl, NAMESPACE)
            tasks.clear(kubectl, NAMESPACE)
    kubectl.run("delete", "namespace", NAMESPACE, "--timeout=60s")
    return [("`kubectl apply` → verdict, simulated target-port detection", ", ".join(f"{seconds:.1f} s" for seconds in taken), "")]


def table(rows: list[ROW]) -> str:
    return "\n".join(["| what | operator | beside it |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)])


def document(text: str) -> None:
    """Replaces the part between the marks; what people wrote around it stays."""
    begin, end = "<!-- bench begin -->", "<!-- bench end -->"
    old = DOCUMENT.read_text()
    head, _, rest = old.partition(begin)
    DOCUMENT.write_text(f"{head}{begin}\n{text}\n{end}{rest.partition(end)[2]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    parser.add_argument("--binary", type=pathlib.Path, help="this program instead of a release build")
    parser.add_argument("--no-pods", action="store_true", help="only what needs no pods")
    parser.add_argument("--tasks", type=int, default=200, help="tasks of a latency measurement")
    parser.add_argument("--runs", type=int, default=3, help="runs from apply to verdict")
    options = parser.parse_args()
    about = machine.describe()
    progress = Progress(8 if options.no_pods else 10 + options.runs, "bench")
    try:
        with progress.step("building the operator (release)"):
            progress.run("image", [SCRIPTS / "images" / "operator.py", "--output", release.ARCHIVE.parent,
                                   *(["--binary", options.binary] if options.binary else [])])
        rows = without_pods(progress, options, release.BINARY)
        if not options.no_pods:
            rows += with_pods(progress, options.runs)
    except (Failure, ApiError, LatencyError, ProcessError) as failure:
        print(f"\nbench: {failure}", file=sys.stderr)
        return failure.code if isinstance(failure, Failure) else 1
    text = f"{table(rows)}\n\nTaken on: {about}."
    print(f"\n{text}")
    if options.write:
        document(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
