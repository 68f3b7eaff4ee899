"""The Gallery on a real library: what the user does ends in the database, and comes back."""

import threading
import weakref
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import generate, history, library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.gallery.export_dialog import ExportDialog
from stylestudio_desktop.ui.gallery.jumping import DayDialog
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import CREATE, MainWindow
from stylestudio_desktop.ui.wishes import MakeLarger, ShowFiles, UseAsBackground, UseAsProduct
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for
from tests.ui.gallery.seeing import Asked, Quiet, empty_title, toasts
from tests.ui.library import many_ids
from tests.ui.pictures import picture
from tests.ui.watchdog import Watchdog

KEYS, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def test_an_empty_library_teaches_the_next_step(pane: GalleryPane, quiet: Quiet) -> None:
    quiet()
    assert empty_title(pane) == "Start with a product photo"


def test_importing_shows_pictures_and_names_what_was_refused(
    pane: GalleryPane, quiet: Quiet, photos: list[Path], studio: Studio, window: MainWindow
) -> None:
    bad = photos[0].with_name("notes.jpg")
    bad.write_text("no picture")
    quiet()
    pane.intake.bring_dropped([str(path) for path in [*photos, bad]])
    quiet()
    assert len(pane.grid.contents) == 9
    assert pane.browser.rejected.isVisible()
    assert "1" in pane.browser.rejected.accessibleName()
    assert any("9" in text for text in toasts(window))
    assert len(library.ids(studio, FileFilter())) == 9
    quiet()
    card = pane.grid.cards.get(pane.grid.contents.ids[0])
    assert card is not None
    assert pane.grid.thumbnails.get(card.storage_id) is not None


def test_the_sample_collection_is_loaded(pane: GalleryPane, quiet: Quiet) -> None:
    quiet()
    pane.deeds.samples.trigger()
    quiet()
    assert len(pane.grid.contents) >= 10
    assert empty_title(pane) == ""


def test_favourites_are_marked_by_key_and_filtered(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, studio: Studio
) -> None:
    filled.grid.setFocus()
    filled.grid.select(Ranges([(1, 3)]))
    qtbot.keyClick(filled.grid, KEYS.Key_F)
    quiet()
    chosen = filled.grid.selected_ids()
    assert list(library.ids(studio, FileFilter(favourite=True))) == chosen
    qtbot.mouseClick(filled.browser.filters.favourites, Qt.MouseButton.LeftButton)
    quiet()
    assert list(filled.grid.contents.ids) == chosen
    filled.grid.select_all()
    qtbot.keyClick(filled.grid, KEYS.Key_F)
    quiet()
    assert len(filled.grid.contents) == 0
    assert empty_title(filled) == "No picture matches"


def test_ratings_by_key_and_undo(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, studio: Studio
) -> None:
    filled.grid.select(Ranges([(0, 4)]))
    filled.grid.setFocus()
    ids = filled.grid.selected_ids()
    qtbot.keyClick(filled.grid, KEYS.Key_2)
    quiet()
    filled.grid.select(Ranges([(0, 2)]))
    qtbot.keyClick(filled.grid, KEYS.Key_5)
    quiet()
    assert [card.rating for card in library.cards(studio, ids)] == [5, 5, 2, 2]
    qtbot.keyClick(filled.grid, KEYS.Key_Z, CTRL)
    quiet()
    assert [card.rating for card in library.cards(studio, ids)] == [2, 2, 2, 2]
    shown = [filled.grid.cards.get(row_id) for row_id in ids]
    assert [card.rating for card in shown if card is not None] == [2, 2, 2, 2]


def test_trash_is_undone_from_the_toast_in_place(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, studio: Studio, window: MainWindow
) -> None:
    before = list(filled.grid.contents.ids)
    filled.grid.select(Ranges([(2, 5)]))
    filled.grid.setFocus()
    qtbot.keyClick(filled.grid, KEYS.Key_Delete)
    quiet()
    assert list(filled.grid.contents.ids) == before[:2] + before[5:]
    assert list(library.ids(studio, FileFilter(trashed=True))) == before[2:5]
    toast = next(one for one in window.findChildren(Toast) if "trash" in one.accessibleName())
    qtbot.mouseClick(toast.findChild(QPushButton, "toastAction"), Qt.MouseButton.LeftButton)
    quiet()
    assert list(filled.grid.contents.ids) == before
    assert not library.ids(studio, FileFilter(trashed=True))


def test_the_trash_shows_what_is_in_it_and_gives_it_back(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot
) -> None:
    before = list(filled.grid.contents.ids)
    filled.grid.select(Ranges([(0, 1)]))
    filled.doing.trash()
    quiet()
    qtbot.mouseClick(filled.browser.filters.trash, Qt.MouseButton.LeftButton)
    quiet()
    assert list(filled.grid.contents.ids) == before[:1]
    filled.grid.select_all()
    assert not filled.deeds.trash.isVisible()
    filled.deeds.restore.trigger()
    quiet()
    assert empty_title(filled) == "The trash is empty"
    filled.browser.filters.clear()
    quiet()
    assert list(filled.grid.contents.ids) == before


def test_search_finds_file_names(filled: GalleryPane, quiet: Quiet, window: MainWindow) -> None:
    window.top_bar.search.setText("shirt 7")
    quiet_after = filled.browser.filters
    window.top_bar.search.returnPressed.emit()
    quiet()
    names = [filled.grid.cards.get(row_id) for row_id in filled.grid.contents.ids]
    assert quiet_after.value().search == "shirt 7"
    assert [card.name for card in names if card is not None] == ["shirt 7.jpg"]
    window.top_bar.search.setText("boots")
    window.top_bar.search.returnPressed.emit()
    quiet()
    assert empty_title(filled) == "No picture matches"


def test_kinds_are_filtered(filled: GalleryPane, quiet: Quiet) -> None:
    filled.browser.filters.category.pick(Category.MODEL.value)
    quiet()
    assert len(filled.grid.contents) == 0
    filled.browser.filters.category.pick(Category.PRODUCT.value)
    quiet()
    assert len(filled.grid.contents) == 9


def test_the_viewer_opens_walks_and_comes_back(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot
) -> None:
    filled.grid.setFocus()
    qtbot.keyClick(filled.grid, KEYS.Key_Home)
    qtbot.keyClick(filled.grid, KEYS.Key_Space)
    viewer = filled.viewer
    assert viewer.isVisible()
    ids = filled.grid.contents.ids
    qtbot.keyClick(viewer, KEYS.Key_Right)
    qtbot.keyClick(viewer, KEYS.Key_Right)
    assert viewer.current == ids[2]
    qtbot.waitUntil(lambda: viewer.shown is not None and viewer.pictures.idle())
    assert viewer.shown is not None
    assert viewer.shown.name in viewer.facts.text() or viewer.shown.name == "shirt 6.jpg"
    assert viewer.stages[0].extent == (viewer.shown.width, viewer.shown.height)
    qtbot.keyClick(viewer, KEYS.Key_F)
    quiet()
    assert viewer.shown is not None
    qtbot.waitUntil(lambda: viewer.shown is not None and viewer.shown.favourite)
    shown = viewer.pictures.get(viewer.shown.path)
    assert shown is not None
    held = weakref.ref(shown)
    del shown
    qtbot.keyClick(viewer, KEYS.Key_Escape)
    assert not viewer.isVisible()
    assert held() is None, "a large picture takes eighty megabytes"
    assert filled.grid.contents.current == 2


def test_trashing_in_the_viewer_goes_on_to_the_next(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot
) -> None:
    ids = list(filled.grid.contents.ids)
    filled.receive(ShowFiles((ids[3],)))
    qtbot.keyClick(filled.viewer, KEYS.Key_Delete)
    assert filled.viewer.current == ids[4]
    quiet()
    assert ids[3] not in filled.grid.contents.ids
    assert filled.viewer.isVisible()


def test_several_are_compared_in_step(filled: GalleryPane, quiet: Quiet, qtbot: QtBot) -> None:
    filled.grid.select(Ranges([(0, 4)]))
    assert filled.deeds.compare.isEnabled()
    filled.deeds.compare.trigger()
    quiet()
    assert [stage.isVisible() for stage in filled.viewer.stages] == [True] * 4
    filled.viewer.stages[1].zoom(3.0)
    assert {stage.camera.zoom for stage in filled.viewer.stages} == {3.0}


def test_one_of_several_is_framed_described_and_rated(
    filled: GalleryPane, quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    ids = list(filled.grid.contents.ids[:4])
    filled.grid.select(Ranges([(0, 4)]))
    filled.deeds.compare.trigger()
    quiet()
    viewer = filled.viewer
    assert viewer.current == ids[0]

    def framed() -> list[bool]:
        accent = theme().colour("accent")
        shots = [stage.grab().toImage() for stage in viewer.stages]
        return [shot.pixelColor(1, shot.height() // 2) == accent for shot in shots]

    assert framed() == [True, False, False, False]
    qtbot.mouseClick(viewer.stages[2], Qt.MouseButton.LeftButton)
    quiet()
    assert viewer.current == ids[2]
    assert framed() == [False, False, True, False]
    assert library.picture(studio, ids[2]).filename in viewer.facts.text()
    filled.doing.rate(4)
    quiet()
    assert [library.picture(studio, one).rating for one in ids] == [0, 0, 4, 0]
    qtbot.keyClick(viewer, KEYS.Key_Right)
    qtbot.keyClick(viewer, KEYS.Key_Right)
    assert viewer.current == ids[0], "the arrows go round over what is side by side"
    assert [stage.isVisible() for stage in viewer.stages] == [True] * 4
    filled.receive(ShowFiles((ids[1],)))
    assert framed()[0] is False, "one alone needs no frame"


def test_the_viewer_offers_a_made_picture_larger(
    filled: GalleryPane, quiet: Quiet, studio: Studio, window: MainWindow, qtbot: QtBot
) -> None:
    studio.providers["local"] = FakeProvider()
    photo = filled.grid.contents.ids[0]
    row = generate.start(studio, brief_for(FileId(photo), quality="draft"))
    runner = Runner(studio)
    runner.run(threading.Event(), until=runner.idle)
    made = history.story(studio, row.id).results[0].id
    quiet()

    filled.receive(ShowFiles((photo,)))
    qtbot.waitUntil(lambda: filled.viewer.shown is not None)
    assert not filled.viewer.bar.larger.isVisible()
    filled.receive(ShowFiles((made,)))
    qtbot.waitUntil(lambda: filled.viewer.bar.larger.isVisible())
    filled.viewer.bar.larger.click()
    create = window.pane(CREATE)
    assert window.current == CREATE
    assert isinstance(create, Asked)
    assert create.wishes == [MakeLarger(made)]


def test_chosen_photos_go_to_create(filled: GalleryPane, window: MainWindow) -> None:
    filled.grid.select(Ranges([(0, 2)]))
    ids = tuple(filled.grid.selected_ids())
    filled.deeds.product.trigger()
    create = window.pane(CREATE)
    assert window.current == CREATE
    assert isinstance(create, Asked)
    assert create.wishes == [UseAsProduct(ids)]  # type: ignore[arg-type]
    assert not filled.deeds.background.isEnabled(), "a picture has one ground"


def test_one_chosen_photo_becomes_the_ground(filled: GalleryPane, window: MainWindow) -> None:
    filled.grid.select(Ranges([(1, 2)]))
    (chosen,) = filled.grid.selected_ids()
    assert filled.deeds.background in filled.deeds.menu().actions()
    filled.deeds.background.trigger()
    create = window.pane(CREATE)
    assert window.current == CREATE
    assert isinstance(create, Asked)
    assert create.wishes == [UseAsBackground(chosen)]  # type: ignore[arg-type]


def test_export_writes_what_is_chosen(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, tmp_path: Path, window: MainWindow
) -> None:
    filled.grid.select(Ranges([(0, 3)]))
    filled.deeds.export.trigger()
    dialog = filled.findChild(ExportDialog)
    dialog.pattern.setText("{name} {nonsense}")
    assert not dialog._go.isEnabled()
    dialog.pattern.setText("{n:03} {name}")
    dialog.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(dialog.exported):
        dialog.start()
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name[:3] for name in written] == ["001", "002", "003"]
    assert filled.memory()["export"]["pattern"] == "{n:03} {name}"
    quiet()


def test_a_commit_by_another_connection_is_seen(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, studio: Studio, photos: list[Path]
) -> None:
    """A second studio on the same workspace stands for a command line run."""
    other = open_studio(studio.workspace, providers={})
    try:
        more = photos[0].with_name("coat.png")
        assert picture(77, 280).save(str(more), "PNG")
        library.import_files(other, [more], Category.PRODUCT)
        qtbot.waitUntil(lambda: len(filled.grid.contents) == 10, timeout=5000)
        library.trash(other, [filled.grid.contents.ids[4]])
        qtbot.waitUntil(lambda: len(filled.grid.contents) == 9, timeout=5000)
    finally:
        quiet()
        close_studio(other)


def test_a_day_is_gone_to_from_a_calendar(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, window: MainWindow
) -> None:
    filled.grid.set_ids(many_ids(5000))
    filled.listing.counted.emit()
    assert filled.deeds.jump in filled.browser.filters.date.menu().actions()
    filled.grid.setFocus()
    qtbot.keyClick(filled.grid, KEYS.Key_G, CTRL)
    (dialog,) = window.findChildren(DayDialog)
    held = [
        date(*day.getDate())
        for day in (dialog.calendar.minimumDate(), dialog.calendar.maximumDate())
    ]
    assert held == [filled.grid.contents.sections[place].began for place in (-1, 0)]
    assert date(*dialog.calendar.selectedDate().getDate()) == held[1]
    month = dialog.calendar.focusProxy()
    qtbot.keyClick(month, KEYS.Key_Up)
    qtbot.keyClick(month, KEYS.Key_Return)
    assert not dialog.isVisible()
    top = filled.grid.in_view().start
    section = next(one for one in filled.grid.contents.sections if one.start == top)
    assert section.began == held[1] - timedelta(days=7)
    assert filled.grid.hasFocus()


def test_memory_brings_zoom_and_filters_back(filled: GalleryPane, studio: Studio) -> None:
    filled.grid.set_cell(300)
    filled.browser.filters.favourites.setChecked(True)
    memory = filled.memory()
    filled.grid.set_cell(176)
    filled.browser.filters.recall({})
    filled.recall(memory)
    assert filled.grid.cell == 300
    assert filled.browser.filters.value().favourite
    odd: list[Any] = [{"cell": "x", "filters": 3}, {"cell": 10**9}, {"filters": {"category": 5}}]
    for memory in odd:
        filled.recall(memory)
    assert filled.grid.cell == 300


def test_scrolling_and_selecting_never_block(
    filled: GalleryPane, quiet: Quiet, watchdog: Watchdog, qtbot: QtBot
) -> None:
    for cell in (90, 300, 176):
        filled.grid.set_cell(cell)
        quiet()
    filled.grid.select_all()
    filled.doing.trash()
    quiet()
    filled.doing.undo()
    quiet()


def test_live_is_shared_by_all_panes(window: MainWindow, pane: GalleryPane, studio: Studio) -> None:
    assert listen(window, studio) is listen(window, studio)


def test_how_many_are_selected_is_never_cut_off(filled: GalleryPane, qtbot: QtBot) -> None:
    count = filled.browser.count
    filled.grid.select(Ranges([(0, 4)]))
    seen = set()
    for width in range(120, 0, -5):
        count.resize(width, 20)
        seen.add(count.text())
        assert count.fontMetrics().horizontalAdvance(count.text()) <= width
        assert count.accessibleName() == "4 of 9 selected"
    assert seen == {"4 of 9 selected", "4 / 9", ""}


def test_no_filter_lies_on_another_in_the_smallest_window(
    filled: GalleryPane, window: MainWindow, quiet: Quiet
) -> None:
    window.resize(window.minimumSize())
    quiet()
    filters = filled.browser.filters
    chips = [one for one in filters.findChildren(QToolButton) if one.isVisible()]
    chips.sort(key=lambda one: one.x())
    assert len(chips) == 7
    for one, after in pairwise(chips):
        assert one.geometry().right() < after.x()
    assert chips[-1].geometry().right() < filters.width()
    assert not filled.browser.density.isVisible()
    window.resize(1200, 800)
    quiet()
    assert filled.browser.density.isVisible()
