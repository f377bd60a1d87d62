#!/usr/bin/env python3
"""Runs the tests: everything set up first, one line of progress a step, details only where a step fails.

usage: test.py [unit|sim|api|faults|node|kind|lint|all|ci]
"""
import contextlib
import functools
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
ENGINE = ROOT / "scripts" / "kind" / "engine.py"
WHOLE_RUNS = "CrashTests|SimulationTests"
# Seconds for a step to end by itself when it is told to: SwiftPM takes some of them.
PATIENCE = 20
MINUTE = 60
# What of a failed step is shown: lines, and characters of each.
LAST, WIDE = 40, 180
# The same cases each time: what is red is red for a change and not for the day.
DRAWN = "20784"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Other names end like that of this target.
KIND_TESTS = "^KindTests[.]"
RIG_TESTS = f"ClusterTests|NodeTests|FaultTests|{KIND_TESTS}"
# What every fault plan is shared out in: title, and which tests. A plan waits most of its time, so the lanes run side by side.
DEATHS = ("F01KillAfterReply", "F02KillAfterCommit", "F03KillAfterEffect")
LANES = (
    *((plan[:3], ("--filter", plan)) for plan in DEATHS),
    ("the rest", ("--filter", "FaultTests", "--skip", "|".join(DEATHS))),
)

CLUSTERS = "it starts private clusters (network namespaces, containers)"
NEED_ROOT = {"unit": "some of its tests make network and process namespaces of their own",
             **dict.fromkeys(("api", "faults", "node", "kind", "ci", "all"), CLUSTERS)}


def causes(lines):
    """The lines that say why, each once and cut to what a terminal shows in two lines; of a test that failed, its issues and not its end."""
    said = [re.sub(r" with \d+ arguments? .* at (\w+\.swift:)", r" at \1", line)
            for line in lines if re.search(r": error:|recorded an issue|NOT KILLED", line)]
    said = said or [line for line in lines if line.startswith("✘")]
    return [line if len(line) <= WIDE else line[:WIDE - 1] + "…" for line in dict.fromkeys(said)][:LAST]


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

    def last_line(self):
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "nothing yet"

    def end(self):
        """An interrupt, which `swift test` passes on to its tests, then the end of all that is left.

        That is told by the session, for the tests are in a process group of their own. A cluster is in another: it stays.
        """
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
        self.watch.join(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while (left := session(self.process.pid)) and time.monotonic() < deadline:
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.02)


def session(leader):
    """The processes of a session that run, also when its leader does not."""
    found = []
    for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may hold anything: state, parent, group, session.
            fields = file.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and int(fields[3]) == leader:
            found.append(int(file.parent.name))
    return found


class Run:
    """Counts steps and tests; a failed step ends the run with its last lines on the screen."""

    def __init__(self, total):
        self.total, self.step, self.passed, self.failed = total, 0, 0, 0
        self.begun, self.told = [], 0
        self.environment = dict(os.environ)
        # Hundreds of tests at once on two threads starve each other until their deadlines strike.
        self.environment.setdefault("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "8")
        LOGS.mkdir(parents=True, exist_ok=True)

    def do(self, title, command):
        return self.finish(self.begin(title, command))

    def heed(self, number, _):
        """A signal ends the run, but not between the start of a process and the note of it: it is asked for where that is safe."""
        self.told = number

    def go_on(self):
        if self.told:
            print(f"told to end by {signal.Signals(self.told).name}", file=sys.stderr, flush=True)
            sys.exit(128 + self.told)

    def begin(self, title, command, environment=None):
        self.go_on()
        self.step += 1
        label = f"[{self.step}/{self.total}] {title}"
        print(f"{label} …", file=sys.stderr, flush=True)
        log = LOGS / f"{self.step:02d}-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.log"
        with open(log, "wb") as sink:
            # A session of its own, by which all that belongs to the step is found again when it must be ended.
            process = subprocess.Popen(command, cwd=ROOT, env=environment or self.environment, stdin=subprocess.DEVNULL,
                                       stdout=sink, stderr=subprocess.STDOUT, start_new_session=True)
        step = Step(label, command, log, process)
        self.begun.append(step)
        return step

    def beside(self, title, command, nice=19):
        """Begins a step that takes only the processor time which the steps after it leave; `finish` waits for it.

        SwiftPM locks by the path of the build folder, in the folder of temporary files: a lock of its own lets others run.
        """
        locks = ROOT / "build" / "locks" / str(self.step + 1)
        locks.mkdir(parents=True, exist_ok=True)
        step = self.begin(title, ["nice", "-n", str(nice), *command], {**self.environment, "TMPDIR": str(locks)})
        try:
            # Where the kernel shares the processor between sessions, `nice` counts within each of them only.
            pathlib.Path(f"/proc/{step.process.pid}/autogroup").write_text(str(nice))
        except OSError:
            pass  # a kernel that does not, a step that has ended, or more changes than the kernel takes at a time
        return step

    def carry_out(self, plan):
        for number in ENDING:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self.heed)
        try:
            plan(self)
        finally:
            self.stop()

    def stop(self):
        """Ends what still runs when the run is over: a step has failed, or the run was told to end."""
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        for step in self.begun:
            step.end()

    def finish(self, step):
        while step.watch.is_alive():
            self.go_on()
            step.watch.join(0.2)
        self.begun.remove(step)
        self.go_on()
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
        """The cause comes last and short, for logs of which only the end is kept: before it the last lines, where nothing says more."""
        lines = text.splitlines()
        for line in ["--- last lines", *lines[-LAST:], "--- what failed"] if text else []:
            print(line, file=sys.stderr)
        for line in causes(lines):
            print(line, file=sys.stderr)
        print(what, file=sys.stderr)
        print(f"{self.passed} passed, {max(self.failed, 1)} failed")
        sys.exit(1)

    @contextlib.contextmanager
    def engine(self, name):
        """A Docker engine of the project's own with nothing on it; gives the environment of who uses it, and goes afterwards."""
        self.end_engine(name)
        try:
            self.do(f"engine {name}", [str(ENGINE), "up", "--name", name])
            command = [str(ENGINE), "status", "--name", name, "--json"]
            status = json.loads(subprocess.check_output(command, cwd=ROOT, start_new_session=True))
            yield {**self.environment, **status["environment"]}
        finally:
            self.end_engine(name)

    def end_engine(self, name):
        """With all that is left on it, by a run that was killed too."""
        with open(LOGS / "engine-down.log", "ab") as log:
            subprocess.run([str(ENGINE), "down", "--name", name], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                           stderr=subprocess.STDOUT, start_new_session=True, check=False)

    def use_cluster(self, name, profile, variable):
        status = self.bring_up(name, profile, variable)
        self.environment["AIOPS_TEST_HOST_ADDRESS"] = status.get("hostAddress") or "127.0.0.1"
        self.environment["AIOPS_TEST_AUDIT_LOG"] = status.get("auditLog") or ""

    def bring_up(self, name, profile, variable, *options):
        self.do(f"cluster {name} ({' '.join([profile, *options])})", [str(CLUSTER), "up", "--name", name, "--profile", profile, *options])
        status = json.loads(subprocess.check_output([str(CLUSTER), "status", "--name", name, "--json"], cwd=ROOT, start_new_session=True))
        self.environment[variable] = status["kubeconfig"]
        return status


def lint(run):
    tracked = preflight.git_files()
    shell = [f for f in tracked if f.endswith(".sh") or f == ".ci/run" or f.startswith("scripts/kind/files/node/usr/local/bin/")]
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
    run.do("tests of the Kind scripts", [sys.executable, "-m", "unittest", "discover", "-s", "scripts/kind/tests"])
    run.do("tests of the fault proxy", [sys.executable, "-m", "unittest", "discover", "-s", "scripts/faults/tests"])


def sim(run):
    """Every plan over every lifecycle, on all cores."""
    run.do("build of the simulation", ["swift", "build", "-c", "release", "--product", "simulate"])
    text = run.do("every plan of the simulation",
                  ["swift", "run", "--skip-build", "-c", "release", "simulate", "--plan", "all"])
    totals = text.splitlines()[-2:]
    for line in totals:
        print(f"    {line}", flush=True)
    found = re.match(r"(\d+) schedules in .* a minute$", totals[-1])
    if not found:
        sys.exit("the simulation did not come to its end")
    run.passed += int(found.group(1))


def api(run):
    """The current server, and the oldest one as it was."""
    run.use_cluster("aiops-test-api", "api", "AIOPS_TEST_KUBECONFIG")
    run.bring_up("aiops-test-plain", "api", "AIOPS_TEST_PLAIN_KUBECONFIG", "--plain-1.20")
    run.do("self test of the API cluster", [str(CLUSTER), "selftest", "--name", "aiops-test-api"])
    run.do("tests against a real API server", ["swift", "test", "--skip-build", "--filter", "ClusterTests", "--skip", "NodeTests|FaultTests"])


def drawn_faults(run, begin):
    """On a cluster of its own: the operator of these tests has the chart's rights, and its log of requests is the witness."""
    run.use_cluster("aiops-test-faults", "api", "AIOPS_TEST_KUBECONFIG")
    run.environment["AIOPS_FAULTS"] = "sample"
    run.environment.setdefault("AIOPS_FAULTS_SEED", DRAWN)
    return begin("operator behind a fault proxy", ["swift", "test", "--skip-build", "--filter", "FaultTests"])


def every_fault(run):
    """Each lane on a cluster of its own; one that fails does not take the hours of the others with it."""
    run.environment.setdefault("AIOPS_FAULTS", "all")
    steps = []
    for number, (title, choice) in enumerate(LANES, 1):
        run.use_cluster(f"aiops-test-faults-{number}", "api", "AIOPS_TEST_KUBECONFIG")
        steps.append(run.beside(f"every fault, {title}", ["swift", "test", "--skip-build", *choice], nice=0))
    failed = []
    for step in steps:
        while step.watch.is_alive():
            step.watch.join(MINUTE)
            run.go_on()
            print("\n".join(f"    {lane.label}: {lane.last_line()}" for lane in steps), file=sys.stderr, flush=True)
        try:
            run.finish(step)
        except SystemExit:
            run.go_on()
            failed.append(step.label)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


# By names of their suites, one after another: beside the others, which take turns at the cluster, they stood in line for longer than
# any time limit that says something.
SANDBOX = "NodeTests[.](Escape|SandboxCommands)"


def node(run):
    run.use_cluster("aiops-test", "node", "AIOPS_TEST_NODE_KUBECONFIG")
    run.do("self test of the cluster with pods", [str(CLUSTER), "selftest", "--name", "aiops-test"])
    run.do("operator image", [str(ROOT / "scripts" / "images" / "operator.py"), "--output", "build/images"])
    run.do("load image", [str(CLUSTER), "load-image", "--name", "aiops-test", "build/images/aiops-operator.tar"])
    run.do("tests on real pods", ["swift", "test", "--skip-build", "--filter", "NodeTests", "--skip", SANDBOX])
    run.do("escapes from the sandbox", ["swift", "test", "--skip-build", "--no-parallel", "--filter", SANDBOX])


def kind(run):
    """Clusters made by kind on the host, beside pods of the cluster."""
    run.use_cluster("aiops-test", "node", "AIOPS_TEST_NODE_KUBECONFIG")
    with run.engine("aiops-test") as environment:
        command = ["swift", "test", "--skip-build", "--filter", KIND_TESTS]
        run.finish(run.begin("tests with Kind clusters", command, environment))


def node_and_what_runs_beside(run, with_faults):
    """Most of the time the tests on real pods wait for pods, which leaves the processor to others."""
    beside = [whole_runs(run, run.beside)]
    if with_faults:
        # Before whole runs, since they have deadlines, which are made for busy machines.
        beside.append(drawn_faults(run, functools.partial(run.beside, nice=10)))
    node(run)
    for step in beside:
        run.finish(step)


def mutants(run, arguments):
    run.do("mutants", [str(ROOT / "scripts" / "mutants.py"), *arguments])


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else "ci"
    plans = {
        "lint": (6, lambda run: lint(run)),
        "unit": (7, lambda run: (build(run), unit(run), whole_runs(run, run.do))),
        "sim": (2, lambda run: sim(run)),
        "api": (5, lambda run: (build(run), api(run))),
        "faults": (1 + 2 * len(LANES), lambda run: (build(run), every_fault(run))),
        "node": (7, lambda run: (build(run), node(run))),
        "kind": (4, lambda run: (build(run), kind(run))),
        "ci": (29, lambda run: (build(run), lint(run), unit(run), api(run), node_and_what_runs_beside(run, with_faults=True),
                                kind(run), mutants(run, ["--sample", "3"]))),
        "all": (27 + 2 * len(LANES), lambda run: (build(run), lint(run), unit(run), api(run), every_fault(run),
                                 node_and_what_runs_beside(run, with_faults=False), kind(run), mutants(run, []))),
    }
    if what not in plans:
        sys.exit(f"test.py: unknown part '{what}'; one of {', '.join(plans)}")
    preflight.writable()
    if what in NEED_ROOT:
        preflight.root(f"This part of the tests ({what})", NEED_ROOT[what])
    total, plan = plans[what]
    run = Run(total)
    run.carry_out(plan)
    print(f"{run.passed} passed, {run.failed} failed")


if __name__ == "__main__":
    main()
