"""A private Docker engine and a Kind node image, from Debian packages alone; the rig of the private cluster is its library."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FILES = HERE / "files"

# The rig of the private cluster: artifacts, private apt roots, locks, networks, processes.
sys.path.insert(0, str(HERE.parent / "cluster"))
