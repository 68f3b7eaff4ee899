"""The viewer's camera, levels and stage: what is under the cursor stays, edges leave no gap."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.gallery.camera import LARGEST_SCALE, Camera
from stylestudio_desktop.ui.gallery.mips import Mips, Pictures
from stylestudio_desktop.ui.gallery.stage import Stage
from stylestudio_desktop.ui.widgets.forms import Facts
from tests.ui.pictures import encoded, picture

extents = st.tuples(st.floats(1, 6000), st.floats(1, 6000))
views = st.tuples(st.floats(50, 3000), st.floats(50, 2000))
shares = st.tuples(st.floats(0, 1), st.floats(0, 1))
CLOSE = 1e-6


@given(extents, views, st.lists(st.tuples(shares, st.floats(0.2, 5)), max_size=8))
def test_no_gap_at_an_edge_and_never_smaller_than_fitting(
    extent: tuple[float, float],
    view: tuple[float, float],
    zooms: list[tuple[tuple[float, float], float]],
) -> None:
    camera = Camera()
    for at, factor in zooms:
        camera.zoom_at((at[0] * view[0], at[1] * view[1]), factor, extent, view)
    scale, origin = camera.scale(extent, view), camera.origin(extent, view)
    assert camera.zoom >= 1.0
    assert scale <= max(LARGEST_SCALE, Camera.fit(extent, view)) * (1 + CLOSE)
    for axis in (0, 1):
        size = extent[axis] * scale
        if size <= view[axis]:
            assert origin[axis] == pytest.approx((view[axis] - size) / 2, abs=0.01)
        else:
            assert origin[axis] <= 0.01
            assert origin[axis] + size >= view[axis] - 0.01


@given(st.floats(0.3, 0.7), st.floats(0.3, 0.7), st.floats(1.1, 3))
def test_what_is_under_the_cursor_stays(x: float, y: float, factor: float) -> None:
    camera, extent, view = Camera(zoom=4.0), (4000.0, 3000.0), (1000.0, 800.0)
    point = (x * view[0], y * view[1])
    before = camera.share_at(point, extent, view)
    camera.zoom_at(point, factor, extent, view)
    after = camera.share_at(point, extent, view)
    assert after == pytest.approx(before, abs=1e-6)


def test_one_to_one_is_one_pixel_on_one() -> None:
    camera, extent, view = Camera(), (3000.0, 2000.0), (800.0, 600.0)
    camera.set_scale(1.0, (400, 300), extent, view)
    assert camera.scale(extent, view) == pytest.approx(1.0)
    camera.reset()
    assert camera.scale(extent, view) == pytest.approx(800 / 3000)


def test_levels_halve_and_the_sharpest_fitting_one_is_taken() -> None:
    mips = Mips(picture(3, 4096))
    sides = [max(level.width(), level.height()) for level in mips.levels]
    assert sides == [4096, 2048, 1024]
    assert mips.level(1.0) is mips.levels[0]
    assert mips.level(0.6) is mips.levels[0]
    assert mips.level(0.5) is mips.levels[1]
    assert mips.level(0.01) is mips.levels[2]
    for scale in (0.9, 0.4, 0.2, 0.11):
        chosen = mips.level(scale)
        assert max(chosen.width(), chosen.height()) >= 4096 * scale or chosen is mips.levels[2]


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = Stage(Camera())
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_wheel_zooms_around_the_cursor(stage: Stage) -> None:
    stage.show_picture(Mips(picture(5, 3000)))
    at = QPointF(390, 280)
    stage.zoom(4.0, at)
    extent, view = stage.extent, (800.0, 600.0)
    before = stage.camera.share_at((390, 280), extent, view)
    stage.zoom(1.5, at)
    assert stage.camera.share_at((390, 280), extent, view) == pytest.approx(before, abs=1e-6)
    stage.fit()
    assert stage.camera.zoom == 1.0


def test_dragging_pans_and_the_double_click_toggles(stage: Stage, qtbot: QtBot) -> None:
    stage.show_picture(Mips(picture(5, 3000)))
    left = Qt.MouseButton.LeftButton
    qtbot.mouseDClick(stage, left, pos=QPoint(400, 300))
    qtbot.mouseRelease(stage, left, pos=QPoint(400, 300))
    assert stage.percent() == pytest.approx(1.0)
    x = stage.camera.x
    qtbot.mousePress(stage, left, pos=QPoint(400, 300))
    qtbot.mouseMove(stage, QPoint(300, 300))
    qtbot.mouseRelease(stage, left, pos=QPoint(300, 300))
    assert stage.camera.x == pytest.approx(x + 100 / stage.extent[0], abs=1e-6)


def _plain(colour: str, width: int = 400, height: int = 300) -> Mips:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return Mips(image)


def test_the_slider_shows_the_photo_left_of_it(stage: Stage, qtbot: QtBot) -> None:
    stage.show_picture(_plain("#00ff00"))
    stage.set_before(_plain("#ff0000"))
    grabbed = stage.grab().toImage()
    assert grabbed.pixelColor(300, 400).red() > 200
    assert grabbed.pixelColor(500, 400).green() > 200
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(stage, left, pos=QPoint(400, 300))
    qtbot.mouseMove(stage, QPoint(560, 300))
    qtbot.mouseRelease(stage, left, pos=QPoint(560, 300))
    assert stage.split == pytest.approx(0.7)
    assert stage.grab().toImage().pixelColor(500, 400).red() > 200
    stage.set_before(None)
    assert stage.grab().toImage().pixelColor(300, 400).green() > 200


def test_a_larger_photo_before_is_shown_as_high_as_the_result(stage: Stage) -> None:
    stage.show_picture(_plain("#00ff00"))  # 400 × 300 in the middle of 800 × 600
    stage.set_before(_plain("#ff0000", 1200, 1200))
    shown = stage.grab().toImage()
    for point, photo in (((255, 300), True), ((245, 300), False), ((300, 145), False)):
        assert (shown.pixelColor(*point).red() > 240 > shown.pixelColor(*point).blue()) is photo
    assert shown.pixelColor(595, 300).green() > 240, "the result stays where it was"
    stage.zoom(2.0)
    assert stage.grab().toImage().pixelColor(110, 20).red() > 240, "both are zoomed together"


def test_a_damaged_picture_becomes_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.jpg", tmp_path / "cut.bin"
    whole.write_bytes(encoded(1, 800))
    cut.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    pictures = Pictures()
    with qtbot.waitSignals([pictures.arrived, pictures.failed]):
        pictures.want([whole, cut])
    assert pictures.get(whole) is not None
    assert pictures.get(cut) is None
    pictures.close()


def test_pictures_no_longer_wanted_are_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(encoded(number, 600))
    pictures = Pictures()
    pictures.want(paths)
    pictures.want(paths[:1])
    qtbot.waitUntil(pictures.idle)
    assert pictures.get(paths[0]) is not None
    assert pictures.get(paths[3]) is None
    pictures.close()


def test_only_our_formats_are_decoded(tmp_path: Path) -> None:
    """An SVG or PDF in disguise never reaches its plug-in."""
    drawing = tmp_path / "a.jpg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert decoding.picture(drawing) is None
    assert decoding.thumbnail(drawing.read_bytes(), 64) is None
    assert decoding.thumbnail(b"", 64) is None


def test_thumbnails_are_fitted_and_small_ones_left(qapp: object) -> None:
    image = decoding.thumbnail(encoded(4, 256), 100)
    assert image is not None
    assert max(image.width(), image.height()) == 100
    small = decoding.thumbnail(encoded(4, 256), 400)
    assert small is not None
    assert max(small.width(), small.height()) == 256


def test_pictures_are_brought_to_srgb(qapp: object, tmp_path: Path) -> None:
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(QColor(200, 40, 40))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb))
    path = tmp_path / "adobe.png"
    assert image.save(str(path), "PNG")
    shown = decoding.picture(path)
    assert shown is not None
    assert shown.pixelColor(5, 5).red() > 220


def test_a_long_name_loses_its_middle_in_the_panel_and_never_in_the_clipboard(
    qtbot: QtBot,
) -> None:
    name = "artistic-376645682314667700123.jpg"
    facts = Facts(narrow=True)
    qtbot.addWidget(facts)
    facts.set_rows([("Name", name)])
    shown = [one.text() for one in facts.findChildren(QLabel)]
    assert "artistic-37664…00123.jpg" in shown
    assert facts.text() == f"Name: {name}"
