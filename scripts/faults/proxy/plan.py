"""What is to go wrong, where and when: plans as the tests write them (JSON), and the one place that decides.

A fault is {"name", "match", "skip", "times", "do", "with"}: of the requests that match, the first `skip` pass and the
next `times` (0: all) are hit. A fault with "event" is about the events of a watch instead.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .request import Request

# Their order has nothing to do with what is tested: they come when they come.
BACKGROUND = ("events", "leases")

REQUEST_ACTIONS = {
    "kill-before", "kill-after-commit", "kill-after-reply", "delay", "delay-reply", "answer", "reset-before",
    "reset-after-commit", "reset-in-reply", "half-open", "dead-line", "throttle", "rewrite", "lag",
}
EVENT_ACTIONS = {
    "close", "cut", "reset", "hold", "duplicate", "insert", "dribble", "half-open", "dead-line", "hide", "drop", "join", "crlf",
}


@dataclass
class Fault:
    name: str
    do: str
    match: dict[str, Any] = field(default_factory=dict)
    event: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    skip: int = 0
    times: int = 1
    seen: int = 0
    hits: int = 0
    first_hit: float | None = None

    @staticmethod
    def read(value: dict[str, Any]) -> Fault:
        unknown = set(value) - {"name", "do", "match", "event", "with", "skip", "times"}
        if unknown:
            raise ValueError(f"unknown fields of a fault: {sorted(unknown)}")
        fault = Fault(value["name"], value["do"], value.get("match", {}), value.get("event"), value.get("with", {}),
                      value.get("skip", 0), value.get("times", 1))
        if fault.do not in (EVENT_ACTIONS if fault.event is not None else REQUEST_ACTIONS):
            raise ValueError(f"{fault.name}: there is no {fault.do} for {'events' if fault.event is not None else 'requests'}")
        return fault

    def matches(self, request: Request) -> bool:
        wanted = self.match
        checks = {
            "verbs": lambda v: request.verb in v, "methods": lambda v: request.method in v,
            "resources": lambda v: request.resource in v, "subresource": lambda v: request.subresource == v,
            "notResources": lambda v: request.resource not in v, "namespace": lambda v: request.namespace == v,
            "name": lambda v: re.search(v, request.name), "path": lambda v: re.search(v, request.target),
            "body": lambda v: re.search(v, request.body.decode(errors="replace")), "write": lambda v: request.is_write == v,
        }
        return all(checks[key](value) for key, value in wanted.items())

    def matches_event(self, kind: str, line: bytes) -> bool:
        wanted = self.event or {}
        text = line.decode(errors="replace")
        return ("types" not in wanted or kind in wanted["types"]) and ("contains" not in wanted or re.search(wanted["contains"], text) is not None)

    def strike(self, now: float) -> bool:
        """Counts one match; true when this is one to hit."""
        self.seen += 1
        seconds = self.options.get("forSeconds")
        if self.seen <= self.skip or self.times and self.hits >= self.times:
            return False
        if seconds is not None and self.first_hit is not None and now - self.first_hit > seconds:
            return False
        self.hits += 1
        self.first_hit = self.first_hit if self.first_hit is not None else now
        return True


class Plan:
    """Thread-safe; one plan at a time, replaced as a whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def arm(self, faults: list[dict[str, Any]]) -> None:
        read = [Fault.read(fault) for fault in faults]
        with self._lock:
            self._faults = read

    def strike(self, request: Request) -> Fault | None:
        with self._lock:
            hit = None
            for fault in self._faults:
                if fault.event is None and fault.matches(request) and fault.strike(time.monotonic()) and hit is None:
                    hit = fault
            return hit

    def strike_event(self, request: Request, kind: str, line: bytes) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.event is not None and fault.matches(request) and fault.matches_event(kind, line) and fault.strike(time.monotonic()):
                    return fault
            return None

    def state(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{"name": fault.name, "seen": fault.seen, "hits": fault.hits} for fault in self._faults]
