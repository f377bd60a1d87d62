"""What went through the proxy, numbered, for the oracles."""

from __future__ import annotations

import threading
import time
from typing import Any

from .plan import BACKGROUND
from .request import Request

Entry = dict[str, Any]
LIMIT = 200_000
# Kept when a new plan begins, beside the watches that are open: the audit log may name requests that were under way then.
OVERLAP = 200


class Journal:
    """Bounded: a plan that makes more requests than this is itself a finding."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._count = 0
        self._writes = 0

    def begin(self) -> int:
        """A new plan: its writes are counted anew, its requests have higher numbers than the one returned."""
        with self._lock:
            watches = [entry for entry in self._entries[:-OVERLAP] if entry["verb"] == "watch" and "isOver" not in entry]
            self._entries, self._writes = watches + self._entries[-OVERLAP:], 0
            return self._count

    def open(self, request: Request) -> Entry:
        entry: Entry = {
            "at": time.time(), "verb": request.verb, "group": request.group, "resource": request.resource,
            "subresource": request.subresource, "namespace": request.namespace, "name": request.name, "query": request.query,
        }
        if request.is_write or request.verb == "exec":
            entry["body"] = request.json
        with self._lock:
            self._count += 1
            entry["number"] = self._count
            if request.is_write and request.resource not in BACKGROUND:
                self._writes += 1
                entry["write"] = self._writes
            if len(self._entries) < LIMIT:
                self._entries.append(entry)
        return entry

    def version(self, resource: str, back: int) -> str:
        """A version that a write to this resource led to: 0 the last one, 1 the one before it, or the first there is."""
        with self._lock:
            versions = [entry["result"]["resourceVersion"] for entry in self._entries
                        if entry["resource"] == resource and "resourceVersion" in entry.get("result", {})]
        if not versions:
            raise LookupError(f"no write to {resource} has been seen")
        return str(versions[max(0, len(versions) - 1 - back)])

    def report(self, since: int) -> list[Entry]:
        with self._lock:
            return [dict(entry) for entry in self._entries if entry["number"] > since]
