"""The stand-in node: makes pods of a cluster without nodes ready at once, and lets our namespaces go at once.

kube-controller-manager does everything else, as on any cluster. It would also remove namespaces, but waits five
seconds before it begins, for the sake of clusters with several API servers.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Callable

from rig.api import Api, ApiError, Json

UID_LABEL = "aiops.dev/uid"
# What lives in a namespace that the operator makes; whatever else is found there stops the removal with an error.
KINDS = (
    "/apis/apps/v1/{}/deployments", "/apis/apps/v1/{}/replicasets", "/apis/batch/v1/{}/jobs", "/api/v1/{}/pods",
    "/api/v1/{}/services", "/api/v1/{}/configmaps", "/api/v1/{}/secrets", "/api/v1/{}/serviceaccounts", "/api/v1/{}/endpoints",
    "/apis/discovery.k8s.io/v1beta1/{}/endpointslices", "/api/v1/{}/resourcequotas", "/api/v1/{}/limitranges",
    "/apis/networking.k8s.io/v1/{}/networkpolicies", "/apis/rbac.authorization.k8s.io/v1/{}/rolebindings",
    "/apis/rbac.authorization.k8s.io/v1/{}/roles", "/apis/events.k8s.io/v1/{}/events",
)


class StandIn:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._addresses = itertools.count(1)
        self.problems: list[str] = []

    def start(self) -> None:
        for path, act in (("/api/v1/pods", self._pod), ("/api/v1/namespaces", self._namespace)):
            threading.Thread(target=self._follow, args=(path, act), daemon=True).start()

    def _follow(self, path: str, act: Callable[[Json], None]) -> None:
        while True:
            try:
                listed = self._api.get(path)
                for item in listed["items"]:
                    act(item)
                for event in self._api.watch(path, listed["metadata"]["resourceVersion"]):
                    if event["type"] in ("ADDED", "MODIFIED"):
                        act(event["object"])
                    elif event["type"] == "ERROR":
                        break
            except (OSError, ApiError, http.client.HTTPException, ValueError) as problem:
                self.problems = self.problems[-20:] + [f"{path}: {problem}"]
                time.sleep(0.2)  # the server is away; it is asked again until it is back

    def _pod(self, pod: Json) -> None:
        metadata = pod["metadata"]
        if metadata.get("deletionTimestamp") or pod.get("status", {}).get("phase", "Pending") != "Pending":
            return
        number = next(self._addresses)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        status = {
            "phase": "Running", "podIP": f"10.254.{number // 250 % 250}.{number % 250 + 1}", "startTime": now,
            "conditions": [{"type": kind, "status": "True", "lastTransitionTime": now} for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")],
            "containerStatuses": [
                {"name": container["name"], "ready": True, "started": True, "restartCount": 0, "image": container["image"], "imageID": "",
                 "state": {"running": {"startedAt": now}}} for container in pod["spec"]["containers"]],
        }
        self._quietly(lambda: self._api.merge(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/status", {"status": status}))

    def _namespace(self, namespace: Json) -> None:
        metadata = namespace["metadata"]
        if not metadata.get("deletionTimestamp") or UID_LABEL not in metadata.get("labels", {}):
            return
        name = metadata["name"]
        # Garbage collection may still be at work on children of what was deleted: looked at again until all is gone.
        for _ in range(100):
            if self._empty(f"namespaces/{name}"):
                break
            time.sleep(0.02)
        else:
            self.problems.append(f"namespace {name} does not get empty")
            return
        finalized = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "uid": metadata["uid"]}, "spec": {"finalizers": []}}
        self._quietly(lambda: self._api.text("PUT", f"/api/v1/namespaces/{name}/finalize", finalized))

    def _empty(self, place: str) -> bool:
        """Deletes what is there; true when there was nothing."""
        was_empty = True
        for kind in KINDS:
            path = kind.format(place)
            items = self._api.get(path)["items"]
            if not items:
                continue
            was_empty = False
            if path.endswith(("services", "serviceaccounts")):
                for item in items:
                    self._api.delete(f"{path}/{item['metadata']['name']}")
            else:
                self._quietly(lambda: self._api.text(
                    "DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background", "gracePeriodSeconds": 0}))
        return was_empty

    @staticmethod
    def _quietly(act: Callable[[], object]) -> None:
        """Somebody else may have been quicker."""
        try:
            act()
        except ApiError as error:
            if error.status not in (404, 409):
                raise
