"""The events of one watch, on their way from the server to the operator."""

from __future__ import annotations

import json
import queue
import threading
import time
from http.client import HTTPException, HTTPResponse
from typing import Any

from .wire import Wire


def event_type(line: bytes) -> str:
    return line[9:line.find(b'"', 9)].decode(errors="replace") if line.startswith(b'{"type":"') else ""


def uid(line: bytes) -> str | None:
    """Of the object that the event is about; None for a bookmark."""
    event = json.loads(line)
    return event.get("object", {}).get("metadata", {}).get("uid")


class EventStream:
    """Reads ahead on a thread of its own, so that it is known when each event came. None marks the end."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self._lines: queue.Queue[tuple[float, bytes | None]] = queue.Queue(maxsize=10_000)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for line in self._response:
                self._lines.put((time.monotonic(), line))
        except (OSError, HTTPException, ValueError):
            pass  # the server is away or the stream is not wanted any more: either way it ends here
        self._lines.put((time.monotonic(), None))

    def get(self, timeout: float | None = None) -> tuple[float, bytes | None]:
        return self._lines.get(timeout=timeout)

    def join(self) -> None:
        while self._thread.is_alive():
            try:
                self._lines.get(timeout=0.05)  # room for what is still being read
            except queue.Empty:
                pass


class Relay:
    """Hands events on, each `lag` seconds after it came, and breaks those that a plan names."""

    # How long a hidden event waits for the one that overtakes it.
    PATIENCE = 2.0

    def __init__(self, wire: Wire, stream: EventStream, lag: float) -> None:
        self._wire, self._stream, self._lag = wire, stream, lag

    def next(self) -> bytes | None:
        came, line = self._stream.get()
        if self._lag:
            time.sleep(max(0.0, came + self._lag - time.monotonic()))
        return line

    def strike(self, do: str, options: dict[str, Any], line: bytes) -> bool:
        """False ends the stream in order."""
        wire = self._wire
        if do == "close":
            return False
        if do == "drop":
            return True
        if do in ("hide", "join"):
            return self._with_next(line, is_hidden=do == "hide")
        if do == "hold":
            time.sleep(options["seconds"])
            if options.get("thenClose"):
                return False
            wire.chunk(line)
        elif do == "insert":
            wire.chunk(options["raw"].encode() if "raw" in options else json.dumps(options["event"]).encode() + b"\n")
            if options.get("thenClose"):
                return False
            wire.chunk(line)
        elif do == "duplicate":
            wire.chunk(line + line)
        elif do == "crlf":
            wire.chunk(line.rstrip(b"\n") + b"\r\n")
        elif do == "half-open":
            wire.wait_until_gone(options.get("seconds", 600))
        elif do == "dribble":
            size = max(1, len(line) // options["chunks"])
            for start in range(0, len(line), size):
                wire.chunk(line[start:start + size])
        else:
            self._break(do, options, line)
        return True

    def _with_next(self, line: bytes, is_hidden: bool) -> bool:
        """The event and its successor in one chunk, or the successor alone, as a client sees it that lists in between."""
        try:
            _, successor = self._stream.get(timeout=self.PATIENCE)
        except queue.Empty:
            self._wire.chunk(line)
            return True
        if successor is None:
            self._wire.chunk(line)
            return False
        # A bookmark, or another object's event, overtakes nothing: no server loses an event so.
        is_hidden = is_hidden and uid(successor) == uid(line)
        self._wire.chunk(successor if is_hidden else line + successor)
        return True

    def _break(self, do: str, options: dict[str, Any], line: bytes) -> None:
        """Half of it, or up to the first byte of a character that has several; in a chunk that is never finished or is."""
        at = len(line) // 2
        if options.get("at") == "utf8":
            at = next((index + 1 for index, byte in enumerate(line) if byte >= 0xC0), at)
        if options.get("inChunk"):
            self._wire.write(b"%x\r\n" % len(line) + line[:at])
        else:
            self._wire.chunk(line[:at])
        self._wire.reset() if do == "reset" else self._wire.cut()
