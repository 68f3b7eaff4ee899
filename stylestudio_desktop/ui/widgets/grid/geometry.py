"""Where each picture stands, by arithmetic: nothing here ever loops over all of them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.grid.sections import Section
from stylestudio_desktop.ui.widgets.grid.selection import Range, Ranges

HEADING = 40
CAPTION = 26
MARGIN = Space.L
SMALLEST, LARGEST = 64, 512
CAPTION_FROM = 140


class Box(NamedTuple):
    """A rectangle in content coordinates: device-independent pixels from the top of the list."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """Return the first line below."""
        return self.top + self.height


class Geometry:
    """The layout of `total` pictures in `sections` at one width and one zoom.

    Columns are as many as fit at the wanted `cell`, then widened to fill the width. Rows start
    anew in each section. All positions follow from the section's index and a division.
    """

    def __init__(self, total: int, sections: Sequence[Section], width: int, cell: int) -> None:
        self.total = total
        self.sections = sections
        self.gap = Space.S if cell >= CAPTION_FROM else Space.XS
        inner = max(1, width - 2 * MARGIN)
        self.columns = max(1, (inner + self.gap) // (max(SMALLEST, cell) + self.gap))
        self.cell = max(1, (inner - self.gap * (self.columns - 1)) // self.columns)
        self.caption = CAPTION if cell >= CAPTION_FROM else 0
        self.row = self.cell + self.caption + self.gap
        dated = bool(sections) and sections[0].began is not None
        self.heading = HEADING if dated else MARGIN
        self._starts = [section.start for section in sections]
        ends = [*self._starts[1:], total]
        heights = (
            self.heading + -(-(end - start) // self.columns) * self.row
            for start, end in zip(self._starts, ends, strict=True)
        )
        self._tops = [0, *accumulate(heights)] if sections else [0]

    @property
    def height(self) -> int:
        """Return the height of everything."""
        return self._tops[-1] + (MARGIN if self.total else 0)

    def box(self, index: int) -> Box:
        """Return the cell of picture `index`, with its caption."""
        place = bisect_right(self._starts, index) - 1
        row, column = divmod(index - self._starts[place], self.columns)
        top = self._tops[place] + self.heading + row * self.row
        left = MARGIN + column * (self.cell + self.gap)
        return Box(left, top, self.cell, self.cell + self.caption)

    def at(self, x: int, y: int) -> int | None:
        """Return the picture at a point, None between cells and outside."""
        place = self.section_at(y)
        if place is None:
            return None
        row, inside_row = divmod(y - self._tops[place] - self.heading, self.row)
        column, inside = divmod(x - MARGIN, self.cell + self.gap)
        hit = row >= 0 and inside_row < self.row - self.gap and inside < self.cell
        if not hit or not 0 <= column < self.columns:
            return None
        index = self._starts[place] + row * self.columns + column
        return index if index < self._end(place) else None

    def section_at(self, y: int) -> int | None:
        """Return which section covers line `y`, None above or below all."""
        place = bisect_right(self._tops, y) - 1
        return place if 0 <= place < len(self._starts) else None

    def section_top(self, place: int) -> int:
        """Return the line at which section `place` begins; one past the last gives the end."""
        return self._tops[place]

    def visible(self, top: int, bottom: int) -> range:
        """Return the pictures whose rows touch the lines from `top` to `bottom`."""
        if not self.total or bottom <= top:
            return range(0)
        return range(self._first_of_row(top), self._first_of_row(bottom - 1, after=True))

    def headings(self, top: int, bottom: int) -> Iterator[int]:
        """Yield the sections that touch the lines from `top` to `bottom`."""
        place = max(0, bisect_right(self._tops, top) - 1)
        while place < len(self._starts) and self._tops[place] < bottom:
            yield place
            place += 1

    def above(self, index: int, rows: int) -> int:
        """Return the picture `rows` rows further (negative: back) in the same column, or nearest.

        Crosses into the neighbouring section where its own has no such row.
        """
        step = 1 if rows > 0 else -1
        for _ in range(abs(rows)):
            moved = self._one_row(index, step)
            if moved == index:
                break
            index = moved
        return index

    def within(self, box: Box) -> Ranges:
        """Return the pictures that a rubber band over `box` touches."""
        step = self.cell + self.gap
        first = max(0, -(-(box.left - MARGIN - self.cell + 1) // step))
        last = min(self.columns - 1, (box.left + box.width - 1 - MARGIN) // step)
        if first > last:
            return Ranges()
        ranges: list[Range] = []
        for place in self.headings(box.top, box.bottom):
            band = self._band(place, box, first, last)
            if band and ranges and ranges[-1][1] == band[0][0]:
                band[0] = (ranges.pop()[0], band[0][1])
            ranges.extend(band)
        return Ranges.of(ranges)

    def _band(self, place: int, box: Box, first: int, last: int) -> list[Range]:
        start, end = self._starts[place], self._end(place)
        top = self._tops[place] + self.heading
        low = max(0, -(-(box.top - top - self.row + self.gap + 1) // self.row))
        high = min((end - start - 1) // self.columns, (box.bottom - 1 - top) // self.row)
        if low > high:
            return []
        if first == 0 and last == self.columns - 1:
            return [(start + low * self.columns, min(end, start + (high + 1) * self.columns))]
        begin, stop = start + low * self.columns, start + high * self.columns + 1
        # Paired without a turn of the interpreter for each row: a band may hold half a million.
        rows = zip(
            range(begin + first, stop + first, self.columns),
            range(begin + last + 1, stop + last + 1, self.columns),
            strict=True,
        )
        band = list(rows)
        if band and band[-1][1] > end:
            band[-1] = (band[-1][0], end)
        if band and band[-1][0] >= end:
            band.pop()
        return band

    def _one_row(self, index: int, step: int) -> int:
        place = bisect_right(self._starts, index) - 1
        start, end = self._starts[place], self._end(place)
        row, column = divmod(index - start, self.columns)
        rows = -(-(end - start) // self.columns)
        if 0 <= row + step < rows:
            return min(end - 1, index + step * self.columns)
        neighbour = place + step
        if not 0 <= neighbour < len(self._starts):
            return index
        begin, stop = self._starts[neighbour], self._end(neighbour)
        last_row = (stop - begin - 1) // self.columns
        target = begin + (0 if step > 0 else last_row * self.columns) + column
        return min(stop - 1, target)

    def _end(self, place: int) -> int:
        return self._starts[place + 1] if place + 1 < len(self._starts) else self.total

    def _first_of_row(self, y: int, *, after: bool = False) -> int:
        place = self.section_at(y)
        if place is None:
            return 0 if y < 0 else self.total
        start, end = self._starts[place], self._end(place)
        row = (y - self._tops[place] - self.heading) // self.row
        if row < 0:
            return start
        return min(end, start + (row + (1 if after else 0)) * self.columns)
