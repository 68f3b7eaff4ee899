"""Makes the virtual environment and fills it from the hash-pinned lists."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from devkit import say, system
from devkit.places import Places
from devkit.say import Trouble

# Settings of a person's own pip or Python that would send packages somewhere else.
_UNWANTED = (
    "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIREMENT", "PIP_CONSTRAINT",
    "PIP_NO_DEPS", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON", "PYTHONHOME",
    "PYTHONPATH", "__PYVENV_LAUNCHER__",
)  # fmt: skip


_FETCHED = re.compile(r"(?:Collecting|Processing) (\S+)")
_PIN = re.compile(r"^[\w.-]+==", re.MULTILINE)


def refuse_foreign(places: Places) -> None:
    """Raise Trouble when `.venv` is something that this set-up must not touch."""
    path = places.venv
    try:
        kind = os.lstat(path)
    except FileNotFoundError:
        return
    reparse = getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0)
    is_junction = bool(getattr(kind, "st_file_attributes", 0) & reparse)
    if stat.S_ISLNK(kind.st_mode) or is_junction or not stat.S_ISDIR(kind.st_mode):
        raise Trouble(
            f"{path} is a link or a file, not a folder, so it was left alone. "
            "Move it away and run the command again."
        )
    own = {places.maker_mark, places.stamp, places.setup_lock}
    others = any(entry not in own for entry in path.iterdir())
    if others and not places.maker_mark.exists() and not (path / "pyvenv.cfg").exists():
        raise Trouble(
            f"{path} holds files but is no virtual environment, so it was left alone. "
            "Move it away and run the command again."
        )


def is_foreign(places: Places) -> bool:
    """Whether `.venv` is an environment that somebody else made: used, but never emptied."""
    return (places.venv / "pyvenv.cfg").exists() and not places.maker_mark.exists()


def empty(places: Places) -> None:
    """Remove everything inside an environment that this set-up made, following no link."""
    own = {places.maker_mark, places.stamp, places.setup_lock}
    for entry in os.scandir(places.venv):
        if Path(entry.path) in own:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()


def make(places: Places, find: Callable[[str], object | None] = importlib.util.find_spec) -> None:
    """Make the virtual environment with this Python, and get what that needs on Debian.

    Raises:
        Trouble: this Python can't make one; the sentence says what to install.
    """
    version = ".".join(str(part) for part in sys.version_info[:3])
    say.line(f"Making the virtual environment .venv with Python {version}")
    if find("venv") is None or find("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        linux = system.this_linux()
        said = "This Python comes without the parts that make a virtual environment."
        if sys.platform != "linux" or linux.family != "debian":
            raise Trouble(f"{said} Install a full Python from python.org, and run this again.")
        if not linux.can_install or not system.apt_install([package]):
            raise Trouble(f"{said} Nothing was changed. {linux.advice([package])}")
        importlib.invalidate_caches()
    # A child makes it, since this process may have looked before ensurepip was installed.
    # Not sys.executable: that may be the very environment that is being made anew.
    python = getattr(sys, "_base_executable", "") or sys.executable
    command = [python, "-I", "-m", "venv", str(places.venv)]
    if subprocess.run(command, check=False).returncode != 0 or not places.python.exists():
        raise Trouble(
            f"The virtual environment could not be made in {places.venv}; the lines above say why. "
            "Nothing outside that folder was touched. Put it right and run the command again."
        )


def clean_environment() -> dict[str, str]:
    """Return this process's environment without settings that would lead pip astray."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def _pip(places: Places, *arguments: str) -> None:
    command = [str(places.python), "-I", "-m", "pip", "install", *arguments]
    if sys.stdout.isatty():
        code = subprocess.run(command, env=clean_environment(), check=False).returncode
    else:
        code = _in_short([*command, "--progress-bar", "off"])
    if code != 0:
        raise Trouble(
            "The packages could not be installed; pip's lines above say why (often the network, "
            "or a full disk). Nothing outside .venv was touched. Run the command again when it is "
            "put right; what was fetched is kept."
        )


def _in_short(command: list[str]) -> int:
    """Run pip with one line for each package it fetches; its complaints are shown in full."""
    with subprocess.Popen(
        command, env=clean_environment(), stdout=subprocess.PIPE, text=True, errors="replace"
    ) as pip:
        for text in pip.stdout or ():
            if found := _FETCHED.match(text):
                say.line(f"  {Path(found[1]).name}")
            elif text.startswith("Installing collected"):
                say.line("  unpacking them")
    return pip.returncode


def install_lock(places: Places, name: str) -> None:
    """Install exactly what the list `name` holds: ready-made, digests checked, nothing besides."""
    count = len(_PIN.findall(places.lock(name).read_text(encoding="utf-8")))
    say.line(f"Installing the {count} packages of packaging/lock/{name}.txt, digests checked")
    pins = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    _pip(places, *pins, "--requirement", str(places.lock(name)))


def unpack_support(places: Places) -> None:
    """Lay PySide6's own Python files beside it, where Python keeps their bytecode.

    The wheel holds them packed into a library, and each start of the program would unpack and
    compile them anew: 30 to 50 ms. SBK_EMBED is PySide6's own switch for that (described in
    `signature_bootstrap.py` of its sources). Where it fails, starting takes what it took before.
    """
    environment = {**clean_environment(), "SBK_EMBED": "0", "PYTHONDONTWRITEBYTECODE": ""}
    command = [str(places.python), "-c", "import PySide6.QtCore"]
    subprocess.run(command, env=environment, check=False, capture_output=True)


def install_project(places: Places) -> None:
    """Make `stylestudio` a command of the environment that runs this checkout's own files."""
    say.line("Installing Style Studio itself from this checkout")
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet"]
    _pip(places, *offline, "--force-reinstall", "--editable", str(places.root))
