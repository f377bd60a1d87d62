"""Private apt roots: packages and sources of any suite, fetched and extracted without installing anything.

The archive's address and key come from the machine's own configuration; only the suite is changed.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .console import Failure

CONFIG = Path("/etc/apt")
RELEASE = "bookworm"


@dataclass(frozen=True)
class Archive:
    uri: str
    suites: tuple[str, ...]
    options: tuple[tuple[str, str], ...]  # deb822 fields that carry trust: Signed-By, Trusted, ...

    @property
    def is_main(self) -> bool:
        return RELEASE in self.suites


def configured_archives() -> list[Archive]:
    """The Debian archives this machine is configured for, with component main."""
    found: list[Archive] = []
    parts = CONFIG / "sources.list.d"
    files = sorted(parts.iterdir()) if parts.is_dir() else []
    for path in files:
        if path.suffix == ".sources":
            found += _deb822(path.read_text())
    for path in [CONFIG / "sources.list", *(path for path in files if path.suffix == ".list")]:
        if path.is_file():
            found += _one_line(path.read_text())
    mine = [archive for archive in found if any(suite.startswith(RELEASE) for suite in archive.suites)]
    if not any(archive.is_main for archive in mine):
        raise Failure(f"no Debian archive with the suite {RELEASE} and the component main is configured under {CONFIG}")
    return mine


def _deb822(text: str) -> list[Archive]:
    archives = []
    for stanza in text.split("\n\n"):
        fields: dict[str, str] = {}
        last = ""
        for line in stanza.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0].isspace() and last:
                fields[last] += "\n" + line
            else:
                key, _, value = line.partition(":")
                last = key.strip().lower()
                fields[last] = value.strip()
        if fields.get("enabled", "yes").lower() == "no" or "deb" not in fields.get("types", "").split():
            continue
        if "main" not in fields.get("components", "").split():
            continue
        options = tuple((name, fields[name.lower()]) for name in ("Signed-By", "Trusted", "Check-Valid-Until")
                        if name.lower() in fields)
        suites = tuple(fields.get("suites", "").split())
        archives += [Archive(uri, suites, options) for uri in fields.get("uris", "").split()]
    return archives


def _one_line(text: str) -> list[Archive]:
    archives = []
    names = {"signed-by": "Signed-By", "trusted": "Trusted", "check-valid-until": "Check-Valid-Until"}
    for line in text.splitlines():
        line = line.split("#", 1)[0].strip()
        if not line.startswith("deb "):
            continue
        rest = line[4:].strip()
        options: list[tuple[str, str]] = []
        if rest.startswith("["):
            inside, _, rest = rest[1:].partition("]")
            for option in inside.split():
                key, _, value = option.partition("=")
                if key.lower() in names:
                    options.append((names[key.lower()], value))
        words = rest.split()
        if len(words) >= 3 and "main" in words[2:]:
            archives.append(Archive(words[0], (words[1],), tuple(options)))
    return archives


class AptRoot:
    """One private apt state (own lists, empty package status) for one set of suites."""

    def __init__(self, folder: Path, suite: str | None = None, kind: str = "deb") -> None:
        """`suite` None: the release as configured, updates and security included."""
        self.folder = folder
        self.suite = suite
        for part in ("sources", "lists/partial", "archives/partial", "preferences"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()
        stanzas = []
        for archive in configured_archives():
            if suite is not None and not archive.is_main:
                continue
            suites = " ".join(archive.suites) if suite is None else suite
            lines = [f"Types: {kind}", f"URIs: {archive.uri}", f"Suites: {suites}", "Components: main"]
            lines += [f"{key}: {value}" for key, value in archive.options]
            stanzas.append("\n".join(lines) + "\n")
        (folder / "sources" / "debian.sources").write_text("\n".join(stanzas))
        self._run("apt-get", "-qq", "update")

    def _run(self, command: str, *arguments: str, cwd: Path | None = None) -> str:
        options = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self.folder / "sources",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": self.folder / "preferences",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache::archives": self.folder / "archives",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            "APT::Install-Recommends": "0",
            "APT::Sandbox::User": "root",
            "APT::Default-Release": "",
            "Debug::NoLocking": "1",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        full = [command]
        for key, value in options.items():
            full += ["-o", f"{key}={value}"]
        full += arguments
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        done = subprocess.run(full, cwd=cwd or self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"{command} {' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def has(self, package: str) -> bool:
        return bool(self._run("apt-cache", "-q", "madison", package).strip())

    def with_dependencies(self, *packages: str) -> list[Path]:
        """The packages and all they depend on, as .deb files."""
        self._run("apt-get", "-qq", "-y", "--download-only", "install", *packages)
        return sorted((self.folder / "archives").glob("*.deb"))

    def alone(self, *packages: str) -> list[Path]:
        """Just these packages, as .deb files."""
        target = self.folder / "alone"
        target.mkdir(exist_ok=True)
        self._run("apt-get", "-qq", "download", *packages, cwd=target)
        return [next(target.glob(f"{package}_*.deb")) for package in packages]

    def source(self, package: str) -> Path:
        """The folder with the source package's files (.dsc and tarballs), not unpacked."""
        target = self.folder / f"source-{package}"
        target.mkdir(exist_ok=True)
        self._run("apt-get", "-qq", "--download-only", "source", package, cwd=target)
        return target


def extract(debs: list[Path], target: Path, only: tuple[str, ...] = ()) -> None:
    """Unpacks the files of packages; with `only`, just those below these paths (`./usr/share/gocode`)."""
    target.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
        command = ["tar", "-x", "-C", str(target), "--no-same-owner"]
        if only:
            command += ["--wildcards", *(pattern for path in only for pattern in (path, f"{path}/*"))]
        done = subprocess.run(command, stdin=reader.stdout, capture_output=True, text=True)
        assert reader.stdout is not None
        reader.stdout.close()
        if reader.wait() not in (0, -13) or (done.returncode != 0 and "Not found in archive" not in done.stderr):
            raise Failure(f"cannot unpack {deb.name}: {done.stderr[-500:]}")


def version_of(deb: Path) -> str:
    return subprocess.run(["dpkg-deb", "-f", str(deb), "Version"], check=True, capture_output=True, text=True).stdout.strip()
