"""What goes into the frozen program besides what its imports lead to, and what stays out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

PACKAGE = "stylestudio_desktop"
# Modules that nobody uses: Python's own (readline and gdbm are under the GPL), and OpenVINO's doors
# to other programs' networks.
UNUSED = (
    "tkinter", "readline", "curses", "dbm.gnu", "_gdbm", "_dbm", "openvino.frontend.jax",
    "openvino.frontend.paddle", "openvino.frontend.pytorch", "openvino.frontend.tensorflow",
    "openvino.tools", "openvino.torch",
)  # fmt: skip
# Loaded by names that no import statement tells.
WHOLE = (PACKAGE, "keyring.backends", "pip", "stripe")
# Packages with files that are read, and those of which a version is asked for.
WITH_DATA = ("fpdf", "pip")
ASKED_FOR = (
    "PySide6_Essentials", "keyring", "numpy", "opencv-python-headless", "openvino", "peewee",
    "pillow", "pysqlite3", "requests", "stripe",
)  # fmt: skip
# Not in the list of what the program needs, and yet in it: itself, the client that fetches the
# engine's optional files, and the first lines that a frozen program runs.
BESIDES = ("stylestudio-desktop", "pip", "pyinstaller", "pyinstaller-hooks-contrib")
# OpenVINO loads these by name: the processor's plug-in and readers of the kinds of networks we use.
OPENVINO = re.compile(
    r"^(lib)?(openvino(_intel_cpu_plugin|_onnx_frontend|_tensorflow_lite_frontend|_ir_frontend)?"
    r"|tbb(12|bind\w*|malloc)?|hwloc)([.-][\w.-]*)?$"
)
# Nobody asks for these at run time, or the system brings its own.
NOT_WANTED = re.compile(
    r"(^|/)(lib)?("
    r"Qt6(Qml|Quick|VirtualKeyboard|Pdf|Designer|Sql|Test|EglFS|3D|ShaderTools)\w*"
    r"|pyside6qml|qtvirtualkeyboardplugin|qpdf|qgtk3|gtk-3|gdk-3"
    r"|qeglfs|qlinuxfb|qvnc|qvkkhrdisplay|qminimalegl|stdc\+\+|gcc_s"
    r")([.-]|$)"
    r"|(^|/)plugins/(egldeviceintegrations|generic|sqldrivers|qmltooling|qmllint|designer"
    r"|wayland-graphics-integration-server|networkinformation|vectorimageformats)/"
)
TRANSLATIONS = re.compile(r"^PySide6/(.*/)?translations/(?!qtbase_(de|en)\.qm$)[^/]*\.qm$")
_LIBRARY = re.compile(r"^(PySide6/Qt/lib/|(PySide6/|shiboken6/)?)lib(?!python)[^/]*\.so[.\d]*$")
_LEFT_OUT = ("screenshots", "README.md")


def data(root: Path, weights: Path) -> Iterator[tuple[str, str]]:
    """Yield each data file of the checkout `root` and of the folder `weights`, and its folder.

    Migrations are data as well: they are read as files, by their numbers.
    """
    resources = root / "resources"
    for path in sorted(resources.rglob("*")):
        inside = path.relative_to(resources)
        if path.is_file() and not any(part in _LEFT_OUT for part in inside.parts):
            yield str(path), f"{PACKAGE}/resources/{inside.parent.as_posix()}"
    for path in sorted((root / PACKAGE / "store" / "migrations").glob("[0-9]*.py")):
        yield str(path), f"{PACKAGE}/store/migrations"
    for path in sorted(weights.iterdir()):
        yield str(path), f"{PACKAGE}/resources/engine/weights"


def openvino(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the libraries of OpenVINO in `folder` that are loaded by name, and their folder."""
    for path in sorted(folder.iterdir()):
        if OPENVINO.match(path.name):
            yield str(path), "openvino/libs"


def wanted(target: str) -> bool:
    """Say whether the file that would lie at `target` in the frozen program is wanted there."""
    place = target.replace("\\", "/")
    if "openvino/libs/" in place:
        return bool(OPENVINO.match(place.rpartition("/")[2]))
    return not (NOT_WANTED.search(place) or TRANSLATIONS.search(place))


def reachable(files: Mapping[str, Path], asked: Callable[[Path], Iterable[str]]) -> set[str]:
    """Return those of the `files` that are programs' parts of their own, or that these ask for.

    A library that lies among Qt's or at the top, where the system's are put, is there only because
    something asked for it: with a plug-in that is left out, what only that asked for goes too.

    Args:
        files: Where each would lie in the frozen program, and where it comes from.
        asked: Returns the names of the libraries that a file asks for.
    """
    libraries = {place.rpartition("/")[2]: place for place in files if _LIBRARY.match(place)}
    waiting = [place for place in files if not _LIBRARY.match(place)]
    found = set(waiting)
    while waiting:
        for name in asked(files[waiting.pop()]):
            place = libraries.get(name)
            if place is not None and place not in found:
                found.add(place)
                waiting.append(place)
    return found


def strangers(allowed: Iterable[str], found: Iterable[str]) -> list[str]:
    """Return the packages `found` that are in none of the lists, by their names in both."""
    known = {plain(name) for name in allowed}
    return sorted({name for name in found if plain(name) not in known})


def plain(name: str) -> str:
    """Return a package's name as lists compare it: lower case, with dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(*lists: Path) -> set[str]:
    """Return the names of the packages that the hash-pinned `lists` hold."""
    return {
        plain(name)
        for path in lists
        for name in re.findall(r"^([\w.-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
