"""Certificates and kubeconfigs of one cluster, made with openssl (elliptic curve keys: instant)."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

from .console import Failure


def _openssl(*arguments: str) -> None:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"openssl {arguments[0]} failed: {done.stderr.strip()[-800:]}")


class Authority:
    """A certificate authority in a folder, and what it signs."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self.certificate = folder / f"{name}.crt"
        self.key = folder / f"{name}.key"
        self._config = folder / "openssl.cnf"
        if not self.certificate.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            # The system's file would add extensions of its own, a second basicConstraints among them.
            self._config.write_text("[req]\ndistinguished_name = name\n[name]\n")
            _openssl("req", "-config", str(self._config), "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-days", "3650",
                     "-subj", f"/CN=aiops-{name}", "-keyout", str(self.key), "-out", str(self.certificate),
                     "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "subjectKeyIdentifier=hash",
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature")

    def issue(self, file: str, common_name: str, group: str | None = None, names: tuple[str, ...] = ()) -> tuple[Path, Path]:
        """A client certificate, and a serving one too when it has `names` (`DNS:...`, `IP:...`)."""
        certificate, key = self.folder / f"{file}.crt", self.folder / f"{file}.key"
        subject = (f"/O={group}" if group else "") + f"/CN={common_name}"
        usage = "clientAuth,serverAuth" if names else "clientAuth"
        extensions = ["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature",
                      "-addext", f"extendedKeyUsage={usage}"]
        if names:
            extensions += ["-addext", f"subjectAltName={','.join(names)}"]
        _openssl("req", "-config", str(self._config), "-x509", "-CA", str(self.certificate), "-CAkey", str(self.key), "-newkey", "ec",
                 "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", subject,
                 "-keyout", str(key), "-out", str(certificate), *extensions)
        return certificate, key


def service_account_keys(folder: Path) -> tuple[Path, Path]:
    private, public = folder / "sa.key", folder / "sa.pub"
    _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(private))
    _openssl("pkey", "-in", str(private), "-pubout", "-out", str(public))
    return private, public


def write_kubeconfig(path: Path, name: str, server: str, authority: Authority, user: str, pair: tuple[Path, Path]) -> Path:
    def data(file: Path) -> str:
        return base64.b64encode(file.read_bytes()).decode()

    context = f"aiops-{name}"
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": context,
        "clusters": [{"name": context, "cluster": {"server": server, "certificate-authority-data": data(authority.certificate)}}],
        "users": [{"name": user, "user": {"client-certificate-data": data(pair[0]), "client-key-data": data(pair[1])}}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": user}}],
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2) + "\n")  # JSON is YAML
    return path
