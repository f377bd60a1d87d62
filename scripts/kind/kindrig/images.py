"""The images of the control plane, as kubeadm names them: docker archives of one layer, from what was built and Debian's packages."""

from __future__ import annotations

import shutil
from pathlib import Path

from rig import build, debian, paths
from rig.build import KUBERNETES, RUNTIME

import base  # the images' folder is on the path since `rig.build`
from image import Layer, write

from . import FILES, kubeadm

STATIC = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
PROXY_PACKAGES = ("iptables", "conntrack", "iproute2", "kmod")
DNS_PACKAGES = ("python3",)
# Of the cluster's DNS server: what it is, in a folder of its own.
DNS_SOURCES = ("__init__.py", "api.py", "dns.py")


def make(work: Path, output: Path) -> None:
    names = kubeadm.images()
    for name in STATIC:
        layer = Layer()
        layer.copy(KUBERNETES.folder / name, f"usr/local/bin/{name}")
        write(output / f"{name}.tar", names[name], layer)
    layer = Layer()
    layer.copy(KUBERNETES.folder / "pause", "pause")
    write(output / "pause.tar", names["pause"], layer, Entrypoint=["/pause"], User="65535:65535")

    layer = _of_packages(work / "apt-etcd", ("libc6",))
    layer.copy(RUNTIME.folder / "usr/bin/etcd", "usr/local/bin/etcd")
    write(output / "etcd.tar", names["etcd"], layer)

    layer = _of_packages(work / "apt-proxy", PROXY_PACKAGES)
    layer.copy(KUBERNETES.folder / "kube-proxy", "usr/local/bin/kube-proxy")
    for name in ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"):
        layer.link(f"usr/sbin/{name}", "xtables-nft-multi")  # what Debian's alternatives would do; the node's variant too
    write(output / "kube-proxy.tar", names["kube-proxy"], layer)

    layer = _of_packages(work / "apt-dns", DNS_PACKAGES)
    for name in DNS_SOURCES:
        layer.copy(paths.HERE / "rig" / name, f"opt/dns/rig/{name}", mode=0o644)
    layer.copy(FILES / "dns.py", "opt/dns/dns.py", mode=0o644)
    # CoreDNS' options are given to it and mean nothing here.
    write(output / "coredns.tar", names["coredns"], layer, Entrypoint=["/usr/bin/python3", "-B", "/opt/dns/dns.py"])
    for archive in build.IMAGES.folder.glob("*.tar"):
        if archive.name != "pause.tar":
            shutil.copy(archive, output / archive.name)


def _of_packages(work: Path, packages: tuple[str, ...]) -> Layer:
    layer = Layer()
    for deb in debian.AptRoot(work).with_dependencies(*packages):
        if not base._UNUSED.match(deb.name) or deb.name.startswith("libdb5"):
            layer.package(deb, lambda path: "/gconv/" not in path and not path.startswith("usr/lib/systemd"))
    layer.users()
    return layer
