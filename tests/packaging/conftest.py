"""A checkout in miniature, so that the real set-up can be run, broken and repaired in seconds.

Its packages are small wheels made here, found in a folder and not on the network; everything else
(the virtual environment, pip, digests, the editable install) is real.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from devkit.places import Places

from tests.packaging.wheels import write_wheel

_PYPROJECT = """
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["."]
[project]
name = "stylestudio-desktop"
version = "1.0"
"""

_BACKEND = """
import pathlib, sys
sys.path.insert(0, {tests!r})
from wheels import write_wheel

def build_editable(folder, config_settings=None, metadata_directory=None):
    here = str(pathlib.Path(__file__).parent)
    files = {{"stylestudio.pth": here, "stylestudio_desktop-1.0.dist-info/entry_points.txt":
             "[console_scripts]\\nstylestudio = tiny:main\\n"}}
    return write_wheel(pathlib.Path(folder), "stylestudio_desktop", files).name
"""

_TINY = "def main():\n    print('tiny runs')\n"


def pins(wheels: Mapping[str, Path]) -> str:
    """Return the lines of a hash-pinned list that names `wheels`."""
    return "".join(
        f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"
        for name, path in wheels.items()
    )


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """A checkout whose set-up needs no network; each test may break its `.venv`."""
    root = tmp_path_factory.mktemp("checkout")
    shelf = tmp_path_factory.mktemp("shelf")
    places = Places(root)
    places.pyproject.write_text(_PYPROJECT)
    (root / "tiny_backend.py").write_text(_BACKEND.format(tests=str(Path(__file__).parent)))
    (root / "tiny.py").write_text(_TINY)
    qt = {"PySide6/__init__.py": "", "PySide6/QtWidgets.py": "answer = 42\n"}
    runtime = {
        "pyside6": write_wheel(shelf, "pyside6", qt),
        "pysqlite3": write_wheel(shelf, "pysqlite3", {"pysqlite3/__init__.py": "version = 3\n"}),
    }
    places.lock("runtime").parent.mkdir(parents=True)
    places.lock("runtime").write_text(pins(runtime))
    built = write_wheel(shelf, "builder", {"builder.py": "name = 'builder'\n"})
    places.lock("build").write_text(pins({"builder": built}))
    tool = write_wheel(shelf, "tool", {"tool.py": "name = 'tool'\n"})
    places.lock("dev").write_text(pins({"tool": tool}))
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf), "PIP_CONFIG_FILE": os.devnull}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield places
