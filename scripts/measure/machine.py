"""What the figures were taken on."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess
import sys
import time


def describe() -> str:
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    debian = pathlib.Path("/etc/debian_version")
    swift = re.search(r"Swift version (\S+)", subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout)
    return ", ".join([
        cpu.group(1).strip() if cpu else platform.machine(),
        f"{os.cpu_count()} cores",
        f"{int(memory.group(1)) / 1024 / 1024:.0f} GiB" if memory else "unknown memory",
        f"Linux {platform.release().partition('-')[0]}",
        f"Debian {debian.read_text().strip()}" if debian.exists() else "not Debian",
        f"Swift {swift.group(1)}" if swift else "no Swift",
        f"load {os.getloadavg()[0]:.1f} at the start",
        time.strftime("%d %B %Y").lstrip("0"),
    ])


def busy(seconds: float) -> float:
    """Processors in use on the whole machine, on average over so many seconds."""
    before = _ticks()
    time.sleep(seconds)
    return (_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds


def rest(limit: float = 900, share: float = 0.3) -> None:
    """Waits until less than this share of one processor was in use for five seconds on end: what was begun before is over."""
    end = time.monotonic() + limit
    while busy(5) > share:
        if time.monotonic() > end:
            print(f"bench: the machine did not come to rest within {limit:.0f} s: what is measured now is measured beside something else",
                  file=sys.stderr)
            return


def _ticks() -> int:
    """Of all processors together, without those in which they were idle, waited for a disk, or were taken away."""
    user, nice, system, _, _, irq, softirq = (int(word) for word in pathlib.Path("/proc/stat").read_text().split()[1:8])
    return user + nice + system + irq + softirq
