"""etcd, the API server with the current CRD server behind it, and the controller-manager."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import crdroutes, paths
from .api import Api
from .build import binary
from .console import Failure
from .network import Network
from .pki import Authority, service_account_keys, write_kubeconfig
from .processes import Process, spawn, tail
from .state import State

API_PORT = 6443
EXTENSIONS_PORT = 6444
ISSUER = "https://kubernetes.default.svc.cluster.local"


class ControlPlane:
    """Everything of a cluster that needs no pods. All components share the cluster's network and keep the usual ports."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.pki = state.folder / "pki"

    @property
    def network(self) -> Network:
        """Asked for each time: it is taken after this object has been made."""
        return self.state.network

    # Credentials

    def prepare(self) -> None:
        state, network = self.state, self.network
        state.folder.chmod(0o700)
        self.authority = Authority(self.pki)
        self.front = Authority(self.pki, "front-proxy-ca")
        names = tuple(f"DNS:{name}" for name in (
            "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost",
        )) + tuple(f"IP:{address}" for address in ("127.0.0.1", network.cluster_address, network.pod_gateway, network.kubernetes_service))
        self.authority.issue("apiserver", "kube-apiserver", names=names)
        self.authority.issue("kubelet-client", "kube-apiserver-kubelet-client", "system:masters")
        self.front.issue("front-proxy-client", "front-proxy-client")
        service = f"{crdroutes.SERVICE}.{crdroutes.NAMESPACE}"
        self.authority.issue("extensions-server", "apiextensions", names=(f"DNS:{service}.svc", f"DNS:{service}"))
        service_account_keys(self.pki)
        outside, inside = (f"https://{address}:{API_PORT}" for address in (network.cluster_address, "127.0.0.1"))
        self.kubeconfig("admin", "aiops:admin", "system:masters", outside, state.kubeconfig)
        for component, user, group in (
            ("rig", "aiops:rig", "system:masters"),
            ("extensions", "aiops:extensions", "system:masters"),
            ("controller-manager", "system:kube-controller-manager", "system:masters"),
        ):
            self.kubeconfig(component, user, group, inside if component != "rig" else outside)

    def kubeconfig(self, file: str, user: str, group: str | None, server: str, path: Path | None = None) -> Path:
        pair = self.authority.issue(file, user, group)
        return write_kubeconfig(path or self.pki / f"{file}.kubeconfig", self.state.name, server, self.authority, user, pair)

    # Processes

    def spawn(self, name: str, command: list[str], prefix: list[str] | None = None,
              extra: dict[str, str] | None = None) -> Process:
        state = self.state
        process = spawn(name, [*(prefix or self.network.enter()), *command], state.log(name), state.instance, state.folder, extra)
        state.processes.append(process)
        state.save()
        return process

    def wait(self, process: Process, what: str, test: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not test():
            if not process.is_alive:
                raise Failure(f"{process.name} ended: {tail(self.state.log(process.name))}")
            if time.monotonic() > end:
                raise Failure(f"{what} not seen within {seconds:.0f} s; log: {self.state.log(process.name)}\n"
                              f"{tail(self.state.log(process.name))}")
            time.sleep(0.05)

    def start_etcd(self) -> None:
        # Nothing here survives the machine, so etcd need not wait for the disk.
        process = self.spawn("etcd", [
            binary("etcd"), "--data-dir", str(self.state.folder / "etcd"), "--unsafe-no-fsync",
            "--listen-client-urls=http://127.0.0.1:2379", "--advertise-client-urls=http://127.0.0.1:2379",
            "--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
            "--initial-cluster=default=http://127.0.0.1:2380", "--log-level=warn", "--snapshot-count=20000",
        ])
        if not process.is_alive:
            raise Failure(f"etcd ended at once: {tail(self.state.log('etcd'))}")

    def start_api_server(self) -> None:
        pki, network = self.pki, self.network
        shutil.copy(paths.HERE / "audit-policy.yaml", self.state.folder / "audit-policy.yaml")
        command = [
            binary("kube-apiserver"), "--etcd-servers=http://127.0.0.1:2379", "--etcd-compaction-interval=5m",
            f"--secure-port={API_PORT}", "--insecure-port=0", "--bind-address=0.0.0.0",
            f"--advertise-address={network.cluster_address}", f"--service-cluster-ip-range={network.services}",
            f"--tls-cert-file={pki}/apiserver.crt", f"--tls-private-key-file={pki}/apiserver.key", f"--client-ca-file={pki}/ca.crt",
            "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
            f"--service-account-key-file={pki}/sa.pub", f"--service-account-signing-key-file={pki}/sa.key",
            f"--service-account-issuer={ISSUER}",
            f"--kubelet-client-certificate={pki}/kubelet-client.crt", f"--kubelet-client-key={pki}/kubelet-client.key",
            f"--kubelet-certificate-authority={pki}/ca.crt", "--kubelet-preferred-address-types=InternalIP",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt", "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-", "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={pki}/front-proxy-client.crt", f"--proxy-client-key-file={pki}/front-proxy-client.key",
            "--enable-aggregator-routing=true",
            f"--audit-policy-file={self.state.folder}/audit-policy.yaml", f"--audit-log-path={self.state.audit_log}",
            "--audit-log-maxsize=200", "--audit-log-maxbackup=2", "--profiling=false",
        ]
        extra = {}
        if not self.state.plain:
            command.append("--runtime-config=apiextensions.k8s.io/v1beta1=false")  # the current server knows v1 only
            extra["AIOPS_CRDS_SERVED_ELSEWHERE"] = "1"
        self.spawn("kube-apiserver", command, extra=extra)

    def start_extension_server(self) -> None:
        pki = self.pki
        self.spawn("apiextensions-apiserver", [
            binary("apiextensions-apiserver"), "--etcd-servers=http://127.0.0.1:2379", "--etcd-prefix=/current-extensions",
            f"--secure-port={EXTENSIONS_PORT}", "--bind-address=0.0.0.0",
            f"--tls-cert-file={pki}/extensions-server.crt", f"--tls-private-key-file={pki}/extensions-server.key",
            f"--kubeconfig={pki}/extensions.kubeconfig", f"--authentication-kubeconfig={pki}/extensions.kubeconfig",
            f"--authorization-kubeconfig={pki}/extensions.kubeconfig", "--authentication-skip-lookup=true",
            f"--client-ca-file={pki}/ca.crt", f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy-client", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group", "--requestheader-username-headers=X-Remote-User",
            "--enable-priority-and-fairness=false", "--profiling=false",
            "--disable-admission-plugins=ValidatingAdmissionPolicy,MutatingAdmissionPolicy",
        ])

    def await_api_server(self) -> None:
        process = self.state.process("kube-apiserver")
        assert process is not None
        api = self.rig_api()
        self.wait(process, "a ready kube-apiserver", api.is_ready, 90)

    def rig_api(self) -> Api:
        return Api(self.pki / "rig.kubeconfig")

    def route_crds(self) -> None:
        authority = (self.pki / "ca.crt").read_bytes()
        process = self.state.process("apiextensions-apiserver")
        assert process is not None
        api = self.rig_api()
        crdroutes.install(api, authority, self.network.cluster_address, EXTENSIONS_PORT)

        def is_routed() -> bool:
            conditions = api.get(f"{crdroutes.API_SERVICES}/v1.apiextensions.k8s.io").get("status", {}).get("conditions", [])
            return any(c["type"] == "Available" and c["status"] == "True" and c["reason"] == "Passed" for c in conditions) and \
                api.is_ready(crdroutes.CRDS)

        self.wait(process, "the CRD server behind the API server", is_routed, 60)
        self.spawn("crd-routes", [sys.executable, "-B", "-m", "rig.crdroutes", str(self.pki / "rig.kubeconfig"), str(self.pki / "ca.crt")],
                   extra={"PYTHONPATH": str(paths.HERE)})

    def start_controller_manager(self) -> None:
        pki = self.pki
        self.spawn("kube-controller-manager", [
            binary("kube-controller-manager"), f"--kubeconfig={pki}/controller-manager.kubeconfig",
            f"--authentication-kubeconfig={pki}/controller-manager.kubeconfig",
            f"--authorization-kubeconfig={pki}/controller-manager.kubeconfig",
            "--leader-elect=false", "--bind-address=127.0.0.1", "--port=0",
            f"--service-account-private-key-file={pki}/sa.key", f"--root-ca-file={pki}/ca.crt",
            f"--cluster-signing-cert-file={pki}/ca.crt", f"--cluster-signing-key-file={pki}/ca.key",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt", f"--client-ca-file={pki}/ca.crt",
            "--allocate-node-cidrs=false", "--profiling=false",
            # No cloud, no volumes of storage classes, no metrics: what needs them is left out and the rest starts sooner.
            "--controllers=*,-attachdetach,-persistentvolume-expander,-horizontalpodautoscaling,-cloud-node-lifecycle,-route,-service,-nodeipam,"
            "-csrsigning,-csrapproving,-csrcleaner,-bootstrapsigner,-tokencleaner",
        ])

    def await_controllers(self) -> None:
        """The default ServiceAccount is the first thing a controller makes: then pods and namespaces work."""
        process = self.state.process("kube-controller-manager")
        assert process is not None
        api = self.rig_api()
        self.wait(process, "the default ServiceAccount", lambda: api.is_ready("/api/v1/namespaces/default/serviceaccounts/default"), 60)
