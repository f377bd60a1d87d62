"""A Docker engine of the project's own: its folders, network and processes touch no other engine of the machine."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import suppress

from rig import build, host, lifecycle, node, paths
from rig.console import Failure, Steps, note
from rig.processes import spawn, tail

from . import tools
from .node import ARCHIVE, EVERYTHING, NODE, image_name
from .state import EngineState

READY_SECONDS = 60
DOCKER_SECONDS = 120  # of one call of the client; the import has its own
IMPORT_SECONDS = 600
SPACE = 8 * host.GIB  # the archive, the image, and two clusters


def docker(state: EngineState, *arguments: str, seconds: float = DOCKER_SECONDS) -> subprocess.CompletedProcess[str]:
    env = {"PATH": tools.search_path(), "HOME": str(state.folder), "DOCKER_HOST": state.docker_host, "LC_ALL": "C.UTF-8"}
    command = [str(tools.binary("docker")), *arguments]
    try:
        return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise Failure(f"`docker {' '.join(arguments[:2])}` took longer than {seconds:.0f} s") from late


def answers(state: EngineState) -> bool:
    return docker(state, "version", "--format", "{{.Server.Version}}", seconds=20).returncode == 0


def is_healthy(state: EngineState) -> bool:
    process = state.process("dockerd")
    return (state.complete and state.is_of_this_boot and state.network.is_up and process is not None and process.is_alive
            and answers(state))


def has_image(state: EngineState) -> bool:
    return docker(state, "image", "inspect", image_name()).returncode == 0


def build_image(steps: Steps) -> None:
    """Everything up to the node image, from the cache or built."""
    host.require_system()
    missing = [artifact for artifact in EVERYTHING if not artifact.is_built]
    host.require_space(host.BUILD_SPACE + SPACE if missing else SPACE, "The Docker engine with its node image")
    tools_wanted = host.RUN_TOOLS | (host.BUILD_TOOLS if missing else {})
    host.install_tools(tools_wanted)
    keys = lifecycle.keys_in_use() | {key for state in EngineState.all() for key in state.binaries}
    # What only the private cluster needs stays too: it is used beside this.
    build.build(steps, EVERYTHING, keys | {build.EXTENSIONS.key})


def up(name: str) -> EngineState:
    """A healthy engine that has the node image: the running one, else a new one."""
    host.require_system()
    with paths.locked(f"engine-{name}"):
        state = EngineState.load(name)
        if state is not None and not is_healthy(state):
            note(f"engine {name} is there but not healthy: starting afresh")
            _down(state)
            state = None
        steps = Steps(len(EVERYTHING) + (1 if state is not None else 3))
        build_image(steps)
        if state is None:
            state = EngineState(name, "kind", False, [artifact.key for artifact in EVERYTHING])
            state.save()
            try:
                _start(state, steps)
            except BaseException:
                _down(state)
                raise
        if has_image(state):
            steps.done += 1
        else:
            with steps.step(f"importing {image_name()}"):
                _import(state)
        return state


def _start(state: EngineState, steps: Steps) -> None:
    with steps.step("making the engine's network"):
        state.take_network()
        state.sockets.mkdir(parents=True, exist_ok=True)
        node.make_cgroups(state)
    with steps.step("starting the Docker engine"):
        config = state.folder / "daemon.json"
        config.write_text(json.dumps({
            "data-root": str(state.folder / "data"), "exec-root": str(state.sockets / "exec"), "pidfile": str(state.sockets / "docker.pid"),
            "hosts": [state.docker_host], "cgroup-parent": node.cgroup_root(state), "userland-proxy": False,
            "storage-driver": "overlay2", "log-level": "warn", "shutdown-timeout": 5,
            "log-opts": {"max-size": "10m", "max-file": "1"}, "default-address-pools": [{"base": "172.30.0.0/16", "size": 24}],
        }, indent=2) + "\n")
        state.kind_config.write_text(kind_config(state))
        command = [*state.network.enter(), str(tools.binary("dockerd")), "--config-file", str(config)]
        process = spawn("dockerd", command, state.log("dockerd"), state.instance, state.folder, {"PATH": tools.search_path()})
        state.processes.append(process)
        state.save()
        end = time.monotonic() + READY_SECONDS
        while not answers(state):
            if not process.is_alive:
                raise Failure(f"the Docker engine ended: {tail(state.log('dockerd'))}")
            if time.monotonic() > end:
                raise Failure(f"the Docker engine does not answer after {READY_SECONDS} s: {tail(state.log('dockerd'))}")
            time.sleep(0.2)
        state.complete = True
        state.save()


def _import(state: EngineState) -> None:
    done = docker(state, "import", "--change", "ENV container=docker", "--change",
                  'ENTRYPOINT ["/usr/local/bin/entrypoint","/sbin/init"]', str(NODE.folder / ARCHIVE), image_name(), seconds=IMPORT_SECONDS)
    if done.returncode != 0:
        raise Failure(f"cannot import the node image: {done.stderr.strip()[-800:]}")


def kind_config(state: EngineState) -> str:
    """Clusters whose API server listens where the host reaches it: the engine's loopback is not the host's. Docker picks the port."""
    return (
        "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n"
        f'  apiServerAddress: "{state.network.cluster_address}"\n  apiServerPort: -1\n')


def down(name: str) -> bool:
    """False when there was nothing."""
    with paths.locked(f"engine-{name}"):
        state = EngineState.load(name)
        if state is None:
            return False
        _down(state)
        return True


def _down(state: EngineState) -> None:
    """Safe to repeat, and safe for a state of an earlier boot or of a run that died half-way."""
    if state.is_of_this_boot:
        process = state.process("dockerd")
        if process is not None and process.is_alive:
            with suppress(Failure):
                if names := docker(state, "ps", "--all", "--quiet").stdout.split():
                    docker(state, "rm", "--force", "--volumes", *names)
            process.stop(grace=20)
        node.stop_containers(state)
        lifecycle._end_leftovers(state)
        state.network.down()
    lifecycle._unmount_below(state.sockets)
    lifecycle._unmount_below(state.folder)
    node.remove_traces(state)
    if state.folder.exists():
        lifecycle._remove(state.folder)


def environment(state: EngineState) -> dict[str, str]:
    """What kind and the operator need to use this engine from the host."""
    return {
        "DOCKER_HOST": state.docker_host, "AIOPS_KIND": str(tools.binary("kind")), "AIOPS_DOCKER": str(tools.binary("docker")),
        "AIOPS_KIND_IMAGE": image_name(), "AIOPS_KIND_CONFIG": str(state.kind_config),
        "AIOPS_KIND_ENTER": " ".join(state.network.enter()),
    }


def describe(state: EngineState) -> dict[str, object]:
    healthy = is_healthy(state)
    names = docker(state, "ps", "--all", "--format", "{{.Names}}").stdout.split() if healthy else []
    return {
        "name": state.name, "healthy": healthy, "image": healthy and has_image(state), "containers": names,
        "logs": str(state.folder / "logs"), "netns": state.network.namespace, "address": state.network.cluster_address,
        "pid": process.pid if (process := state.process("dockerd")) else None, "environment": environment(state),
    }


def forget_environment_of_the_caller() -> None:
    """Nothing of another engine or proxy the caller uses may steer this one."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "KUBECONFIG"):
        os.environ.pop(name, None)
