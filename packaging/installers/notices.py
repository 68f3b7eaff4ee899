"""Writes down whose work lies in the frozen program: name, version, licence, and its text."""

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

FILE = "THIRD-PARTY-NOTICES.txt"
TEXTS = Path(__file__).parent / "licences"
# Packages whose own description names no licence, or not that of what is taken from them; each is
# read off the text that they bring.
READ = {
    "peewee": "MIT",
    "pyinstaller": "GPL-2.0-or-later with an exception for what it freezes (only its first lines)",
    "pyinstaller-hooks-contrib": "Apache-2.0 (what is run of it)",
    "pysqlite3": "Zlib; SQLite inside it is in the public domain",
}
_TEXT = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright|authors)[^/]*$", re.IGNORECASE)
_LONGEST_NAME = 80
_HEAD = """\
Style Studio Desktop: whose work comes with it

Everything below is the work of others and lies in this program as they published it, under the
licence named. The libraries of Qt and PySide6 (LGPL-3.0) are files of their own in the program's
folder and may be replaced by others that fit; their sources are published by the Qt Project
(https://code.qt.io). Where a package names several licences to choose from, it is used under the
first one that is not the GPL.

"""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Something of others in the program; `texts` are its licence and notices, in full."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...] = ()


def owners() -> dict[Path, Distribution]:
    """Return each file of the installed packages, with the package it belongs to."""
    return {
        Path(str(file.locate())): found for found in distributions() for file in found.files or ()
    }


def parts_of(
    sources: Iterable[Path], owned: Mapping[Path, Distribution], root: Path
) -> tuple[list[Part], list[str]]:
    """Return what the files `sources` are parts of, and the names of the installed packages.

    What lies under `root`, the checkout, is ours, but for the packages in its environment.
    """
    packages: dict[str, Distribution] = {}
    system = set()
    home = {Path(sys.base_prefix).resolve(), Path(sysconfig.get_paths()["stdlib"]).resolve()}
    for source in (one for one in sources if one.is_absolute()):  # else a package without a file
        if (owner := owned.get(source)) is not None:
            packages[owner.name] = owner
        elif not {root, *home} & {*source.parents, *source.resolve().parents}:
            system.add(source)
    found = [_package(one) for one in packages.values() if one.name != "stylestudio-desktop"]
    return sorted([*found, *_of_the_system(system)]), sorted(packages)


def python() -> Part:
    """Return the interpreter itself, with its licence and those of what is built into it."""
    library = Path(sysconfig.get_paths()["stdlib"])
    texts = [library / "LICENSE.txt", library.parent.parent / "LICENSE.txt"]
    found = tuple(_read(path) for path in texts if path.is_file())
    return Part("Python", platform.python_version(), "PSF-2.0", found[:1])


def networks(lock: Mapping[str, list[dict[str, str]]], files: Iterable[str]) -> Iterator[Part]:
    """Yield each network of the weights' lock whose file is among `files`."""
    names = set(files)
    for one in lock["weights"]:
        if one["file"] in names:
            yield Part(f"{one['origin']} ({one['file']})", "", one["licence"])


def licence_of(distribution: Distribution) -> str:
    """Return the licence as the package's description names it, in a line."""
    meta = distribution.metadata
    if distribution.name in READ:
        return READ[distribution.name]
    for key in ("License-Expression", "License"):
        value = meta[key].strip() if key in meta else ""
        if value and "\n" not in value and len(value) <= _LONGEST_NAME:
            return value
    named = [
        line.rpartition("::")[2].strip()
        for line in meta.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    return " / ".join(named) or "see the text below"


def written(parts: Iterable[Part], texts: Path = TEXTS) -> str:
    """Return the whole file: a table, each part's own texts, and the licences named in common."""
    listed = list(parts)
    width = max((len(f"{one.name} {one.version}") for one in listed), default=0)
    lines = [f"{f'{one.name} {one.version}'.ljust(width)}  {one.licence}" for one in listed]
    blocks = [_HEAD + "\n".join(lines)]
    for one in listed:
        blocks += [f"{one.name} {one.version}\n\n{text.strip()}" for text in one.texts]
    for path in sorted(texts.glob("*.txt")):
        blocks.append(f"The licence {path.stem}\n\n{path.read_text(encoding='utf-8').strip()}")
    return ("\n\n" + "=" * 80 + "\n\n").join(blocks) + "\n"


def _package(one: Distribution) -> Part:
    inside = [file for file in one.files or () if ".dist-info/" in file.as_posix()]
    files = [file for file in inside if _TEXT.search(file.as_posix())]
    texts = (_read(Path(str(file.locate()))) for file in sorted(files))
    return Part(one.name, one.version, licence_of(one), tuple(dict.fromkeys(texts)))


def _of_the_system(files: Iterable[Path]) -> Iterator[Part]:
    """Yield the packages of a Debian system that `files` come from; elsewhere the files' names."""
    packages: dict[str, Part] = {}
    for file in sorted(files):
        package = package_of(file)
        name = package or file.name
        if name not in packages:
            copyright_ = Path("/usr/share/doc") / name.partition(":")[0] / "copyright"
            texts = (_read(copyright_),) if package and copyright_.is_file() else ()
            licence = "see the text below" if texts else "the system's own"
            packages[name] = Part(name.partition(":")[0], _version(package), licence, texts)
    yield from packages.values()


def package_of(file: Path) -> str | None:
    """Return the Debian package that `file` belongs to, None where none does or none is asked."""
    if shutil.which("dpkg-query") is None:
        return None
    real = file.resolve()
    merged = [Path("/", *path.parts[2:]) for path in (file, real) if path.parts[1:2] == ("usr",)]
    for path in (real, file, *merged):
        done = subprocess.run(
            ["dpkg-query", "--search", str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout.splitlines()[0].partition(": ")[0].partition(",")[0]
    return None


def _version(package: str | None) -> str:
    if package is None:
        return ""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", package],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
