"""Writes the hash-pinned lists anew from pyproject.toml, for every system and Python at once."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from devkit import say
from devkit.places import Places
from devkit.say import Trouble

# OpenVINO asks for a package that reports how it is used. It runs without, and nobody here is
# watched: the package is in no list, and the lists are installed without looking for more.
# What every environment brings by itself is pinned where it matters which one it is: in `bundle`.
EXCLUDED = ("openvino-telemetry", "pip", "setuptools")
NEEDED_BY = {"bundle": ("pip", "setuptools")}

# List -> what it is compiled from. Each later list agrees with those before it.
SOURCES = {
    "runtime": ("pyproject.toml",),
    "build": ("--group", "build"),
    "dev": ("--group", "dev"),
    "standins": ("--group", "standins"),
    "bundle": ("--group", "bundle"),
}

_HEADER = """\
# The exact packages that {purpose}, with the digest of every file that may be installed.
# Written by `python3 packaging/dev.py lock`; not to be edited by hand.
"""
_PURPOSES = {
    "runtime": "the program needs",
    "build": "turn the checkout into an installed program",
    "dev": "the checks need besides",
    "standins": "the stand-in for Stripe and the judges of requests run with, in an environment of "
    "their own",
    "bundle": "freeze the program into installers",
}


def lock(places: Places, arguments: Sequence[str]) -> int:
    """Write packaging/lock/*.txt anew; `--upgrade` takes the newest versions that fit."""
    tool = shutil.which("uv")
    if tool is None:
        raise Trouble(
            "The lists are written by the tool uv, which was not found. Put it into an environment "
            "of its own (python3 -m venv build/uv, then build/uv/bin/pip install uv), put that on "
            "your PATH, and run this again. Nothing was changed."
        )
    done: list[Path] = []
    for name, source in SOURCES.items():
        say.line(f"Writing packaging/lock/{name}.txt")
        target = places.lock(name)
        command = [tool, "pip", "compile", *source, *_options(name, done), *arguments]
        code = subprocess.run(
            [*command, "--output-file", str(target)],
            cwd=places.root,
            check=False,
            stdout=subprocess.DEVNULL,
        ).returncode
        if code != 0:
            raise Trouble(f"uv could not resolve {target.name}; its lines above say why.")
        content = target.read_text(encoding="utf-8")
        target.write_text(_HEADER.format(purpose=_PURPOSES[name]) + content, encoding="utf-8")
        done.append(target)
    return 0


def _options(list_name: str, earlier: Sequence[Path]) -> list[str]:
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
    # One version for all Pythons: the same seed then gives the same picture everywhere.
    options += ["--fork-strategy", "fewest", "--no-header", "--no-annotate"]
    options += [word for path in earlier for word in ("--constraints", str(path))]
    excluded = [name for name in EXCLUDED if name not in NEEDED_BY.get(list_name, ())]
    return options + [word for name in excluded for word in ("--no-emit-package", name)]
