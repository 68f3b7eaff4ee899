"""Freezes the program into one folder and packs that into installers for the system it runs on."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from installers.debian import Incomplete
from installers.packing import pack

from devkit import building, environment, say
from devkit.places import WINDOWS, Places
from devkit.say import Trouble

LISTS = ("runtime", "build", "bundle")
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)
_QUIT = b'{"op": "quit"}\n'


def version(places: Places) -> str:
    """Return the program's version as its package tells it."""
    text = (places.root / "stylestudio_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = _VERSION.search(text)
    if found is None:
        raise Trouble("stylestudio_desktop/__init__.py names no version.")
    return found[1]


def work(places: Places) -> Path:
    """Return the folder where everything on the way to an installer lies."""
    return places.root / "build" / "bundle"


def frozen(places: Places) -> Path:
    """Return the folder of the frozen program."""
    return work(places) / "frozen" / "stylestudio"


def program(folder: Path) -> Path:
    """Return the frozen program in `folder`."""
    return folder / ("stylestudio.exe" if WINDOWS else "stylestudio")


def bundle(places: Places, arguments: Sequence[str]) -> int:
    """Freeze the program, try it, and pack it; with `--folder` it is frozen and tried only."""
    if unknown := [word for word in arguments if word != "--folder"]:
        raise Trouble(f"“{unknown[0]}” is not understood; only --folder is.")
    environment.ensure(places, LISTS)
    began = time.monotonic()
    _gather(places)
    _freeze(places)
    _try(places)
    size = sum(path.stat().st_size for path in _files(frozen(places)))
    shown = frozen(places).relative_to(places.root).as_posix()
    say.line(f"  {shown}: {size / 1e6:.0f} MB, {time.monotonic() - began:.0f} s")
    if "--folder" not in arguments:
        say.line("Packing")
        for path in _pack(places):
            say.line(f"  dist/{path.name}: {path.stat().st_size / 1e6:.0f} MB")
    say.line(f"Done in {time.monotonic() - began:.0f} s.")
    return 0


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _gather(places: Places) -> None:
    say.line("The engine's networks, each with its digest")
    script = places.root / "packaging" / "installers" / "gather.py"
    _run(places, [str(places.python), str(script), str(work(places) / "weights")], "were not all")


def _freeze(places: Places) -> None:
    say.line("Freezing the program")
    recipe = places.root / "packaging" / "installers" / "stylestudio.spec"
    command = [str(places.python), "-I", "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", str(frozen(places).parent), "--workpath", str(work(places) / "steps")]
    _run(places, [*command, str(recipe)], "could not be frozen")
    notices = work(places) / "THIRD-PARTY-NOTICES.txt"
    shutil.copyfile(notices, frozen(places) / notices.name)


def _try(places: Places) -> None:
    """Have the frozen program say its version and start its engine, with nothing of Python's."""
    say.line("Trying it")
    path = str(program(frozen(places)))
    begun = time.monotonic()
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    if said.returncode != 0 or version(places) not in said.stdout:
        raise Trouble(f"The frozen program does not start: {said.stderr.strip()[-500:]}")
    answered = time.monotonic()
    engine = [path, "-m", "stylestudio_desktop.engine", "serve"]
    ended = subprocess.run(engine, input=_QUIT, capture_output=True, check=False)
    if ended.returncode != 0:
        raise Trouble(f"Its engine does not start: {ended.stderr.decode(errors='replace')[-500:]}")
    took = answered - begun, time.monotonic() - answered
    say.line(f"  its version after {took[0]:.2f} s, its engine up and ended in {took[1]:.2f} s")


def _pack(places: Places) -> list[Path]:
    os.environ["SOURCE_DATE_EPOCH"] = _moment(places)
    try:
        return pack(places.root, frozen(places), version(places), places.root / "dist")
    except (Incomplete, OSError, subprocess.CalledProcessError) as error:
        raise Trouble(f"The installers could not be made: {error}. The folder is whole.") from error


def _run(places: Places, command: list[str], failed: str) -> None:
    kept = {**building.clean_environment(), "SOURCE_DATE_EPOCH": _moment(places)}
    if subprocess.run(command, cwd=places.root, env=kept, check=False).returncode != 0:
        raise Trouble(f"The program {failed}; the lines above say why. Nothing else was touched.")


def _moment(places: Places) -> str:
    """Return the second of the last commit: what is built from it has no other times in it."""
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, cwd=places.root, capture_output=True, text=True, check=False)
    except OSError:
        return "0"
    return done.stdout.strip() or "0"
