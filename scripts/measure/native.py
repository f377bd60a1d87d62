"""The C programs of a measurement, compiled once, and the credentials they read from files."""

from __future__ import annotations

import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent


class NativeError(Exception):
    """A program could not be made or did not do its work; the text is its own."""


def compiled(name: str, folder: pathlib.Path) -> pathlib.Path:
    """The program of `name`.c, made anew when a source is newer."""
    folder.mkdir(parents=True, exist_ok=True)
    program, sources = folder / name, [HERE / f"{name}.c", HERE / "client.h"]
    if not program.exists() or any(source.stat().st_mtime > program.stat().st_mtime for source in sources):
        # Swift's toolchain brings clang, so there is a compiler even where Debian's is not installed.
        compiler = shutil.which("cc") or "clang"
        done = subprocess.run([compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, sources[0], "-lcurl"],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise NativeError(done.stderr)
    return program


@dataclass(frozen=True)
class Access:
    """URL and files, in the order of the programs' first arguments."""

    arguments: tuple[str, ...]

    @staticmethod
    @contextlib.contextmanager
    def of(kubeconfig: pathlib.Path, collection: str) -> Iterator[Access]:
        config = json.loads(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        with tempfile.TemporaryDirectory() as folder:
            files = {"ca": cluster["certificate-authority-data"], "crt": user["client-certificate-data"], "key": user["client-key-data"]}
            paths = {name: pathlib.Path(folder) / name for name in files}
            for name, text in files.items():
                paths[name].touch(mode=0o600)
                paths[name].write_bytes(base64.b64decode(text))
            yield Access((cluster["server"], *(str(paths[name]) for name in ("ca", "crt", "key")), collection))
