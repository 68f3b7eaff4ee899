"""The viewer opens at once, fills the screen, shows pictures by itself, and is true in colour."""

from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QColorSpace, QImage
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services import bulk, organising
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import decoding, screen_colour
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.tokens import Size
from stylestudio_desktop.ui.window import MainWindow
from tests.ui.gallery.seeing import Quiet

KEYS = Qt.Key
OPENING_MS = 50.0


@pytest.fixture
def opened(filled: GalleryPane, quiet: Quiet, qtbot: QtBot) -> GalleryPane:
    """The pane with its viewer on the second picture."""
    filled.show_pictures([filled.grid.contents.ids[1]])
    qtbot.waitUntil(filled.viewer.ready, timeout=5000)
    return filled


def test_it_opens_at_once_with_what_the_grid_has(filled: GalleryPane, quiet: Quiet) -> None:
    ids = filled.grid.contents.ids
    filled.show_pictures([ids[0]])  # the first opening makes the viewer
    quiet()
    filled.viewer.leave()
    best = OPENING_MS
    for place in (3, 5, 7):
        began = perf_counter()
        filled.show_pictures([ids[place]])
        filled.viewer.repaint()
        best = min(best, (perf_counter() - began) * 1000)
        assert filled.viewer.stages[0]._stand_in is not None
        filled.viewer.leave()
    assert best < OPENING_MS
    quiet()


def test_neighbours_are_there_before_they_are_asked_for(
    opened: GalleryPane, quiet: Quiet, qtbot: QtBot
) -> None:
    viewer = opened.viewer
    qtbot.waitUntil(lambda: viewer.pictures.idle() and not opened._window.tasks.busy())
    viewer.step(1)
    assert viewer.ready()
    viewer.step(-1)
    assert viewer.ready()


def test_the_whole_screen_is_taken_and_given_back(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot
) -> None:
    viewer = opened.viewer
    qtbot.keyClick(viewer, KEYS.Key_F11)
    assert window.isFullScreen()
    around = (window.top_bar, window.queue_strip, viewer.bar, viewer.panel, viewer.strip)
    assert not any(part.isVisible() for part in around)
    qtbot.keyClick(viewer, KEYS.Key_Right)
    assert not viewer.strip.isVisible()
    qtbot.keyClick(viewer, KEYS.Key_Escape)
    assert not window.isFullScreen()
    assert all(part.isVisible() for part in around)
    assert opened.viewing()
    qtbot.keyClick(viewer, KEYS.Key_I)
    qtbot.keyClick(viewer, KEYS.Key_F11)
    qtbot.keyClick(viewer, KEYS.Key_F11)
    assert not viewer.panel.isVisible()
    qtbot.keyClick(viewer, KEYS.Key_Escape)
    assert not opened.viewing()


def test_a_slide_show_goes_on_to_the_last_picture(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot
) -> None:
    viewer, ids = opened.viewer, opened.grid.contents.ids
    qtbot.keyClick(viewer, KEYS.Key_F5)
    assert viewer.presenting.plays
    assert window.isFullScreen()
    viewer.presenting.on_time()
    assert viewer.current == ids[2]
    qtbot.keyClick(viewer, KEYS.Key_Space)
    assert not viewer.presenting.plays
    assert viewer.presenting.full
    qtbot.keyClick(viewer, KEYS.Key_Space)
    assert viewer.presenting.plays
    viewer.step(6)
    assert viewer.current == ids[8]
    viewer.presenting.on_time()  # not there in full yet: it waits
    assert viewer.presenting.plays
    qtbot.waitUntil(viewer.ready, timeout=5000)
    viewer.presenting.on_time()
    assert not viewer.presenting.plays
    qtbot.keyClick(viewer, KEYS.Key_Escape)
    assert not window.isFullScreen()


def test_leaving_the_pane_gives_the_screen_back(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(opened.viewer, KEYS.Key_F5)
    window.open_pane("create")
    assert not window.isFullScreen()
    assert not opened.viewer.presenting.plays


def test_the_panel_tells_what_the_user_wrote(
    opened: GalleryPane, studio: Studio, qtbot: QtBot, quiet: Quiet
) -> None:
    one = bulk.Selection(ids=[opened.grid.contents.ids[1]])
    bulk.tag(studio, one, "spring")
    bulk.collect(studio, one, organising.new_collection(studio, "Lookbook").id)
    opened.acting.note(one.ids or (), "collar")
    quiet()

    def told() -> bool:
        text = opened.viewer.facts.text()
        return all(word in text for word in ("Tags: spring", "Collections: Lookbook", "collar"))

    qtbot.waitUntil(told, timeout=5000)


def test_colours_are_brought_into_the_screens_space(tmp_path: Path) -> None:
    named = QColorSpace.NamedColorSpace
    path = tmp_path / "red.png"
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(255, 0, 0))
    assert image.save(str(path))
    plain = decoding.picture(path)
    wide = decoding.picture(path, QColorSpace(named.DisplayP3))
    assert plain is not None
    assert wide is not None
    assert plain.pixelColor(1, 1) == QColor(255, 0, 0)
    # sRGB's red is (0.9175, 0.2003, 0.1386) in Display P3.
    found = wide.pixelColor(1, 1)
    assert [found.red(), found.green(), found.blue()] == pytest.approx([234, 51, 35], abs=2)
    image.setColorSpace(QColorSpace(named.DisplayP3))
    assert image.save(str(path))
    back = decoding.picture(path, QColorSpace(named.DisplayP3))
    assert back is not None
    assert back.pixelColor(1, 1) == QColor(255, 0, 0)


@pytest.mark.parametrize("moved", [True, False])
def test_another_screen_or_profile_is_taken_up(
    opened: GalleryPane,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    moved: bool,
) -> None:
    profile = QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile()
    monkeypatch.setattr(screen_colour, "_read", lambda _screen: profile.data())
    space = screen_colour.profile_of(opened.screen())
    assert space is not None
    viewer = opened.viewer
    if moved:
        window.windowHandle().screenChanged.emit(window.screen())
    else:  # it was calibrated anew since the picture was looked at
        viewer.leave()
        opened.show_pictures([opened.grid.contents.ids[1]])
    assert not viewer.ready()
    qtbot.waitUntil(viewer.ready, timeout=5000)
    assert viewer.shown is not None
    mips = viewer.pictures.get(viewer.shown.path)
    assert mips is not None
    assert mips.levels[0].colorSpace() == space


@pytest.mark.qt_log_ignore("fromIccProfile")
def test_a_screen_without_a_usable_profile_is_srgb(
    opened: GalleryPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in (b"", b"no profile at all"):
        monkeypatch.setattr(screen_colour, "_read", lambda _screen, data=data: data)
        assert screen_colour.profile_of(opened.screen()) is None
    assert screen_colour.profile_of(None) is None


def test_the_commands_offer_the_viewers_while_it_is_in_front(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot
) -> None:
    def offered(typed: str) -> list[str]:
        return [offer.name for offer in window.actions_.matching(typed)]

    assert offered("viewer before") == ["viewer.before"]
    assert offered("zoom") == ["viewer.in", "viewer.out"]
    window.open_pane("create")
    assert offered("viewer") == []
    window.open_pane("gallery")
    assert "viewer.play" in offered("viewer")
    opened.viewer.leave()
    assert offered("viewer") == []


def test_chosen_keys_take_the_usual_ones_place_in_the_viewer(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot
) -> None:
    viewer, bar = opened.viewer, opened.viewer.bar
    assert bar.info.toolTip() == "Information (I)"
    window.actions_.take_keys({"viewer.info": "J"})
    assert bar.info.toolTip() == "Information (J)"
    qtbot.keyClick(viewer, KEYS.Key_I)
    assert viewer.panel.isVisible()
    qtbot.keyClick(viewer, KEYS.Key_J)
    assert not viewer.panel.isVisible()
    window.actions_.take_keys({"viewer.next": ""})
    first = viewer.current
    qtbot.keyClick(viewer, KEYS.Key_Right)
    assert viewer.current != first, "arrows move about, whatever keys are chosen"


def test_zooming_by_keys_works_from_any_part_of_the_viewer(
    opened: GalleryPane, qtbot: QtBot
) -> None:
    viewer = opened.viewer
    for key, zoomed in ((KEYS.Key_Plus, True), (KEYS.Key_Minus, False), (KEYS.Key_Equal, True)):
        qtbot.keyClick(viewer.panel, key)
        assert (viewer.camera.zoom > 1.0) is zoomed


@pytest.mark.parametrize("width", [656, 800, 1024, 1600])
def test_no_part_of_the_bar_is_pushed_off_a_narrow_window(
    opened: GalleryPane, window: MainWindow, qtbot: QtBot, width: int
) -> None:
    bar = opened.viewer.bar
    window.resize(width, 600)
    qtbot.waitUntil(lambda: bar.width() == opened.viewer.width())
    qtbot.wait(20)
    parts = [bar.before, bar.info, *bar._stars, bar._full, bar._play]
    for part in parts:
        right = part.mapTo(bar, part.rect().topRight()).x()
        assert right < bar.width(), part.accessibleName()
        assert part.width() >= Size.CONTROL
    brief = Qt.ToolButtonStyle.ToolButtonIconOnly
    assert (bar.info.toolButtonStyle() == brief) is (width == 656)
    assert bar.larger.isHidden(), "a photo of one's own was not made here"
