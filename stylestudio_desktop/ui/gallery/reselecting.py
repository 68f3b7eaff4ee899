"""Selects again what was selected when the window closed, once the list holds it."""

from PySide6.QtCore import QObject

from stylestudio_desktop.ui.gallery.listing import Listing
from stylestudio_desktop.ui.widgets.grid import Grid

MOST = 1000
"""A larger selection is not remembered: nobody would know any more what is in it."""


class Reselecting(QObject):
    """Watches a list come in; whoever selects, scrolls or narrows before that has the say."""

    def __init__(self, grid: Grid, listing: Listing, parent: QObject) -> None:
        super().__init__(parent)
        self._grid, self._listing = grid, listing
        self._wanted: list[int] = []
        listing.counted.connect(self._look)
        grid.selection_changed.connect(self._on_selected)

    def memory(self) -> list[int]:
        """Return the ids that are selected, or are still to be; none of too many."""
        if self._wanted:
            return list(self._wanted)
        chosen = len(self._grid.contents.selection)
        return self._grid.selected_ids() if chosen <= MOST else []

    def recall(self, memory: object) -> None:
        """Take up what `memory` returned at an earlier start; odd values are passed over."""
        if isinstance(memory, list):
            self._wanted = [one for one in memory[:MOST] if isinstance(one, int)]

    def forget(self) -> None:
        """Let it be: somebody wants something else."""
        self._wanted = []

    def _on_selected(self) -> None:
        if self._grid.contents.selection:
            self.forget()

    def _look(self) -> None:
        if not self._wanted:
            return
        contents = self._grid.contents
        # Where the order is not by date, looking for them would take as long as the list is.
        found = contents.positions(self._wanted) if contents.dated else None
        if found is not None and len(found) < len(self._wanted) and not self._listing.complete:
            return
        self._wanted = []
        if found and not self._grid.offset:
            self._grid.select(found)
            self._grid.set_current(next(iter(found))[0])
