"""Every deed on any selection is one step: done behind, told, taken back, also after a restart."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import library, organising, undo
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.gallery.names_dialog import NamesDialog
from stylestudio_desktop.ui.gallery.note_dialog import NoteDialog
from stylestudio_desktop.ui.gallery.pane import GalleryPane, create_pane
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import GALLERY, MainWindow
from tests.finding.library import fill
from tests.ui.gallery.seeing import Quiet, toasts
from tests.ui.watchdog import Watchdog

KEYS, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TICKED, PART, OFF = (
    Qt.CheckState.Checked,
    Qt.CheckState.PartiallyChecked,
    Qt.CheckState.Unchecked,
)


def press_in_toast(window: MainWindow, words: str, qtbot: QtBot) -> None:
    toast = [one for one in window.findChildren(Toast) if words in one.accessibleName()][-1]
    qtbot.mouseClick(toast.findChild(QPushButton, "toastAction"), Qt.MouseButton.LeftButton)


@pytest.fixture
def chosen(filled: GalleryPane) -> list[int]:
    """Ids of the three pictures that are selected."""
    filled.grid.setFocus()
    filled.grid.select(Ranges([(1, 4)]))
    return filled.grid.selected_ids()


def names_of(pane: GalleryPane, quiet: Quiet) -> NamesDialog:
    quiet()
    found = pane.findChild(NamesDialog)
    assert isinstance(found, NamesDialog)
    assert found.isVisible()
    return found


def test_tags_are_made_ticked_and_taken_off(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    qtbot.keyClick(filled.grid, KEYS.Key_T)
    dialog = names_of(filled, quiet)
    QTest.keyClicks(dialog.name, "Spring  Sale")
    QTest.keyClick(dialog.name, KEYS.Key_Return)
    quiet()
    assert [(one.name, one.number) for one in organising.list_tags(studio)] == [("Spring Sale", 3)]
    assert dialog.isVisible()
    assert dialog.rows()["Spring Sale"].checkState() is TICKED
    dialog.rows()["Spring Sale"].click()
    quiet()
    assert organising.list_tags(studio)[0].number == 0
    assert dialog.rows()["Spring Sale"].checkState() is OFF
    dialog.accept()
    filled.doing.undo()
    quiet()
    assert organising.list_tags(studio)[0].number == 3


def test_a_tag_on_some_is_put_on_all(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio
) -> None:
    filled.acting.tag(chosen[:1], "new")
    filled.acting.tag([filled.grid.contents.ids[8]], "other")
    quiet()
    filled.deeds.tag.trigger()
    dialog = names_of(filled, quiet)
    assert {name: box.checkState() for name, box in dialog.rows().items()} == {
        "new": PART, "other": OFF,
    }  # fmt: skip
    dialog.rows()["new"].click()
    quiet()
    assert {one.name: one.number for one in organising.list_tags(studio)} == {"new": 3, "other": 1}
    assert dialog.rows()["new"].checkState() is TICKED
    dialog.accept()


def test_collections_are_made_and_filled(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    qtbot.keyClick(filled.grid, KEYS.Key_L)
    dialog = names_of(filled, quiet)
    dialog.added.emit("Lookbook")
    quiet()
    shelf = organising.list_collections(studio)[0]
    assert (shelf.name, shelf.number) == ("Lookbook", 3)
    dialog.accept()
    filled.grid.select(Ranges([(0, 2)]))
    filled.deeds.collect.trigger()
    dialog = names_of(filled, quiet)
    assert dialog.rows()["Lookbook"].checkState() is PART
    dialog.added.emit("LOOKBOOK")
    quiet()
    assert organising.list_collections(studio)[0].number == 4
    dialog.rows()["Lookbook"].click()
    quiet()
    assert organising.list_collections(studio)[0].number == 2
    dialog.accept()


def test_notes_are_written_and_found(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    qtbot.keyClick(filled.grid, KEYS.Key_N)
    quiet()
    dialog = filled.findChild(NoteDialog)
    dialog.text.setPlainText("ask Mara about the collar")
    dialog._keep()
    quiet()
    filled.browser.filters.set_text("collar")
    quiet()
    assert list(filled.grid.contents.ids) == chosen
    filled.grid.select(Ranges([(0, 1)]))
    filled.deeds.note.trigger()
    quiet()
    dialog = filled.findChildren(NoteDialog)[-1]
    assert dialog.text.toPlainText() == "ask Mara about the collar"
    dialog.reject()


def test_what_is_pressed_quickly_is_all_done(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    for key in (KEYS.Key_1, KEYS.Key_3, KEYS.Key_5, KEYS.Key_F):
        qtbot.keyClick(filled.grid, key)
    quiet()
    cards = library.cards(studio, chosen)
    assert [(card.rating, card.favourite) for card in cards] == [(5, 1)] * 3
    assert [one.kind for one in undo.steps(studio)] == ["marked", "rated", "rated", "rated"]


def test_undone_and_done_again(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, window: MainWindow,
    qtbot: QtBot,
) -> None:  # fmt: skip
    qtbot.keyClick(filled.grid, KEYS.Key_Delete)
    quiet()
    qtbot.keyClick(filled.grid, KEYS.Key_Z, CTRL)
    quiet()
    assert not library.ids(studio, FileFilter(trashed=True))
    qtbot.keyClick(filled.grid, KEYS.Key_Z, CTRL | SHIFT)
    quiet()
    assert list(library.ids(studio, FileFilter(trashed=True))) == chosen
    only = ["Done again: 3 picture(s) moved to the trash"]
    qtbot.waitUntil(lambda: [text for text in toasts(window) if "trash" in text] == only)
    press_in_toast(window, "Done again", qtbot)
    quiet()
    assert not library.ids(studio, FileFilter(trashed=True))
    filled.doing.undo()
    quiet()
    assert "Nothing to undo." in toasts(window)


def test_the_trash_is_undone_after_a_restart(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, window: MainWindow,
    qtbot: QtBot,
) -> None:  # fmt: skip
    filled.doing.trash()
    quiet()
    window.close()
    again = open_studio(studio.workspace, providers={})
    second = MainWindow({GALLERY: lambda own: create_pane(own, again)})
    qtbot.addWidget(second)
    second.show()
    pane = second.pane(GALLERY)
    assert isinstance(pane, GalleryPane)
    qtbot.waitUntil(lambda: len(pane.grid.contents) == 6, timeout=5000)
    pane.grid.setFocus()
    pane.deeds.undo.trigger()
    qtbot.waitUntil(lambda: len(pane.grid.contents) == 9, timeout=5000)
    assert set(chosen) < set(pane.grid.contents.ids)
    qtbot.waitUntil(lambda: not (second.tasks.busy() or pane.acting.busy), timeout=5000)
    second.close()
    assert second.tasks.close(5000)
    close_studio(again)


def test_a_step_that_is_in_the_way_can_be_forgotten(
    filled: GalleryPane, chosen: list[int], quiet: Quiet, studio: Studio, window: MainWindow,
    qtbot: QtBot,
) -> None:  # fmt: skip
    filled.acting.rate(chosen, 4)
    filled.acting.trash(chosen)
    quiet()
    library.restore(studio, chosen[:1])
    filled.doing.undo()
    quiet()
    assert len(library.ids(studio, FileFilter(trashed=True))) == 2
    press_in_toast(window, "can't be taken", qtbot)
    quiet()
    assert [one.kind for one in undo.steps(studio)] == ["rated"]


@pytest.fixture
def many(studio: Studio, pane: GalleryPane, quiet: Quiet) -> GalleryPane:
    """Nine thousand pictures without files, all live."""
    seen = fill(studio, 9_000)
    library.restore(studio, [one.id for one in seen])
    pane.listing.reload()
    quiet()
    assert len(pane.grid.contents) == 9_000
    return pane


def test_thousands_at_once_with_progress_and_a_stop(
    many: GalleryPane, quiet: Quiet, studio: Studio, window: MainWindow, watchdog: Watchdog
) -> None:
    def ratings() -> dict[int, int]:
        with watchdog.excused():  # the test's own reading
            return {card.id: card.rating for card in library.cards(studio, ids)}

    ids = list(many.grid.contents.ids)
    before = ratings()
    told: list[tuple[int, int]] = []
    many.acting.progressed.connect(lambda done, total: told.append((done, total)))
    many.acting.progressed.connect(lambda done, _total: done and many.acting.stop())
    many.grid.select_all()
    many.doing.rate(5)
    quiet()
    assert told[-1][1] == 9_000
    after = ratings()
    changed = sum(before[one] != after[one] for one in before)
    assert 0 < changed < sum(rating != 5 for rating in before.values())
    assert any("Stopped" in text for text in toasts(window))
    assert len(undo.steps(studio)) == 1
    many.acting.progressed.disconnect()
    many.doing.undo()
    quiet()
    assert ratings() == before


def test_nothing_is_lost_when_the_window_closes_in_the_midst(
    many: GalleryPane, quiet: Quiet, studio: Studio, window: MainWindow, tmp_path: Path
) -> None:
    many.grid.select_all()
    many.doing.trash()
    window.close()
    steps = undo.steps(studio)
    gone = len(library.ids(studio, FileFilter(trashed=True)))
    assert gone == sum(one.number for one in steps)
    undo.undo(studio)
    assert not library.ids(studio, FileFilter(trashed=True))
