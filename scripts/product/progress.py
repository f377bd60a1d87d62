"""What a user sees while something long runs: `[3/9] building the operator … 41 s`."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Failure(Exception):
    """A step failed. `look` says what to look at next."""

    code = 1

    def __init__(self, what: str, look: str = "") -> None:
        super().__init__(what)
        self.look = look


class Missing(Failure):
    """This machine or cluster lacks something; nothing has been changed yet."""

    code = 2


class Progress:
    """Numbered steps on stderr. A terminal sees the seconds count and the last line of what runs; a log sees whole lines."""

    def __init__(self, total: int, logs: str) -> None:
        self.total, self.step_number = total, 0
        self.is_terminal = sys.stderr.isatty()
        self.logs = ROOT / "build" / "logs" / logs
        self.started = time.monotonic()
        self._detail = ""

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.step_number += 1
        self._head = f"[{self.step_number}/{self.total}] {title} …"
        self._detail = ""
        self._start = time.monotonic()
        self._has_lines = False
        print(self._head, end="", file=sys.stderr, flush=True)
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(ended,), daemon=True)
        if self.is_terminal:
            ticker.start()
        word = "failed after "
        try:
            yield
            word = ""
        finally:
            ended.set()
            if self.is_terminal:
                ticker.join()
                print("\r\033[K", end="", file=sys.stderr)
            # Below lines of its own, or on a terminal, the title is said again beside the time.
            again = self._head if self.is_terminal or self._has_lines else ""
            print(f"{again} {word}{time.monotonic() - self._start:.0f} s", file=sys.stderr, flush=True)

    def detail(self, text: str) -> None:
        """What the step is at, shown on a terminal only."""
        self._detail = text.strip()

    def line(self, text: str) -> None:
        """A line to keep, below the step's title."""
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr)
        elif not self._has_lines:
            print(file=sys.stderr)
        self._has_lines = True
        print(f"      {text}", file=sys.stderr, flush=True)

    def run(self, name: str, command: Sequence[str | pathlib.Path], keep: str = "", env: dict[str, str] | None = None) -> None:
        """Runs a command with its output in a log file; lines beginning with `keep` are shown too.

        Exit code 2 of one of our own scripts means that the machine lacks something.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        tail: list[str] = []
        with open(log, "w") as sink:
            child = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
            assert child.stdout is not None
            try:
                for line in child.stdout:
                    sink.write(line)
                    tail = [*tail[-24:], line.rstrip()]
                    if keep and line.startswith(keep):
                        self.line(line.rstrip())
                    else:
                        self.detail(line)
            except BaseException:
                child.terminate()
                child.wait()
                raise
        if child.wait() != 0:
            shown = "\n".join(line for line in tail if line and not line.startswith("[") or "error" in line)
            if child.returncode == 2:
                raise Missing(shown)
            raise Failure(f"{name} ended with exit code {child.returncode}:\n{shown}", f"the whole log: {log.relative_to(ROOT)}")

    def _tick(self, ended: threading.Event) -> None:
        while not ended.wait(0.5):
            width = shutil.get_terminal_size().columns
            text = f"{self._head} {time.monotonic() - self._start:.0f} s  {self._detail}"
            print(f"\r\033[K{text[:width - 1]}", end="", file=sys.stderr, flush=True)
