"""The Python packages that our scripts use, in a virtual environment outside the checkout.

A script that needs them calls `enter()` first: it makes the environment once and starts the script anew inside it.
"""
import fcntl
import hashlib
import os
import pathlib
import subprocess
import sys

import preflight

# Helm's own Go SDK as a native library; pinned, since its wheel is what installs the chart in the tests.
PACKAGES = ["helm-python-sdk==0.2.2", "PyYAML==6.0.2", "check-jsonschema==0.29.4"]


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "aiops-operator"


def enter():
    key = hashlib.sha256("\n".join([sys.version, *PACKAGES]).encode()).hexdigest()[:12]
    home = cache() / "python" / key
    python = home / "bin" / "python3"
    if pathlib.Path(sys.prefix).resolve() == home.resolve():
        return
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        preflight.stop(f"cannot make {home.parent}: {error.strerror}. Set XDG_CACHE_HOME to a folder of yours.")
    with open(home.parent / f"{key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            print(f"installing {', '.join(PACKAGES)}", file=sys.stderr)
            for command in ([sys.executable, "-m", "venv", "--clear", str(home)],
                            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]):
                if subprocess.run(command).returncode != 0:
                    preflight.stop(f"could not install {', '.join(PACKAGES)} into {home} (why is above).\n"
                                   "It needs the Debian package python3-venv and a Python package index (PyPI or a mirror of it).")
            (home / "complete").touch()
    os.execv(str(python), [str(python), *sys.argv])
