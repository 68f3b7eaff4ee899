"""Workspaces in the settings: made, copied, compared, brought in and used by a few clicks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop import app
from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageFull
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import environments, library, organising
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import session
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.settings.workspace_dialogs import BringInDialog, NewDialog
from stylestudio_desktop.ui.settings.workspaces import WorkspacesSection
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import REOPEN, SWITCH
from tests.factories import FakeProvider, import_photo
from tests.ui.settings.test_settings import engine_folder, press, toasts

__all__ = ["engine_folder"]


@pytest.fixture(autouse=True)
def home(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own workspaces, of which `studio` is the first."""
    place = tmp_path / "home"
    monkeypatch.setattr(workspaces, "home", lambda: place)
    place.mkdir()
    (place / "workspace").symlink_to(studio.workspace.root)
    return place


@pytest.fixture
def section(window: MainWindow, calm: Callable[[], None], studio: Studio) -> WorkspacesSection:
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    calm()
    return pane.workspaces


def names(section: WorkspacesSection) -> list[str]:
    """Return what can be pressed in the rows."""
    found = [one.accessibleName() for one in section.findChildren(QPushButton)]
    return [one for one in found if one.startswith("Use ")]


def ask(section: WorkspacesSection, text: str, qtbot: QtBot) -> NewDialog | BringInDialog:
    """Press a button that opens a dialog, and return that."""
    section.dialog = None  # the one before is gone
    press(section, text, qtbot)
    qtbot.waitUntil(lambda: section.dialog is not None)
    assert section.dialog is not None
    return section.dialog


def test_a_new_one_is_made_and_used(
    section: WorkspacesSection, window: MainWindow, qtbot: QtBot, calm: Callable[[], None]
) -> None:
    asked = ask(section, "New workspace…", qtbot)
    assert isinstance(asked, NewDialog)
    assert not asked.go.isEnabled()
    asked.name.setText("trial")
    press(asked, "Make it", qtbot)
    qtbot.waitUntil(lambda: "trial is made" in toasts(window))
    calm()
    assert workspaces.character(workspaces.named("trial")).kind == workspaces.STAGING
    assert "Use trial" in names(section)
    asked = ask(section, "New workspace…", qtbot)
    assert isinstance(asked, NewDialog)
    asked.name.setText("Not A Name")
    press(asked, "Make it", qtbot)
    qtbot.waitUntil(lambda: "can't be a workspace's name" in toasts(window))
    with qtbot.waitSignal(window.closing):
        section.use("trial")
    assert window.property("reopen") == SWITCH
    assert workspaces.current_name() == "trial"


def test_a_copy_says_first_what_comes_along(
    section: WorkspacesSection,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    calm: Callable[[], None],
    tmp_path: Path,
) -> None:
    import_photo(studio, tmp_path)
    organising.new_collection(studio, "Spring")
    asked = ask(section, "Copy this one…", qtbot)
    assert isinstance(asked, NewDialog)
    assert "Pictures: 1 · " in asked.facts.text()
    assert "Collections: Spring" in asked.facts.text()
    assert asked.scrubbed.isVisible()
    asked.kind.setCurrentIndex(2)
    assert not asked.scrubbed.isVisible()
    asked.name.setText("second-shop")
    press(asked, "Copy", qtbot)
    qtbot.waitUntil(lambda: "1 pictures are in the copy." in toasts(window))
    calm()
    made = workspaces.named("second-shop")
    assert workspaces.character(made).kind == workspaces.PRODUCTION
    assert "Use second-shop" in names(section)
    copy = app.open_studio(made, {"local": FakeProvider()})
    assert len(library.ids(copy, FileFilter())) == 1
    # What is new there comes in here, after it was shown.
    import_photo(copy, tmp_path, "navy")
    app.close_studio(copy)
    shown = ask(section, "Bring in…", qtbot)
    assert isinstance(shown, BringInDialog)
    assert "Pictures: 1 · " in shown.facts.text()
    press(shown, "Bring in", qtbot)
    qtbot.waitUntil(lambda: "1 pictures came in." in toasts(window))
    assert len(library.ids(studio, FileFilter())) == 2
    shown = ask(section, "Bring in…", qtbot)
    assert isinstance(shown, BringInDialog)
    assert not shown.go.isEnabled()
    shown.reject()


def test_what_fails_ends_in_a_sentence_and_can_be_gone_on_with(
    section: WorkspacesSection,
    studio: Studio,
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("The disk became full.")

    monkeypatch.setattr(environments, "sync", full)
    asked = ask(section, "Copy this one…", qtbot)
    assert isinstance(asked, NewDialog)
    asked.name.setText("trial")
    press(asked, "Copy", qtbot)
    qtbot.waitUntil(lambda: "The disk became full." in toasts(window))
    qtbot.waitUntil(lambda: "Use trial" in names(section))
    assert not section.progress.isVisible()


def test_another_workspace_opens_where_the_first_was(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = workspaces.create("trial", workspaces.STAGING)
    answers = [REOPEN, SWITCH, 0]
    opened: list[Path] = []

    def run(window: MainWindow, open_studio: Callable[[], Studio], *_: object) -> int:
        window.close()
        opened.append(open_studio().workspace.root)
        if len(opened) == 2:
            workspaces.switch("trial")
        return answers.pop(0)

    monkeypatch.setattr(session, "run", run)
    first = Workspace(studio.workspace.root)
    assert app.run_window(first) == 0
    assert opened == [first.root, first.root, other.root]
