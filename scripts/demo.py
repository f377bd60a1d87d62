#!/usr/bin/env python3
"""Sets everything up on a real cluster and runs three tasks: find a fault, mend a fault, and see that there is none.

usage: demo.py up [--context NAME]      the cluster: NAME if given, else Kind where Docker answers, else a private one
       demo.py down [--context NAME]    takes down what `up` made

Exit codes: 0 done, 1 a step failed, 2 this machine or cluster lacks something (the message says what; nothing was changed).
"""

from __future__ import annotations

import argparse
import os
import sys
import time

sys.dont_write_bytecode = True

import preflight  # noqa: E402
from product import release, tasks  # noqa: E402
from product.clusters import NAME, Given, Images, Kind, Private, choose  # noqa: E402
from product.kubectl import Kubectl  # noqa: E402
from product.progress import ROOT, Failure, Missing, Progress  # noqa: E402

TASKS = ["detection", "mitigation", "noop"]
NAMESPACE = NAME
CONVERSATION = "detection-1"
READ_BACK = (
    f"kubectl -n {NAMESPACE} get configmap \"$(kubectl -n {NAMESPACE} get llmc {CONVERSATION} "
    "-o jsonpath='{.status.chunks[0].configMap}')\" -o jsonpath='{.binaryData.messages\\.jsonl\\.gz}' | base64 --decode | gunzip")
RENDER = """jq -r '"[\\(.seq) \\(.role)] \\(.content)\\n"'"""


def up(options: argparse.Namespace) -> None:
    cluster = choose(options.context, Images())
    progress = Progress(9, "demo")
    with progress.step("checking this machine"):
        cluster.check()
        progress.run("setup", [ROOT / "scripts" / "setup.sh"])
    with progress.step("building the operator (release)"):
        release.build(progress)
    with progress.step("making its image"):
        release.make_image(progress)
    with progress.step(f"bringing up the {cluster.title}"):
        kubectl = cluster.up(progress)
    with progress.step("loading the image"):
        cluster.load(progress, release.ARCHIVE)
    with progress.step("installing the chart"):
        release.install(progress, cluster, kubectl)
    with progress.step(f"applying a pool and {len(TASKS)} tasks in namespace {NAMESPACE}"):
        release.mark(kubectl, NAMESPACE, {})
        tasks.clear(kubectl, NAMESPACE)
        tasks.apply(kubectl, NAMESPACE, ["pool", *TASKS])
    try:
        with progress.step("waiting: kubectl wait --for=condition=Succeeded"):
            tasks.await_success(progress, kubectl, NAMESPACE, TASKS, seconds=480)
        with progress.step("waiting: kubectl wait --for=condition=CleanedUp"):
            tasks.await_cleaned(kubectl, NAMESPACE)
    except Failure as failure:
        raise Failure(f"{failure}\n{release.log_tail(kubectl)}", f"{cluster.hint()}; {failure.look}") from None
    show(cluster, kubectl)
    print(f"\nThe whole run took {time.monotonic() - progress.started:.0f} s. Again: make demo. Take it all down: make demo-down")


def show(cluster: Given | Kind | Private, kubectl: Kubectl) -> None:
    """What a user would type next, and the real answers."""
    print(f"\n$ {cluster.hint()}")
    columns = ",".join([
        "TASK:.metadata.name", "PROBLEM:.spec.problem.id", "VERDICT:.status.result.verdict",
        "SUBMITTED:.status.result.submission", "REASON:.status.result.reason"])
    for command in [
        f"kubectl -n {NAMESPACE} get aiopstasks",
        f"kubectl -n {NAMESPACE} get workerpools",
        f"kubectl -n {NAMESPACE} get llmconversations",
        f"kubectl -n {NAMESPACE} get aiopstasks -o custom-columns={columns}",
        f"{READ_BACK} | {RENDER}",
        "kubectl get namespaces",
    ]:
        answer = kubectl.shell(command)
        print(f"\n$ {command}\n{answer}")
        # A path that leads nowhere is no error to kubectl.
        if not answer.strip():
            raise Failure(f"{command}\nprinted nothing, though the run is finished")


def down(options: argparse.Namespace) -> None:
    if options.context:
        return down_given(Given(options.context, Images()).reach())
    there: list[Kind | Private] = [Private()] if Private().is_known() else []
    if Kind.is_possible() and Kind.is_up():
        there.append(Kind(Images()))
    if not there and os.geteuid() != 0:
        raise Missing("A private cluster belongs to root, who alone can see and take it down: `sudo make demo-down`")
    if not there:
        print("there is nothing of the demo to take down", file=sys.stderr)
    progress = Progress(len(there), "demo-down")
    for cluster in there:
        with progress.step(f"taking down the {cluster.title}"):
            cluster.down(progress)


def down_given(kubectl: Kubectl) -> None:
    progress = Progress(4, "demo-down")
    release.refuse_foreign(kubectl)
    with progress.step("deleting the tasks"):
        if kubectl.exists("crd", "aiopstasks.aiops.dev") and kubectl.exists("namespace", NAMESPACE):
            tasks.clear(kubectl, NAMESPACE, seconds=180)
    with progress.step("removing the release"):
        release.uninstall(progress, kubectl)
    with progress.step("deleting the namespaces"):
        kubectl.run("delete", "namespaces", f"--selector={release.MARK}=true", "--timeout=120s")
    with progress.step("deleting the CRDs"):
        left = [kind for kind in ("aiopstasks", "workerpools", "llmconversations")
                if kubectl.exists("crd", f"{kind}.aiops.dev") and kubectl.exists(kind, "--all-namespaces")]
        if left:
            progress.line(f"kept: other namespaces hold {', '.join(left)}")
        else:
            kubectl.run("delete", "crd", "--ignore-not-found", *(f"{k}.aiops.dev" for k in ("aiopstasks", "workerpools", "llmconversations")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--context", help="a context of your kubeconfig; without it no cluster of yours is touched")
    options = parser.parse_args()
    preflight.writable()
    try:
        (up if options.action == "up" else down)(options)
    except Failure as failure:
        print(f"\ndemo: {failure}", file=sys.stderr)
        if failure.look:
            print(f"\nlook at: {failure.look}", file=sys.stderr)
        return failure.code
    except KeyboardInterrupt:
        print("\ndemo: stopped; `make demo` goes on from what is there, `make demo-down` takes it down", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
