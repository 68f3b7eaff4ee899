"""A line of the list that stays with its pictures, whatever comes and goes around them."""

from typing import NamedTuple

from stylestudio_desktop.ui.widgets.grid.contents import Contents
from stylestudio_desktop.ui.widgets.grid.geometry import Geometry
from stylestudio_desktop.ui.widgets.grid.sections import insertion


class Held(NamedTuple):
    """The pictures from a line on, and how far below it the first of them stands."""

    ids: tuple[int, ...]
    top: int


def hold(contents: Contents, layout: Geometry, span: range, line: int) -> Held:
    """Return what holds `line`: the pictures in `span` and as many behind them."""
    if not span:
        return Held((), 0)
    ids = contents.ids[span.start : span.stop + len(span)]
    return Held(tuple(ids), layout.box(span.start).top - line)


def line_of(contents: Contents, layout: Geometry, held: Held) -> int | None:
    """Return where the line is now, None where nothing tells.

    The first of the held pictures that is still there stands where the first one stood.
    """
    index = next((at for at in map(contents.index_of, held.ids) if at is not None), None)
    if index is None and held.ids and contents.dated and len(contents):
        index = min(insertion(contents.ids, held.ids[0]), len(contents) - 1)
    return None if index is None else layout.box(index).top - held.top
