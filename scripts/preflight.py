"""What a script needs of the machine and of whoever runs it, asked before anything is made: one message, exit code 2."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def stop(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def writable():
    if subprocess.run([str(ROOT / "scripts" / "writable.sh")]).returncode != 0:
        sys.exit(2)


def root(what, why):
    if os.geteuid() != 0:
        stop(f"{what} needs root: {why}. Run it as root, for example with sudo.")


def git_files(*options):
    """The paths that `git ls-files` gives, relative to the checkout."""
    try:
        done = subprocess.run(["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        stop("git is missing: apt-get install git")
    if done.returncode != 0:
        stop(f"git cannot list the files of {ROOT}, which must be a checkout of the user who runs this (git clone):\n"
             f"{done.stderr.strip()}")
    return [name for name in done.stdout.split("\0") if name]
