"""A small client of the API server: enough for the rig itself (readiness, a few objects, watches)."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class ApiError(Exception):
    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"HTTP {status}: {body[:600]}")
        self.status = status


class Api:
    headers: dict[str, str] = {}  # sent with each request; read anew each time, since tokens change

    def __init__(self, kubeconfig: Path, timeout: float = 10) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        server = urlsplit(cluster["server"])
        self.host, self.port, self.timeout = server.hostname or "", server.port or 443, timeout
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.tls = ssl.create_default_context(cadata=authority)
        with tempfile.NamedTemporaryFile() as pair:  # ssl reads a client certificate from files only
            pair.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
            pair.flush()
            self.tls.load_cert_chain(pair.name)

    def _open(self, method: str, path: str, body: Json | list[Json] | None, kind: str, timeout: float
              ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.tls)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": kind, "Accept": "application/json", **self.headers})
            return connection, connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def text(self, method: str, path: str, body: Json | list[Json] | None = None, kind: str = "application/json") -> str:
        connection, response = self._open(method, path, body, kind, self.timeout)
        try:
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        if response.status >= 300:
            raise ApiError(response.status, text)
        return text

    def get(self, path: str) -> Json:
        value: Json = json.loads(self.text("GET", path))
        return value

    def is_ready(self, path: str = "/readyz") -> bool:
        try:
            self.text("GET", path)
        except (OSError, ApiError, http.client.HTTPException):
            return False
        return True

    def create(self, path: str, body: Json) -> bool:
        """False when it is there already."""
        try:
            self.text("POST", path, body)
        except ApiError as error:
            if error.status != 409:
                raise
            return False
        return True

    def merge(self, path: str, body: Json) -> None:
        self.text("PATCH", path, body, "application/merge-patch+json")

    def delete(self, path: str) -> bool:
        try:
            self.text("DELETE", path)
        except ApiError as error:
            if error.status != 404:
                raise
            return False
        return True

    def watch(self, path: str, version: str) -> Iterator[Json]:
        """Events after `version` until the server ends the stream (it does so after some minutes)."""
        query = f"{path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion={version}"
        connection, response = self._open("GET", query, None, "application/json", 330)
        try:
            if response.status != 200:
                raise ApiError(response.status, response.read().decode(errors="replace"))
            for line in response:
                if line.strip():
                    yield json.loads(line)
        finally:
            connection.close()
