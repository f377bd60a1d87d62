"""What the figures were taken on."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess
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
