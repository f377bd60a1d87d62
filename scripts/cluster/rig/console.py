"""What the user sees: numbered steps with their time on stderr, and one clear message when something is missing."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


class Failure(Exception):
    """A step failed. The text says what and, where known, where to look."""


class Missing(Failure):
    """Something this machine lacks; the text says what to do. Nothing has been changed yet."""


class Steps:
    """Numbered progress: `[3/9] starting kube-apiserver ... 2.1 s`."""

    def __init__(self, total: int, quiet: bool = False) -> None:
        self.total = total
        self.done = 0
        self.quiet = quiet

    @contextlib.contextmanager
    def step(self, what: str) -> Iterator[None]:
        self.done += 1
        head = f"[{self.done}/{self.total}] {what}"
        if not self.quiet:
            print(f"{head} ...", end="", file=sys.stderr, flush=True)
        start = time.monotonic()
        try:
            yield
        except BaseException:
            if not self.quiet:
                print(f" failed after {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)
            raise
        if not self.quiet:
            print(f" {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
