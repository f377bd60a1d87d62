"""Bringing a cluster up, judging its health, and taking it down without touching anything else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from . import build, host, paths
from .api import Api
from .artifacts import Artifact
from .console import Failure, Missing, Steps, note
from .controlplane import ControlPlane
from .node import Node, remove_traces, stop_containers
from .processes import Process, marked
from .state import State

PROFILES = ("api", "node")


def artifacts(profile: str, plain: bool) -> tuple[Artifact, ...]:
    wanted = [build.RUNTIME, build.KUBERNETES]
    if not plain:
        wanted.append(build.EXTENSIONS)
    if profile == "node":
        wanted.append(build.IMAGES)
    return tuple(wanted)


def keys_in_use() -> set[str]:
    return {key for state in State.all() for key in state.binaries}


def is_healthy(state: State) -> bool:
    return (
        state.complete and state.is_of_this_boot and state.network.is_up
        and all(process.is_alive for process in state.processes) and Api(state.own_kubeconfig).is_ready()
    )


def up(name: str, profile: str, plain: bool) -> State:
    """A healthy cluster of that name and kind: the running one, else a new one."""
    host.require_system()
    with paths.locked(f"cluster-{name}"):
        old = State.load(name)
        if old is not None:
            if is_healthy(old):
                if old.plain != plain or (old.profile != profile and profile != "api"):
                    raise Missing(
                        f"A cluster named {name} is running as profile {old.profile}{' --plain-1.20' if old.plain else ''}.\n"
                        f"Take it down first (cluster.py down --name {name}) or choose another name."
                    )
                note(f"cluster {name} is up already")
                return old
            note(f"cluster {name} is there but not healthy: starting afresh")
            _down(old)
        wanted = artifacts(profile, plain)
        build.prepare_host(wanted, node=profile == "node")
        state = State.new(name, profile, plain, [artifact.key for artifact in wanted])
        try:
            _start(state, wanted)
        except BaseException:
            if os.environ.get("AIOPS_CLUSTER_KEEP_FAILED") != "1":
                evidence = paths.cache() / "failed" / name
                shutil.rmtree(evidence, ignore_errors=True)
                with suppress(OSError):
                    shutil.copytree(state.folder / "logs", evidence)
                    note(f"the logs are kept in {evidence}")
                _down(state)
            raise
        return state


def _start(state: State, wanted: tuple[Artifact, ...]) -> None:
    node = Node(ControlPlane(state)) if state.profile == "node" else None
    plane = node.plane if node else ControlPlane(state)
    steps = Steps(len(wanted) + (5 if state.plain else 6) + (2 if node else 0))
    build.build(steps, wanted, keys_in_use())
    with steps.step("making the network and the certificates"):
        state.take_network()
        plane.prepare()
    with steps.step("starting etcd and containerd" if node else "starting etcd"):
        plane.start_etcd()
        if node:
            node.start_containerd()
    with steps.step("starting kube-apiserver and kubelet, importing images" if node else "starting kube-apiserver"):
        plane.start_api_server()
        if not state.plain:
            plane.start_extension_server()
        if node:
            node.await_containerd()
            node.start_kubelet()  # it looks for Docker for 5 s before it asks for the API
            node.import_images()
        plane.await_api_server()
    with steps.step("starting kube-controller-manager"):
        plane.start_controller_manager()
    if node:
        with steps.step("starting kube-scheduler, kube-proxy and cluster DNS"):
            node.start_scheduler()
            node.start_proxy()
            node.start_dns()
    if not state.plain:
        with steps.step("routing CRDs to the current CRD server"):
            plane.route_crds()
    with steps.step("waiting for the default ServiceAccount"):
        plane.await_controllers()
    if node:
        with steps.step("waiting for the node"):
            node.await_ready()
    state.complete = True
    state.save()


def down(name: str) -> bool:
    """False when there was nothing."""
    with paths.locked(f"cluster-{name}"):
        state = State.load(name)
        if state is None:
            return False
        _down(state)
        return True


def _down(state: State) -> None:
    """Safe to repeat, and safe for a state of an earlier boot or of a run that died half-way."""
    if state.is_of_this_boot:
        last = ("containerd", "kube-apiserver", "etcd")  # so that the others can still end in order
        ordered = sorted(reversed(state.processes), key=lambda process: last.index(process.name) if process.name in last else -1)
        for process in ordered:
            if process.name not in last:
                process.signal(signal.SIGTERM)
        for process in ordered:
            if process.name == "containerd":
                stop_containers(state)  # the kubelet is gone and starts none again
            process.stop(grace=5)
        if state.profile == "node":
            stop_containers(state)
        _end_leftovers(state)
        state.network.down()
    _unmount_below(state.folder)
    if state.profile == "node":
        remove_traces(state)
    _remove(state.folder)


def _end_leftovers(state: State) -> None:
    end = time.monotonic() + 10
    while left := _leftovers(state):
        for process in left:
            process.signal(signal.SIGKILL)
        if time.monotonic() > end:
            raise Failure("still running: " + ", ".join(f"{process.name} ({process.pid})" for process in left))
        time.sleep(0.05)


def _leftovers(state: State) -> list[Process]:
    """Processes in the cluster's network that carry its mark: started by it, but not written down (a run was killed)."""
    return marked(state.network.inhabitants(), state.instance)


def mounts_below(folder: Path) -> list[str]:
    prefix = f"{folder}/"
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted((point for point in points if point.startswith(prefix)), reverse=True)


def _unmount_below(folder: Path) -> None:
    for point in mounts_below(folder):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def _remove(folder: Path) -> None:
    """The record goes last: whatever interrupts this, the next `down` still finds it."""
    if mounts_below(folder):
        raise Failure(f"something is still mounted below {folder}")
    for entry in folder.iterdir():
        if entry.name != "state.json":
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    shutil.rmtree(folder)
