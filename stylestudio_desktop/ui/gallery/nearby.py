"""What of a list is in view and around it, and what of that another process took or put there."""

from array import array

from stylestudio_desktop.ui.gallery.asking import MOST_AROUND, Asked, Span
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.sections import insertion


def around(grid: Grid, wanted: Asked) -> Span | None:
    """Return the part of a plain list that is in view, with a view on either side."""
    ids, view = grid.contents.ids, grid.in_view()
    if not wanted.plain or wanted.filter.search or not view:
        return None
    first = max(0, view.start - len(view))
    last = min(len(ids), view.stop + len(view))
    return Span(ids[last - 1], ids[first] + 1)


def untrue(ids: "array[int]", span: Span, seen: "array[int]") -> tuple[set[int], set[int]]:
    """Return which pictures within `span` are no longer `seen` there, and which are not held."""
    low = span.low if len(seen) < MOST_AROUND else seen[-1]
    held = set(ids[insertion(ids, span.high - 1) : insertion(ids, low - 1)])
    there = set(seen)
    return held - there, there - held
