"""What can wait begins only after the gallery's first paint, and begins without one too."""

import gc
import weakref

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services import leaving, profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import session as session_module
from stylestudio_desktop.ui.another import tell_of_another
from stylestudio_desktop.ui.create.pane import CreatePane
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.window import CREATE, MainWindow


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


def other_window(qtbot: QtBot, studio: Studio) -> tuple[Session, CreatePane]:
    """Open a window with Create in front, as far as it stands."""
    session = Session(studio, lambda: None, window=MainWindow(memory=studio.settings.value.window))
    qtbot.addWidget(session.window)
    pane = session.window.open_pane(CREATE)
    assert isinstance(pane, CreatePane)
    qtbot.waitUntil(lambda: pane.bench is not None)
    return session, pane


def test_the_window_that_closes_last_takes_no_draft_away(qtbot: QtBot, studio: Studio) -> None:
    (one, mine), (other, _) = (other_window(qtbot, studio) for _ in range(2))
    assert mine.bench is not None
    mine.bench.desk.edit(prompt="by the sea, at noon")
    one.window.close()
    other.window.close()
    again, pane = other_window(qtbot, studio)
    assert pane.bench is not None
    assert pane.bench.desk.draft.prompt == "by the sea, at noon"
    again.window.close()
    assert studio.settings.value.window["panes"][CREATE]["draft"]["prompt"]
    for session in (one, other, again):
        assert session.window.tasks.close(5000)


def test_the_second_window_says_that_it_is_one(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int, str]] = []
    monkeypatch.setattr(
        MainWindow, "toast", lambda window, text, *_: said.append((id(window), text))
    )
    first, second, third = (Session(studio, lambda: None) for _ in range(3))
    for session in (first, second):
        qtbot.addWidget(session.window)
        tell_of_another(session.window, studio)
        qtbot.waitUntil(lambda session=session: not session.window.tasks.busy())
    assert [(who, "in another window" in text) for who, text in said] == [(id(second.window), True)]
    first.window.close()
    second.window.close()
    qtbot.addWidget(third.window)
    tell_of_another(third.window, studio)
    qtbot.waitUntil(lambda: not third.window.tasks.busy())
    assert len(said) == 1, "it is alone"
    third.window.close()
    for session in (first, second, third):
        assert session.window.tasks.close(5000)
