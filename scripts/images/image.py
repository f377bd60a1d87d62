"""Container images without a registry or a daemon: one layer, a config and a manifest in a docker archive.

The same input gives the same bytes: entries are sorted, times are zero, owners are as told. What a package's maintainer
scripts would have done is not done; the few files they would have made are added by the recipe.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import posixpath
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
DOCUMENTATION = tuple(f"usr/share/{name}/" for name in (
    "bash-completion", "bug", "doc", "doc-base", "fish", "info", "lintian", "locale", "man", "menu", "zsh"))


@dataclass(frozen=True)
class Entry:
    kind: bytes  # tarfile.DIRTYPE, REGTYPE or SYMTYPE
    mode: int = 0o755
    content: bytes = b""
    link: str = ""
    owner: int = 0


@dataclass
class Layer:
    """A file tree in the merged-/usr layout of Debian (`/bin` is a link to `/usr/bin`, and so on)."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("bin", "sbin", "lib", "lib64"):
            self.entries[name] = Entry(tarfile.SYMTYPE, 0o777, link=f"usr/{name}")
            self.folder(f"usr/{name}")
        self.folder("tmp", mode=0o1777)

    @staticmethod
    def _path(path: str) -> str:
        path = posixpath.normpath(path.lstrip("/")).removeprefix("./")
        return f"usr/{path}" if path.split("/")[0] in MERGED else path

    def folder(self, path: str, mode: int = 0o755, owner: int = 0) -> None:
        self.entries[self._path(path)] = Entry(tarfile.DIRTYPE, mode, owner=owner)

    def file(self, path: str, content: bytes | str, mode: int = 0o644) -> None:
        data = content.encode() if isinstance(content, str) else content
        self.entries[self._path(path)] = Entry(tarfile.REGTYPE, mode, data)

    def copy(self, source: Path, path: str, mode: int = 0o755) -> None:
        self.file(path, source.read_bytes(), mode)

    def link(self, path: str, target: str) -> None:
        self.entries[self._path(path)] = Entry(tarfile.SYMTYPE, 0o777, link=target)

    def users(self, *lines: str) -> None:
        """The account files; root and nobody are always there. A line is one of passwd: `agent:x:65532:65532::/home/agent:/bin/sh`."""
        passwd = ["root:x:0:0:root:/root:/bin/sh", *lines, "nobody:x:65534:65534:nobody:/nonexistent:/bin/false"]
        self.file("etc/passwd", "\n".join(passwd) + "\n")
        groups = [f"{line.split(':')[0]}:x:{line.split(':')[3]}:" for line in passwd]
        self.file("etc/group", "\n".join(groups) + "\n")
        self.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        self.folder("root", 0o700)

    def package(self, deb: Path, keep: Callable[[str], bool] = lambda path: True) -> None:
        """The files of a .deb without its documentation; `keep` is asked with paths like `usr/bin/jq`."""
        reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
        assert reader.stdout is not None
        with tarfile.open(fileobj=reader.stdout, mode="r|") as archive:
            for member in archive:
                path = self._path(member.name)
                if path == "." or path in MERGED or path.startswith(DOCUMENTATION) or not keep(path):
                    continue
                if member.isdir():
                    self.entries.setdefault(path, Entry(tarfile.DIRTYPE, member.mode))
                elif member.issym():
                    self.entries[path] = Entry(tarfile.SYMTYPE, 0o777, link=member.linkname)
                elif member.islnk():
                    self.entries[path] = self.entries[self._path(member.linkname)]
                elif member.isfile():
                    data = archive.extractfile(member)
                    assert data is not None
                    # A set-uid bit has no use in an image that never runs as root.
                    self.entries[path] = Entry(tarfile.REGTYPE, member.mode & 0o777, data.read())
        reader.stdout.close()
        if reader.wait() != 0:
            raise RuntimeError(f"cannot read {deb}")

    def _complete(self) -> dict[str, Entry]:
        entries = dict(self.entries)
        for path in self.entries:
            while path := posixpath.dirname(path):
                entries.setdefault(path, Entry(tarfile.DIRTYPE))
        return entries

    def tar(self) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path, entry in sorted(self._complete().items()):
                info = tarfile.TarInfo(path)
                info.type, info.mode, info.linkname, info.size = entry.kind, entry.mode, entry.link, len(entry.content)
                info.uid = info.gid = entry.owner
                archive.addfile(info, io.BytesIO(entry.content))
        return buffer.getvalue()


def architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def write(path: Path, name: str, layer: Layer, **config: object) -> str:
    """Writes the archive for `ctr images import` or `docker load` and returns the image's id.

    `config` is the image's: `Cmd`, `Entrypoint`, `Env`, `User`, `WorkingDir`, `Labels`, `ExposedPorts`.
    """
    data = layer.tar()
    digest = hashlib.sha256(data).hexdigest()
    epoch = "1970-01-01T00:00:00Z"
    config.setdefault("Env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
    described = json.dumps({
        "architecture": architecture(), "os": "linux", "created": epoch, "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]}, "history": [{"created": epoch}],
    }, sort_keys=True).encode()
    identity = hashlib.sha256(described).hexdigest()
    manifest = json.dumps([{"Config": f"{identity}.json", "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]}]).encode()
    temporary = path.with_name(f".{path.name}.partial")
    with tarfile.open(temporary, "w") as archive:
        for member, content in ((f"{digest}/layer.tar", data), (f"{identity}.json", described), ("manifest.json", manifest)):
            info = tarfile.TarInfo(member)
            info.size, info.mode = len(content), 0o644
            archive.addfile(info, io.BytesIO(content))
    os.replace(temporary, path)
    return f"sha256:{identity}"
