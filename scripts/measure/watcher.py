"""An independent watcher: when which task got which phase. Its clock is that of the load."""

from __future__ import annotations

import pathlib
import re
import threading
import time

from .api import Api, ApiError

NAME = re.compile(rb'"name":"([^"]+)"')
VERSION = re.compile(rb'"resourceVersion":"([0-9]+)"')
ANY = "any"  # stands for the first phase, whichever it is
PHASE = re.compile(rb'"phase":"([A-Za-z]+)"')


class Watcher:
    """Notes the first moment of each (name, phase); reads with patterns, so that it takes little of the machine."""

    def __init__(self, kubeconfig: pathlib.Path, collection: str) -> None:
        self.seen: dict[tuple[str, str], float] = {}
        self.counts: dict[str, int] = {}
        self._changed = threading.Condition()
        self._api, self._collection = Api(kubeconfig), collection
        self._version = self._api.send("GET", collection + "?limit=1")["metadata"]["resourceVersion"]
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """A server drops whoever falls behind in a burst; the watch goes on from where it was."""
        try:
            while True:
                for line in self._api.lines(self._collection, self._version):
                    self._note(line)
        except Exception as failure:  # noqa: BLE001: whatever it is, it belongs to whoever waits
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _note(self, line: bytes) -> None:
        now = time.monotonic()
        if line.startswith(b'{"type":"ERROR"'):
            raise ApiError(410, line.decode(errors="replace"))
        metadata = line.find(b'"metadata":{')
        if version := VERSION.search(line, metadata):
            self._version = version[1].decode()
        status = line.rfind(b'"status":{')
        phase = PHASE.search(line, status) if status >= 0 else None
        name = NAME.search(line, metadata)
        if phase is None or name is None:
            return
        with self._changed:
            for word in (ANY, phase[1].decode()):
                key = (name[1].decode(), word)
                if key not in self.seen:
                    self.seen[key] = now
                    self.counts[word] = self.counts.get(word, 0) + 1
            self._changed.notify_all()

    def wait(self, phase: str, count: int, seconds: float) -> bool:
        with self._changed:
            there = self._changed.wait_for(lambda: self._failure is not None or self.counts.get(phase, 0) >= count, seconds)
            if self._failure is not None:
                raise self._failure
            return there
