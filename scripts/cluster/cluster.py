#!/usr/bin/env python3
"""The project's private Kubernetes on a Debian 12 machine: see docs/cluster.md.

Exit codes: 0 done, 1 a step failed, 2 this machine lacks something (the message says what), 3 `status`: not running.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from rig import build, lifecycle  # noqa: E402
from rig.console import Failure, Missing, Steps  # noqa: E402
from rig.node import load_image  # noqa: E402
from rig.selftest import SelfTest  # noqa: E402
from rig.state import State  # noqa: E402


def cluster_name(text: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,28}[a-z0-9])?", text):
        raise argparse.ArgumentTypeError("a name has 1 to 30 of a-z, 0-9 and -, begins with a letter and ends without -")
    return text


def describe(state: State) -> dict[str, object]:
    network = state.network
    return {
        "name": state.name, "profile": state.profile, "plain": state.plain, "healthy": lifecycle.is_healthy(state),
        "kubeconfig": str(state.kubeconfig), "context": f"aiops-{state.name}", "auditLog": str(state.audit_log),
        "logs": str(state.folder / "logs"), "netns": network.namespace,
        "hostAddress": network.host_address, "clusterAddress": network.cluster_address, "bridgeAddress": network.pod_gateway,
        "podNetwork": network.pods, "serviceNetwork": network.services, "images": state.images,
        "processes": {process.name: process.pid for process in state.processes},
    }


def existing(name: str) -> State:
    state = State.load(name)
    if state is None:
        raise Missing(f"There is no cluster named {name}. Start it: scripts/cluster/cluster.py up --name {name}")
    return state


def run_build(options: argparse.Namespace) -> int:
    wanted = lifecycle.artifacts("node", plain=False)
    build.prepare_host(wanted)
    build.build(Steps(len(wanted)), wanted, lifecycle.keys_in_use())
    for artifact in wanted:
        print(artifact.folder)
    return 0


def run_up(options: argparse.Namespace) -> int:
    state = lifecycle.up(options.name, options.profile, options.plain)
    print(state.kubeconfig)
    return 0


def run_down(options: argparse.Namespace) -> int:
    if not lifecycle.down(options.name):
        print(f"no cluster named {options.name}", file=sys.stderr)
    return 0


def run_status(options: argparse.Namespace) -> int:
    states = State.all() if options.name is None else [existing(options.name)]
    described = [describe(state) for state in states]
    if options.json:
        print(json.dumps(described if options.name is None else described[0], indent=2))
    else:
        for item in described:
            print(f"{item['name']}: {'up' if item['healthy'] else 'NOT HEALTHY'}, profile {item['profile']}")
            for key in ("kubeconfig", "auditLog", "logs", "hostAddress"):
                print(f"  {key}: {item[key]}")
    return 0 if all(item["healthy"] for item in described) else 3


def run_kubeconfig(options: argparse.Namespace) -> int:
    print(existing(options.name).kubeconfig)
    return 0


def run_load_image(options: argparse.Namespace) -> int:
    state = existing(options.name)
    if state.profile != "node" or not lifecycle.is_healthy(state):
        raise Missing(f"Cluster {options.name} runs no pods or is not healthy: `cluster.py up --profile node --name {options.name}`.")
    for archive in options.archives:
        for name in load_image(state, archive):
            print(name)
    return 0


def run_selftest(options: argparse.Namespace) -> int:
    state = existing(options.name)
    if not lifecycle.is_healthy(state):
        raise Missing(f"Cluster {options.name} is not healthy: `cluster.py up --name {options.name}` starts it again.")
    SelfTest(state).run()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="cluster.py", description="The project's private Kubernetes on a Debian 12 machine.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, summary: str, named: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run)
        if named:
            sub.add_argument("--name", type=cluster_name, default="default", help="which cluster (several may run side by side)")
        return sub

    command("build", run_build, "build and cache every binary and image", named=False)
    start = command("up", run_up, "start a cluster, or reuse the running one; prints its kubeconfig's path")
    start.add_argument("--profile", choices=lifecycle.PROFILES, default="api", help="api: no pods; node: real pods")
    start.add_argument("--plain-1.20", dest="plain", action="store_true", help="without the current CRD server")
    command("down", run_down, "end a cluster and remove its state")
    status = command("status", run_status, "what runs, and where its files are", named=False)
    status.add_argument("--name", type=cluster_name, help="only this cluster")
    status.add_argument("--json", action="store_true")
    command("selftest", run_selftest, "prove that a running cluster does what tests rely on")
    load = command("load-image", run_load_image, "import docker archives into a cluster with pods")
    load.add_argument("archives", type=Path, nargs="+", metavar="FILE.tar")
    command("kubeconfig", run_kubeconfig, "print the path of the administrator's kubeconfig")

    options = parser.parse_args()
    try:
        code: int = options.run(options)
        return code
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 2
    except Failure as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(f"{problem.filename}: {problem.strerror}. The private cluster belongs to root: run this as root.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
