#!/usr/bin/env python3
"""Applies deliberate bugs one by one and expects the named test to go red.

Each Tests/Mutants/NAME.patch is a diff whose first lines say what it breaks:
    bug: what the mutant does wrong
    test: regular expression of the tests that must fail, as `swift test --filter` takes it

A mutant is built in a copy of the checkout that begins with the checkout's own build folder, so that only what the bug touches
is built anew. Since a build knows its files by their paths, the copy is mounted over the checkout for it, seen by nobody else.

usage: mutants.py [--sample N [--seed S]] [--limit SECONDS] [NAME ...]
"""
import argparse
import codecs
import os
import pathlib
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import preflight

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = ROOT / "build" / "mutants"
CLUSTER = ROOT / "scripts" / "cluster" / "cluster.py"
# Where the tests on real pods find their cluster; without one they would be red for that.
NODE = "AIOPS_TEST_NODE_KUBECONFIG"
# Their tests make namespaces and change users; without the right to, they would be red for that.
NEED_ROOT = {"CurlTransportTests", "EnvironmentsTests"}
# The shell stays, as the first process of its namespace: somebody has to wait for what others leave behind.
MOUNTED = 'mount --bind "$0" "$1" && cd "$1" && shift || exit 1; "$@"; exit $?'


def header(patch, name):
    found = re.search(rf"^{name}: (.+)$", patch.read_text(), re.MULTILINE)
    if not found:
        sys.exit(f"{patch.relative_to(ROOT)}: no line '{name}: …' above the diff")
    return found.group(1).strip()


# Appended to the copy's Package.swift: a mutant is built with what its test needs and nothing else.
ONLY = """

var kept: Set<String> = []
var reached = [%s]
while let name = reached.popLast() {
    guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { continue }
    for dependency in target.dependencies {
        if case .byNameItem(let name, _) = dependency { reached.append(name) }
    }
}
package.products.removeAll()
package.targets.removeAll { !kept.contains($0.name) }
"""


def test_targets(patch):
    """The test targets that hold a test or suite named in the filter; none when that cannot be told."""
    words = [w for w in re.findall(r"\w+", header(patch, "test")) if len(w) > 3]
    declared = re.compile(r"\b(?:func|struct|class|enum)\s+(?:%s)\b" % "|".join(map(re.escape, words)))
    found = {f.relative_to(ROOT / "Tests").parts[0] for f in (ROOT / "Tests").rglob("*.swift") if declared.search(f.read_text())}
    return sorted(name for name in found if name.endswith("Tests"))


def copy_tree(targets):
    """A copy of what git tracks or would add, with the times of its files, so that a mutant never touches the checkout.

    All of it: some tests read the chart, the documents or the generated files, and would be red for a missing one.
    """
    shutil.rmtree(TREE, ignore_errors=True)
    for name in preflight.git_files("--cached", "--others", "--exclude-standard"):
        source, target = ROOT / name, TREE / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    if targets:
        with open(TREE / "Package.swift", "a") as package:
            package.write(ONLY % ", ".join(f'"{t}"' for t in targets))
    built, target = ROOT / ".build", TREE / ".build"
    if not (built / "debug").is_symlink():
        return  # nothing has been built yet: the mutant is, from nothing
    folder = pathlib.Path(os.readlink(built / "debug"))
    (target / folder).parent.mkdir(parents=True)
    flat = [p for p in built.iterdir() if p.is_symlink() or p.is_file()]
    for sources, place in ((flat, target), ([built / folder], (target / folder).parent)):
        subprocess.run(["cp", "-a", "--reflink=auto", *map(str, sources), str(place)], check=True)


def mounted(command, tree=TREE):
    """The command, as it is run at the checkout's path and sees the copy there.

    It has a process namespace of its own, which ends with its first process and that with `unshare`: the tests are a child
    of `swift test` in a group of their own, and what hangs in them is ended by killing the one process that is known here.
    """
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
            "bash", "-c", MOUNTED, str(tree), str(ROOT), *command]


# Not the word "Crash" alone, which is in the names of tests.
RED = re.compile(r"recorded an issue|Fatal error|[Pp]rogram crashed|[Ee]xited with unexpected signal")
# Seconds a test may go on after it has turned red: many wait then for what the mutant never does.
AFTER_RED = 20


def outcome(command, limit, tree=TREE, enough=None):
    """The exit code, none at the limit, and what was printed. However this ends, nothing of the command outlives it.

    What has printed `enough` has little time left.
    """
    # Every write, not a draw of them: some bugs show after one write only.
    running = subprocess.Popen(mounted(command, tree), env={**os.environ, "AIOPS_FAULTS": "all"},
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        printed, end = "", time.monotonic() + limit
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        while time.monotonic() < end:
            if not select.select([running.stdout], [], [], end - time.monotonic())[0]:
                break
            piece = os.read(running.stdout.fileno(), 1 << 16)
            if not piece:
                # Whoever has closed its output has ended, or is about to.
                return running.wait(timeout=max(1, end - time.monotonic())), printed
            already = enough is None or enough.search(printed)
            printed += decoder.decode(piece)
            if not already and enough.search(printed):
                end = min(end, time.monotonic() + AFTER_RED)
        return None, printed
    except subprocess.TimeoutExpired:
        return None, printed
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def end_without_it(patch, limit):
    """Whether the tests of a mutant are green, in the same copy and the same time, when the mutant is taken out of it."""
    subprocess.run(["git", "apply", "-R", "--unidiff-zero", "--recount", f"--directory={TREE.relative_to(ROOT)}", str(patch)],
                   cwd=ROOT, check=True)
    return all(outcome(command, limit)[0] == 0
               for command in (["swift", "build", "--build-tests"], ["swift", "test", "--skip-build", "--filter", header(patch, "test")]))


def run(patch, limit):
    """Returns None when the mutant was killed, else why not."""
    if re.search(r"^\+\+\+ .*\.h$", patch.read_text(), re.MULTILINE):
        return "it changes a C header, which SwiftPM does not look into: the tests would run without the bug"
    copy_tree(test_targets(patch))
    applied = subprocess.run(["git", "apply", "--unidiff-zero", "--recount", f"--directory={TREE.relative_to(ROOT)}", str(patch)],
                             cwd=ROOT, capture_output=True, text=True)
    if applied.returncode != 0:
        return f"the patch does not apply any more: {applied.stderr.strip()}"
    code, output = outcome(["swift", "build", "--build-tests"], limit)
    if code != 0:
        errors = [line for line in output.splitlines() if "error:" in line]
        what = "does not compile" if code is not None else f"is not built within {limit} s"
        return f"the mutant {what}: " + "; ".join(errors[:3] or [output[-300:]])
    code, output = outcome(["swift", "test", "--skip-build", "--filter", header(patch, "test")], limit, enough=RED)
    if code is None:
        # Red; or waiting without a word, which whoever runs the tests notices as well, unless they do not end without the
        # mutant either.
        return None if RED.search(output) or end_without_it(patch, limit) else "its tests do not end, with it or without"
    if code == 0:
        found = re.search(r"Test run with [1-9]\d* test", output)
        return "it lives: the tests stay green" if found else "no test matches its filter"
    # Red for another reason, such as a missing library, kills nothing.
    if RED.search(output):
        return None
    return f"the tests did not run: {output[-300:]}"


def run_all(patches, limit):
    """Returns how many live."""
    alive = 0
    for number, patch in enumerate(patches, 1):
        started = time.monotonic()
        problem = run(patch, limit)
        verdict = "killed" if problem is None else f"NOT KILLED: {problem}"
        print(f"[{number}/{len(patches)}] {patch.stem} ({header(patch, 'bug')}): {verdict}, "
              f"{time.monotonic() - started:.0f} s", flush=True)
        alive += problem is not None
    return alive


def commit_seed():
    """The same for a commit wherever it is checked out, another for the next; without git, the time's."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return int(found.stdout.strip()[:8], 16) if found.returncode == 0 else int(time.time())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="run only so many, drawn at random")
    parser.add_argument("--seed", type=int, help="of the draw; printed, to draw the same again; by default the commit's, so that "
                        "what is red is red for a change and not for the day")
    parser.add_argument("--limit", type=int, default=600, help="seconds that the build of a mutant may take, and its tests")
    parser.add_argument("names", nargs="*", help="run only these")
    arguments = parser.parse_args()
    patches = sorted((ROOT / "Tests" / "Mutants").glob("*.patch"))
    if arguments.names:
        unknown = set(arguments.names) - {p.stem for p in patches}
        if unknown:
            sys.exit(f"mutants: there is no {', '.join(sorted(unknown))}")
        patches = [p for p in patches if p.stem in arguments.names]
    if not patches:
        sys.exit("mutants: none found")
    if arguments.sample and arguments.sample < len(patches):
        seed = arguments.seed if arguments.seed is not None else commit_seed()
        print(f"mutants: {arguments.sample} of {len(patches)}, seed {seed}")
        patches = random.Random(seed).sample(patches, arguments.sample)
    preflight.writable()
    rooted = [p.stem for p in patches if NEED_ROOT & set(test_targets(p))]
    if rooted:
        preflight.root(f"{rooted[0]}, one of these mutants,", "its tests make namespaces")
    if not os.environ.get(NODE) and any("NodeTests" in test_targets(p) for p in patches):
        preflight.root("One of these mutants", "its tests need pods")
        subprocess.run([CLUSTER, "up", "--name", "aiops-test", "--profile", "node"], check=True, stdout=sys.stderr)
        found = subprocess.run([CLUSTER, "kubeconfig", "--name", "aiops-test"], check=True, stdout=subprocess.PIPE, text=True)
        os.environ[NODE] = found.stdout.strip()
    if subprocess.run(mounted(["true"], tree=ROOT), capture_output=True).returncode != 0:
        preflight.stop("A mutant is built in a mount namespace of its own, which this user or container may not have: run this as root.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        alive = run_all(patches, arguments.limit)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(TREE, ignore_errors=True)
    print(f"mutants: {len(patches) - alive} killed, {alive} alive")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
