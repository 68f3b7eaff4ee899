"""What is dragged out of the grid: copies, written only for who takes them."""

from collections.abc import Callable
from threading import Timer

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QGuiApplication
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.widgets.grid import Grid, carrying
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from tests.ui.library import FakeLibrary, many_ids
from tests.ui.watchdog import Watchdog

Settled = Callable[[Grid], None]


class Drags:
    """Stands in for the system's drag: does to it what another program would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = Qt.DropAction.CopyAction
        self.looks: Callable[[QMimeData], object] = lambda data: data.urls()
        self.drags: list[QDrag] = []
        self.seen: list[object] = []
        monkeypatch.setattr(QDrag, "exec", self.go)

    def go(self, *_actions: object) -> Qt.DropAction:
        drag = self.drags[-1]
        self.seen.append(self.looks(drag.mimeData()))
        return self.answer


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> Drags:
    made = Drags(monkeypatch)

    class Kept(QDrag):
        def __init__(self, source: Grid) -> None:
            super().__init__(source)
            made.drags.append(self)

    monkeypatch.setattr(carrying, "QDrag", Kept)
    return made


def drag_from(grid: Grid, index: int, qtbot: QtBot) -> None:
    area = grid.area_of(index).center()
    qtbot.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=area)
    qtbot.mouseMove(grid.viewport(), area + QPoint(30, 30))
    qtbot.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=area + QPoint(30, 30))


def test_a_program_gets_the_addresses_of_copies(
    grid: Grid, library: FakeLibrary, drags: Drags, settled: Settled, qtbot: QtBot
) -> None:
    ids = many_ids(50)
    grid.set_ids(ids)
    settled(grid)
    grid.select(Ranges([(2, 5)]))
    with qtbot.waitSignal(grid.carried) as told:
        drag_from(grid, 3, qtbot)
    wanted = [QUrl.fromLocalFile(f"/pictures/{one}.jpg") for one in ids[2:5]]
    assert drags.seen == [wanted]
    assert told.args == [3, 3, ""]
    assert library.parcels[0].taken
    assert not drags.drags[0].pixmap().isNull()
    data = drags.drags[0].mimeData()
    assert data.formats() == ["text/uri-list"]
    assert data.data("text/uri-list").data().splitlines() == [
        one.toEncoded().data() for one in wanted
    ]
    assert grid.selected_ids() == list(ids[2:5])


def test_a_drag_that_ends_nowhere_writes_nothing(
    grid: Grid, library: FakeLibrary, drags: Drags, settled: Settled, qtbot: QtBot
) -> None:
    grid.set_ids(many_ids(50))
    settled(grid)
    drags.answer, drags.looks = Qt.DropAction.IgnoreAction, QMimeData.hasUrls
    with qtbot.assertNotEmitted(grid.carried):
        drag_from(grid, 0, qtbot)
    assert drags.seen == [True], "what is there can be asked without waiting for it"
    assert (library.parcels[0].opened, library.parcels[0].taken) == (0, False)


def test_half_a_million_are_not_written_to_disk(
    grid: Grid, library: FakeLibrary, drags: Drags, settled: Settled, qtbot: QtBot
) -> None:
    ids = many_ids(500_000)
    grid.set_ids(ids)
    settled(grid)
    grid.select_all()
    with qtbot.waitSignal(grid.carried) as told:
        drag_from(grid, 0, qtbot)
    assert library.parcels[0].ids == list(ids[: carrying.MOST])
    assert told.args == [carrying.MOST, 500_000, ""]


def test_the_window_goes_on_while_large_pictures_are_copied(
    grid: Grid,
    library: FakeLibrary,
    drags: Drags,
    settled: Settled,
    qtbot: QtBot,
    watchdog: Watchdog,
) -> None:
    with watchdog.excused():
        grid.set_ids(many_ids(50))
        settled(grid)
    cursors: list[bool] = []

    def asked(data: QMimeData) -> object:
        parcel = library.parcels[0]
        parcel.ready.clear()
        QTimer.singleShot(100, lambda: cursors.append(QGuiApplication.overrideCursor() is not None))
        Timer(0.4, parcel.ready.set).start()
        return len(data.urls())

    drags.looks = asked
    with qtbot.waitSignal(grid.carried):
        drag_from(grid, 3, qtbot)
    assert drags.seen == [1]
    assert cursors == [True], "it is seen that something goes on"
    assert QGuiApplication.overrideCursor() is None


class Own:
    """A drag of the grid's own that hovers above it."""

    def __init__(self, source: Grid) -> None:
        self.source = lambda: source
        self.ignored = False

    def ignore(self) -> None:
        self.ignored = True

    def mimeData(self) -> QMimeData:
        raise AssertionError("asked for its files, the parcel is waited for while it hovers")


def test_its_own_pictures_are_not_asked_for_on_their_way(grid: Grid) -> None:
    own = Own(grid)
    grid.gestures.drag_over(own)
    assert own.ignored
