"""What a user meets before anything is built: `python3 -m unittest discover -s scripts/tests`."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

import mutants  # noqa: E402

TARGETS = ("lint", "bench", "build", "crds", "format", "image", "manifests", "mutants", "test", "test-api", "test-kind", "test-unit")
SCRIPTS = ("bench.py", "images/operator.py", "manifests.py", "mutants.py", "test.py")
NOBODY = 65534


class PlainUser(unittest.TestCase):
    """Somebody who is not root, with a copy of the checkout that anybody may read."""

    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        os.chmod(self.folder.name, 0o755)
        self.tree = Path(self.folder.name) / "checkout"
        shutil.copytree(ROOT / "scripts", self.tree / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "Tests" / "Mutants", self.tree / "Tests" / "Mutants")
        shutil.copy(ROOT / "Makefile", self.tree)
        cache = Path(self.folder.name) / "cache"
        cache.mkdir()
        cache.chmod(0o777)
        # One that is quick to say its version, and is there for a user who cannot see root's.
        swift = cache / "swift"
        swift.write_text("#!/bin/sh\necho Swift version 6.3\n")
        swift.chmod(0o755)
        self.environment = {**os.environ, "HOME": str(cache), "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": "1",
                            "PATH": f"{cache}:/usr/bin:/bin:/usr/sbin:/sbin"}

    def as_user(self, *command: str) -> subprocess.CompletedProcess[str]:
        user = [f"--re{kind}id={NOBODY}" for kind in "ug"]
        change = ["setpriv", *user, "--clear-groups"] if os.geteuid() == 0 else []
        return subprocess.run([*change, *command], cwd="/", env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def own(self, owner: int) -> None:
        for path in [self.tree, *self.tree.rglob("*")]:
            if os.geteuid() == 0:
                os.chown(path, owner, owner)
            path.chmod(0o755 if owner else 0o555)

    def expect_refusal(self, done: subprocess.CompletedProcess[str], before: list[Path], what: str) -> None:
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 2, f"{what}: {said}")
        self.assertNotIn("Traceback", said, what)
        self.assertTrue(said.strip(), what)
        self.assertEqual(sorted(self.tree.rglob("*")), before, what)

    def test_whoMayNotWriteIsTold(self) -> None:
        self.own(0)
        before = sorted(self.tree.rglob("*"))
        for target in TARGETS:
            self.expect_refusal(self.as_user("make", "-f", f"{self.tree}/Makefile", target), before, target)
        for script in SCRIPTS:
            self.expect_refusal(self.as_user("/usr/bin/python3", f"{self.tree}/scripts/{script}"), before, script)

    def test_whatNeedsRootSaysSo(self) -> None:
        self.own(NOBODY)
        before = sorted(self.tree.rglob("*"))
        for script, *arguments in (("test.py", "unit"), ("test.py", "api"), ("test.py", "kind"), ("test.py",), ("bench.py",)):
            done = self.as_user("/usr/bin/python3", f"{self.tree}/scripts/{script}", *arguments)
            self.expect_refusal(done, before, f"{script} {arguments}")
            self.assertIn("needs root", done.stderr)


class FromElsewhere(unittest.TestCase):
    def test_makeFindsItsScriptsFromAnyFolder(self) -> None:
        # Below `make test` this would be a make within make, which tells of the folders it enters.
        outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        done = subprocess.run(["make", "-f", f"{ROOT}/Makefile", "--dry-run", *TARGETS], cwd="/", env=outer,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.splitlines():
            self.assertIn(f"'{ROOT}'", line)


def running(word: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [str(file)] if word in file.read_text().split("\0") else []
        except OSError:
            pass  # it has ended
    return found


class Mutants(unittest.TestCase):
    def test_everyMutantAppliesAndSaysWhatItIs(self) -> None:
        patches = sorted((ROOT / "Tests" / "Mutants").glob("*.patch"))
        self.assertTrue(patches)
        wrong = []
        for patch in patches:
            head = patch.read_text().partition("\ndiff --git ")[0].splitlines()
            wrong += [f"{patch.name}: no line '{name}: …' above the diff" for name in ("bug", "test")
                      if not any(line.startswith(f"{name}: ") for line in head)]
            # As scripts/mutants.py applies it.
            done = subprocess.run(["git", "apply", "--check", "--unidiff-zero", "--recount", str(patch)], cwd=ROOT,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                wrong.append(f"{patch.name}: {done.stderr.strip()}")
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def test_whatHangsIsEndedWithAllThatItStarted(self) -> None:
        word = f"86399.{os.getpid()}"
        hangs = f"echo begun; setsid sleep {word} > /dev/null 2>&1 & exec setsid sleep {word}"
        code, output = mutants.outcome(["bash", "-c", hangs], 1, tree=ROOT)
        self.assertIsNone(code, output)
        self.assertEqual(output, "begun\n")
        deadline = time.monotonic() + 10
        while running(word) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(running(word), [])

    def test_whatIsRedIsNotWaitedForMuchLonger(self) -> None:
        begun = time.monotonic()
        with mock.patch.object(mutants, "AFTER_RED", 0.5):
            code, output = mutants.outcome(["bash", "-c", "echo it recorded an issue; sleep 60"], 60, tree=ROOT, enough=mutants.RED)
        self.assertIsNone(code)
        self.assertEqual(output, "it recorded an issue\n")
        self.assertLess(time.monotonic() - begun, 30)

    def test_theExitCodeIsThatOfTheCommand(self) -> None:
        self.assertEqual(mutants.outcome(["bash", "-c", "echo said; exit 3"], 60, tree=ROOT), (3, "said\n"))


# Two steps of scripts/test.py, one beside the other, each with a child in its group and one in a group of its own.
STEPS = """
import importlib.util, pathlib, signal, sys
script, logs, word = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(script).parent))
spec = importlib.util.spec_from_file_location("steps", script)
steps = importlib.util.module_from_spec(spec)
spec.loader.exec_module(steps)
steps.LOGS = pathlib.Path(logs)
for number in steps.ENDING:
    signal.signal(number, signal.SIG_DFL)  # below nohup one would be ignored
hangs = ["bash", "-c", f"sleep {word} & set -m; sleep {word} & wait"]
steps.Run(2).carry_out(lambda run: (run.begin("beside", hangs), run.do("hangs", hangs)))
"""


class Ending(unittest.TestCase):
    def test_aRunThatIsToldToEndLeavesNothing(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            word = f"86398.{number}{os.getpid()}"
            with self.subTest(number.name), tempfile.TemporaryDirectory() as logs:
                command = [sys.executable, "-B", "-c", STEPS, str(ROOT / "scripts" / "test.py"), logs, word]
                run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                with run:
                    deadline = time.monotonic() + 60
                    while len([file for file in running(word) if not file.startswith(f"/proc/{run.pid}/")]) < 4:
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.02)
                    run.send_signal(number)
                    said, _ = run.communicate(timeout=60)
                self.assertEqual(run.returncode, 128 + number, said)
                self.assertIn(number.name, said.decode())
                self.assertEqual(running(word), [])


class Causes(unittest.TestCase):
    def test_whatFailedIsSaidOnceAndShort(self) -> None:
        spec = importlib.util.spec_from_file_location("steps", ROOT / "scripts" / "test.py")
        steps = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(steps)
        case = "✘ Test a(b:) recorded an issue with 1 argument b → {} at ATests.swift:7:9: Expectation failed: no"
        self.assertEqual(
            steps.causes(["✔ Test ok() passed", case.format(1), case.format("x at y"), "✘ Test a(b:) failed after 1 seconds",
                          f"A.swift:1:1: error: {'w' * 500}"]),
            ["✘ Test a(b:) recorded an issue at ATests.swift:7:9: Expectation failed: no", f"A.swift:1:1: error: {'w' * 500}"[:179] + "…"])
        self.assertEqual(steps.causes(["✔ Test ok() passed", "✘ Test a() failed after 1 seconds"]), ["✘ Test a() failed after 1 seconds"])


# A step that fails while it has an engine.
WITH_ENGINE = """
import importlib.util, pathlib, sys
script, logs, engine = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(script).parent))
spec = importlib.util.spec_from_file_location("steps", script)
steps = importlib.util.module_from_spec(spec)
spec.loader.exec_module(steps)
steps.ROOT = steps.LOGS = pathlib.Path(logs)
steps.ENGINE = pathlib.Path(engine)
run = steps.Run(2)
with run.engine("one") as environment:
    run.finish(run.begin("fails", ["sh", "-c", 'echo "engine $DOCKER_HOST"; exit 1'], environment))
"""


class Filters(unittest.TestCase):
    def test_theKindTestsAreATargetAndNotWhatIsCalledAlike(self) -> None:
        """Swift Testing matches the whole of a name, which ends with the file."""
        spec = importlib.util.spec_from_file_location("steps", ROOT / "scripts" / "test.py")
        assert spec is not None and spec.loader is not None
        steps = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(steps)
        for name, is_one in (("KindTests.KindDeaths/killed()/KindDeaths.swift:14:6", True),
                             ("KubernetesModelTests.BuiltInKindTests/all()/BuiltInKindTests.swift:8:6", False),
                             ("ControllersTests.KindCrashTests/all()/KindCrashTests.swift:8:6", False)):
            self.assertEqual(bool(re.search(steps.KIND_TESTS, name)), is_one, name)
            self.assertEqual(bool(re.search(steps.RIG_TESTS, name)), is_one, name)


class Engines(unittest.TestCase):
    def test_anEngineIsEmptyBeforeAndGoneAfterAStepThatFails(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            calls = Path(folder) / "calls"
            engine = Path(folder) / "engine"
            engine.write_text(f"""#!/bin/sh\necho "$*" >> '{calls}'\necho '{{"environment": {{"DOCKER_HOST": "unix:///there"}}}}'\n""")
            engine.chmod(0o755)
            command = [sys.executable, "-B", "-c", WITH_ENGINE, str(ROOT / "scripts" / "test.py"), folder, str(engine)]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("engine unix:///there", done.stderr)
            called = calls.read_text().splitlines()
            self.assertEqual(called, ["down --name one", "up --name one", "status --name one --json", "down --name one"])


if __name__ == "__main__":
    unittest.main()
