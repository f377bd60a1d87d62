"""The operator's process, which a plan may kill between two bytes."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path


class OperatorProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = None
        self.kills = 0

    def is_now(self, pid: int) -> None:
        with self._lock:
            self._pid = pid

    def kill(self) -> None:
        """Returns when it is dead: not one more of its instructions runs after this."""
        with self._lock:
            if self._pid is None:
                return
            pid, self._pid = self._pid, None
            self.kills += 1
            os.kill(pid, signal.SIGKILL)
        while _runs(pid):
            time.sleep(0.001)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
