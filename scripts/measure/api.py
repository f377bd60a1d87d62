"""A small client of the API server over one kept connection, and a watch: what a measurement needs and nothing more."""

from __future__ import annotations

import base64
import http.client
import json
import pathlib
import ssl
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
GROUP = "/apis/aiops.dev/v1alpha1"


class ApiError(Exception):
    """The server refused; the text is what it said."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status}: {body[:400]}")
        self.status = status


class Api:
    """Not for use by two threads: each takes its own."""

    def __init__(self, kubeconfig: pathlib.Path) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        server = urlsplit(cluster["server"])
        self._host, self._port = server.hostname or "", server.port or 443
        self._tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile() as pair:  # ssl reads a client certificate from files only
            pair.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            pair.flush()
            self._tls.load_cert_chain(pair.name)
        self._kept = self._connect(30)

    def _connect(self, timeout: float) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls)

    def send(self, method: str, path: str, body: Json | None = None, kind: str = "application/json", timeout: float = 30) -> Json:
        data = None if body is None else json.dumps(body).encode()
        if self._kept.sock is not None:
            self._kept.sock.settimeout(timeout)
        self._kept.timeout = timeout
        self._kept.request(method, path, data, {"Content-Type": kind, "Accept": "application/json"})
        response = self._kept.getresponse()
        text = response.read()
        if response.status >= 300:
            raise ApiError(response.status, text.decode(errors="replace"))
        value: Json = json.loads(text)
        return value

    def ensure(self, path: str, body: Json) -> None:
        try:
            self.send("POST", path, body)
        except ApiError as error:
            if error.status != 409:
                raise

    def merge(self, path: str, body: Json) -> Json:
        return self.send("PATCH", path, body, "application/merge-patch+json")

    def lines(self, path: str, version: str) -> Iterator[bytes]:
        """Events after `version` as they come, until the server ends the stream after ten minutes."""
        connection = self._connect(620)
        try:
            connection.request("GET", f"{path}?watch=1&timeoutSeconds=600&resourceVersion={version}")
            response = connection.getresponse()
            if response.status != 200:
                raise ApiError(response.status, response.read().decode(errors="replace"))
            while line := response.readline():
                yield line
        finally:
            connection.close()


def tasks_path(namespace: str) -> str:
    return f"{GROUP}/namespaces/{namespace}/aiopstasks"
