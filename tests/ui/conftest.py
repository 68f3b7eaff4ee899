"""What the window's tests share."""

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stylestudio_desktop.store.database import Database
from stylestudio_desktop.ui import said
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.widgets.grid import Grid
from tests.overhearing import complaints, overhear
from tests.ui.library import FakeLibrary
from tests.ui.watchdog import watchdog

__all__ = ["watchdog"]


@pytest.fixture(scope="session", autouse=True)
def collector(qapp: object) -> Iterator[None]:
    """Collect garbage as the application does: never on another thread."""
    made = Collector()
    yield
    made.close()


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    """A pool that is empty again when the test is over."""
    pool = Tasks()
    yield pool
    assert pool.close(5000)


@pytest.fixture(autouse=True)
def speaking(qapp: QCoreApplication) -> Iterator[QCoreApplication]:
    """Every test begins and leaves the application without a language, whatever it installs."""
    before = QLocale()
    _forget_languages(qapp)
    yield qapp
    _forget_languages(qapp)
    QLocale.setDefault(before)


def _forget_languages(qapp: QCoreApplication) -> None:
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    said.speak("en")


@pytest.fixture(autouse=True)
def uncovered(qapp: QCoreApplication) -> None:
    """No window that an earlier test left open takes the pointer's moves from this one's."""
    for window in QApplication.topLevelWidgets():
        window.hide()


@pytest.fixture(autouse=True)
def light(qapp: object) -> None:
    """Every test begins in the light appearance."""
    theme().set_appearance(Appearance.LIGHT)


@pytest.fixture
def library() -> FakeLibrary:
    """A pretended library."""
    return FakeLibrary()


@pytest.fixture
def grid(qtbot: QtBot, library: FakeLibrary, tasks: Tasks) -> Iterator[Grid]:
    """A grid of 1000 by 700, shown, without pictures."""
    made = Grid(library, tasks)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_threads()


@pytest.fixture
def settled(qtbot: QtBot, tasks: Tasks) -> Callable[[Grid], None]:
    """Wait until a grid has everything it wants."""

    def wait(grid: Grid) -> None:
        qtbot.waitUntil(lambda: grid.settled() and not tasks.busy(), timeout=5000)

    return wait


_PLANNED: set[str] = set()
_MARKS = re.compile(r"\?(, ?\?)+")


@pytest.fixture(autouse=True)
def planned(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test in which the window asks what would take longer in a larger library.

    Whatever any pane asks passes here; each text is looked at once. Statistics are never gathered
    in a library, so that the plan is the same at ten rows and at ten million.
    """
    wrong: list[str] = []

    def look(database: Database, sql: str, values: object) -> None:
        text = _MARKS.sub("?", sql)
        if text not in _PLANNED:
            found = complaints(database, sql, values)
            wrong.extend(f"{step}: {sql}" for step in found)
            if not found:
                _PLANNED.add(text)

    overhear(monkeypatch, look)
    yield wrong
    assert not wrong, "a pane asks what grows with the library:\n" + "\n".join(wrong)
