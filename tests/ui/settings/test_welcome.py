"""The first start: shown once, in nobody's way, and everything it offers works."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.engine import weights
from stylestudio_desktop.services import engine_weights, library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import restored
from stylestudio_desktop.ui import said
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.welcome import Welcome, offer_welcome
from stylestudio_desktop.ui.window import CREATE, HISTORY, MainWindow
from stylestudio_desktop.ui.wishes import UseAsProduct
from tests.factories import give, photo


@pytest.fixture(autouse=True)
def engine_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's own engine files."""
    monkeypatch.setenv(weights.ENGINE_DIR, str(tmp_path / "engine"))


@pytest.fixture
def welcome(window: MainWindow, studio: Studio, calm: Callable[[], None]) -> Welcome:
    """The card, in its window."""
    made = offer_welcome(window, studio)
    assert made is not None
    calm()
    return made


def words(welcome: Welcome) -> str:
    """Return all words of the card."""
    return "\n".join(one.text() for one in welcome.findChildren(QLabel))


def press(welcome: Welcome, text: str, qtbot: QtBot) -> None:
    """Press a button of the card."""
    found = next(one for one in welcome.findChildren(QPushButton) if one.text() == text)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def test_it_is_offered_once(welcome: Welcome, window: MainWindow, studio: Studio) -> None:
    assert offer_welcome(window, studio) is None


def test_nobody_is_welcomed_to_a_library_that_was_brought_back(
    window: MainWindow, studio: Studio
) -> None:
    with studio.database.write():
        restored.mark(studio.database, 1, 2, "Look at it.")
    assert offer_welcome(window, studio) is None


def test_it_says_what_is_free_and_what_the_files_add(welcome: Welcome) -> None:
    told = words(welcome)
    assert "200 token" in told
    assert "MB, once." in told


def test_where_all_files_are_there_nothing_is_offered_to_be_fetched(
    window: MainWindow, studio: Studio, calm: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The installed program has them all, and the button stood there dead."""
    monkeypatch.setattr("stylestudio_desktop.services.engine_weights.missing", list)
    made = offer_welcome(window, studio)
    assert made is not None
    calm()
    assert "They are all here." in words(made)
    shown = [one.text() for one in made.findChildren(QPushButton) if one.isVisible()]
    assert "Fetch" not in shown
    assert "Choose photos" in shown


def test_what_the_files_add_is_said_in_the_windows_language(
    window: MainWindow, studio: Studio, calm: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(said, "_language", ["de"])
    made = offer_welcome(window, studio)
    assert made is not None
    calm()
    for one in engine_weights.listing():
        assert spoken(one.adds) != one.adds
        assert spoken(one.title) != one.title
    assert "das Kleidungsstück auf dem Foto einer Person" in words(made)


def test_no_words_are_cut_off_when_they_grow(welcome: Welcome, qtbot: QtBot) -> None:
    before = welcome.height()
    welcome._engine.say("Some words that go over several lines. " * 12)
    qtbot.waitUntil(lambda: welcome.height() > before)
    assert welcome._engine.height() >= welcome._engine.heightForWidth(welcome._engine.width())


def test_its_last_line_is_whole_in_a_longer_language(welcome: Welcome) -> None:
    foot = next(one for one in welcome.findChildren(QLabel) if "Settings and" in one.text())
    foot.setText("All das steht auch in den Einstellungen und der Galerie.")
    welcome._place()
    welcome.body.activate()
    words_width = foot.fontMetrics().horizontalAdvance(foot.text())
    assert words_width <= foot.width() or foot.hasHeightForWidth()
    assert foot.height() >= foot.heightForWidth(foot.width())


def test_it_counts_what_is_there_and_not_what_was_given(
    window: MainWindow, studio: Studio, calm: Callable[[], None]
) -> None:
    give(studio, 7)
    made = offer_welcome(window, studio)
    assert made is not None
    calm()
    assert "207 token" in words(made)


def test_it_blocks_nothing(welcome: Welcome, window: MainWindow) -> None:
    assert not welcome.isWindow()
    assert window.isEnabled()
    assert welcome.geometry().center().x() == pytest.approx(window.width() / 2, abs=60)


def test_dropped_photos_are_imported_and_lead_to_the_first_picture(
    welcome: Welcome,
    window: MainWindow,
    studio: Studio,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = tmp_path / "words.jpg"
    bad.write_text("no picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(one)) for one in (photo(tmp_path), bad)])
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    welcome.dropEvent(event)
    qtbot.waitUntil(lambda: "in your library" in words(welcome))
    assert "1 could not be taken" in words(welcome)
    found = library.listing(studio, FileFilter()).items
    assert [one.filename for one in found] == ["tee.jpg"]

    asked: list[object] = []
    monkeypatch.setattr(window.pane(CREATE), "receive", asked.append)
    press(welcome, "Make the first picture", qtbot)
    assert asked == [UseAsProduct((found[0].id,))]  # type: ignore[arg-type]
    assert window.current == CREATE


def test_the_samples_come_in(welcome: Welcome, studio: Studio, qtbot: QtBot) -> None:
    press(welcome, "Load the samples", qtbot)
    qtbot.waitUntil(lambda: "in your library" in words(welcome), timeout=60_000)
    categories = {one.key: one.number for one in library.totals(studio)}
    assert categories["product_image"] >= 10


def test_it_leaves_when_another_pane_is_opened(
    welcome: Welcome, window: MainWindow, qtbot: QtBot
) -> None:
    window.open_pane(HISTORY)
    qtbot.waitUntil(lambda: not isValid(welcome))


def test_work_goes_on_when_it_is_skipped_and_ends_as_a_notice(
    welcome: Welcome, window: MainWindow, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    from stylestudio_desktop.ui.frame.toasts import Toast

    welcome.bring_in([photo(tmp_path)])
    press(welcome, "Skip", qtbot)
    qtbot.waitUntil(
        lambda: any("in your library" in one.accessibleName() for one in window.findChildren(Toast))
    )
    qtbot.waitUntil(lambda: not isValid(welcome))
