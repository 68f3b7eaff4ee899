"""A disk that goes away under an open window is said so, holds nothing up, and is taken back."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.domain.errors import Remedy, StorageError
from stylestudio_desktop.domain.events import StorageWaited
from stylestudio_desktop.services import profiles, watching
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import lookout
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.lookout import Lookout
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from tests.ui.settings.test_cures import offers, press
from tests.ui.settings.test_settings import engine_folder, toasts

__all__ = ["engine_folder"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "ASK_S", 0.01)
    monkeypatch.setattr(lookout, "PATIENCE_S", 0.1)
    monkeypatch.setattr(lookout, "_LOOK_MS", 10)


@pytest.fixture
def watch(quick: None, window: MainWindow, studio: Studio) -> Iterator[Lookout]:
    made = Lookout(window, studio)
    made.begin()
    yield made
    made.close()
    studio.settings.followed = False


def test_a_library_that_is_gone_is_said_once_and_welcomed_back(
    watch: Lookout, window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    drawer = studio.workspace.root.with_name("drawer")
    studio.workspace.root.rename(drawer)
    qtbot.waitUntil(lambda: "unplugged" in watch.trouble)
    assert sum("unplugged" in one.accessibleName() for one in window.findChildren(Toast)) == 1
    assert offers(window) == ["Choose another library"]
    drawer.rename(studio.workspace.root)
    qtbot.waitUntil(lambda: not watch.trouble)
    assert "there again" in toasts(window)
    qtbot.waitUntil(lambda: "unplugged" not in toasts(window))


def test_what_the_queue_waits_for_is_said_until_it_goes_on(
    watch: Lookout, window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    studio.bus.publish(StorageWaited("The disk can only be read.", Remedy.REVEAL_FILES))
    qtbot.waitUntil(lambda: watch.trouble == "The disk can only be read.")
    assert "can only be read" in toasts(window)
    assert offers(window) == ["Open the folder"]
    studio.bus.publish(StorageWaited(""))
    qtbot.waitUntil(lambda: not watch.trouble)
    assert "there again" in toasts(window)


def test_one_that_does_not_answer_is_said_and_does_not_keep_the_window(
    watch: Lookout, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = threading.Event()

    def waits(_path: Path) -> bool:
        answer.wait(10)
        return True

    ended: list[int] = []
    monkeypatch.setattr(watch, "leave", ended.append)
    monkeypatch.setattr(lookout, "_is_there", waits)
    qtbot.waitUntil(lambda: "does not answer" in watch.trouble)
    press(window, "Close the program")
    assert ended == [5], "nothing waits for the disk"
    answer.set()
    qtbot.waitUntil(lambda: not watch.trouble)


def test_what_another_process_sets_arrives_without_anybody_waiting(
    watch: Lookout, studio: Studio, qtbot: QtBot
) -> None:
    assert studio.settings.value.language == "system"
    SettingsFile(studio.workspace.settings).change(language="de")
    qtbot.waitUntil(lambda: studio.settings.value.language == "de")
    studio.settings.change(language="en")
    assert studio.settings.value.language == "en", "what is set here counts at once"


@pytest.mark.parametrize(("module", "name"), [(profiles, "listing"), (watching, "folders")])
def test_a_part_that_can_not_be_read_is_told_once_and_not_asked_for_ever(
    window: MainWindow,
    calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
) -> None:
    asked: list[object] = []

    def fails(*given: object) -> None:
        asked.append(given)
        raise StorageError("The disk is gone.")

    monkeypatch.setattr(module, name, fails)
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    calm()
    assert 1 <= len(asked) <= 3
    assert toasts(window).count("The disk is gone.") == 1
