"""Single pieces come back through the window: seen, chosen and brought, from any kind of backup."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import bulk, finishing, generate, health, library, organising
from stylestudio_desktop.services.backup import full, pieces, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.settings.pieces import PiecesDialog
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from tests.factories import brief_for, import_photo
from tests.store.machines import results, stored_result, work_until_processing
from tests.ui.settings.test_settings import engine_folder, press

__all__ = ["engine_folder"]


@pytest.fixture
def lost(studio: Studio, tmp_path: Path) -> list[int]:
    """Two pictures of one generation, in a collection and a backup, and then purged."""
    product = import_photo(studio, tmp_path, "gold")
    row = work_until_processing(studio, generate.start(studio, brief_for(product, count=2)))
    saved = stored_result(studio, tmp_path, "navy")
    made = [int(one) for one in finishing.complete(studio, row, results(saved, 2))]
    kept = organising.new_collection(studio, "Spring")
    bulk.collect(studio, bulk.Selection(ids=made), kept.id)
    full.make(studio, tmp_path / "disk")
    library.trash(studio, made)
    library.purge(studio, now_ms() + 1)
    return made


def opened(window: MainWindow, qtbot: QtBot, calm: Callable[[], None]) -> PiecesDialog:
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    calm()
    press(pane.backups, "Bring single pieces back…", qtbot)
    dialog = pane.backups.dialog
    assert isinstance(dialog, PiecesDialog)
    idle(dialog, qtbot)
    return dialog


def idle(dialog: PiecesDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.busy(), timeout=10_000)


def texts(dialog: PiecesDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


def choose(dialog: PiecesDialog, row: int) -> None:
    dialog.list.clearSelection()
    dialog.list.item(row).setSelected(True)


def test_what_is_lost_is_listed_and_brought_back(
    lost: list[int],
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    tmp_path: Path,
) -> None:
    studio.settings.change(backup_place=str(tmp_path / "disk"))
    dialog = opened(window, qtbot, calm)
    assert dialog.origins.currentText().startswith("Full backup")
    found = texts(dialog)
    assert found[0] == "Collection “Spring”, 2 pictures"
    assert len(found) == 3
    assert all("is gone" in one for one in found[1:])
    assert not dialog.list.item(1).icon().isNull()
    assert not dialog.go.isEnabled()
    balance = studio.database.value("SELECT token_balance FROM users")
    choose(dialog, 1)
    with qtbot.waitSignal(dialog.brought):
        press(dialog, "Bring back", qtbot)
    idle(dialog, qtbot)
    assert "1 pictures are back." in dialog.said.text()
    assert len(texts(dialog)) == 2
    # What is left comes with all that was made with it.
    dialog.whole.setChecked(True)
    choose(dialog, 1)
    with qtbot.waitSignal(dialog.brought):
        press(dialog, "Bring back", qtbot)
    idle(dialog, qtbot)
    assert set(lost) <= set(library.ids(studio, FileFilter()))
    assert studio.database.value("SELECT token_balance FROM users") == balance
    choose(dialog, 0)
    with qtbot.waitSignal(dialog.brought):
        press(dialog, "Bring back", qtbot)
    idle(dialog, qtbot)
    assert [(one.name, one.number) for one in organising.list_collections(studio)] == [
        ("Spring", 2)
    ]
    assert [one.sentence for one in health.verify(studio, deep=True).problems] == []
    dialog.reject()
    assert not list(studio.workspace.restoring.rglob("*.sqlite3"))


def test_what_is_here_is_shown_on_wish_and_words_narrow_it(
    studio: Studio, window: MainWindow, qtbot: QtBot, calm: Callable[[], None], tmp_path: Path
) -> None:
    for colour in ("red", "teal"):
        import_photo(studio, tmp_path, colour)
    snapshots.take(studio, Reason.ASKED)
    dialog = opened(window, qtbot, calm)
    assert dialog.origins.currentText().startswith("Snapshot, ")
    assert texts(dialog) == []
    assert "Nothing of it is missing here." in dialog.said.text()
    dialog.all.setChecked(True)
    idle(dialog, qtbot)
    assert len(texts(dialog)) == 2
    assert "is here" in texts(dialog)[0]
    dialog.words.setText("teal")
    dialog.search()
    idle(dialog, qtbot)
    assert len(texts(dialog)) == 1
    dialog.reject()


def test_many_are_shown_in_portions(
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, number in (("STRIDE", 2), ("PAGE", 2), ("FARTHEST", 1)):
        monkeypatch.setattr(pieces, name, number)
    ids = [import_photo(studio, tmp_path, one) for one in ("red", "teal", "navy", "gold", "pink")]
    snapshots.take(studio, Reason.ASKED)
    library.trash(studio, ids[:3])
    dialog = opened(window, qtbot, calm)
    assert texts(dialog) == []  # the two newest are here
    assert dialog.more.isVisible()
    press(dialog, "Show more", qtbot)
    idle(dialog, qtbot)
    assert len(texts(dialog)) == 2
    press(dialog, "Show more", qtbot)
    idle(dialog, qtbot)
    assert len(texts(dialog)) == 3
    assert "lies in the trash" in texts(dialog)[0]
    assert not dialog.more.isVisible()
    dialog.reject()


def test_no_backup_and_what_is_none_end_in_a_sentence(
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = opened(window, qtbot, calm)
    assert "There is no backup yet." in dialog.said.text()
    rubbish = tmp_path / "backup.zip"
    rubbish.write_bytes(b"no backup at all" * 100)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(rubbish), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "empty"))
    dialog._browse_folder()
    idle(dialog, qtbot)
    assert "There is no complete backup at" in dialog.said.text()
    dialog._browse_file()
    idle(dialog, qtbot)
    assert "Nothing was changed" in dialog.said.text()
    dialog.bring_back()
    dialog.reject()
