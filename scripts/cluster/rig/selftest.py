"""Proves that a running cluster is one: every claim of docs/cluster.md that tests rely on, tried from outside and from pods."""

from __future__ import annotations

import http.server
import secrets
import subprocess
import threading
import time
from collections.abc import Callable

from . import crdroutes
from .api import Api, ApiError, Json
from .build import binary
from .console import Failure, Steps
from .state import State

GROUP = "selftest.rig.aiops.dev"
WIDGETS = f"/apis/{GROUP}/v1"
WEB = """mkdir -p /tmp/www/cgi-bin
cat > /tmp/www/cgi-bin/hello <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "hello $QUERY_STRING"
END
chmod +x /tmp/www/cgi-bin/hello
echo serving
exec httpd -f -p 8080 -h /tmp/www
"""


class SelfTest:
    def __init__(self, state: State) -> None:
        self.state = state
        self.api = Api(state.kubeconfig)
        self.namespace = f"selftest-{secrets.token_hex(3)}"
        self.core = f"/api/v1/namespaces/{self.namespace}"

    def run(self) -> None:
        checks: list[tuple[str, Callable[[], None]]] = [("a labelled ConfigMap as JSON leaves the server alive", self.labelled_config_map)]
        if not self.state.plain:
            checks += [("a CRD is served by the current server: rules, selectable fields", self.current_crds),
                       ("kubectl explains the new kind", self.explained),
                       ("owned objects go with their owner", self.garbage_collection)]
        if self.state.profile == "node":
            checks += [
                ("pods start", self.pods), ("a Service answers by its DNS name", self.dns), ("logs and exec", self.logs_and_exec),
                ("a wrong targetPort breaks it, the right one mends it", self.target_port),
                ("a pod calls the API as its own ServiceAccount", self.api_from_pod),
                ("a pod reaches a server on the host's address", self.host_server),
                ("the host reaches a Service's address", self.service_from_host),
            ]
        checks.append(("deleting the namespace removes everything", self.namespace_deletion))
        steps = Steps(len(checks))
        self.api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        try:
            for what, check in checks:
                with steps.step(what):
                    check()
        finally:
            self.api.delete(f"/api/v1/namespaces/{self.namespace}")
            self.api.delete(f"{crdroutes.CRDS}/widgets.{GROUP}")

    def until(self, what: str, test: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not test():
            if time.monotonic() > end:
                raise Failure(f"{what}: not within {seconds:.0f} s")
            time.sleep(0.1)

    def exists(self, path: str) -> bool:
        try:
            self.api.get(path)
        except ApiError as error:
            if error.status != 404:
                raise
            return False
        return True

    # API

    def config_map(self, name: str, **metadata: object) -> Json:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": {"a": "b"}, **metadata}, "data": {"k": "v"}}

    def labelled_config_map(self) -> None:
        process = self.state.process("kube-apiserver")
        self.api.create(f"{self.core}/configmaps", self.config_map("labelled"))
        labels = self.api.get(f"{self.core}/configmaps/labelled")["metadata"]["labels"]
        if labels != {"a": "b"} or process is None or not process.is_alive:
            raise Failure(f"labels came back as {labels}")

    def widget(self, name: str, size: int, color: str = "red", **metadata: object) -> Json:
        return {"apiVersion": f"{GROUP}/v1", "kind": "Widget", "metadata": {"name": name, **metadata}, "spec": {"size": size, "color": color}}

    def current_crds(self) -> None:
        schema = {"type": "object", "properties": {
            "spec": {"type": "object", "properties": {"size": {"type": "integer"}, "color": {"type": "string"}},
                     "x-kubernetes-validations": [{"rule": "self.size < 5", "message": "size must be below 5"}]},
            "status": {"type": "object", "default": {"observedGeneration": -1}, "properties": {"observedGeneration": {"type": "integer"}}}}}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema},
                   "subresources": {"status": {}}, "selectableFields": [{"jsonPath": ".spec.color"}]}
        self.api.create(crdroutes.CRDS, {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": f"widgets.{GROUP}"},
            "spec": {"group": GROUP, "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"}, "versions": [version]}})
        self.until("the new kind is served", lambda: self.api.is_ready(f"{WIDGETS}/widgets"))
        path = f"{WIDGETS}/namespaces/{self.namespace}/widgets"
        self.api.create(path, self.widget("red", 1))
        self.api.create(path, self.widget("blue", 1, "blue"))
        found = [item["metadata"]["name"] for item in self.api.get(f"{path}?fieldSelector=spec.color%3Dblue")["items"]]
        if found != ["blue"]:
            raise Failure(f"a selectable field found {found}")
        if self.api.get(f"{path}/red").get("status") != {"observedGeneration": -1}:
            raise Failure("the status default is missing")
        try:
            self.api.create(path, self.widget("large", 7))
        except ApiError as error:
            if "size must be below 5" not in str(error):
                raise
        else:
            raise Failure("a CEL rule was not enforced")

    def explained(self) -> None:
        """The API server looks for news of the CRD server's document once a minute."""
        self.until("kubectl explain widgets.spec", lambda: "size\t<integer>" in self.kubectl(
            "explain", "widgets.spec", f"--api-version={GROUP}/v1", check=False).stdout, 90)

    def garbage_collection(self) -> None:
        path = f"{WIDGETS}/namespaces/{self.namespace}/widgets"
        owner = {"apiVersion": f"{GROUP}/v1", "kind": "Widget", "name": "red", "uid": self.api.get(f"{path}/red")["metadata"]["uid"]}
        self.api.create(f"{self.core}/configmaps", self.config_map("owned", ownerReferences=[owner]))
        self.api.create(path, self.widget("owned", 1, ownerReferences=[owner]))
        self.api.delete(f"{path}/red")
        self.until("owned objects are collected",
                   lambda: not self.exists(f"{self.core}/configmaps/owned") and not self.exists(f"{path}/owned"), 60)

    def namespace_deletion(self) -> None:
        self.api.delete(f"/api/v1/namespaces/{self.namespace}")
        self.until("the namespace is gone", lambda: not self.exists(f"/api/v1/namespaces/{self.namespace}"), 90)

    # Pods

    def kubectl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [binary("kubectl"), f"--kubeconfig={self.state.kubeconfig}", f"--namespace={self.namespace}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise Failure(f"kubectl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done

    def pod(self, name: str, image: str, script: str, **spec: object) -> None:
        container = {"name": "main", "image": image, "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c", script]}
        self.api.create(f"{self.core}/pods", {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}},
                                              "spec": {"containers": [container], "terminationGracePeriodSeconds": 0, **spec}})

    def pods(self) -> None:
        self.api.create(f"{self.core}/services", {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}})
        self.pod("web", "busybox:1.36", WEB)
        self.pod("caller", "aiops-sandbox:dev", "sleep infinity", securityContext={"runAsNonRoot": True})
        self.pod("little", "busybox:1.36", "sleep 100000")
        self.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "pod/web", "pod/caller", "pod/little")

    def inside(self, pod: str, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.kubectl("exec", pod, "--", *command, check=check)

    def dns(self) -> None:
        url = f"http://web.{self.namespace}.svc.cluster.local/cgi-bin/hello?world"
        # kube-proxy and the DNS server follow the new Service by a watch
        self.until("the Service answers", lambda: self.inside("caller", "curl", "-sSm5", url, check=False).stdout == "hello world\n")
        for command in (["caller", "curl", "-sSm5", "http://web/cgi-bin/hello?short"], ["little", "wget", "-T", "5", "-qO-", "http://web/cgi-bin/hello?short"]):
            said = self.inside(*command).stdout
            if said != "hello short\n":
                raise Failure(f"{' '.join(command)} said {said!r}")
        if self.inside("caller", "curl", "-sSm5", "http://no-such-service/", check=False).returncode != 6:
            raise Failure("a name that does not exist resolves")

    def logs_and_exec(self) -> None:
        if "serving" not in self.kubectl("logs", "web").stdout:
            raise Failure("the pod's log is missing")
        done = self.inside("caller", "bash", "-c", "echo out; echo err >&2; exit 7", check=False)
        if done.stdout != "out\n" or "err\n" not in done.stderr or "exit code 7" not in done.stderr:
            raise Failure(f"exec gave {done}")

    def target_port(self) -> None:
        def answers() -> bool:
            return self.inside("caller", "curl", "-sfm2", "http://web/cgi-bin/hello?x", check=False).returncode == 0

        for port, wanted in ((9999, False), (8080, True)):
            self.api.merge(f"{self.core}/services/web", {"spec": {"ports": [{"port": 80, "targetPort": port}]}})
            self.until(f"targetPort {port} takes effect", lambda wanted=wanted: answers() is wanted)  # type: ignore[misc]

    def api_from_pod(self) -> None:
        script = ('d=/var/run/secrets/kubernetes.io/serviceaccount; curl -sSm5 --cacert $d/ca.crt -H "Authorization: Bearer $(cat $d/token)" '
                  f'https://kubernetes.default/api/v1/namespaces/{self.namespace}/pods')
        refused = self.inside("caller", "sh", "-c", script).stdout
        who = f"system:serviceaccount:{self.namespace}:default"
        if who not in refused or "forbidden" not in refused:
            raise Failure(f"expected a refusal for {who}: {refused[:500]}")
        self.kubectl("create", "rolebinding", "reader", "--clusterrole=view", f"--serviceaccount={self.namespace}:default")
        self.until("the granted right works", lambda: '"kind": "PodList"' in self.inside("caller", "sh", "-c", script).stdout)
        if "pod/web" not in self.inside("caller", "kubectl", "get", "pods", "-o", "name").stdout:
            raise Failure("kubectl in the sandbox image does not work")

    def host_server(self) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"from the host")

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        with http.server.ThreadingHTTPServer((self.state.network.host_address, 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            said = self.inside("caller", "curl", "-sSm5", f"http://{self.state.network.host_address}:{server.server_port}/").stdout
            server.shutdown()
        if said != "from the host":
            raise Failure(f"the pod got {said!r}")

    def service_from_host(self) -> None:
        address = self.api.get(f"{self.core}/services/web")["spec"]["clusterIP"]
        self.until("the Service answers", lambda: subprocess.run(
            ["bash", "-c", f"exec 3<>/dev/tcp/{address}/80; printf 'GET /cgi-bin/hello?host HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"],
            capture_output=True, text=True, timeout=5).stdout.endswith("hello host\n"))
