#!/usr/bin/env python3
"""Measures what the transport costs beside libcurl alone, and prints the tables of docs/transport.md.

Processor time is the client's own, so the server (a Python program on loopback, HTTP/1.1 and HTTP/2 over TLS) does not
count. Needs the package python3-h2, which setup installs.

usage: transport.py [--count N] [--rounds N]
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

from measure import machine  # noqa: E402
from measure.native import compiled  # noqa: E402

SERVER = ROOT / "Tests" / "CurlTransportTests" / "Fixtures" / "h2server.py"
VERSIONS = ("1.1", "2")


def certificates(folder):
    common = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    for name, extra in {"ca": [], "server": ["-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key", "-addext",
                                             "subjectAltName=IP:127.0.0.1"]}.items():
        subprocess.run([*common, "-subj", f"/CN={name}", "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.pem",
                        *extra], check=True, capture_output=True)


class Server:
    """The server of the tests; `order` gives it a command and returns what it has counted."""

    def __init__(self, folder):
        self.process = subprocess.Popen(["/usr/bin/python3", SERVER, folder / "server.pem", folder / "server.key"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = "https://127.0.0.1:" + self.process.stdout.readline().split()[1]

    def order(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return dict(pair.split("=") for pair in self.process.stdout.readline().split()[1:])

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def cpu(figures):
    return figures["user"] + figures["system"]


def output(*command):
    return json.loads(subprocess.check_output([str(part) for part in command], text=True))


def watches(bench, server, ca, count, seconds, version, events):
    process = subprocess.Popen([str(bench), "watch", server.url + "/watch", str(ca), str(count), str(seconds), version],
                               stdout=subprocess.PIPE, text=True)
    if process.stdout.readline().strip() != "open":
        raise SystemExit("the watches did not open")
    before = server.order("stats")
    for _ in range(events):
        server.order("event")
        time.sleep(seconds / 2 / events)
    figures = json.loads(process.stdout.read())
    process.wait()
    figures["connections"] = int(before["open"])
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000, help="requests a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{machine.describe()}\n")
    build = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "TransportBench"]
    subprocess.run(build, cwd=ROOT, check=True, stdout=sys.stderr)
    binary = subprocess.check_output([*build, "--show-bin-path"], cwd=ROOT, text=True).strip()
    bench, floor = pathlib.Path(binary) / "TransportBench", compiled("curl_floor", ROOT / "build" / "measure")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        certificates(folder)
        ca, server = folder / "ca.pem", Server(folder)
        print("Processor time of one small PATCH, user and system, microseconds (median of rounds, in turns):\n")
        print("| over | libcurl alone | transport, one after another | ratio | transport, eight at a time |")
        print("|---|---|---|---|---|")
        for version in VERSIONS:
            rounds = [(cpu(output(floor, server.url, ca, arguments.count, version)),
                       cpu(output(bench, "patch", server.url, ca, arguments.count, 1, version)),
                       cpu(output(bench, "patch", server.url, ca, arguments.count, 8, version)))
                      for _ in range(arguments.rounds)]
            alone, one, eight = (statistics.median(column) for column in zip(*rounds))
            ratio = statistics.median(r[1] / r[0] for r in rounds)
            print(f"| HTTP/{version} | {alone:.1f} | {one:.1f} | {ratio:.2f} | {eight:.1f} |", flush=True)
        print("\nWatches:\n")
        print("| watches over | connections | private memory each, KiB | idle processor time, 10 s | one event to one watch, µs |")
        print("|---|---|---|---|---|")
        for version, count in (("1.1", 10), ("2", 10), ("1.1", 100), ("2", 100), ("2", 1_000)):
            quiet = watches(bench, server, ca, count, 10, version, 0)
            busy = watches(bench, server, ca, count, 4, version, max(2, 2_000 // count))
            idle = cpu(quiet["perSecond"]) * 10 / 1e6
            event = (cpu(busy["perSecond"]) - cpu(quiet["perSecond"])) * 4 / max(1, busy["events"])
            print(f"| {count}, HTTP/{version} | {quiet['connections']} | {quiet['privateKilobytesEach']:.1f} | "
                  f"{idle * 1e3:.2f} ms | {event:.1f} |", flush=True)
        server.stop()


if __name__ == "__main__":
    main()
