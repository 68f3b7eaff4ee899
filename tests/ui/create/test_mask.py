"""A cut-out is mended with the brush, undone, reset and kept, as people do it."""

import io
from pathlib import Path
from threading import Event

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import masks, sources
from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.create.mask_canvas import MaskCanvas
from stylestudio_desktop.ui.create.mask_dialog import MaskDialog
from stylestudio_desktop.ui.create.product_page import counted
from tests.factories import import_photo
from tests.ui.create.conftest import Desk
from tests.ui.create.looking import Looking


@pytest.fixture
def dialog(desk: Desk, tmp_path: Path) -> MaskDialog:
    """The dialog on the one photo of the draft."""
    photo = import_photo(desk.studio, tmp_path)
    desk.pane.desk.use(Category.PRODUCT, [photo])
    desk.settle()
    page = desk.pane.pages.products
    page.tiles[photo].mend.click()
    (opened,) = page.window().findChildren(MaskDialog)
    desk.bot.waitUntil(lambda: opened.canvas is not None, timeout=10_000)
    return opened


def canvas_of(dialog: MaskDialog) -> MaskCanvas:
    assert dialog.canvas is not None
    return dialog.canvas


def level(dialog: MaskDialog, x: int = 2, y: int = 2) -> int:
    """Return the mask's level at a place, as it would be kept."""
    image = decoding.thumbnail(canvas_of(dialog).strokes.png(), 2048)
    assert image is not None
    return image.convertToFormat(QImage.Format.Format_Grayscale8).pixelColor(x, y).red()


def stroke(dialog: MaskDialog, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    """Draw across the upper left corner of the photo."""
    canvas = canvas_of(dialog)
    corner = canvas.to_screen(QPointF(2, 2)).toPoint()
    QTest.mousePress(canvas, button, pos=corner)
    QTest.mouseMove(canvas, corner + QPoint(6, 6))
    QTest.mouseRelease(canvas, button, pos=corner + QPoint(6, 6))


def test_the_brush_adds_and_takes_away(dialog: MaskDialog) -> None:
    canvas_of(dialog).set_brush(8)
    QTest.keyClick(dialog, Qt.Key.Key_R)
    stroke(dialog)
    assert level(dialog) < 30
    stroke(dialog, Qt.MouseButton.RightButton)
    assert level(dialog) > 250
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert level(dialog) < 30
    dialog.undo.click()
    assert level(dialog) > 250
    assert not dialog.undo.isEnabled()
    dialog.redo.click()
    assert level(dialog) < 30


def test_the_keyboard_paints_too(dialog: MaskDialog) -> None:
    canvas = canvas_of(dialog)
    canvas.set_brush(8)
    QTest.keyClick(dialog, Qt.Key.Key_R)
    for _ in range(30):
        QTest.keyClick(canvas, Qt.Key.Key_Left)
        QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert level(dialog) < 30


def test_wheel_and_keys_size_the_brush_and_zoom(dialog: MaskDialog) -> None:
    canvas = canvas_of(dialog)
    before = canvas.brush
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert canvas.brush > before
    turn(canvas, -120)
    assert canvas.brush == pytest.approx(before, abs=1)
    assert dialog.size_slider.value() == canvas.brush
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert canvas.zoom == 1.0 / dialog.devicePixelRatioF()
    turn(canvas, 120, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom > 1.0
    QTest.keyClick(dialog, Qt.Key.Key_0)
    assert canvas.zoom != 1.0


def turn(canvas: MaskCanvas, angle: int, held: Qt.KeyboardModifier | None = None) -> None:
    place = QPointF(canvas.rect().center())
    event = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton,
        held or Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_a_changed_mask_is_kept_and_reset(desk: Desk, dialog: MaskDialog) -> None:
    page = desk.pane.pages.products
    (photo,) = page.tiles
    assert not dialog.keep.isEnabled()
    canvas_of(dialog).set_brush(8)
    QTest.keyClick(dialog, Qt.Key.Key_R)
    stroke(dialog)
    with desk.bot.waitSignal(dialog.kept, timeout=10_000):
        dialog.keep.click()
    desk.settle()
    assert photo in masks.of_files(desk.studio, [photo])

    page.tiles[photo].mend.click()
    opened = next(one for one in page.window().findChildren(MaskDialog) if one is not dialog)
    desk.bot.waitUntil(lambda: opened.canvas is not None, timeout=10_000)
    assert level(opened) < 30
    opened.reset.click()
    desk.bot.waitUntil(lambda: opened.undo.isEnabled(), timeout=10_000)
    assert level(opened) > 250
    with desk.bot.waitSignal(opened.kept, timeout=10_000):
        opened.keep.click()
    desk.settle()
    assert masks.of_files(desk.studio, [photo]) == {}
    assert sources.mask(desk.studio, photo, Event())


def test_one_of_several_products_is_chosen(
    desk: Desk, dialog: MaskDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo of two: the second is kept alone, as one step that can be taken back."""
    (photo,) = desk.pane.pages.products.tiles
    desk.settle()
    assert dialog.which is None  # one product: nothing to choose
    dialog.reject()
    size = canvas_of(dialog).strokes.image.size()
    grey = Image.new("L", (size.width(), size.height()))
    grey.paste(255, (0, 0, size.width() // 3, size.height()))
    grey.paste(255, (size.width() * 2 // 3, 0, size.width(), size.height()))
    out = io.BytesIO()
    grey.save(out, "PNG")
    monkeypatch.setattr(sources, "mask", lambda *_given, **_how: out.getvalue())
    desk.pane.pages.products.tiles[photo].mend.click()
    found = desk.pane.pages.products.window().findChildren(MaskDialog)
    opened = next(one for one in found if one is not dialog)
    desk.bot.waitUntil(lambda: opened.which is not None, timeout=10_000)
    assert level(opened) == 255
    opened.which.set_value(2)
    opened.which.picked.emit(2)
    assert level(opened) == 0
    assert level(opened, size.width() - 2) == 255
    with desk.bot.waitSignal(opened.kept, timeout=10_000):
        opened.keep.click()
    assert photo in masks.of_files(desk.studio, [photo])


def test_several_products_in_a_cutout_are_counted() -> None:
    """What the tile's remark says; the soft rim of one product is no second one."""
    cutout = QImage(300, 200, QImage.Format.Format_ARGB32_Premultiplied)
    cutout.fill(Qt.GlobalColor.transparent)
    assert counted(cutout) == 0
    painter = QPainter(cutout)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.GlobalColor.red)
    painter.drawEllipse(10, 20, 120, 150)
    assert counted(cutout) == 1
    painter.drawEllipse(170, 60, 90, 90)
    painter.end()
    assert counted(cutout) == 2


def test_cancelling_keeps_nothing(desk: Desk, dialog: MaskDialog) -> None:
    (photo,) = desk.pane.pages.products.tiles
    QTest.keyClick(dialog, Qt.Key.Key_R)
    stroke(dialog)
    dialog.reject()
    assert masks.of_files(desk.studio, [photo]) == {}


def test_cloth_is_said_to_be_sheer_and_back(
    desk: Desk, dialog: MaskDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine makes of it is one step in the editor, kept like any mended cut-out."""
    (photo,) = desk.pane.pages.products.tiles
    desk.settle()
    size = canvas_of(dialog).strokes.image.size()
    asked: list[str] = []

    def half(*_given: object, sheer: str = "auto", **_how: object) -> bytes:
        asked.append(sheer)
        out = io.BytesIO()
        Image.new("L", (size.width(), size.height()), 128 if sheer == "on" else 255).save(
            out, "PNG"
        )
        return out.getvalue()

    monkeypatch.setattr(sources, "mask", half)
    for choice, expected in (("on", 128), ("off", 255), ("on", 128), ("auto", 255), ("on", 128)):
        dialog.sheer.set_value(choice)
        dialog.sheer.picked.emit(choice)
        desk.bot.waitUntil(dialog.sheer.isEnabled, timeout=10_000)
        desk.settle()
        assert level(dialog) == expected
    assert asked == ["on", "off", "on", "auto", "on"]
    with desk.bot.waitSignal(dialog.kept, timeout=10_000):
        dialog.keep.click()
    assert photo in masks.of_files(desk.studio, [photo])


def test_a_ground_that_tells_nothing_is_said_and_changes_nothing(
    desk: Desk, dialog: MaskDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settle()
    before = level(dialog)

    def refuse(*_given: object, **_how: object) -> bytes:
        raise BadInput("The ground of this photo is too busy.")

    monkeypatch.setattr(sources, "mask", refuse)
    dialog.sheer.set_value("on")
    dialog.sheer.picked.emit("on")
    desk.bot.waitUntil(lambda: "too busy" in dialog.remark.text(), timeout=10_000)
    assert dialog.sheer.value() == "auto"
    assert level(dialog) == before


def test_a_tile_says_what_is_suspected_and_leads_to_the_pencil(
    desk: Desk, tmp_path: Path, service: Looking
) -> None:
    service.cloth = "suspected"
    photo = import_photo(desk.studio, tmp_path)
    desk.pane.desk.use(Category.PRODUCT, [photo])
    desk.settle()
    page = desk.pane.pages.products
    desk.bot.waitUntil(lambda: "show through" in page.tiles[photo].remark.text(), timeout=10_000)
    assert not page.tiles[photo].look.isHidden()
    page.tiles[photo].look.click()
    assert page.window().findChildren(MaskDialog)
