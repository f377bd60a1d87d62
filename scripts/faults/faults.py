#!/usr/bin/env python3
"""Starts the fault proxy and the stand-in node in front of a running API cluster: faults.py KUBECONFIG FOLDER.

Prints one line of JSON when all is up (the operator's kubeconfig, its token file, the control port) and runs until it is
told to stop. Only the standard library is needed.
"""

from __future__ import annotations

import json
import re
import secrets
import signal
import ssl
import sys
import threading
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cluster")]

from proxy.control import Control  # noqa: E402
from proxy.server import FaultProxy  # noqa: E402
from proxy.shop import Shop  # noqa: E402
from proxy.standin import StandIn  # noqa: E402
from rig.api import Api  # noqa: E402
from rig.pki import Authority  # noqa: E402

USER = "aiops:operator"


def operator_kubeconfig(folder: Path, authority: Authority, port: int, token: Path) -> Path:
    import base64
    data = base64.b64encode(authority.certificate.read_bytes()).decode()
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "faults",
        "clusters": [{"name": "faults", "cluster": {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": data}}],
        "users": [{"name": "operator", "user": {"tokenFile": str(token)}}],
        "contexts": [{"name": "faults", "context": {"cluster": "faults", "user": "operator"}}],
    }
    path = folder / "operator.kubeconfig"
    path.write_text(json.dumps(config, indent=2) + "\n")
    return path


def main() -> int:
    kubeconfig, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    api = Api(kubeconfig, timeout=30)
    own = Authority(folder / "pki")
    certificate, key = own.issue("proxy", "fault-proxy", names=("IP:127.0.0.1",))
    inward = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inward.load_cert_chain(certificate, key)
    inward.set_alpn_protocols(["http/1.1"])
    cluster = Authority(kubeconfig.parent / "pki")
    outward = ssl.create_default_context(cadata=cluster.certificate.read_text())
    outward.load_cert_chain(*_copied(cluster.issue(f"operator-{secrets.token_hex(4)}", USER), folder))
    token = folder / "token"
    token.write_text(secrets.token_hex(16))
    stand_in = StandIn(api)
    proxy = FaultProxy(inward, (api.host, api.port, outward), Shop(api), token.read_text())
    control = Control(proxy, stand_in)
    for server in (proxy, control):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stand_in.start()
    print(json.dumps({
        "kubeconfig": str(operator_kubeconfig(folder, own, proxy.server_address[1], token)), "tokenFile": str(token),
        "user": USER, "control": control.server_address[1],
    }), flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    proxy.blackhole.heal()
    return 0


def _copied(pair: tuple[Path, Path], folder: Path) -> tuple[Path, Path]:
    """Moves a certificate of the cluster to this run's folder, so that nothing is left in the cluster's."""
    return tuple(file.replace(folder / re.sub(r"-[0-9a-f]{8}", "", file.name)) for file in pair)  # type: ignore[return-value]


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sys.exit(main())
