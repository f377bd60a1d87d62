"""Bringing a cluster up, judging its health, and taking it down without touching anything else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from . import build, paths
from .artifacts import Artifact
from .api import Api
from .console import Failure, Missing, Steps, note
from .controlplane import ControlPlane
from .processes import Process, marked
from .state import State

PROFILES = ("api", "node")


def artifacts(profile: str, plain: bool) -> tuple[Artifact, ...]:
    wanted = [build.RUNTIME, build.KUBERNETES]
    if not plain:
        wanted.append(build.EXTENSIONS)
    return tuple(wanted)


def is_healthy(state: State) -> bool:
    return (
        state.complete and state.is_of_this_boot and state.network.is_up
        and all(process.is_alive for process in state.processes) and Api(state.kubeconfig).is_ready()
    )


def up(name: str, profile: str, plain: bool) -> State:
    """A healthy cluster of that name and kind: the running one, else a new one."""
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
        build.prepare_host(wanted)
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
    node = state.profile == "node"
    steps = Steps(len(wanted) + 5 + (0 if state.plain else 1) + (0 if not node else 4))
    build.build(steps, wanted)
    plane = ControlPlane(state)
    with steps.step("making the network and the certificates"):
        state.network.up()
        plane.prepare()
    with steps.step("starting etcd"):
        plane.start_etcd()
    with steps.step("starting kube-apiserver"):
        plane.start_api_server()
        if not state.plain:
            plane.start_extension_server()
        plane.await_api_server()
    with steps.step("starting kube-controller-manager"):
        plane.start_controller_manager()
    if not state.plain:
        with steps.step("routing CRDs to the current CRD server"):
            plane.route_crds()
    with steps.step("waiting for the default ServiceAccount"):
        plane.await_controllers()
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
        for process in reversed(state.processes):
            if process.name != "etcd":  # it goes last, so that the others can still end in order
                process.signal(signal.SIGTERM)
        for process in reversed(state.processes):
            process.stop(grace=5)
        for process in _leftovers(state):
            process.signal(signal.SIGKILL)
        end = time.monotonic() + 10
        while left := _leftovers(state):
            if time.monotonic() > end:
                raise Failure("still running: " + ", ".join(f"{process.name} ({process.pid})" for process in left))
            time.sleep(0.05)
        state.network.down()
    _unmount_below(state.folder)
    shutil.rmtree(paths.run(state.name), ignore_errors=True)
    _remove(state.folder)


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
