"""The real API server, under the operator's own identity."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl

from .request import Request

# Between two hops, or written anew by this proxy.
OWN_HEADERS = {"host", "connection", "authorization", "content-length", "accept-encoding", "transfer-encoding"}


class Upstream:
    """One connection, opened when first needed. Not thread-safe: each client connection has its own."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._connection: http.client.HTTPSConnection | None = None

    def send(self, request: Request, target: str | None = None) -> http.client.HTTPResponse:
        """A connection that the server closed while it was idle is opened anew; nothing else is tried twice."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OWN_HEADERS}
        for attempt in (1, 2):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(self._host, self._port, timeout=700, context=self._tls)
            try:
                self._connection.request(request.method, target or request.target, request.body or None, headers)
                return self._connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh or attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def interrupt(self) -> None:
        """Wakes the thread that waits for the server's next byte; the only method for another thread."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
