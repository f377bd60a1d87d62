"""An independent watcher: when which task got which phase. Its clock is that of the load."""

from __future__ import annotations

import pathlib
import re
import threading
import time

from .api import Api

NAME = re.compile(rb'"name":"([^"]+)"')
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
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for line in self._api.lines(self._collection, self._version):
            now = time.monotonic()
            status = line.rfind(b'"status":{')
            phase = PHASE.search(line, status) if status >= 0 else None
            name = NAME.search(line, line.find(b'"metadata":{'))
            if phase is None or name is None:
                continue
            with self._changed:
                for word in (ANY, phase[1].decode()):
                    key = (name[1].decode(), word)
                    if key not in self.seen:
                        self.seen[key] = now
                        self.counts[word] = self.counts.get(word, 0) + 1
                self._changed.notify_all()

    def wait(self, phase: str, count: int, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.counts.get(phase, 0) >= count, seconds)
