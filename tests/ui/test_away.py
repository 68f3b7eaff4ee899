"""The window asks for a library that is not there, and opens by itself once it is."""

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop import app
from stylestudio_desktop.config import remembered
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.ui import away
from stylestudio_desktop.ui.away import Away

pytestmark = pytest.mark.usefixtures("speaking")


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace in which a library was, on a disk that is not there now."""
    return remembered_elsewhere(tmp_path / "disk" / "library", monkeypatch)


def remembered_elsewhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    place = Workspace(root)
    with monkeypatch.context() as then:
        then.setattr(remembered, "_disk", lambda _name: -1)
        remembered.remember(place)
    return place


def press(asking: Away, words: str) -> None:
    (found,) = [one for one in asking.findChildren(QPushButton) if one.text() == words]
    found.click()


def opened_by(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, doing: "list[str]", *words: str
) -> int:
    """Start the window on `place`, press `words` in turn, and note where it opens."""

    def answer() -> None:
        asking = QApplication.activeModalWidget()
        if not isinstance(asking, Away):
            QTimer.singleShot(10, answer)
            return
        for one in words:
            press(asking, one)

    monkeypatch.setattr(
        app, "_one_window", lambda workspace, _: doing.append(str(workspace.root)) or 0
    )
    QTimer.singleShot(10, answer)
    return app.run_window(place)


def test_nothing_is_made_until_somebody_decides(
    gone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[str] = []
    assert opened_by(gone, monkeypatch, where, "Look again", "Close") == 5
    assert where == []
    assert not gone.root.parent.exists()


def test_a_new_library_begins_there_when_asked(
    gone: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[str] = []
    assert opened_by(gone, monkeypatch, where, "Begin a new library here") == 0
    assert where == [str(gone.root)]
    assert not remembered.is_away(gone)


def test_another_folder_is_opened_instead(
    gone: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other))
    where: list[str] = []
    assert opened_by(gone, monkeypatch, where, "Choose another folder") == 0
    assert where == [str(other)]
    assert remembered.is_away(gone), "the first one is still known"


def test_another_folder_that_is_away_as_well_is_said_to_be(
    gone: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = remembered_elsewhere(tmp_path / "other", monkeypatch)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other.root))
    asked: list[str] = []

    def searched(place: Workspace) -> Workspace | None:
        asked.append(str(place.root))
        return other if place == gone else None

    monkeypatch.setattr(away, "search", searched)
    assert app.run_window(gone) == 5
    assert asked == [str(gone.root), str(other.root)]


def test_it_opens_by_itself_once_the_disk_is_back(
    gone: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "_AGAIN_MS", 20)
    asking = Away(gone)
    qtbot.addWidget(asking)
    asking.show()
    assert "nothing was made in its place" in asking.said.text()
    assert str(gone.root) in asking.said.text()
    with qtbot.waitSignal(asking.accepted):
        gone.root.mkdir(parents=True)
        gone.database.touch()
    assert asking.chosen == gone


def test_a_disk_that_does_not_answer_is_not_begun_on(
    gone: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "answers", lambda _: False)
    monkeypatch.setattr(away, "_AGAIN_MS", 20)
    asking = Away(gone)
    qtbot.addWidget(asking)
    asking.show()
    assert asking.title.text() == "The disk of your library does not answer"
    words = [one.text() for one in asking.findChildren(QPushButton)]
    assert sorted(words) == ["Choose another folder", "Close", "Look again"]
    press(asking, "Look again")
    assert asking.chosen is None
    with qtbot.waitSignal(asking.accepted):
        remembered.forget(gone)
        monkeypatch.setattr(away, "answers", lambda _: True)
