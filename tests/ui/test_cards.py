"""Cards that are on their way while something changes do not pass for what is true."""

from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.widgets.grid import Card, Grid
from tests.ui.library import FakeLibrary, many_ids
from tests.ui.test_grid import Settled


def test_what_was_read_before_a_change_does_not_pass_for_true(
    grid: Grid, settled: Settled, library: FakeLibrary, qtbot: QtBot
) -> None:
    """Cards on their way when something changes are asked for again; what was put is kept."""
    ids = many_ids(10)
    library.open.clear()
    grid.set_ids(ids)
    qtbot.waitUntil(lambda: bool(library.asked))
    number = len(library.asked)
    grid.refresh_cards()
    grid.cards.put([Card(ids[3], "0", "rated here", rating=5)])
    library.open.set()
    settled(grid)
    assert set(library.asked[number:]) == set(ids) - {ids[3]}
    card = grid.cards.get(ids[3])
    assert card is not None
    assert card.rating == 5
