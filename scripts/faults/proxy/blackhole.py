"""Connections that go dead: their packets are dropped both ways and nobody is told, as with a cable that is cut."""

from __future__ import annotations

import subprocess
import threading

Address = tuple[str, int]


class Blackhole:
    """Rules of the machine's packet filter, one pair of sockets each; needs root and iptables, as the cluster does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[list[str]] = []

    def swallow(self, near: Address, far: Address) -> None:
        """Where packets arrive, not where they leave: a sender that is told of a drop tries again at another pace."""
        with self._lock:
            for source, target in ((near, far), (far, near)):
                rule = ["INPUT", "-p", "tcp", "-s", source[0], "--sport", str(source[1]), "-d", target[0], "--dport", str(target[1]),
                        "-j", "DROP"]
                self._change("-I", rule)
                self._rules.append(rule)

    def heal(self) -> None:
        with self._lock:
            while self._rules:
                self._change("-D", self._rules.pop())

    @staticmethod
    def _change(how: str, rule: list[str]) -> None:
        subprocess.run(["iptables", "-w", how, *rule], check=True, capture_output=True)
