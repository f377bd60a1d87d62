"""How a test steers the proxy: a few calls over HTTP on loopback."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .server import FaultProxy
from .standin import StandIn


class Control(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: FaultProxy, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.proxy, self.stand_in = proxy, stand_in


class Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Control

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        proxy, url = self.server.proxy, urlsplit(self.path)
        since = int(parse_qs(url.query).get("since", ["0"])[0])
        self._answer(200, {
            "requests": proxy.journal.report(since), "faults": proxy.plan.state(), "kills": proxy.operator.kills,
            "problems": self.server.stand_in.problems})

    def do_POST(self) -> None:
        proxy, path = self.server.proxy, urlsplit(self.path).path
        value = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        try:
            if path == "/plan":
                proxy.blackhole.heal()
                proxy.plan.arm(value["faults"])
            elif path == "/begin":
                return self._answer(200, {"number": proxy.journal.begin()})
            elif path == "/operator":
                proxy.operator_is(value["pid"])
            elif path == "/token":
                proxy.token = value["token"]
            elif path == "/release":
                proxy.shop.release()
            else:
                return self._answer(404, {"error": path})
        except (KeyError, ValueError) as problem:
            return self._answer(400, {"error": str(problem)})
        self._answer(200, {})

    def _answer(self, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
