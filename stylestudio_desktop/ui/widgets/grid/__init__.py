"""One grid of pictures for the gallery and the pickers: a million of them scroll like a hundred."""

from stylestudio_desktop.ui.widgets.grid.card import Card, Source
from stylestudio_desktop.ui.widgets.grid.view import COMPACT, LARGE, NORMAL, Grid

__all__ = ["COMPACT", "LARGE", "NORMAL", "Card", "Grid", "Source"]
