"""A library that can't be opened: the window brings its last moment back by one button."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop import app
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import (
    Remedy,
    StorageError,
    StorageFull,
    StorageNewer,
    StudioError,
)
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import library
from stylestudio_desktop.services.backup import full, snapshots, swap
from stylestudio_desktop.ui import way_back
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Duration
from stylestudio_desktop.ui.widgets.question import Question
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import REOPEN
from tests.factories import FakeProvider, import_photo, open_test_studio


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A library with a snapshot and something newer, whose database is rubbish in the middle."""
    studio = open_test_studio(tmp_path)
    import_photo(studio, tmp_path, "teal")
    snapshots.take(studio, Reason.ASKED)
    import_photo(studio, tmp_path, "gold")
    close_studio(studio)
    found = studio.workspace.database
    with found.open("r+b") as file:
        file.seek(1024)
        file.write(b"rubbish" * (found.stat().st_size // 8))
    return studio.workspace


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow({})
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def pressing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Press the buttons of these names in one dialog after the other; return their words."""
    told: list[str] = []

    def press(*names: str) -> list[str]:
        left = list(names)

        def shown(box: Question) -> int:
            told.append(" ".join(one.text() for one in box.findChildren(QLabel)))
            (button,) = [one for one in box.findChildren(QPushButton) if one.text() == left[0]]
            assert button.isVisibleTo(box)
            left.pop(0)
            button.click()
            return box.result()

        monkeypatch.setattr(Question, "exec", shown)
        return told

    return press


def failure(place: Workspace) -> StudioError:
    """Return what opening the library says."""
    with pytest.raises(StorageError) as raised:
        open_studio(place, {"local": FakeProvider()})
    return raised.value


def pictures(place: Workspace) -> int:
    """Return how many pictures the library has once it is opened."""
    studio = open_studio(place, {"local": FakeProvider()})
    found = len(library.ids(studio, FileFilter()))
    close_studio(studio)
    return found


def test_its_last_moment_comes_back_by_one_button(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    told = pressing("Bring it back")
    assert way_back.offer(window, place, failure(place)) == REOPEN
    (said,) = told
    assert "damaged" in said
    assert "It can be brought back as it was on" in said
    assert not window.isVisible()
    assert pictures(place) == 2, "what was written after the snapshot as well"
    assert len(swap.kept(place)) == 1


def test_a_database_that_is_gone_is_no_new_library(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    for end in ("", "-wal", "-shm"):
        place.database.with_name(place.database.name + end).unlink(missing_ok=True)
    error = failure(place)
    assert "is gone" in error.sentence
    assert not place.database.exists()
    pressing("Bring it back")
    assert way_back.offer(window, place, error) == REOPEN
    assert pictures(place) == 2


def test_pictures_alone_are_no_empty_library_either(place: Workspace) -> None:
    place.database.unlink()
    for one in snapshots.listing(place):
        one.path.unlink()
    assert "“stylestudio rebuild” makes the library anew" in failure(place).sentence
    for one in list(place.files.rglob("*")):
        if one.is_file():
            one.unlink()
    assert pictures(place) == 0, "nothing is left of it: a new one begins"


def test_lost_files_are_told_with_their_cure(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    next(one for one in place.files.rglob("*") if one.is_file()).unlink()
    told = pressing("Bring it back", "Open it")
    assert way_back.offer(window, place, failure(place)) == REOPEN
    assert "The files of 1 pictures are lost here: Settings, Health" in told[1]


def test_where_the_journal_is_damaged_too_a_snapshot_comes_back(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    for log in place.journal.glob("*.wal"):
        log.write_bytes(log.read_bytes()[:32] + bytes(log.stat().st_size - 32))
    pressing("Bring it back")
    assert way_back.offer(window, place, failure(place)) == REOPEN
    assert pictures(place) == 1


def test_whoever_does_not_want_that_changes_nothing(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    before = place.database.read_bytes()
    pressing("Close")
    assert way_back.offer(window, place, failure(place)) == 5
    assert place.database.read_bytes() == before
    assert not swap.is_planned(place)


def test_it_can_be_stopped(
    window: MainWindow,
    place: Workspace,
    pressing: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = pressing("Bring it back", "Close")
    monkeypatch.setattr(QDialog, "show", lambda dialog: dialog.reject())
    staged = way_back._staged

    def late(place: Workspace, last: way_back.Last, progress: object, stopped: object) -> object:
        stopped.wait(10)  # type: ignore[attr-defined]
        return staged(place, last, progress, stopped)  # type: ignore[arg-type]

    monkeypatch.setattr(way_back, "_staged", late)
    assert way_back.offer(window, place, failure(place)) == 5
    assert "You stopped it" in told[1]
    assert not swap.is_planned(place)


def test_without_a_way_back_it_is_tried_again_or_left(
    window: MainWindow,
    place: Workspace,
    pressing: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = failure(place)
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    full, newer = StorageFull("The disk is full."), StorageNewer("It is newer.")
    told = pressing("Try again", "Close", "Close", "Open the library's folder")
    assert way_back.offer(window, place, full) == REOPEN, "space may have been made by now"
    for one in snapshots.listing(place):
        one.path.unlink()
    assert way_back.offer(window, place, error) == 5
    assert way_back.offer(window, place, newer) == 5
    assert way_back.offer(window, place, full) == 5
    assert shown == [QUrl.fromLocalFile(str(place.root))]
    wanted = (full, error, newer, full)
    assert all(spoken(error.sentence) in said for said, error in zip(told, wanted, strict=True))


def test_a_newer_library_is_not_tried_again(window: MainWindow, place: Workspace) -> None:
    told = way_back.Unopened(window, place, StorageNewer("It is newer."), None)
    assert told.yes.isHidden()
    assert not told.no.isHidden()


def test_the_program_opens_again_with_what_came_back(
    place: Workspace, pressing: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pressing("Bring it back")
    codes: list[int] = []
    genuine = app._one_window

    def once(workspace: Workspace, unclean: bool) -> int:
        if codes:
            return pictures(workspace)
        codes.append(genuine(workspace, unclean))
        return codes[0]

    monkeypatch.setattr(app, "_one_window", once)
    assert app.run_window(place) == 2
    assert codes == [REOPEN]


@pytest.mark.parametrize("packed", [False, True])
def test_without_snapshots_a_full_backup_brings_it_back(
    window: MainWindow,
    place: Workspace,
    tmp_path: Path,
    pressing: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
) -> None:
    (tmp_path / "empty").mkdir()
    studio = open_test_studio(tmp_path / "elsewhere")
    import_photo(studio, tmp_path, "navy")
    to = tmp_path / ("one.zip" if packed else "disk")
    full.make(studio, to)
    close_studio(studio)
    error = failure(place)
    for one in snapshots.listing(place):
        one.path.unlink()
    chosen = [str(tmp_path / "empty"), str(to)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (chosen.pop(0), ""))
    button = "From a backup in one file…" if packed else "From a full backup…"
    told = pressing("From a full backup…", button)
    assert way_back.offer(window, place, error) == REOPEN
    assert "There is no complete backup" in told[1]
    assert pictures(place) == 1
    assert len(swap.kept(place)) == 1


def test_whoever_chooses_no_backup_after_all_has_changed_nothing(
    window: MainWindow, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    told = way_back.Unopened(window, place, failure(place), None)
    (button,) = [
        one for one in told.findChildren(QPushButton) if one.text() == "From a full backup…"
    ]
    button.click()
    assert (told.chosen, told.origin) == (way_back.Choice.CLOSE, None)


def test_no_line_of_what_is_said_is_cut_off(window: MainWindow, place: Workspace) -> None:
    told = way_back.Unopened(window, place, failure(place), None)
    told.show()
    assert told.said.height() >= told.said.heightForWidth(told.said.width())
    told.close()


@pytest.fixture
def spoilt(tmp_path: Path) -> Workspace:
    """A library that opens, since only the pages of its pictures are rubbish."""
    studio = open_test_studio(tmp_path)
    import_photo(studio, tmp_path, "teal")
    full.make(studio, tmp_path / "disk")
    import_photo(studio, tmp_path, "gold")
    snapshots.take(studio, Reason.ASKED)
    roots = list(
        studio.database.rows(
            "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'files' AND rootpage > 0"
        )
    )
    size = int(studio.database.value("PRAGMA page_size"))
    studio.database.value("PRAGMA wal_checkpoint(TRUNCATE)")
    close_studio(studio)
    shutil.rmtree(studio.workspace.journal)
    with studio.workspace.database.open("r+b") as file:
        for (root,) in roots:
            file.seek((root - 1) * size)
            file.write(b"rubbish " * (size // 8))
    return studio.workspace


def damage(place: Workspace) -> StudioError:
    """Return what reading the library says; it opens all the same."""
    studio = open_studio(place, {"local": FakeProvider()})
    with pytest.raises(StorageError) as raised:
        library.ids(studio, FileFilter())
    close_studio(studio)
    return raised.value


def test_a_library_that_is_damaged_while_it_is_open_comes_back_by_one_button(
    qtbot: QtBot,
    window: MainWindow,
    spoilt: Workspace,
    pressing: Callable[..., list[str]],
    tmp_path: Path,
) -> None:
    (saved,) = (tmp_path / "disk").glob("stylestudio-backup/files/??/??/*")
    (spoilt.files / saved.relative_to(saved.parents[2])).unlink()
    window.home = spoilt.root
    toast = window.tell(damage(spoilt))
    assert window.damaged
    qtbot.wait(Duration.TOAST_ACTION // 100)
    told = pressing("Bring it back")
    (button,) = [one for one in toast.findChildren(QPushButton) if one.text() == "Bring it back…"]
    button.click()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert "Your library is damaged" in told[0]
    assert len(told) == 1, "nothing is lost: the picture comes from the full backup"
    assert window.property("reopen") == REOPEN
    assert pictures(spoilt) == 2


def test_a_damaged_library_without_any_copy_is_told_and_stays_open(
    qtbot: QtBot, window: MainWindow, spoilt: Workspace, pressing: Callable[..., list[str]]
) -> None:
    for one in snapshots.listing(spoilt):
        one.path.unlink()
    (spoilt.backups / "record.json").unlink()
    window.home = spoilt.root
    told = pressing("Not now")
    way_back.offer_here(window, spoilt, damage(spoilt))
    qtbot.waitUntil(lambda: bool(told))
    assert "malformed" in told[0]
    assert "its pictures are untouched and can make it anew" in told[0]
    assert "“stylestudio" not in told[0]
    assert window.isVisible()
    assert window.property("reopen") is None


def test_a_disk_error_is_no_reason_to_bring_a_library_back(window: MainWindow) -> None:
    window.home = Path("/")
    window.tell(StorageError("Anything."))
    assert not window.damaged


def test_where_no_snapshot_is_left_a_full_backup_that_is_known_comes_back(
    qtbot: QtBot, window: MainWindow, spoilt: Workspace, pressing: Callable[..., list[str]]
) -> None:
    for one in snapshots.listing(spoilt):
        one.path.unlink()
    window.home = spoilt.root
    told = pressing("Bring it back")
    way_back.offer_here(window, spoilt, damage(spoilt))
    qtbot.waitUntil(lambda: not window.isVisible())
    assert "It can be brought back as it was on" in told[0]
    assert pictures(spoilt) == 1, "the one that was there when the backup was made"


def test_where_nothing_else_is_left_it_is_made_anew_of_its_pictures(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    shutil.rmtree(place.backups)
    shutil.rmtree(place.journal)
    error = failure(place)
    told = pressing("Make it anew of its pictures", "Open it")
    assert way_back.offer(window, place, error) == REOPEN
    assert "Tokens, purchases, notes and collections are not in them" in told[0]
    assert "2 pictures are in the new library" in told[1]
    assert pictures(place) == 2
    assert len(swap.kept(place)) == 1
    assert not list(place.restoring.rglob("*"))


def test_a_library_that_is_only_closed_to_us_is_not_made_anew(
    window: MainWindow, place: Workspace, pressing: Callable[..., list[str]]
) -> None:
    for one in snapshots.listing(place):
        one.path.unlink()
    told = pressing("Close")
    closed = StorageError("It may not be written.", remedy=Remedy.ALLOW_WRITING)
    assert way_back.offer(window, place, closed) == 5
    assert "not in them" not in told[0]


def test_a_library_without_pictures_is_not_made_anew(window: MainWindow, place: Workspace) -> None:
    shutil.rmtree(place.files)
    told = way_back.Unopened(window, place, StorageError("It is damaged."), None, lost=True)
    assert "Make it anew of its pictures" not in [
        one.text() for one in told.findChildren(QPushButton)
    ]
