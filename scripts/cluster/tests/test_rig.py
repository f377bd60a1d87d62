"""What of the rig can be wrong without a cluster running: `python3 -m unittest discover scripts/cluster/tests`."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

sys.dont_write_bytecode = True
for scripts in ("cluster", "images"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / scripts))

import image  # noqa: E402
from rig import controlplane, crdroutes, debian, dns, lifecycle, network, node, paths, processes, state  # noqa: E402
from rig.artifacts import Artifact, forget_old  # noqa: E402


def question(name: str, kind: int = dns.A) -> bytes:
    return struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + dns._encode_name(name) + struct.pack(">HH", kind, 1)


def reply(query: bytes, records: dns.Records) -> tuple[int, int, bytes]:
    """(code, number of answers, everything)"""
    message = dns.answer(query, records, 512)
    assert message is not None
    _, flags, _, answers, _, _ = struct.unpack(">HHHHHH", message[:12])
    return flags & 0xF, answers, message


class Names(unittest.TestCase):
    def setUp(self) -> None:
        self.records = dns.Records()
        ports = [{"name": "http", "port": 80}]
        self.records.put("services", ("shop", "web"), {"spec": {"clusterIP": "10.0.0.7", "ports": ports}})
        self.records.put("services", ("shop", "store"), {"spec": {"clusterIP": "None", "ports": ports}})
        self.records.put("services", ("shop", "away"), {"spec": {"type": "ExternalName", "externalName": "example.org"}})
        addresses = [{"ip": "10.1.0.2", "hostname": "store-0"}, {"ip": "10.1.0.3"}]
        self.records.put("endpoints", ("shop", "store"), {"subsets": [{"addresses": addresses, "notReadyAddresses": [{"ip": "10.1.0.9"}]}]})

    def test_addresses(self) -> None:
        for name, wanted in {
            "web.shop.svc.cluster.local": ["10.0.0.7"], "WEB.shop.svc.cluster.local": ["10.0.0.7"],
            "store.shop.svc.cluster.local": ["10.1.0.2", "10.1.0.3"], "store-0.store.shop.svc.cluster.local": ["10.1.0.2"],
            "10-1-0-3.store.shop.svc.cluster.local": ["10.1.0.3"],
        }.items():
            code, count, message = reply(question(name), self.records)
            self.assertEqual((code, count), (0, len(wanted)), name)
            for address in wanted:
                self.assertIn(bytes(map(int, address.split("."))), message, name)

    def test_missing_names_and_empty_answers(self) -> None:
        for name in ("none.shop.svc.cluster.local", "web.other.svc.cluster.local", "web.shop", "example.org", "x.web.shop.svc.cluster.local", ""):
            self.assertEqual(reply(question(name), self.records)[:2], (dns.NO_SUCH_NAME, 0), name)
        self.assertEqual(reply(question("web.shop.svc.cluster.local", dns.AAAA), self.records)[:2], (dns.OK, 0))

    def test_other_records(self) -> None:
        self.assertEqual(reply(question("_http._tcp.web.shop.svc.cluster.local", dns.SRV), self.records)[:2], (dns.OK, 1))
        self.assertIn(b"\x07example\x03org", reply(question("away.shop.svc.cluster.local"), self.records)[2])

    def test_a_deleted_service_is_gone(self) -> None:
        self.records.put("services", ("shop", "web"), None)
        self.assertEqual(reply(question("web.shop.svc.cluster.local"), self.records)[0], dns.NO_SUCH_NAME)

    def test_no_message_breaks_the_server(self) -> None:
        good = question("web.shop.svc.cluster.local")
        for size in range(len(good)):
            dns.answer(good[:size], self.records, 512)
        for seed in range(2000):
            noise = hashlib.sha512(str(seed).encode()).digest()
            dns.answer(good[:4] + noise, self.records, 512)
        self.assertIsNone(dns.answer(b"\0\0\x80\0" + good[4:], self.records, 512))

    def test_an_answer_too_long_for_a_datagram_is_cut(self) -> None:
        addresses = [{"ip": f"10.1.1.{n}"} for n in range(1, 100)]
        self.records.put("endpoints", ("shop", "store"), {"subsets": [{"addresses": addresses}]})
        message = dns.answer(question("store.shop.svc.cluster.local"), self.records, 512)
        assert message is not None
        self.assertTrue(message[2] & 0x02)
        self.assertLessEqual(len(message), 512)


class Sources(unittest.TestCase):
    def test_both_formats(self) -> None:
        text = ("Types: deb deb-src\nURIs: http://a.example/debian\nSuites: bookworm bookworm-updates\nComponents: main contrib\n"
                "Signed-By: /k.gpg\n\n# off\nEnabled: no\nTypes: deb\nURIs: http://b.example\nSuites: bookworm\nComponents: main\n")
        trust = (("Signed-By", "/k.gpg"),)
        self.assertEqual(debian._deb822(text), [debian.Archive("http://a.example/debian", ("bookworm", "bookworm-updates"), trust)])
        line = "# x\ndeb [arch=amd64 signed-by=/k.gpg] http://a.example/debian bookworm main # y\ndeb http://c.example x contrib\n"
        self.assertEqual(debian._one_line(line), [debian.Archive("http://a.example/debian", ("bookworm",), trust)])


class Processes(unittest.TestCase):
    def test_a_recycled_pid_is_never_signalled(self) -> None:
        child = subprocess.Popen(["sleep", "60"])
        try:
            started = processes.start_time(child.pid)
            assert started is not None
            stranger = processes.Process("stranger", child.pid, started - 1)
            self.assertFalse(stranger.is_alive)
            stranger.stop(grace=1)
            self.assertIsNone(child.poll())
            processes.Process("mine", child.pid, started).stop(grace=5)
        finally:
            child.kill()
            child.wait()

    def test_only_marked_processes_are_found(self) -> None:
        child = subprocess.Popen(["sleep", "60"], env={**os.environ, processes.MARK: "one"})
        try:
            while not Path(f"/proc/{child.pid}/environ").read_bytes():
                pass  # the new program's environment is there a moment after it has begun
            self.assertEqual([found.pid for found in processes.marked([child.pid, os.getpid()], "one")], [child.pid])
            self.assertEqual(processes.marked([child.pid], "on"), [])
        finally:
            child.kill()
            child.wait()


class Cgroups(unittest.TestCase):
    def test_one_that_goes_while_it_is_looked_for_is_left_out(self) -> None:
        """A pod's cgroup goes when its last process has gone, and a walk that began before finds it missing."""
        with tempfile.TemporaryDirectory() as name:
            folder, look = Path(name), os.scandir
            for child in ("gone", "there/below"):
                (folder / child).mkdir(parents=True)

            def scandir(path: str) -> object:
                if Path(path).name == "gone":
                    raise FileNotFoundError(path)
                return look(path)

            with mock.patch.object(os, "scandir", scandir):
                found = node.cgroups_in(folder)
            self.assertEqual(found, [folder, folder / "there", folder / "there/below"])
        self.assertEqual(node.cgroups_in(folder), [])


class Artifacts(unittest.TestCase):
    def test_a_failed_build_leaves_nothing_that_looks_built(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = folder
            try:
                def fail(work: Path, output: Path) -> dict[str, str]:
                    (output / "half").touch()
                    raise RuntimeError("no")

                broken = Artifact("thing", "recipe", fail)
                self.assertRaises(RuntimeError, broken.build)
                self.assertFalse(broken.is_built)
                self.assertEqual(list((Path(folder) / "aiops-operator/artifacts").iterdir()), [])
                good = Artifact("thing", "recipe", lambda work, output: {})
                self.assertTrue((good.build() / "artifact.json").is_file())
                forget_old({good.key}, days=-1)
                self.assertTrue(good.is_built)
                forget_old(set(), days=1)
                self.assertTrue(good.is_built)
                forget_old(set(), days=-1)
                self.assertFalse(good.is_built)
                self.assertNotEqual(good.key, Artifact("thing", "other", fail).key)
            finally:
                del os.environ["XDG_CACHE_HOME"]


class Images(unittest.TestCase):
    def test_the_same_input_gives_the_same_bytes(self) -> None:
        def made(order: list[str]) -> bytes:
            layer = image.Layer()
            for name in order:
                layer.file(name, "content")
            return layer.tar()

        self.assertEqual(made(["etc/a", "bin/b"]), made(["usr/bin/b", "/etc/a"]))
        self.assertNotEqual(made(["etc/a"]), made(["etc/b"]))


class Routes(unittest.TestCase):
    def test_only_established_and_served_versions_are_routed(self) -> None:
        def crd(established: str) -> dict[str, object]:
            return {"spec": {"group": "g", "versions": [{"name": "v1", "served": True}, {"name": "v0", "served": False}]},
                    "status": {"conditions": [{"type": "Established", "status": established}]}}

        self.assertEqual(crdroutes._wanted([crd("True")]), {"v1.g": ("g", "v1")})
        self.assertEqual(crdroutes._wanted([crd("False")]), {})

    def test_clusters_have_networks_of_their_own(self) -> None:
        one, two = (network.Network("a", "b", slot) for slot in (0, 1))
        self.assertFalse({one.pods, one.services, one.host_address} & {two.pods, two.services, two.host_address})

    def test_a_network_is_taken_when_it_is_made_and_not_before(self) -> None:
        """Another user's cluster may come up while this one's binaries are being built; only its routes can be seen."""
        made: list[int] = []
        free = iter([0, 1])
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, XDG_CACHE_HOME=folder), \
                mock.patch.object(state, "free_slot", lambda taken: next(free)), \
                mock.patch.object(network.Network, "up", lambda self: made.append(self.slot)), \
                mock.patch.object(paths, "machine_lock", lambda name: paths.locked(name)):
            mine = state.State.new("one", "api", True, [])
            plane = controlplane.ControlPlane(mine)
            self.assertEqual((mine.slot, made), (-1, []))
            next(free)  # a stranger's
            mine.take_network()
            self.assertEqual((mine.slot, made, plane.network.slot), (1, [1], 1))
            kept = state.State.load("one")
            self.assertEqual(kept and kept.slot, 1)


class Health(unittest.TestCase):
    def test_whatTheUserMakesOfTheKubeconfigIsNotRead(self) -> None:
        """kubectl writes it anew, in YAML, when it is told to use another namespace."""
        state = SimpleNamespace(complete=True, is_of_this_boot=True, network=SimpleNamespace(is_up=True), processes=[],
                                kubeconfig="the user's", own_kubeconfig="the rig's")
        with mock.patch.object(lifecycle, "Api") as api:
            self.assertTrue(lifecycle.is_healthy(state))
        api.assert_called_once_with("the rig's")


if __name__ == "__main__":
    unittest.main()
