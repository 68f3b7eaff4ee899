"""What was selected when the window closed is selected again when it opens."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery import reselecting
from stylestudio_desktop.ui.gallery.pane import GalleryPane, create_pane
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import GALLERY, MainWindow
from tests.ui.gallery.seeing import Quiet

Opened = Callable[[object], GalleryPane]


@pytest.fixture
def opened(qtbot: QtBot, studio: Studio) -> Iterator[Opened]:
    """Open the gallery as another start would, with what was selected before."""
    windows: list[MainWindow] = []

    def make(selected: object) -> GalleryPane:
        memory = {"panes": {GALLERY: {"selected": selected}}}
        window = MainWindow({GALLERY: lambda own: create_pane(own, studio)}, memory)
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(700, 420)
        window.show()
        pane = window.pane(GALLERY)
        assert isinstance(pane, GalleryPane)
        return pane

    yield make
    for window in windows:
        window.close()
        assert window.tasks.close(5000)


def came(qtbot: QtBot, pane: GalleryPane) -> None:
    qtbot.waitUntil(lambda: pane.listing.complete and pane.grid.settled(), timeout=10_000)


def test_the_selection_is_there_again_and_in_view(
    filled: GalleryPane, quiet: Quiet, opened: Opened, qtbot: QtBot
) -> None:
    filled.grid.set_cell(filled.grid.cell * 2)
    filled.grid.select(Ranges([(6, 8)]))
    kept = filled.memory()["selected"]
    assert kept == list(filled.grid.contents.ids[6:8])
    again = opened(kept)
    assert again.memory()["selected"] == kept, "not lost while the list comes in"
    came(qtbot, again)
    assert again.grid.selected_ids() == kept
    assert again.grid.contents.current == 6
    assert 6 in again.grid.in_view()
    assert again.deeds.favour.isEnabled()


def test_what_is_gone_is_not_selected_and_the_rest_is(
    filled: GalleryPane, opened: Opened, studio: Studio, quiet: Quiet, qtbot: QtBot
) -> None:
    ids = list(filled.grid.contents.ids)
    library.trash(studio, [ids[1]])
    quiet()
    again = opened([ids[1], ids[2], "odd", 5])
    came(qtbot, again)
    assert again.grid.selected_ids() == [ids[2]]


def test_whoever_narrows_or_selects_first_has_the_say(
    filled: GalleryPane, opened: Opened, qtbot: QtBot
) -> None:
    ids = list(filled.grid.contents.ids)
    narrowed = opened([ids[3]])
    narrowed.browser.filters.date.pick("week")
    came(qtbot, narrowed)
    assert not narrowed.grid.contents.selection
    chosen = opened([ids[3]])
    chosen.grid.select(Ranges([(0, 1)]))
    came(qtbot, chosen)
    assert ids[3] not in chosen.grid.selected_ids()


@pytest.mark.parametrize("order", ["rating"])
def test_an_order_without_dates_and_odd_memories_select_nothing(
    filled: GalleryPane, opened: Opened, qtbot: QtBot, order: str
) -> None:
    again = opened({"no": "list"})
    came(qtbot, again)
    assert not again.grid.contents.selection
    again.reselecting.recall([filled.grid.contents.ids[0]])
    again.browser.filters.order.set_value(order)
    again.listing.load(again.browser.filters.asked())
    came(qtbot, again)
    assert not again.grid.contents.selection
    assert again.memory()["selected"] == []


def test_a_very_large_selection_is_not_remembered(
    filled: GalleryPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reselecting, "MOST", 8)
    filled.grid.select_all()
    assert filled.memory()["selected"] == []
