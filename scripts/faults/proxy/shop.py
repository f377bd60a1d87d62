"""What pods of the built-in shop would answer: the stand-in for containers, where a cluster has none."""

from __future__ import annotations

import threading
from typing import Any

from rig.api import Api, ApiError

RIGHT_PORT = 8080


class Shop:
    """Knows the state of the Services, as the real shop's requests would show it, and two commands."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._released = threading.Event()

    def release(self) -> None:
        """Lets every waiting command end."""
        self._released.set()
        self._released = threading.Event()

    def run(self, namespace: str, command: list[str]) -> tuple[bytes, bytes, int]:
        """What a command writes and its exit code; around an agent's command stands a script that closes with a report."""
        stdout, stderr, code = self._run(namespace, command)
        if "shell-end" in command:
            stderr += f"\nshell-end {code} 0 0 0 0|||\n".encode()
        return stdout, stderr, code

    def _run(self, namespace: str, command: list[str]) -> tuple[bytes, bytes, int]:
        application = "env-" + namespace[4:]
        if "call" in command:
            return (b"200\n" if self._is_whole(application) else b"502\n"), b"", 0
        line = command[-1] if command else ""
        if line == "shell-end":
            return b"", b"", 0
        if line.startswith("kubectl get services"):
            return "".join(f"{name} leads to {port}\n" for name, port in self._ports(application)).encode(), b"", 0
        if line.startswith("kubectl patch service store"):
            ports = [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": RIGHT_PORT}]
            self._api.merge(f"/api/v1/namespaces/{application}/services/store", {"spec": {"ports": ports}})
            return b"service/store patched\n", b"", 0
        if line.startswith("flood "):
            size = int(line.split()[1])
            return b"x" * (size % 4) + "🐳".encode() * (size // 4), b"", 0
        if line.startswith("flood"):
            return "ü€🐳 more than anybody reads\n".encode() * 120_000, b"", 0
        if line.startswith("sleep"):
            self._released.wait(timeout=600)
            return b"", b"", 0
        return b"", b"what?\n", 1

    def _ports(self, namespace: str) -> list[tuple[str, Any]]:
        try:
            items = self._api.get(f"/api/v1/namespaces/{namespace}/services")["items"]
        except ApiError:
            return []
        return [(item["metadata"]["name"], item["spec"]["ports"][0].get("targetPort")) for item in items]

    def _is_whole(self, namespace: str) -> bool:
        ports = self._ports(namespace)
        return len(ports) == 4 and all(port == RIGHT_PORT for _, port in ports)
