"""Takes a picture of every screen, light and dark, small and large: look at them.

Run as `python -m tests.ui.shots OUTDIR [NAME...]`. A pane adds its screens to `SHOTS`: a function
that takes the window, brings it into a state and returns when that can be seen.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from stylestudio_desktop.ui.frame.queue_strip import QueueState
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.grid import COMPACT, LARGE, Grid
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from tests.ui.library import FakeLibrary, many_ids

SIZES = ((1280, 800), (2560, 1440))


class Plain(Pane):
    """A pane that is only a grid, for the kit's own screens."""

    search_hint = "Search prompts, file names and tags"

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.grid = Grid(FakeLibrary(), window.tasks, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)


def settle(until: Callable[[], bool], seconds: float = 5.0) -> None:
    """Let the window work until `until` holds, then for two frames more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        QApplication.processEvents()
        time.sleep(0.005)
    for _ in range(8):
        QApplication.processEvents()
        time.sleep(0.01)


def _grid(window: MainWindow, cell: int, selected: bool) -> None:
    pane = window.open_pane(GALLERY)
    assert isinstance(pane, Plain)
    grid = pane.grid
    grid.set_ids(many_ids(1_000_000))
    grid.set_cell(cell)
    grid.scroll_to(260)
    settle(lambda: grid.thumbnails.idle() and not window.tasks.busy())
    if selected:
        grid.select(Ranges([(14, 19), (22, 23)]))
        grid.setFocus()
        grid.set_current(18)
        window.toast("6 pictures moved to the trash", "good", ("Undo", lambda: None))
    settle(lambda: grid.thumbnails.idle() and not window.tasks.busy())


def grid_normal(window: MainWindow) -> None:
    """Show the grid at its normal size with a selection and a notice."""
    _grid(window, 176, selected=True)


def grid_compact(window: MainWindow) -> None:
    """Show the compact grid."""
    _grid(window, COMPACT, selected=False)


def grid_large(window: MainWindow) -> None:
    """Show the large grid."""
    _grid(window, LARGE, selected=False)


def commands(window: MainWindow) -> None:
    """Show the command palette."""
    _grid(window, 176, selected=False)
    window.actions_.get("commands").trigger()
    settle(lambda: True)


SHOTS: dict[str, Callable[[MainWindow], None]] = {
    "grid": grid_normal,
    "grid-compact": grid_compact,
    "grid-large": grid_large,
    "commands": commands,
}


def _window() -> MainWindow:
    def empty(_window: MainWindow) -> Pane:
        pane = Pane()
        layout = QVBoxLayout(pane)
        layout.addWidget(EmptyState("images", "Nothing here", "This pane is not part of the kit."))
        return pane

    panes = {GALLERY: Plain, CREATE: empty, HISTORY: empty, WALLET: empty, SETTINGS: empty}
    window = MainWindow(panes)
    window.top_bar.set_balance(1284)
    window.top_bar.avatar.set_user("Mara Lind")
    window.queue_strip.set_state(QueueState(1, 3, 130.0, 0.4))
    return window


def take(folder: Path, names: list[str]) -> list[Path]:
    """Write the screens called `names` (all when empty) to `folder`; return the files."""
    app = QApplication.instance() or QApplication([])
    install(app)
    taken: list[Path] = []
    for name, shot in SHOTS.items():
        if names and name not in names:
            continue
        for look in (Appearance.LIGHT, Appearance.DARK):
            for width, height in SIZES:
                theme().set_appearance(look)
                window = _window()
                window.resize(width, height)
                window.show()
                shot(window)
                path = folder / f"{name}-{look.value}-{width}.png"
                window.grab().save(str(path))
                taken.append(path)
                _close(window)
    return taken


def _close(window: QWidget) -> None:
    for grid in window.findChildren(Grid):
        grid.close_threads()
    window.close()
    window.deleteLater()
    QApplication.processEvents()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for written in take(target, sys.argv[2:]):
        sys.stdout.write(f"{written}\n")
