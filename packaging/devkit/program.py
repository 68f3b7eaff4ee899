"""Starts the program: its window, its command line, or one picture where no window can open."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devkit import environment, qt, say
from devkit.places import WINDOWS, Places
from devkit.say import Trouble

_PHOTOS = {".jpg", ".jpeg", ".png", ".webp"}


def run(places: Places, arguments: Sequence[str]) -> int:
    """Set up, then become the program with `arguments`; without any, open the window."""
    environment.ensure(places, environment.PROGRAM)
    window = not arguments and qt.has_display()
    if not arguments:
        qt.provide(places, window=window)
    if arguments or window:
        return _become(places, [str(places.program), *arguments])
    return first_picture(places)


def bench(places: Places, arguments: Sequence[str]) -> int:
    """Run the benchmark that the first of `arguments` names, with the others."""
    programs = {
        path.stem: path for path in places.benches.glob("*.py") if not path.stem.startswith("_")
    }
    programs |= {path.parent.name: path.parent for path in places.benches.glob("*/__main__.py")}
    known = sorted(programs)
    if not arguments or arguments[0] not in known:
        raise Trouble(f"Say which benchmark to run: {', '.join(known) or 'there is none yet'}.")
    environment.ensure(places, environment.PROGRAM)
    script = str(programs[arguments[0]])
    return _become(places, [str(places.python), script, *arguments[1:]])


def sample(places: Places, arguments: Sequence[str]) -> int:
    """Make a demonstration workspace of synthetic generations; `arguments` go to the program."""
    environment.ensure(places, environment.PROGRAM)
    workspace = places.root / "build" / "sample-workspace"
    words = [*arguments] if "--generations" in arguments else ["--generations", "1000", *arguments]
    command = [str(places.program), "--workspace", str(workspace), "sample", *words]
    code = subprocess.run(command, check=False).returncode
    if code == 0:
        shown = workspace.relative_to(places.root)
        say.line(f"The workspace lies in {shown}. To open it, type:")
        say.line(f"  python3 packaging/dev.py run -- --workspace {shown}")
    return code


def build(places: Places) -> int:
    """Build the wheel and the source archive into `dist/` with the pinned build tool."""
    environment.ensure(places, environment.PROGRAM)
    dist = places.root / "dist"
    command = [str(places.python), "-I", "-m", "hatchling", "build", "-d", str(dist)]
    code = subprocess.run(
        [*command, "-t", "sdist", "-t", "wheel"], cwd=places.root, check=False
    ).returncode
    if code == 0:
        say.line("To install it elsewhere, with every package's digest checked:")
        say.line("  pip install --require-hashes --no-deps -r packaging/lock/runtime.txt")
        say.line("  pip install --no-deps dist/<the .whl file>")
    return code


def _become(places: Places, command: list[str]) -> int:
    """Replace this process by `command`; on Windows run it as a child and pass on its code."""
    if not Path(command[0]).exists():
        raise Trouble(f"{command[0]} is not there. Run python3 packaging/dev.py run once more.")
    sys.stdout.flush()
    sys.stderr.flush()
    if WINDOWS:
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)  # noqa: S606 (our own program, no shell)


def first_picture(places: Places) -> int:
    """Make one picture of the sample collection by the command line and say what came of it.

    Returns the program's own exit code.
    """
    folder = places.sample_products
    photos = sorted(path for path in folder.glob("*") if path.suffix.lower() in _PHOTOS)
    if not photos:
        raise Trouble(f"No display was found, and no sample photo lies in {folder}.")
    say.line("No display was found (DISPLAY and WAYLAND_DISPLAY are not set): no window can open.")
    shown = photos[0].relative_to(places.root)
    say.line(f"So one picture is made of {shown} by the command line.")
    command = [str(places.program), "--json", "generate", "--product", str(photos[0])]
    command += ["--style", "fashion"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
    for sentence in told(done.stdout, done.returncode):
        say.line(sentence)
    return done.returncode


def told(output: str, code: int) -> list[str]:
    """Return the program's JSON answer as lines for a person.

    Args:
        output: What `stylestudio --json generate` printed.
        code: Its exit code.
    """
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        return [f"The program ended with code {code} and no answer that can be read."]
    if "error" in answer:
        return [str(answer["error"].get("message", "The picture could not be made."))]
    generation = answer.get("generation", {})
    lines = [f"The picture lies at {file['path']}" for file in answer.get("files", [])]
    if not lines:
        return [f"No picture was made; the generation is {generation.get('status', 'unknown')}."]
    tokens = generation.get("tokens_used")
    lines.append(f"It cost {_tokens(tokens)}; {_tokens(answer.get('balance'))} are left.")
    return lines


def _tokens(number: object) -> str:
    return "1 token" if number == 1 else f"{number} tokens"
