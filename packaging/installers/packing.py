"""Packs the frozen program for the system it was made on: Linux, Windows or a Mac."""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

from installers import debian

NAME = "stylestudio-desktop"
_FASTER = 6  # of gzip; 9 takes three times as long for one hundredth less


def machine() -> str:
    """Return the kind of processor as names of files tell it."""
    found = platform.machine().lower()
    return {"amd64": "x86_64"}.get(found, found)


def archive(folder: Path, target: Path, moment: int) -> Path:
    """Pack `folder` into `target`, to be unpacked anywhere and run; nothing of this machine in it.

    `moment` is the time that every file gets.
    """

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    with tarfile.open(target, "w:gz", compresslevel=_FASTER) as tar:
        tar.add(folder, arcname=target.name.removesuffix(".tar.gz"), filter=plain)
    return target


def for_linux(root: Path, frozen: Path, version: str, dist: Path) -> list[Path]:
    """Make an archive to unpack and run, and a Debian package where its tools are."""
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    target = dist / f"{NAME}-{version}-linux-{machine()}.tar.gz"
    made = [archive(frozen, target, moment)]
    if shutil.which("dpkg-deb") is None:
        return made
    architecture = _said(["dpkg", "--print-architecture"])
    stage = root / "build" / "bundle" / "debian"
    if stage.exists():
        shutil.rmtree(stage)
    desktop = root / "packaging" / "linux" / "stylestudio.desktop"
    debian.lay_out(frozen, root / "resources", desktop, stage)
    needs = debian.depends(debian.asked_for(frozen), platform.libc_ver()[1])
    size = sum(path.lstat().st_size for path in stage.rglob("*") if not path.is_dir())
    package = dist / f"{debian.NAME}_{version}_{architecture}.deb"
    debian.pack(stage, debian.control(version, architecture, size, needs), package)
    shutil.rmtree(stage)
    return [*made, package]


def for_windows(root: Path, frozen: Path, version: str, dist: Path) -> list[Path]:
    """Make an archive to unpack and run, and an installer where Inno Setup is; never tried here."""
    target = dist / f"{NAME}-{version}-windows-{machine()}"
    made = [Path(shutil.make_archive(str(target), "zip", frozen.parent, frozen.name))]
    if (compiler := shutil.which("ISCC")) is None:
        return made
    recipe = root / "packaging" / "installers" / "stylestudio.iss"
    words = [f"/DVersion={version}", f"/DFrozen={frozen}", f"/O{dist}", f"/F{target.name}-setup"]
    subprocess.run([compiler, "/Qp", *words, str(recipe)], check=True)
    return [*made, dist / f"{target.name}-setup.exe"]


def for_mac(_root: Path, frozen: Path, version: str, dist: Path) -> list[Path]:
    """Make a disk image of the application; never tried here, and not signed."""
    target = dist / f"{NAME}-{version}-macos-{machine()}.dmg"
    source = frozen.parent / "Style Studio Desktop.app"
    command = ["hdiutil", "create", "-ov", "-format", "UDZO", "-volname", "Style Studio Desktop"]
    subprocess.run([*command, "-srcfolder", str(source), str(target)], check=True)
    return [target]


PACKERS: dict[str, Callable[[Path, Path, str, Path], list[Path]]] = {
    "linux": for_linux,
    "win32": for_windows,
    "darwin": for_mac,
}


def pack(root: Path, frozen: Path, version: str, dist: Path) -> list[Path]:
    """Make the installers of this system in `dist` and return them."""
    dist.mkdir(exist_ok=True)
    return PACKERS[sys.platform](root, frozen, version, dist)


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
