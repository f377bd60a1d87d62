#!/usr/bin/env python3
"""Runs the tests: everything set up first, one line of progress a step, details only where a step fails.

usage: test.py [unit|sim|api|faults|node|lint|all|ci]
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

import preflight

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "logs"
CLUSTER = ROOT / "scripts" / "cluster" / "cluster.py"
WHOLE_RUNS = "CrashTests|SimulationTests"
RIG_TESTS = "ClusterTests|NodeTests|FaultTests"

CLUSTERS = "it starts private clusters (network namespaces, containers)"
NEED_ROOT = {"unit": "some of its tests cut a cable between two network namespaces of their own",
             **dict.fromkeys(("api", "faults", "node", "ci", "all"), CLUSTERS)}


class Step:
    """One that has begun."""

    def __init__(self, label, command, log, process):
        self.label, self.command, self.log, self.process = label, command, log, process
        self.started, self.ended = time.monotonic(), 0.0
        self.watch = threading.Thread(target=self.note_the_end, daemon=True)
        self.watch.start()

    def note_the_end(self):
        """One that runs beside others is asked for its end when those have ended, which may be much later."""
        self.process.wait()
        self.ended = time.monotonic()


class Run:
    """Counts steps and tests; a failed step ends the run with its last lines on the screen."""

    def __init__(self, total):
        self.total, self.step, self.passed, self.failed = total, 0, 0, 0
        self.besides = []
        self.environment = dict(os.environ)
        # Hundreds of tests at once on two threads starve each other until their deadlines strike.
        self.environment.setdefault("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "8")
        LOGS.mkdir(parents=True, exist_ok=True)

    def do(self, title, command):
        return self.finish(self.begin(title, command))

    def begin(self, title, command, environment=None, apart=False):
        self.step += 1
        label = f"[{self.step}/{self.total}] {title}"
        print(f"{label} …", file=sys.stderr, flush=True)
        log = LOGS / f"{self.step:02d}-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.log"
        with open(log, "wb") as sink:
            process = subprocess.Popen(command, cwd=ROOT, env=environment or self.environment, stdin=subprocess.DEVNULL,
                                       stdout=sink, stderr=subprocess.STDOUT, start_new_session=apart)
        return Step(label, command, log, process)

    def beside(self, title, command):
        """Begins a step that takes only the processor time which the steps after it leave; `finish` waits for it.

        SwiftPM locks by the path of the build folder, in the folder of temporary files: a lock of its own lets others run.
        """
        locks = ROOT / "build" / "locks"
        locks.mkdir(exist_ok=True)
        step = self.begin(title, ["nice", "-n", "19", *command], {**self.environment, "TMPDIR": str(locks)}, apart=True)
        # Where the kernel shares the processor between sessions, `nice` counts within each of them only.
        share = pathlib.Path(f"/proc/{step.process.pid}/autogroup")
        if share.exists():
            share.write_text("19")
        self.besides.append(step)
        return step

    def stop(self):
        """Ends what still runs beside the others when the run is over: one of those has failed."""
        for step in self.besides:
            if step.process.poll() is None:
                # `swift test` passes an interrupt on to its tests, which are in a process group of their own.
                os.killpg(step.process.pid, signal.SIGINT)
                step.process.wait()

    def finish(self, step):
        step.watch.join()
        label, log, code = step.label, step.log, step.process.returncode
        text = log.read_text(errors="replace")
        # A run with known issues closes with a mark of its own: it passed, and its line says how many are known.
        closing = [line for line in text.splitlines() if re.match("[✔━✘] Test run with", line)]
        for line in closing:
            count = int(re.search(r"with (\d+) test", line).group(1))
            print(f"    {line}", flush=True)
            if line.startswith("✘"):
                self.failed += 1
            else:
                self.passed += count
        elapsed = step.ended - step.started
        if code == 0 and "swift" in step.command and "test" in step.command and not closing:
            self.fail(f"{label}: no test ran; whole log: {log.relative_to(ROOT)}", "")
        if code != 0:
            self.fail(f"{label}: FAILED after {elapsed:.0f} s (exit code {code}); whole log: {log.relative_to(ROOT)}", text)
        print(f"{label}: done in {elapsed:.0f} s", file=sys.stderr, flush=True)
        return text

    def fail(self, what, text):
        print(what, file=sys.stderr)
        lines = text.splitlines()
        shown = [line for line in lines if re.search(r"^✘|^↳|: error:|recorded an issue|NOT KILLED", line)][:60]
        for line in [*shown, "--- last lines", *lines[-40:]] if text else []:
            print(line, file=sys.stderr)
        print(f"{self.passed} passed, {max(self.failed, 1)} failed")
        sys.exit(1)

    def use_cluster(self, name, profile, variable):
        self.do(f"cluster {name} ({profile})", [str(CLUSTER), "up", "--name", name, "--profile", profile])
        status = json.loads(subprocess.check_output([str(CLUSTER), "status", "--name", name, "--json"], cwd=ROOT))
        self.environment[variable] = status["kubeconfig"]
        self.environment["AIOPS_TEST_HOST_ADDRESS"] = status.get("hostAddress") or "127.0.0.1"
        self.environment["AIOPS_TEST_AUDIT_LOG"] = status.get("auditLog") or ""


def lint(run):
    tracked = preflight.git_files()
    shell = [f for f in tracked if f.endswith(".sh") or f == ".ci/run"]
    yaml = [f for f in tracked if f.endswith((".yaml", ".yml")) and "/templates/" not in f]
    python = [f for f in tracked if f.endswith(".py")]
    run.do("format", ["swift", "format", "lint", "--strict", "--recursive", "Package.swift", "Sources", "Tests"])
    run.do("shell scripts", ["shellcheck", *shell])
    run.do("python scripts", [sys.executable, "-W", "error", "-m", "compileall", "-q", *python])
    run.do("yaml", ["yamllint", "-s", "-c", ".yamllint", *yaml])
    run.do("generated CRDs", ["swift", "run", "crdgen", "--output", "crds", "--check"])
    run.do("generated manifests", [str(ROOT / "scripts" / "manifests.py"), "--check"])


def build(run):
    run.do("build with tests", ["swift", "build", "--build-tests"])


def unit(run):
    # Whole runs keep every thread busy for minutes; what has time limits of its own is run without them.
    run.do("unit tests", ["swift", "test", "--skip-build", "--skip", f"{RIG_TESTS}|{WHOLE_RUNS}"])
    scripts(run)


def whole_runs(run, begin):
    """In virtual time, so that nothing in them minds how long they take."""
    return begin("whole runs in memory", ["swift", "test", "--skip-build", "--filter", WHOLE_RUNS, "--skip", RIG_TESTS])


def scripts(run):
    run.do("tests of the scripts", [sys.executable, "-m", "unittest", "discover", "-s", "scripts/tests"])
    run.do("tests of the cluster scripts", [sys.executable, "-m", "unittest", "discover", "-s", "scripts/cluster/tests"])
    run.do("tests of the fault proxy", [sys.executable, "-m", "unittest", "discover", "-s", "scripts/faults/tests"])


def sim(run):
    """Every plan over every lifecycle, on all cores: each takes its share of the schedules."""
    run.do("build of the simulation", ["swift", "build", "-c", "release", "--product", "simulate"])
    cores = os.cpu_count() or 1
    shares = [f"swift run --skip-build -c release simulate --plan all --share {number}/{cores} & jobs=\"$jobs $!\""
              for number in range(cores)]
    wait = "for job in $jobs; do wait $job || failed=1; done; exit ${failed:-0}"
    text = run.do("every plan of the simulation", ["bash", "-c", "\n".join([*shares, wait])])
    totals = [line for line in text.splitlines() if line.endswith(" a minute")]
    for line in totals:
        print(f"    {line}", flush=True)
    if len(totals) != cores:
        sys.exit("not every share of the simulation came to its end")
    run.passed += sum(int(line.split()[0]) for line in totals)


def api(run):
    run.use_cluster("aiops-test-api", "api", "AIOPS_TEST_KUBECONFIG")
    run.do("self test of the API cluster", [str(CLUSTER), "selftest", "--name", "aiops-test-api"])
    run.do("tests against a real API server", ["swift", "test", "--skip-build", "--filter", "ClusterTests", "--skip", "NodeTests|FaultTests"])


def faults(run, everything):
    """On a cluster of its own: the operator of these tests has the chart's rights, and its log of requests is the witness."""
    run.use_cluster("aiops-test-faults", "api", "AIOPS_TEST_KUBECONFIG")
    run.environment["AIOPS_FAULTS"] = "all" if everything else "sample"
    run.do("operator behind a fault proxy", ["swift", "test", "--skip-build", "--filter", "FaultTests"])


def node(run):
    run.use_cluster("aiops-test", "node", "AIOPS_TEST_NODE_KUBECONFIG")
    run.do("self test of the cluster with pods", [str(CLUSTER), "selftest", "--name", "aiops-test"])
    run.do("operator image", [str(ROOT / "scripts" / "images" / "operator.py"), "--output", "build/images"])
    run.do("load image", [str(CLUSTER), "load-image", "--name", "aiops-test", "build/images/aiops-operator.tar"])
    run.do("tests on real pods", ["swift", "test", "--skip-build", "--filter", "NodeTests"])


def node_and_whole_runs(run):
    """Most of the time the tests on real pods wait for pods, which leaves the processor to whole runs."""
    step = whole_runs(run, run.beside)
    node(run)
    run.finish(step)


def mutants(run, arguments):
    run.do("mutants", [str(ROOT / "scripts" / "mutants.py"), *arguments])


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "ci"
    plans = {
        "lint": (6, lambda run: lint(run)),
        "unit": (6, lambda run: (build(run), unit(run), whole_runs(run, run.do))),
        "sim": (2, lambda run: sim(run)),
        "api": (4, lambda run: (build(run), api(run))),
        "faults": (3, lambda run: (build(run), faults(run, everything=True))),
        "node": (6, lambda run: (build(run), node(run))),
        "ci": (21, lambda run: (build(run), lint(run), unit(run), api(run), node_and_whole_runs(run),
                                mutants(run, ["--sample", "3"]))),
        "all": (23, lambda run: (build(run), lint(run), unit(run), api(run), faults(run, everything=True), node_and_whole_runs(run),
                                 mutants(run, []))),
    }
    if what not in plans:
        sys.exit(f"test.py: unknown part '{what}'; one of {', '.join(plans)}")
    preflight.writable()
    if what in NEED_ROOT:
        preflight.root(f"This part of the tests ({what})", NEED_ROOT[what])
    total, plan = plans[what]
    run = Run(total)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        plan(run)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        run.stop()
    print(f"{run.passed} passed, {run.failed} failed")


if __name__ == "__main__":
    main()
