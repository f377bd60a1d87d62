"""Routes the group of every CRD to the current CRD server, as a stock API server does for its own CRDs.

Runs beside the control plane: watches CustomResourceDefinitions through the one endpoint and keeps one APIService for each
group and version that some CRD serves.
"""

from __future__ import annotations

import base64
import http.client
import sys
import time
from pathlib import Path

from .api import Api, ApiError, Json

NAMESPACE = "kube-system"
SERVICE = "apiextensions"
LABEL = "rig.aiops.dev/routed"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"


def target(authority: bytes) -> Json:
    return {
        "service": {"namespace": NAMESPACE, "name": SERVICE, "port": 443},
        "caBundle": base64.b64encode(authority).decode(),
    }


def install(api: Api, authority: bytes, address: str, port: int) -> None:
    """The Service of the CRD server, and the group of the CRDs themselves routed to it."""
    metadata = {"name": SERVICE, "namespace": NAMESPACE}
    ports = {"name": "https", "port": 443, "targetPort": port}
    api.create(f"/api/v1/namespaces/{NAMESPACE}/services",
               {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [ports]}})
    api.create(f"/api/v1/namespaces/{NAMESPACE}/endpoints",
               {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata,
                "subsets": [{"addresses": [{"ip": address}], "ports": [{"name": "https", "port": port}]}]})
    api.merge(f"{API_SERVICES}/v1.apiextensions.k8s.io", {"spec": target(authority)})


def _is_established(crd: Json) -> bool:
    """Before that, the API server's first look at the group fails and its next ones come ever later."""
    conditions = crd.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)


def _wanted(crds: list[Json]) -> dict[str, tuple[str, str]]:
    return {
        f"{version['name']}.{crd['spec']['group']}": (crd["spec"]["group"], version["name"])
        for crd in crds if _is_established(crd) for version in crd["spec"]["versions"] if version.get("served")
    }


def reconcile(api: Api, authority: bytes, crds: list[Json]) -> None:
    wanted = _wanted(crds)
    there = {item["metadata"]["name"] for item in api.get(f"{API_SERVICES}?labelSelector={LABEL}")["items"]}
    for name in sorted(wanted.keys() - there):
        group, version = wanted[name]
        api.create(API_SERVICES, {
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
            "metadata": {"name": name, "labels": {LABEL: "true"}},
            "spec": {"group": group, "version": version, "groupPriorityMinimum": 1000, "versionPriority": 100, **target(authority)},
        })
    for name in sorted(there - wanted.keys()):
        api.delete(f"{API_SERVICES}/{name}")


def run(kubeconfig: Path, authority: bytes) -> None:
    api = Api(kubeconfig)
    while True:
        try:
            answer = api.get(CRDS)
            crds = {item["metadata"]["name"]: item for item in answer["items"]}
            reconcile(api, authority, list(crds.values()))
            for event in api.watch(CRDS, answer["metadata"]["resourceVersion"]):
                if event["type"] == "ERROR":
                    break
                if event["type"] == "BOOKMARK":
                    continue
                name = event["object"]["metadata"]["name"]
                if event["type"] == "DELETED":
                    crds.pop(name, None)
                else:
                    crds[name] = event["object"]
                reconcile(api, authority, list(crds.values()))
        except (OSError, ApiError, http.client.HTTPException, ValueError, KeyError) as error:
            print(f"{time.strftime('%H:%M:%S')} {type(error).__name__}: {error}", flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes())
