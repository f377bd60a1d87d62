"""What is written down about a cluster, so that a later run (or one after a crash or a reboot) can find and end it."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from . import host, paths
from .network import Network, free_slot
from .processes import Process


@dataclass
class State:
    """Written before anything is started, and again after each process; the file is replaced by rename, never half there."""

    name: str
    profile: str
    plain: bool
    binaries: list[str]
    slot: int = -1  # no network yet
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)
    boot: str = field(default_factory=host.boot_id)
    complete: bool = False
    processes: list[Process] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    made_folders: list[str] = field(default_factory=list)  # on the host, outside the cluster's own folder

    @property
    def folder(self) -> Path:
        return paths.clusters() / self.name

    @property
    def mark(self) -> str:
        """Part of the name of everything outside the folder (network namespace, link, cgroups, sockets): never another cluster's."""
        return f"{self.name}-{self.instance[:6]}"

    @property
    def network(self) -> Network:
        return Network(f"aiops-{self.mark}", f"aiops-{self.instance[:8]}", self.slot)

    @property
    def sockets(self) -> Path:
        """A short path, since a socket's may not exceed 107 bytes."""
        return Path("/run/aiops-operator") / self.mark

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def own_kubeconfig(self) -> Path:
        """The rig's: the other is its user's, who may have kubectl write it anew, in YAML and with a context of his own."""
        return self.folder / "pki" / "rig.kubeconfig"

    @property
    def audit_log(self) -> Path:
        return self.folder / "audit.log"

    @property
    def is_of_this_boot(self) -> bool:
        return self.boot == host.boot_id()

    def log(self, component: str) -> Path:
        return self.folder / "logs" / f"{component}.log"

    def process(self, name: str) -> Process | None:
        return next((process for process in self.processes if process.name == name), None)

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / ".state.json"
        temporary.write_text(json.dumps(asdict(self), indent=2) + "\n")
        os.replace(temporary, self.folder / "state.json")

    @staticmethod
    def load(name: str) -> State | None:
        path = paths.clusters() / name / "state.json"
        try:
            value = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        value["processes"] = [Process(**process) for process in value["processes"]]
        known = {item.name for item in fields(State)}
        return State(**{key: item for key, item in value.items() if key in known})

    @staticmethod
    def all() -> list[State]:
        folder = paths.clusters()
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return [state for name in names if (state := State.load(name)) is not None]

    @staticmethod
    def new(name: str, profile: str, plain: bool, binaries: list[str]) -> State:
        state = State(name, profile, plain, binaries)
        state.save()
        return state

    def take_network(self) -> None:
        """Chooses and makes the network in one step under a lock of the machine: other users' caches are not seen here, but
        the routes of their networks are. Chosen any earlier, two runs could take the same one while Kubernetes is being built."""
        with paths.machine_lock("networks"):
            self.slot = free_slot({state.slot for state in State.all()})
            self.save()
            self.network.up()
