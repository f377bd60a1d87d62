"""The operator's image: the program, the shared libraries it needs, what name look-ups and TLS need, and nothing else."""

from __future__ import annotations

import argparse
import hashlib
import os
import pathlib
import re
import subprocess
import sys

from image import Layer, write

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = "aiops-operator"
USER = 65532
# What the C library opens by name at run time, so that ldd does not see it.
NAME_SERVICES = ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")
# The package's certificates one by one: this machine's own bundle may hold more than Debian put there.
AUTHORITIES = pathlib.Path("/usr/share/ca-certificates/mozilla")


class ImageError(Exception):
    """The image cannot be made; the text says what is missing."""


def version() -> str:
    text = (ROOT / "charts" / "aiops-operator" / "Chart.yaml").read_text()
    found = re.search(r"^appVersion: *\"?([^\"\s]+)", text, re.MULTILINE)
    if found is None:
        raise ImageError("charts/aiops-operator/Chart.yaml names no appVersion")
    return found.group(1)


def build() -> pathlib.Path:
    """The release binary; quick when nothing has changed."""
    command = [str(ROOT / "scripts" / "release.sh"), PROGRAM]
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, stderr=sys.stderr)
    if done.returncode != 0:
        raise ImageError(f"`{' '.join(command)}` ended with {done.returncode}")
    asked = ["swift", "build", "-c", "release", "--show-bin-path"]
    folder = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    return pathlib.Path(folder) / PROGRAM


def stripped(binary: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    try:
        subprocess.run(["strip", "--strip-all", "-o", str(partial), str(binary)], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise ImageError("`strip` is missing: apt-get install binutils") from None
    except subprocess.CalledProcessError as error:
        raise ImageError(f"strip: {error.stderr.strip()}") from None
    os.replace(partial, target)
    return target


def libraries(binary: pathlib.Path) -> dict[str, pathlib.Path]:
    """Every shared library of the program and the loader, by the path the loader looks for."""
    listed = subprocess.run(["ldd", str(binary)], capture_output=True, text=True)
    if listed.returncode != 0:
        raise ImageError(f"ldd {binary}: {(listed.stderr or listed.stdout).strip()}")
    found: dict[str, pathlib.Path] = {}
    for line in listed.stdout.splitlines():
        parts = line.split()
        if "not found" in line:
            raise ImageError(f"{binary} needs {parts[0]}, which this machine does not have")
        path = next((part for part in parts if part.startswith("/")), None)
        if path is not None:  # linux-vdso has none
            found[path] = pathlib.Path(path).resolve()
    base = next((pathlib.Path(path).parent for path in found if path.endswith("/libc.so.6")), None)
    if base is None:
        raise ImageError(f"{binary} is not linked to the C library")
    for name in NAME_SERVICES:
        if (base / name).exists():
            found.setdefault(str(base / name), (base / name).resolve())
    foreign = [path for path in found if not path.startswith(("/lib", "/usr/lib"))]
    if foreign:
        raise ImageError("not of Debian, so not for the image (build with scripts/release.sh): " + ", ".join(foreign))
    return found


def authorities() -> bytes:
    files = sorted(AUTHORITIES.glob("*.crt"))
    if not files:
        raise ImageError("the package ca-certificates is missing: apt-get install ca-certificates")
    return b"".join(file.read_bytes() for file in files)


def layer(binary: pathlib.Path) -> Layer:
    tree = Layer()
    tree.copy(binary, f"usr/bin/{PROGRAM}")
    for path, file in libraries(binary).items():
        tree.copy(file, path)
    tree.file("etc/ssl/certs/ca-certificates.crt", authorities())
    tree.users(f"aiops:x:{USER}:{USER}::/nonexistent:/bin/false")
    return tree


def make(binary: pathlib.Path, output: pathlib.Path) -> tuple[pathlib.Path, str, str]:
    """The archive, the image's name and what identifies its content; written anew only when the content has changed."""
    name = f"{PROGRAM}:{version()}"
    archive = output / f"{PROGRAM}.tar"
    record = output / f".{PROGRAM}.inputs"
    tree = layer(stripped(binary, output / PROGRAM))
    recipe = b"".join(pathlib.Path(__file__).with_name(file).read_bytes() for file in ("image.py", "operator_image.py"))
    inputs = hashlib.sha256(name.encode() + recipe + tree.tar()).hexdigest()
    known = record.read_text().split() if archive.exists() and record.exists() else []
    if known[:1] == [inputs]:
        return archive, name, known[1]
    identity = write(archive, name, tree, Entrypoint=[f"/usr/bin/{PROGRAM}"], User=f"{USER}:{USER}", WorkingDir="/",
                     ExposedPorts={"8080/tcp": {}}, Env=["PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
                     Labels={"org.opencontainers.image.version": version(), "org.opencontainers.image.licenses": "Apache-2.0"})
    record.write_text(f"{inputs} {identity}\n")
    return archive, name, identity


def report(archive: pathlib.Path, name: str, identity: str) -> None:
    binary = archive.with_name(PROGRAM)
    files = {path: file for path, file in libraries(binary).items()}
    size = sum(file.stat().st_size for file in files.values())
    print(f"{name} {identity}")
    print(f"  program    {binary.stat().st_size / 1e6:6.1f} MB stripped")
    print(f"  libraries  {size / 1e6:6.1f} MB in {len(files)} files of Debian")
    print(f"  archive    {archive.stat().st_size / 1e6:6.1f} MB  {archive}")


def main(usage: str | None) -> int:
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build" / "images", help="folder of the archive")
    parser.add_argument("--binary", type=pathlib.Path, help="this program instead of a release build")
    options = parser.parse_args()
    if subprocess.run([str(ROOT / "scripts" / "writable.sh")]).returncode != 0:
        return 2
    try:
        output = options.output.resolve()
        report(*make(options.binary or build(), output))
    except ImageError as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0
