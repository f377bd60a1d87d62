#!/usr/bin/env python3
"""Builds the operator's image without a registry or a daemon.

usage: operator.py [--output build/images] [--binary FILE]
"""
import sys

# This file has the name of a standard module, and Python looks beside a script first.
sys.path[:] = [path for path in sys.path if path != __file__.rpartition("/")[0]]

import pathlib  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import operator_image  # noqa: E402

if __name__ == "__main__":
    sys.exit(operator_image.main(__doc__))
