"""The proxy itself: one thread a connection, one fault at most a request."""

from __future__ import annotations

import json
import ssl
import sys
import threading
import time
from http.client import HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from .blackhole import Blackhole
from .journal import Entry, Journal
from .operatorpid import OperatorProcess
from .plan import Fault, Plan
from .request import Request
from .shop import Shop
from .stream import EventStream, Relay, event_type
from .upstream import Upstream
from .wire import Gone, Wire

REASONS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired", 422: "Invalid",
    429: "TooManyRequests", 500: "InternalError", 502: "BadGateway", 503: "ServiceUnavailable", 504: "Timeout",
}


def failure(status: int, options: dict[str, Any]) -> dict[str, Any]:
    """A Status as the API server writes it."""
    body: dict[str, Any] = {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": status,
        "reason": options.get("reason", REASONS.get(status, "")), "message": options.get("message", "as the test's plan says"),
    }
    if "details" in options:
        body["details"] = options["details"]
    return body


class FaultProxy(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, tls: ssl.SSLContext, upstream: tuple[str, int, ssl.SSLContext], shop: Shop, token: str) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.upstream, self.shop, self.token = upstream, shop, token
        self.plan, self.journal, self.operator = Plan(), Journal(), OperatorProcess()
        self.blackhole = Blackhole()
        self._lock = threading.Lock()
        self._streams: set[Upstream] = set()

    def stream_opened(self, upstream: Upstream) -> None:
        with self._lock:
            self._streams.add(upstream)

    def stream_ended(self, upstream: Upstream) -> None:
        with self._lock:
            self._streams.discard(upstream)

    def operator_is(self, pid: int) -> None:
        """The watches of the process before it would wait for the server's time limit, since nothing is written to them."""
        self.operator.is_now(pid)
        with self._lock:
            for upstream in self._streams:
                upstream.interrupt()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed operator leaves broken connections; everything else is told."""
        if not isinstance(sys.exc_info()[1], (OSError, Gone, HTTPException)):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultProxy

    def setup(self) -> None:
        super().setup()
        self.wire = Wire(self.connection)
        self.upstream = Upstream(*self.server.upstream)

    def finish(self) -> None:
        self.upstream.close()
        try:
            super().finish()
        except (OSError, ValueError):
            pass

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def handle_one(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        entry = self.server.journal.open(request)
        fault = self.server.plan.strike(request)
        if fault is not None:
            entry["fault"] = fault.name
        try:
            self._serve(request, entry, fault)
        except Gone as gone:
            entry.setdefault("ended", str(gone))
            self.close_connection = True
        except (OSError, HTTPException) as problem:
            # The real server is away: the operator sees a connection that breaks.
            entry.setdefault("ended", f"upstream: {problem!r}")
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

    # Requests

    def _serve(self, request: Request, entry: Entry, fault: Fault | None) -> None:
        if request.headers.get("authorization") != f"Bearer {self.server.token}":
            return self._answer(request, entry, 401, {"message": "Unauthorized"})
        do, options = (fault.do, fault.options) if fault else ("", {})
        if do == "kill-before":
            self.server.operator.kill()
            self.wire.cut()
        elif do == "delay":
            time.sleep(options["seconds"])
        elif do == "answer":
            return self._answer(request, entry, options["status"], options)
        elif do == "reset-before":
            self.wire.reset()
        elif do == "half-open":
            self.wire.wait_until_gone(options.get("seconds", 600))
        elif do == "dead-line":
            self._die(entry)
        if request.verb == "exec":
            return self._exec(request, entry, do, options)
        target = self._rewritten(request, options) if do == "rewrite" else None
        response = self.upstream.send(request, target)
        entry["status"], entry["auditID"] = response.status, response.headers.get("Audit-Id")
        if request.verb == "watch" and response.status == 200:
            return self._stream(request, entry, response, do, options)
        self._reply(request, entry, response, response.read(), do, options)

    def _die(self, entry: Entry) -> None:
        """From here on nothing goes through in either direction; only the operator's own limits can end this."""
        self.server.blackhole.swallow(self.connection.getsockname(), self.client_address)
        entry["deadSince"] = time.time()
        entry["ended"] = "on a dead line"
        self.wire.wait_until_gone(60)

    def _reply(self, request: Request, entry: Entry, response: HTTPResponse, body: bytes, do: str, options: dict[str, Any]) -> None:
        if request.is_write and request.resource != "secrets":
            self._note_result(entry, body)
        whole = self.wire.reply(response.status, list(response.headers.items()), body)
        if do == "kill-after-commit":
            self.server.operator.kill()
            self.wire.cut()
        elif do == "reset-after-commit":
            self.wire.reset()
        elif do == "reset-in-reply":
            self.wire.write(whole[:len(whole) - max(1, len(body) // 2)])
            self.wire.reset()
        elif do == "delay-reply":
            time.sleep(options["seconds"])
        if do == "throttle":
            self.wire.throttled(whole, options["bytesPerSecond"])
        else:
            self.wire.write(whole)
        if do == "kill-after-reply":
            self.server.operator.kill()
            self.wire.cut()

    @staticmethod
    def _note_result(entry: Entry, body: bytes) -> None:
        try:
            metadata = json.loads(body).get("metadata") or {}
        except (ValueError, AttributeError):
            return
        entry["result"] = {key: metadata[key] for key in ("uid", "resourceVersion", "generation") if key in metadata}

    def _rewritten(self, request: Request, options: dict[str, Any]) -> str:
        """The same request with other parameters: an old version, a page size."""
        query = {**request.query, **options["query"]}
        if "versionsBack" in options:
            query["resourceVersion"] = self.server.journal.version(request.resource, options["versionsBack"])
        return f"{request.path}?{urlencode({key: value for key, value in query.items() if value is not None})}"

    def _answer(self, request: Request, entry: Entry, status: int, options: dict[str, Any]) -> None:
        if status == 409 and request.verb == "create":
            options = {"reason": "AlreadyExists", **options}
        entry["status"], entry["own"] = status, True
        headers = [("Content-Type", "application/json")]
        if "retryAfter" in options:
            headers.append(("Retry-After", str(options["retryAfter"])))
        body = options["text"].encode() if "text" in options else json.dumps(failure(status, options)).encode()
        self.wire.write(self.wire.reply(status, headers, body))

    # Watches

    def _stream(self, request: Request, entry: Entry, response: HTTPResponse, do: str, options: dict[str, Any]) -> None:
        stream = EventStream(response)
        self.server.stream_opened(self.upstream)
        try:
            self.wire.begin_stream(response.status, list(response.headers.items()))
            relay = Relay(self.wire, stream, lag=options["seconds"] if do == "lag" else 0)
            entry["events"] = 0
            while (line := relay.next()) is not None:
                entry["events"] += 1
                fault = self.server.plan.strike_event(request, event_type(line), line)
                if fault is not None:
                    entry["fault"] = fault.name
                    if fault.do == "dead-line":
                        self._die(entry)
                    if not relay.strike(fault.do, fault.options, line):
                        break
                elif do == "throttle":
                    self.wire.throttled(b"%x\r\n" % len(line) + line + b"\r\n", options["bytesPerSecond"])
                else:
                    self.wire.chunk(line)
            self.wire.end_stream()
        finally:
            entry["isOver"] = True
            self.server.stream_ended(self.upstream)
            self.upstream.interrupt()
            stream.join()
            self.upstream.close()  # an unread rest of the stream must not become the next reply

    # exec

    def _exec(self, request: Request, entry: Entry, do: str, options: dict[str, Any]) -> None:
        """No node has the pod: the shop of the test answers."""
        command = parse_qs(urlsplit(request.target).query).get("command", [])
        entry["command"] = command[-1] if command else ""
        self.close_connection = True
        self.wire.accept_websocket(request.headers)
        stdout, stderr, code = self.server.shop.run(request.namespace, command)
        entry["status"] = 101
        frames = self.wire.exec_result(stdout, stderr, code)
        if do == "kill-after-commit":
            self.server.operator.kill()
            self.wire.cut()
        elif do == "reset-after-commit":
            self.wire.reset()
        elif do == "reset-in-reply":
            self.wire.write(frames[:len(frames) // 2])
            self.wire.reset()
        elif do == "delay-reply":
            time.sleep(options["seconds"])
        self.wire.write(frames)
        if do == "kill-after-reply":
            self.server.operator.kill()
