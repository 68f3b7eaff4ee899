"""Only the window's thread has PySide make a class: two that do so at once end the program."""

import ast
import subprocess
import sys
from pathlib import Path

from stylestudio_desktop.ui import ahead, qt_classes

PACKAGE = Path(qt_classes.__file__).parents[1]

SEEN = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from importlib import import_module
from stylestudio_desktop.ui import ahead, decoding, qt_classes

parts = [import_module(f"PySide6.{one}") for one in qt_classes.CLASSES]
def made():
    return {f"{part.__name__}.{name}" for part in parts for name in vars(part)}
"""
ROOMS = """
for _ in qt_classes.make(): pass
before = made()
for room in ahead.ROOMS:
    import_module(f"stylestudio_desktop.ui.{room}")
"""
DECODING = """
import io
from pathlib import Path
from PIL import Image
before = made()
for kind, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")):
    file = Path(sys.argv[1]) / kind
    Image.new(mode, (60, 40)).save(file, kind)
    assert decoding.thumbnail(file.read_bytes(), 20) and decoding.picture(file)
"""

HANDED_OVER = """
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QTableView
class Filter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return False
app = QApplication([])
for _ in qt_classes.make(): pass
before = made()
table, watching = QTableView(), Filter()
app.installEventFilter(watching)
table.viewport(), app.style(), table.findChildren(QObject)
table.show()
app.processEvents()
"""


def made_meanwhile(what: str, *arguments: str) -> str:
    code = SEEN + what + "\nprint(*sorted(made() - before))"
    call = [sys.executable, "-c", code, *arguments]
    return subprocess.run(call, capture_output=True, text=True, check=True, timeout=120).stdout


def test_loading_a_pane_beside_the_window_makes_no_class() -> None:
    assert len(ahead.ROOMS) > 8
    assert made_meanwhile(ROOMS).split() == []


def test_decoding_makes_no_class(tmp_path: Path) -> None:
    assert made_meanwhile(DECODING, str(tmp_path)).split() == []


def test_what_qt_hands_over_is_of_classes_that_are_there() -> None:
    assert made_meanwhile(HANDED_OVER).split() == []


def test_the_list_holds_what_the_code_imports() -> None:
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6."):
                names = found.setdefault((node.module or "").removeprefix("PySide6."), set())
                names.update(one.name for one in node.names)
    found["QtGui"].discard("Qt")  # QtCore's own, where it is listed
    assert {part: set(names.split()) for part, names in qt_classes.CLASSES.items()} == found
