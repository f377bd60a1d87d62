"""Replies to the operator, byte by byte: here a reply can also be broken."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import struct
import time
from http import HTTPStatus
from typing import Any

WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
PIECE = 16 << 10  # of output in one message, as the kubelet cuts it, in the middle of characters too
HOP_HEADERS = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Gone(Exception):
    """The operator's end of the connection is gone, or was cut on purpose."""


class Wire:
    """The server's side of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError as problem:
            raise Gone(str(problem)) from problem

    def reset(self) -> None:
        """RST instead of FIN: what was written and not yet read is lost too."""
        descriptor = os.dup(self._connection.fileno())
        raw = socket.socket(fileno=descriptor)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        self._close()
        raise Gone("reset on purpose")

    def cut(self) -> None:
        """Closes in the middle of whatever was being written."""
        self._close()
        raise Gone("cut on purpose")

    def _close(self) -> None:
        # Beneath TLS: no close_notify, as when a machine or a middle box goes away.
        descriptor = self._connection.detach()
        os.close(descriptor)

    def wait_until_gone(self, seconds: float) -> None:
        """Says nothing more, as a peer whose packets are dropped."""
        self._connection.settimeout(seconds)
        try:
            while self._connection.recv(1 << 16):
                pass
        except OSError:
            pass
        raise Gone("half-open on purpose")

    def head(self, status: int, headers: list[tuple[str, str]]) -> bytes:
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {status} {phrase}"] + [f"{name}: {value}" for name, value in headers if name.lower() not in HOP_HEADERS]
        return "\r\n".join(lines).encode("latin-1")

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
        return self.head(status, headers) + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    def begin_stream(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.write(self.head(status, headers) + b"\r\nTransfer-Encoding: chunked\r\n\r\n")

    def chunk(self, data: bytes) -> None:
        self.write(b"%x\r\n" % len(data) + data + b"\r\n")

    def end_stream(self) -> None:
        self.write(b"0\r\n\r\n")

    def throttled(self, data: bytes, bytes_per_second: int) -> None:
        piece = max(1, bytes_per_second // 20)
        for start in range(0, len(data), piece):
            self.write(data[start:start + piece])
            time.sleep(piece / bytes_per_second)

    # exec

    def accept_websocket(self, headers: dict[str, str]) -> None:
        key = headers.get("sec-websocket-key", "")
        accept = base64.b64encode(hashlib.sha1((key + WEBSOCKET_GUID).encode()).digest()).decode()
        offered = [item.strip() for item in headers.get("sec-websocket-protocol", "").split(",")]
        protocol = next((item for item in ("v5.channel.k8s.io", "v4.channel.k8s.io") if item in offered), "")
        self.write((f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())

    def websocket_frame(self, payload: bytes, opcode: int = 2) -> bytes:
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size) if size < 1 << 16 else b"\x7f" + struct.pack(">Q", size)
        return bytes([0x80 | opcode]) + length + payload

    def exec_result(self, stdout: bytes, stderr: bytes, code: int) -> bytes:
        """Output and status as the kubelet sends them, then the close frame."""
        status: dict[str, Any] = {"metadata": {}, "status": "Success"}
        if code != 0:
            status = {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "message": f"exit code {code}",
                      "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]}}
        frames = [self.websocket_frame(bytes([channel]) + data[start:start + PIECE])
                  for channel, data in ((1, stdout), (2, stderr)) for start in range(0, len(data), PIECE)]
        frames.append(self.websocket_frame(b"\x03" + json.dumps(status).encode()))
        return b"".join(frames) + self.websocket_frame(struct.pack(">H", 1000), opcode=8)
