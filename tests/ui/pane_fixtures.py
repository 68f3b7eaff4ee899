"""A real workspace and a real window for the tests of panes; import them into a conftest."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.window import MainWindow
from tests.factories import open_test_studio
from tests.ui.pane_shots import window_on
from tests.ui.studios import furnish

__all__ = ["calm", "made", "studio", "window"]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A new workspace with 200 tokens."""
    opened = open_test_studio(tmp_path, tokens=190)
    yield opened
    close_studio(opened)


@pytest.fixture
def made(studio: Studio, tmp_path: Path) -> dict[str, list[int]]:
    """Generations in every state: their ids by what they are."""
    return furnish(studio, tmp_path / "photos", 3)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    """A window on the workspace, shown, on its empty gallery."""
    opened = window_on(studio)
    qtbot.addWidget(opened)
    opened.resize(1400, 900)
    opened.show()
    qtbot.waitExposed(opened)
    yield opened
    opened.close()
    assert opened.tasks.close(5000)


@pytest.fixture
def calm(qtbot: QtBot, window: MainWindow) -> Callable[[], None]:
    """Wait until nothing of the window's is under way and the pane in front is whole."""

    def rests() -> bool:
        whole = not window.current or window.pane(window.current).settled()
        return whole and not window.tasks.busy()

    return lambda: qtbot.waitUntil(rests, timeout=5000)
