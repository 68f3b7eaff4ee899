"""What keeps the house as it was drawn: floors without Qt, small rooms, one SQLite, late imports.

The import contracts themselves are in pyproject.toml; here is what they can't express.
"""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "stylestudio_desktop"
MOST_LINES = 350
MOST_LINES_OF_A_FUNCTION = 60
# Slow to import, and not needed before the first paint.
HEAVY = (
    "cryptography",
    "cv2",
    "fpdf",
    "keyring",
    "numpy",
    "openvino",
    "requests",
    "scipy",
    "stripe",
)

_WITHOUT_QT = """
import importlib, json, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(f"{name} is not here")
sys.meta_path.insert(0, Refuse())
failed = {}
for name in json.loads(sys.argv[1]):
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""

_LOADED = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def module_name(path: Path) -> str:
    """Return the dotted name of the module at `path`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> list[Path]:
    """Return the files of all modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the top-level name of everything that the module at `path` imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def ask(script: str, argument: str) -> object:
    """Run `script` in a fresh interpreter and return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", script, argument],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_everything_but_the_window_works_without_qt() -> None:
    names = [
        name
        for name in map(module_name, modules())
        # A migration's name starts with a digit: it is loaded by the migrator, not by its name.
        if all(part.isidentifier() for part in name.split("."))
        and not name.startswith("stylestudio_desktop.ui")
        and name not in ("stylestudio_desktop.worker.thread", "stylestudio_desktop.__main__")
    ]
    assert len(names) > 10

    assert ask(_WITHOUT_QT, json.dumps(names)) == {}


@pytest.mark.parametrize("path", sorted((PACKAGE / "domain").glob("*.py")), ids=lambda p: p.stem)
def test_the_domain_stands_on_the_standard_library(path: Path) -> None:
    foreign = set(imported(path)) - sys.stdlib_module_names - {"stylestudio_desktop"}

    assert not foreign


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_one_sqlite_for_one_file(path: Path) -> None:
    """Two copies of SQLite on one file in one process undo each other's locks."""
    assert not {"apsw", "sqlite3", "sqlcipher3"} & set(imported(path))


# A released migration is frozen history: it is never edited again, so it is not split either.
ROOMS = [path for path in modules() if path.parent.name != "migrations"]


@pytest.mark.parametrize("path", ROOMS, ids=module_name)
def test_rooms_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert not long


def test_everything_imported_is_declared() -> None:
    """What only the checks need, scipy for one, is not there on a user's machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    called = {"cv2": "opencv-python-headless", "PIL": "pillow", "playhouse": "peewee"}
    called |= {"fpdf": "fpdf2", "argon2": "argon2-cffi"}
    called |= {"PySide6": "pyside6-essentials", "shiboken6": "pyside6-essentials"}
    declared = {re.split("[<>=]", requirement)[0] for requirement in project["dependencies"]}
    used = {name for path in modules() for name in imported(path)} - sys.stdlib_module_names
    used.discard("stylestudio_desktop")

    assert {called.get(name, name) for name in used} <= declared


def test_no_module_is_called_after_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}

    assert not [path for path in modules() if path.stem in empty_names]


@pytest.mark.parametrize(
    "start", ["stylestudio_desktop.app", "stylestudio_desktop.cli", "stylestudio_desktop.ui.window"]
)
def test_the_start_loads_nothing_heavy(start: str) -> None:
    try:
        present = importlib.util.find_spec(start) is not None
    except ModuleNotFoundError:
        present = False
    if not present:
        pytest.skip(f"{start} is not built yet")
    loaded = ask(_LOADED, start)

    assert isinstance(loaded, list)
    assert not set(HEAVY) & set(loaded)


def test_nobody_is_watched() -> None:
    """OpenVINO's telemetry package must not be there: not listed, not installed, not importable."""
    assert importlib.util.find_spec("openvino_telemetry") is None
