"""Packs the frozen program for Debian and its kin, with what it needs of the system."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from installers.notices import FILE, package_of

NAME = "stylestudio"
_HOME = f"usr/lib/{NAME}"
_LINE = re.compile(r"^\s*(\S+) => (not found|\S+)", re.MULTILINE)
# What libraries that come along read of the system: where fonts lie, and what keys mean.
_READ = ("fontconfig-config", "xkb-data")
_DRAWN = (16, 24, 32, 48, 64, 128, 256, 512)
_CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: Style Studio Desktop maintainers <maintainers@stylestudio.invalid>
Installed-Size: {kilobytes}
Depends: {depends}
Section: graphics
Priority: optional
Description: product pictures made on your own computer
 Photos of products in, selling pictures out, made and kept on your own
 computer. The picture engine and its networks come with it and need no
 network.
"""


class Incomplete(Exception):
    """A file of the frozen program asks for a library that nobody has; the text names both."""


def libraries(folder: Path) -> list[Path]:
    """Return the files of the frozen program that are programs or shared libraries."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    found.append(path)
    return found


def asked_for(folder: Path) -> set[Path]:
    """Return the system's libraries that the program's files ask for. Raises Incomplete."""
    inside = {path.name for path in folder.rglob("*")}
    found, lacking = set(), []
    home = folder / "_internal"
    environment = {**os.environ, "LD_LIBRARY_PATH": str(home), "LC_ALL": "C"}
    for path in libraries(folder):
        done = subprocess.run(
            ["ldd", str(path)], env=environment, capture_output=True, text=True, check=False
        )
        for name, place in _LINE.findall(done.stdout):
            if name in inside:  # found by whoever loads it, next to it or before it
                continue
            if place == "not found":
                lacking.append(f"{path.relative_to(folder)} asks for {name}")
            elif folder not in Path(place).parents:
                found.add(Path(place))
    if lacking:
        raise Incomplete("; ".join(lacking))
    return found


def depends(libraries: Iterable[Path], libc: str) -> str:
    """Return the packages of `libraries` as a package's field; the C library at least as new."""
    packages = {name.partition(":")[0] for path in libraries if (name := package_of(path))}
    packages.discard("libc6")
    return ", ".join([f"libc6 (>= {libc})", *sorted({*packages, *_READ})])


def lay_out(bundle: Path, resources: Path, desktop: Path, stage: Path) -> None:
    """Lay the frozen program out in `stage` as it will lie on a system."""
    home = stage / _HOME
    home.parent.mkdir(parents=True)
    shutil.copytree(bundle, home, symlinks=True)
    (stage / "usr/bin").mkdir()
    (stage / "usr/bin" / NAME).symlink_to(Path("..", "lib", NAME, NAME))
    icons = stage / "usr/share/icons/hicolor"
    for size in _DRAWN:
        target = icons / f"{size}x{size}" / "apps" / f"{NAME}.png"
        target.parent.mkdir(parents=True)
        shutil.copyfile(resources / "icons" / "app" / f"stylestudio-{size}.png", target)
    scalable = icons / "scalable" / "apps" / f"{NAME}.svg"
    scalable.parent.mkdir(parents=True)
    shutil.copyfile(resources / "icons" / "app" / "stylestudio.svg", scalable)
    entry = stage / "usr/share/applications" / desktop.name
    entry.parent.mkdir()
    shutil.copyfile(desktop, entry)
    told = stage / "usr/share/doc" / NAME / "copyright"
    told.parent.mkdir(parents=True)
    shutil.copyfile(bundle / FILE, told)


def control(version: str, architecture: str, size: int, depends: str) -> str:
    """Return the package's description; `size` in bytes."""
    return _CONTROL.format(
        name=NAME, version=version, architecture=architecture, kilobytes=-(-size // 1024),
        depends=depends,
    )  # fmt: skip


def pack(stage: Path, text: str, target: Path) -> None:
    """Pack `stage` with the description `text`; it holds no scripts, so nothing runs as root."""
    (stage / "DEBIAN").mkdir()
    (stage / "DEBIAN" / "control").write_text(text, encoding="utf-8")
    for path in (stage, *stage.rglob("*")):  # whoever's umask it was laid out with
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(stage), str(target)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
