"""A background photo of one's own: taken in, its plane picked by mouse and keys, asked for."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import library
from stylestudio_desktop.ui.create.draft import Need, Step
from stylestudio_desktop.ui.create.plane_canvas import PlaneCanvas
from stylestudio_desktop.ui.create.plane_dialog import PlaneDialog
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.window import CREATE
from stylestudio_desktop.ui.wishes import UseAsBackground
from tests.factories import import_photo, photo
from tests.ui.create.conftest import Desk


@pytest.fixture
def scene(desk: Desk, tmp_path: Path) -> Desk:
    """The look step, with a product and a background photo that was just taken in."""
    desk.pane.desk.use(Category.PRODUCT, [import_photo(desk.studio, tmp_path)])
    desk.settle()
    desk.pane.go(Step.LOOK)
    desk.pane.intake.take([photo(tmp_path, "room.jpg", "navy")], Category.BACKGROUND)
    desk.settle()
    return desk


@pytest.fixture
def dialog(scene: Desk) -> PlaneDialog:
    scene.pane.pages.look.scene.place.click()
    (opened,) = scene.pane.window().findChildren(PlaneDialog)
    scene.bot.waitUntil(lambda: opened.canvas is not None, timeout=10_000)
    return opened


def canvas_of(dialog: PlaneDialog) -> PlaneCanvas:
    assert dialog.canvas is not None
    return dialog.canvas


def test_a_photo_comes_in_as_a_background_and_is_asked_for(scene: Desk) -> None:
    draft, part = scene.pane.desk.draft, scene.pane.pages.look.scene
    assert draft.background is not None
    assert library.picture(scene.studio, draft.background.id).category == "background_image"
    assert part.place.isVisibleTo(part)
    assert "room.jpg" in part.says.text()
    staging = scene.pane.pages.look.staging
    assert not staging.backdrops["wall"].isEnabled()
    assert not staging.arrangements["plinth"].isEnabled()
    assert staging.arrangements["laid"].isEnabled()
    part.size_.setValue(12)
    part.light.picked.emit("right")
    scene.settle()
    scene.pane.generate()
    scene.settle()
    (row,) = scene.studio.database.rows("SELECT options FROM generations")
    assert row[0] == '{"light_from": "right", "size": "120"}'
    roles = scene.studio.database.rows("SELECT role FROM generation_files ORDER BY role")
    assert [role for (role,) in roles] == ["background", "product"]


def test_any_picture_of_the_gallery_becomes_the_ground(desk: Desk, tmp_path: Path) -> None:
    kept = import_photo(desk.studio, tmp_path)
    desk.window.open_pane(CREATE, UseAsBackground(FileId(kept)))
    desk.settle()
    assert desk.pane.step is Step.LOOK
    ground = desk.pane.desk.draft.background
    assert ground is not None
    assert ground.id != kept, "it is kept as a background too"
    assert library.picture(desk.studio, ground.id).category == "background_image"
    assert desk.pane.pages.look.scene.place.isVisibleTo(desk.pane.pages.look.scene)


def test_doubts_are_said_before_anything_is_paid(scene: Desk) -> None:
    assert scene.service.scenes_checked
    scene.service.sentences = ["The picked plane is so small."]
    scene.pane.desk.edit(plane="0.4,0.4 0.6,0.4 0.6,0.6 0.4,0.6")
    scene.settle()
    assert "so small" in scene.pane.summary.remark.text()
    assert scene.service.scenes_checked[-1]["plane"].startswith("0.4")


def test_corners_are_pulled_by_the_mouse(scene: Desk, dialog: PlaneDialog) -> None:
    canvas = canvas_of(dialog)
    assert [round(one.x(), 2) for one in canvas.points] == [0.2, 0.8, 0.9, 0.1]
    start = canvas.to_screen(canvas.points[1]).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    to = canvas.to_screen(QPointF(0.7, 0.5)).toPoint()
    QTest.mouseMove(canvas, to)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=to)
    assert canvas.points[1].x() == pytest.approx(0.7, abs=0.02)
    inside = canvas.to_screen(QPointF(0.5, 0.75)).toPoint()
    before = QPointF(canvas.points[3])
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=inside)
    QTest.mouseMove(canvas, inside + QPoint(0, -20))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=inside + QPoint(0, -20))
    assert canvas.points[3].y() < before.y()
    kept = canvas.plane().text()
    dialog.keep.click()
    scene.settle()
    assert scene.pane.desk.draft.plane == kept
    assert "plane you picked" in scene.pane.pages.look.scene.says.text()
    scene.pane.pages.look.scene.remove.click()
    assert scene.pane.desk.draft.background is None
    assert scene.pane.desk.draft.plane == "auto"


def test_corners_are_moved_by_keys_and_put_back(dialog: PlaneDialog) -> None:
    canvas = canvas_of(dialog)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.points[0].x() == pytest.approx(0.204)
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.points[0].y() == pytest.approx(0.625)
    assert "20%" in canvas.accessibleDescription()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.active == 1
    QTest.keyClick(canvas, Qt.Key.Key_4)
    assert canvas.active == 3
    for _ in range(20):  # it stays on the photo
        QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.points[3].x() == 0.0
    dialog.reset.click()
    assert [round(one.x(), 2) for one in canvas.points] == [0.2, 0.8, 0.9, 0.1]


def test_a_field_that_is_no_plane_can_not_be_kept(dialog: PlaneDialog) -> None:
    canvas = canvas_of(dialog)
    canvas.move_corner(0, QPointF(0.5, 0.88))
    assert not dialog.keep.isEnabled()
    assert "four-sided" in dialog.remark.text()
    canvas.move_corner(0, QPointF(0.2, 0.6))
    assert dialog.keep.isEnabled()


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK])
def test_grid_and_corners_are_drawn(dialog: PlaneDialog, appearance: Appearance) -> None:
    theme().set_appearance(appearance)
    canvas = canvas_of(dialog)
    shown = canvas.grab().toImage()
    at = canvas.to_screen(canvas.points[0]).toPoint() * shown.devicePixelRatio()
    corner = theme().colour("accent")
    assert shown.pixelColor(at).rgb() == corner.rgb()
    theme().set_appearance(Appearance.LIGHT)


def test_person_and_background_exclude_each_other(scene: Desk, tmp_path: Path) -> None:
    scene.pane.desk.use(Category.MODEL, [import_photo(scene.studio, tmp_path, "red")])
    scene.settle()
    needs = [one.need for one in scene.pane.desk.problems()]
    assert needs == [Need.PERSON_OR_SCENE]
    scene.pane.go(Step.LOOK)
    part = scene.pane.pages.look.scene
    assert "Not with a person" in part.says.text()
    assert part.remove.isEnabled()
    part.remove.click()
    assert scene.pane.desk.problems() == ()


def test_a_service_without_scenes_says_why(scene: Desk) -> None:
    scene.service.scenes = ()
    scene.pane.desk.changed.emit()
    part = scene.pane.pages.look.scene
    assert "takes no background photo" in part.says.text()
    assert not part.choose.isEnabled()
    assert [one.need for one in scene.pane.desk.problems()] == [Need.NO_SCENES]


def test_the_draft_is_remembered_with_its_scene(scene: Desk) -> None:
    plane = "0.2000,0.6000 0.8000,0.6000 0.9000,0.9000 0.1000,0.9000"
    scene.pane.desk.edit(plane=plane, size=80)
    memory = scene.pane.memory()
    scene.pane.start_over()
    assert scene.pane.desk.draft.background is None
    scene.pane.recall(memory)
    scene.settle()
    draft = scene.pane.desk.draft
    assert draft.background is not None
    assert (draft.plane, draft.size) == (plane, 80)
    bad = {**memory["draft"], "plane": "nowhere", "size": 9000, "light_from": 3, "background": 7}
    scene.pane.recall({"draft": bad})
    draft = scene.pane.desk.draft
    assert (draft.background, draft.plane, draft.size, draft.light_from) == (
        None,
        "auto",
        100,
        "auto",
    )
