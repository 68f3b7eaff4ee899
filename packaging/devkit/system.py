"""Finds what the operating system itself must bring, and installs it where that is possible."""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devkit import say

# Shared library -> (package on Debian and Ubuntu, package on Arch). Fedora and openSUSE are asked
# by the library's own name, which their package managers understand.
PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd"),
    "libGLX.so.0": ("libglx0", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libx11"),
    "libX11.so.6": ("libx11-6", "libx11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libstdc++.so.6": ("libstdc++6", "gcc-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "wayland"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libzstd.so.1": ("libzstd1", "zstd"),
}

_QT_FILES = (
    "plugins/platforms/libqxcb.so",
    "plugins/platforms/libqwayland.so",
    "plugins/platforms/libqoffscreen.so",
    "lib/libQt6Widgets.so.6",
    "lib/libQt6Network.so.6",
    "lib/libQt6Svg.so.6",
)
_NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def unsupported() -> str:
    """Return why this machine can't run the program, or an empty text when it can.

    The lock holds ready-made packages only; PySide6, pysqlite3 and OpenVINO have them for 64-bit
    Intel Linux with glibc 2.34 or newer, 64-bit Intel Windows, and Apple silicon.
    """
    machine = platform.machine().lower()
    offer = "There are ready-made packages for 64-bit Intel or AMD Linux (glibc 2.34 or newer, such"
    offer += " as Debian 12 or Ubuntu 22.04), 64-bit Intel or AMD Windows, and Apple silicon Macs."
    known = {"linux": {"x86_64"}, "win32": {"amd64"}, "darwin": {"arm64"}}
    if sys.maxsize < 2**32 or machine not in known.get(sys.platform, set()):
        return f"Style Studio can't be set up on this machine ({sys.platform}, {machine}). {offer}"
    if sys.implementation.name != "cpython":
        return f"Style Studio needs the usual Python (CPython), not {sys.implementation.name}."
    if sys.platform == "linux":
        kind, version = platform.libc_ver()
        numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        if kind != "glibc" or numbers < (2, 34):
            return f"This Linux has {kind or 'no glibc'} {version}. {offer}"
    return ""


@dataclass(frozen=True, slots=True)
class Linux:
    """What has to be known of a Linux system before packages can be named or installed.

    `family` is debian, fedora, suse, arch or other; `root` tells whether we may install.
    """

    family: str
    root: bool

    def names(self, libraries: Sequence[str]) -> list[str]:
        """Return the packages that bring the shared `libraries`, as this system calls them."""
        column = {"debian": 0, "arch": 1}.get(self.family)
        if column is None:
            return sorted({f"{library}()(64bit)" for library in libraries})
        return sorted({PACKAGES[library][column] for library in libraries if library in PACKAGES})

    def command(self, packages: Sequence[str]) -> list[str]:
        """Return the command, without sudo, that installs `packages`."""
        verb = {
            "debian": ["apt-get", "install", "-y", "--no-install-recommends"],
            "fedora": ["dnf", "install", "-y"],
            "suse": ["zypper", "install", "-y"],
            "arch": ["pacman", "-S", "--needed"],
        }.get(self.family, [])
        return [*verb, *packages] if verb else []

    @property
    def can_install(self) -> bool:
        """Whether this set-up installs by itself: as root on Debian and its relatives."""
        return self.family == "debian" and self.root and shutil.which("apt-get") is not None

    def advice(self, packages: Sequence[str], libraries: Sequence[str] = ()) -> str:
        """Return the sentence that tells a person exactly what to type."""
        command = self.command(packages)
        if not command:
            return f"Install what brings {', '.join(libraries or packages)} with your system's tool"
        if not self.root:
            command.insert(0, "sudo")
        return f"Type: {shlex.join(command)}"


def this_linux(os_release: Path = Path("/etc/os-release")) -> Linux:
    """Return what this Linux says of itself."""
    try:
        pairs = dict(
            entry.split("=", 1) for entry in os_release.read_text().splitlines() if "=" in entry
        )
    except OSError:
        pairs = {}
    words = f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}".replace('"', "").split()
    relatives = {
        "debian": {"debian", "ubuntu"},
        "fedora": {"fedora", "rhel", "centos"},
        "suse": {"suse", "opensuse"},
        "arch": {"arch"},
    }
    family = next((name for name, ids in relatives.items() if ids & set(words)), "other")
    return Linux(family, root=sys.platform != "win32" and os.geteuid() == 0)


def missing_libraries(qt: Path) -> list[str]:
    """Return the names of the shared libraries that Qt's files under `qt` lack, sorted."""
    files = [str(qt / name) for name in _QT_FILES if (qt / name).exists()]
    if not files or shutil.which("ldd") is None:
        return []
    done = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False)
    lacking = set(_NOT_FOUND.findall(done.stdout))
    return sorted(name for name in lacking if not name.startswith(("libQt6", "libpyside")))


def apt_install(
    packages: Sequence[str], run: Callable[..., "subprocess.CompletedProcess[str]"] = subprocess.run
) -> bool:
    """Install `packages` by apt, visibly, and return whether that worked.

    The package lists are fetched first, because a bare Debian has none.
    """
    say.line(f"Installing by apt: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = run(["apt-get", "-q", "update"], env=environment, check=False)
    if update.returncode != 0:
        say.line("The package lists could not all be fetched; trying with those that are here.")
    command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *packages]
    return run(command, env=environment, check=False).returncode == 0
