#!/usr/bin/env python3
"""A private Docker engine with a Kind node image, built from Debian packages alone: see docs/kind.md.

Exit codes: 0 done, 1 a step failed, 2 this machine lacks something (the message says what), 3 `status`: not running.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from kindrig import lifecycle  # noqa: E402  (first: it puts the private cluster's rig on the path)
from kindrig.node import EVERYTHING, NODE, image_name  # noqa: E402
from kindrig.state import EngineState  # noqa: E402
from rig.console import Failure, Missing, Steps  # noqa: E402


def engine_name(text: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,18}[a-z0-9])?", text):
        raise argparse.ArgumentTypeError("a name has 1 to 20 of a-z, 0-9 and -, begins with a letter and ends without -")
    return text


def existing(name: str) -> EngineState:
    state = EngineState.load(name)
    if state is None:
        raise Missing(f"There is no engine named {name}. Start it: scripts/kind/engine.py up --name {name}")
    return state


def print_environment(state: EngineState) -> None:
    for key, value in lifecycle.environment(state).items():
        print(f"export {key}='{value}'")


def run_image(options: argparse.Namespace) -> int:
    lifecycle.build_image(Steps(len(EVERYTHING)))
    print(f"{NODE.folder} {image_name()}")
    return 0


def run_up(options: argparse.Namespace) -> int:
    print_environment(lifecycle.up(options.name))
    return 0


def run_down(options: argparse.Namespace) -> int:
    if not lifecycle.down(options.name):
        print(f"no engine named {options.name}", file=sys.stderr)
    return 0


def run_status(options: argparse.Namespace) -> int:
    described = lifecycle.describe(existing(options.name))
    if options.json:
        print(json.dumps(described, indent=2))
    else:
        print(f"{described['name']}: {'up' if described['healthy'] else 'NOT HEALTHY'}")
        for key, value in described.items():
            if key not in ("name", "healthy", "environment"):
                print(f"  {key}: {value}")
        print_environment(existing(options.name))
    return 0 if described["healthy"] else 3


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="engine.py", description="A private Docker engine with a Kind node image, built from Debian packages alone.",
        epilog="`eval \"$(scripts/kind/engine.py up)\"`, then `$AIOPS_KIND create cluster --image $AIOPS_KIND_IMAGE --config $AIOPS_KIND_CONFIG` "
               "with the folder of $AIOPS_DOCKER on PATH. The API servers answer at the engine's address, on the host as well; "
               "`$AIOPS_KIND_ENTER COMMAND` runs a command in the engine's own network.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, summary: str, named: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(run=run)
        if named:
            sub.add_argument("--name", type=engine_name, default="kind", help="which engine (several may run side by side)")
        return sub

    command("image", run_image, "build and cache the tools and the node image", named=False)
    command("up", run_up, "start an engine that has the node image, or reuse the running one; prints its environment")
    command("down", run_down, "remove an engine's containers, end it and remove its state")
    command("status", run_status, "what runs, and its environment").add_argument("--json", action="store_true")

    options = parser.parse_args()
    lifecycle.forget_environment_of_the_caller()
    try:
        code: int = options.run(options)
        return code
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 2
    except Failure as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(f"{problem.filename}: {problem.strerror}. The engine belongs to root: run this as root.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
