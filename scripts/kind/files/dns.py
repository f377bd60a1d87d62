"""The private cluster's DNS server in place of CoreDNS, which Debian does not have: in a pod, as its ServiceAccount."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rig import dns
from rig.api import Api

IDENTITY = Path("/var/run/secrets/kubernetes.io/serviceaccount")
PROBES = (8080, 8181)  # where CoreDNS answers /health and /ready


class PodApi(Api):
    def __init__(self) -> None:
        self.host, self.port = os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"])
        # Short: a connection begun before the Service has its rules is never answered.
        self.timeout = 2
        self.tls = ssl.create_default_context(cafile=IDENTITY / "ca.crt")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {(IDENTITY / 'token').read_text().strip()}"}


class Probe(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def answer_probes() -> None:
    for port in PROBES:
        threading.Thread(target=ThreadingHTTPServer(("0.0.0.0", port), Probe).serve_forever, daemon=True).start()


if __name__ == "__main__":
    asyncio.run(dns.serve(PodApi, "0.0.0.0", answer_probes))
