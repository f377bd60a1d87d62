"""What needs no engine: `python3 -m unittest discover -s scripts/kind/tests`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

import engine  # noqa: E402
from kindrig import FILES, images, lifecycle, node, state  # noqa: E402
from rig import paths, state as cluster_state  # noqa: E402
from rig.processes import MARK, Process, start_time  # noqa: E402

COMMANDS = FILES / "node/usr/local/bin"


class WithCache(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)
        change = mock.patch.dict(os.environ, XDG_CACHE_HOME=folder.name)
        change.start()
        self.addCleanup(change.stop)


class States(WithCache):
    def test_an_engine_is_no_cluster(self) -> None:
        made = state.EngineState("one", "kind", False, ["key"])
        made.save()
        self.assertEqual([found.name for found in state.EngineState.all()], ["one"])
        self.assertEqual(cluster_state.State.all(), [])
        again = state.EngineState.load("one")
        assert again is not None
        self.assertEqual((again.instance, again.binaries, type(again)), (made.instance, ["key"], state.EngineState))
        self.assertLess(len(str(again.socket)), 100)

    def test_what_is_not_there(self) -> None:
        self.assertIsNone(state.EngineState.load("none"))
        self.assertFalse(lifecycle.down("none"))

    def test_an_engine_that_never_came_up_is_removed_and_nobody_elses_process_is_ended(self) -> None:
        child = subprocess.Popen(["sleep", "60"], env={**os.environ, MARK: "another"})
        try:
            started = start_time(child.pid)
            assert started is not None
            half = state.EngineState("half", "kind", False, [], processes=[Process("dockerd", child.pid, started - 1)])
            half.save()
            self.assertTrue(lifecycle.down("half"))
            self.assertIsNone(child.poll())
            self.assertFalse(half.folder.exists())
        finally:
            child.kill()
            child.wait()

    def test_a_state_of_an_earlier_boot_is_not_healthy(self) -> None:
        old = state.EngineState("old", "kind", False, [], boot="another", complete=True)
        self.assertFalse(lifecycle.is_healthy(old))


class Names(unittest.TestCase):
    def test_which_are_taken(self) -> None:
        for name in ("kind", "a", "test-2"):
            self.assertEqual(engine.engine_name(name), name)
        for name in ("", "A", "-a", "a-", "a" * 21, "a/b", "../a", "2a"):
            self.assertRaises(argparse.ArgumentTypeError, engine.engine_name, name)

    def test_help_is_there_for_everybody(self) -> None:
        done = subprocess.run([sys.executable, str(HERE / "engine.py"), "--help"], capture_output=True, text=True, check=True)
        for word in ("image", "up", "down", "status"):
            self.assertIn(word, done.stdout)


class Files(unittest.TestCase):
    def test_kind_finds_its_line_last(self) -> None:
        """It goes on at once: whatever stands behind the line would run beside kubeadm."""
        lines = (COMMANDS / "entrypoint").read_text().strip().splitlines()
        line = next(number for number, text in enumerate(lines) if "detected cgroup v1" in text and "echo" in text)
        self.assertEqual(lines[line + 1:], ["fi", 'exec "$@"'])

    def test_commands_are_shell_and_can_run(self) -> None:
        for path in COMMANDS.iterdir():
            self.assertTrue(path.stat().st_mode & 0o111, path.name)
            subprocess.run(["bash", "-n", str(path)], check=True)

    def test_every_unit_that_is_switched_on_is_there(self) -> None:
        for unit in node.UNITS_ON:
            self.assertTrue((FILES / "node/etc/systemd/system" / unit).is_file(), unit)

    def test_the_sandbox_image_of_the_runtime_is_the_one_that_is_there(self) -> None:
        self.assertEqual((FILES / "node/etc/containerd/config.toml").read_text().count("@PAUSE@"), 1)

    def test_a_changed_file_is_another_image(self) -> None:
        before = node._files_digest()
        with tempfile.TemporaryDirectory() as folder:
            for path in FILES.rglob("*"):
                target = Path(folder) / path.relative_to(FILES)
                if path.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(path.read_bytes())
                    target.chmod(path.stat().st_mode)
            with mock.patch.object(node, "FILES", Path(folder)):
                self.assertEqual(node._files_digest(), before)
                (Path(folder) / "node/usr/local/bin/entrypoint").chmod(0o644)
                self.assertNotEqual(node._files_digest(), before)
        self.assertIn(node.NODE.key.rpartition("-")[2], node.image_name())

    def test_the_dns_server_has_all_it_imports(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "rig").mkdir()
            for name in images.DNS_SOURCES:
                (Path(folder) / "rig" / name).write_bytes((paths.HERE / "rig" / name).read_bytes())
            (Path(folder) / "dns.py").write_bytes((FILES / "dns.py").read_bytes())
            subprocess.run([sys.executable, "-B", "-c", "import dns"], cwd=folder, check=True, env={"PATH": os.environ["PATH"]})


class Steering(WithCache):
    def test_api_servers_listen_where_the_host_reaches_them(self) -> None:
        made = state.EngineState("one", "kind", False, [], slot=7)
        text = lifecycle.kind_config(made)
        self.assertIn('apiServerAddress: "10.210.7.2"', text)
        self.assertIn("apiServerPort: -1", text)

    def test_another_engine_of_the_callers_steers_nothing(self) -> None:
        theirs = {"DOCKER_HOST": "tcp://elsewhere", "DOCKER_CONTEXT": "mine", "KUBECONFIG": "/mine", "KEPT": "yes"}
        with mock.patch.dict(os.environ, theirs):
            lifecycle.forget_environment_of_the_caller()
            self.assertEqual({key for key in theirs if key in os.environ}, {"KEPT"})


if __name__ == "__main__":
    unittest.main()
