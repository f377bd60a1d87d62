#!/usr/bin/env python3
"""Notes which functions operator and twin run, so that the linker puts those side by side: scripts/functions.order.

The kernel maps the pages of a program by the sixteen. Functions that run, strewn over the whole program, bring most of the rest into
memory as well. Names that have gone by the next release do no harm; take the list again when much has changed. Needs valgrind.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

import bench  # noqa: E402
import preflight  # noqa: E402
from measure.api import ApiError  # noqa: E402
from measure.arena import ArenaError  # noqa: E402
from measure.native import NativeError  # noqa: E402
from measure.process import ProcessError  # noqa: E402
from measure.subject import Subject  # noqa: E402
from product.progress import Failure, Missing, Progress  # noqa: E402

ORDER = bench.SCRIPTS / "functions.order"
PROGRAMS = ("aiops-operator", "RuntimeTwin")


def executed(profile: pathlib.Path) -> set[str]:
    return set(re.findall(r"^c?fn=(\S+)$", profile.read_text(errors="replace"), re.MULTILINE))


def defined(program: pathlib.Path) -> set[str]:
    """What is in the program itself: the order of other libraries is theirs."""
    listed = subprocess.run(["nm", "--format=posix", program], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in listed.splitlines() if line.split()[1] in "tTwW"}


def watched(subject: Subject, profile: pathlib.Path) -> Subject:
    command = ("valgrind", "--tool=callgrind", "--demangle=no", "--compress-strings=no", "--compress-pos=no",
               f"--callgrind-out-file={profile}", *subject.command)
    return Subject(subject.name, command, subject.log)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PROGRAMS, help="look at this one, and add what it runs to the list that is there")
    options = parser.parse_args()
    programs = [name for name in PROGRAMS if options.only in (None, name)]
    preflight.writable()
    preflight.root("This", "it starts a private cluster (network namespaces)")
    progress = Progress(2 + len(programs), "order")
    found: set[str] = set(ORDER.read_text().split()) if options.only else set()
    try:
        if shutil.which("valgrind") is None:
            raise Missing("valgrind is missing: apt-get install valgrind")
        with progress.step("building " + " and ".join(programs)):
            for product in programs:
                progress.run(product, [bench.SCRIPTS / "release.sh", product])
        built = {name: bench.ROOT / ".build" / "release" / name for name in PROGRAMS}
        with bench.arena(progress) as arena:
            _, twin, operator = bench.subjects(arena, progress, *built.values())
            work = {PROGRAMS[0]: (operator, bench.REFUSED, "Failed"), PROGRAMS[1]: (twin, bench.QUEUED, "Succeeded")}
            for name in programs:
                subject, spec, last = work[name]
                with progress.step(f"{subject.name}: 20 tasks, slowly"):
                    profile = progress.logs / f"{subject.name}.callgrind"
                    arena.burst(watched(subject, profile), spec, 20, last)
                    found |= executed(profile) & defined(built[name])
                    arena.clear()
    except (Failure, Missing, ApiError, ArenaError, NativeError, ProcessError) as failure:
        print(f"\norder: {failure}", file=sys.stderr)
        return 1
    ORDER.write_text("".join(f"{name}\n" for name in sorted(found)))
    print(f"{len(found)} functions in {ORDER.relative_to(bench.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
