"""What can wait begins only after the gallery's first paint, and begins without one too."""

import gc
import weakref

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services import leaving, profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import session as session_module
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.session import Session


@pytest.fixture(autouse=True)
def nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders are not watched here: that would begin when the session is gone again."""
    monkeypatch.setattr(session_module, "BESIDES_MS", 10_000_000)


def test_the_queue_begins_after_the_first_paint(
    qtbot: QtBot, studio: Studio, made: dict[str, list[int]]
) -> None:
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    session.window.show()
    pane = session.window.pane(session.window.current)
    assert isinstance(pane, GalleryPane)
    grid = pane.grid
    qtbot.waitUntil(lambda: grid.isVisible() and grid.painted and session._stands(), timeout=15000)
    shown = grid.cards.get(grid.contents.ids[0])
    assert shown is not None
    grid.thumbnails.arrived.emit({shown.storage_id})  # what came in now is not on the screen yet
    session._begin_rest()
    assert session.worker is None
    qtbot.waitUntil(session._stands)
    session._begin_rest()
    qtbot.waitUntil(lambda: session.worker is not None)
    session.window.close()
    assert session.window.tasks.close(5000)


def test_a_window_that_is_never_painted_does_its_work(qtbot: QtBot, studio: Studio) -> None:
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    for _ in range(session_module.REST_TRIES):
        session._begin_rest()
    qtbot.waitUntil(lambda: session.worker is not None)
    session.window.close()
    assert session.window.tasks.close(5000)


def test_a_session_lasts_as_long_as_its_window(qtbot: QtBot, studio: Studio) -> None:
    session = Session(studio, lambda: None)
    window, kept = session.window, weakref.ref(session)
    qtbot.addWidget(window)
    del session  # timers and signals of the window would call into what is no longer there
    gc.collect()
    left = kept()
    assert left is not None
    assert left.window is window
    window.close()
    assert window.tasks.close(5000)


def test_the_window_of_a_deleted_account_closes_without_a_fault(
    qtbot: QtBot, studio: Studio
) -> None:
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    profiles.add(studio, "Ben")
    leaving.delete(studio, studio.user_id)
    session._refresh()  # what another event asks for until the window is gone
    session.window.close()
    assert session.window.tasks.close(5000)
