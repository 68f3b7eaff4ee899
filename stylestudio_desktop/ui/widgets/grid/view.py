"""The grid itself: what is in view and where the user is; layout, cards and drawing are others'."""

from array import array
from collections.abc import Iterable, Mapping, Sequence, Set

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Duration
from stylestudio_desktop.ui.widgets.grid.anchors import Held, hold, line_of
from stylestudio_desktop.ui.widgets.grid.card import LARGE_TIER, SMALL_TIER, Source
from stylestudio_desktop.ui.widgets.grid.contents import Contents
from stylestudio_desktop.ui.widgets.grid.geometry import LARGEST, SMALLEST, Geometry
from stylestudio_desktop.ui.widgets.grid.gestures import Gestures
from stylestudio_desktop.ui.widgets.grid.painter import CellPainter, Look
from stylestudio_desktop.ui.widgets.grid.runs import FALLING, Runs
from stylestudio_desktop.ui.widgets.grid.scrolling import Scrolled
from stylestudio_desktop.ui.widgets.grid.sections import Grouping, insertion
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.widgets.grid.store import CardStore
from stylestudio_desktop.ui.widgets.grid.thumbnails import Thumbnails, Want, finest

COMPACT, NORMAL, LARGE = 104, 176, 288
MONTHS_BELOW = 120


class Grid(Scrolled):
    """Shows the pictures of a list of ids, however many, and lets the user select among them.

    `opened(index)` asks for the viewer; `selection_changed` and `current_changed(index)` follow
    the user; `files_dropped(paths)` brings files in, `told(text)` says what of them was left out;
    `carried(number, selected, trouble)` tells what others took. The owner sets `menu`.
    """

    opened = Signal(int)
    selection_changed = Signal()
    current_changed = Signal(int)
    files_dropped, told = Signal(list), Signal(str)
    carried, typed = Signal(int, int, str), Signal(str)
    zoomed = Signal(int)
    load_failed = Signal(object)

    def __init__(self, source: Source, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gestures = Gestures(self)
        self.contents = Contents()
        self.source = source
        self.cards = CardStore(source, tasks, self)
        self.thumbnails = Thumbnails(source.thumbnail, self)
        self.menu: QMenu | None = None
        self.layout_ = Geometry(0, (), 1, NORMAL)
        self.band: QRect | None = None
        self.painted = False
        self.hovered: int | None = None
        self._cell, self._scale = NORMAL, 1.0
        self._wish = QTimer(self, singleShot=True, interval=Duration.FRAME)
        self._wish.timeout.connect(self._ask)
        self._set_up()
        self.cards.arrived.connect(self._on_cards)
        self.cards.failed.connect(self.load_failed)
        self.thumbnails.arrived.connect(self._on_thumbnails)
        self.slid.connect(self._wish.start)
        self.destroyed.connect(self.thumbnails.close)

    def set_ids(self, ids: Iterable[int], *, dated: bool = True, runs: Runs = FALLING) -> None:
        """Show other pictures from the top; `dated` when they are newest first by id."""
        self.contents.set(ids, dated=dated, runs=runs)
        self._lay_out()
        self.scroll_to(0)
        self._ask()
        self.selection_changed.emit()

    def append_ids(self, ids: Iterable[int]) -> None:
        """Take older pictures at the end without moving anything."""
        self.contents.append(ids)
        self._lay_out()

    def insert_front(self, ids: Sequence[int]) -> int:
        """Take newer pictures; what the user looks at stays where it is, except at the very top."""
        held = self._hold()
        count = self.contents.insert_front(ids)
        if count:
            self._lay_out_around(held)
        return count

    def settle(self, looked: Iterable[int], shown: Mapping[int, int]) -> int:
        """Put those `looked` at where they belong now (see Contents); return how many more it has.

        What the user looks at stays; the pictures behind those in view that left close up.
        """
        held = self._hold()
        done = self.contents.settle(looked, shown)
        if done.gone or done.come:
            self._lay_out_around(held, done.moved)
            self.selection_changed.emit()
        return done.come - done.gone

    def refresh_ids(self, ids: "array[int]", runs: Runs = FALLING) -> None:
        """Show a newer state of the same list; view and selection stay with their pictures."""
        held = self._hold()
        self.contents.refresh(ids, runs)
        self._lay_out_around(held)
        self.selection_changed.emit()

    def refresh_cards(self, ids: Sequence[int] | None = None) -> None:
        """Fetch cards anew (None: all), as after a change of names, ratings or favourites."""
        self.cards.refresh(ids)
        self._wish.start()

    @property
    def cell(self) -> int:
        """Return the wanted size of a cell, before the width is filled."""
        return self._cell

    def set_cell(self, cell: int, anchor: QPoint | None = None) -> None:
        """Zoom to cells of `cell` pixels; the picture at `anchor` (or at the top) stays there."""
        cell = max(SMALLEST, min(LARGEST, cell))
        if cell == self._cell:
            return
        held = self._hold(anchor)
        self._cell = cell
        grouping: Grouping = "month" if cell < MONTHS_BELOW else "day"
        if grouping != self.contents.grouping:
            self.contents.divide(grouping)
        self._lay_out()
        self._restore(held)
        self.gestures.follow()
        self.zoomed.emit(cell)

    def reveal(self, index: int) -> None:
        """Scroll as little as is needed to see picture `index` whole, below its heading."""
        box = self.layout_.box(index)
        if box.top - self.layout_.heading < self._offset:
            self.scroll_to(box.top - self.layout_.heading)
        elif box.bottom > self._offset + self.surface.height():
            self.scroll_to(box.bottom + self.layout_.gap - self.surface.height())

    def jump_to(self, row_id: int) -> None:
        """Bring the picture with `row_id` (or the next older) to the top, as for a date."""
        if self.contents.ids:
            index = min(insertion(self.contents.ids, row_id), len(self.contents) - 1)
            self.scroll_to(self.layout_.box(index).top - self.layout_.heading)

    def set_current(self, index: int | None) -> None:
        """Make `index` the current picture and bring it into view."""
        self.contents.current = index
        if index is not None:
            self.reveal(index)
            self.current_changed.emit(index)
            self._describe(index)
        self.surface.update()

    def select(self, ranges: Ranges) -> None:
        """Select exactly `ranges`."""
        if ranges != self.contents.selection:
            self.contents.selection = ranges
            self.selection_changed.emit()
        self.surface.update()

    def select_all(self) -> None:
        """Select everything; instant at any size."""
        self.select(Ranges([(0, len(self.contents))]))

    def selected_ids(self, limit: int | None = None) -> list[int]:
        """Return the selected ids in order, at most `limit`."""
        return self.contents.selected_ids(limit)

    def index_at(self, point: QPoint) -> int | None:
        """Return the picture under a point of the viewport."""
        place = self.layout_.section_at(self._offset)
        if place is not None and self.contents.dated and point.y() < self._sticky(place).bottom():
            return None
        return self.layout_.at(point.x(), point.y() + self._offset)

    def in_view(self) -> range:
        """Return which pictures are in view, whole or in part."""
        return self.layout_.visible(self._offset, self._offset + self.surface.height())

    def area_of(self, index: int) -> QRect:
        """Return where picture `index` is in the viewport; may lie outside it."""
        box = self.layout_.box(index)
        return QRect(box.left, box.top - self._offset, box.width, box.height)

    def settled(self) -> bool:
        """Return whether everything in view is there."""
        return not self._wish.isActive() and self.thumbnails.idle()

    def close_threads(self) -> None:
        """Stop decoding; called before the application ends."""
        self.thumbnails.close()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which picture is the current one."""
        super().focusInEvent(event)
        self.surface.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the mark of the current picture."""
        super().focusOutEvent(event)
        self.surface.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells and headings that lie in what is to be painted, nothing else."""
        self.painted = True
        self._follow_screen()
        painter = QPainter(self.surface)
        region = event.region()
        part = region.boundingRect()
        top, bottom = self._offset + part.top(), self._offset + part.bottom() + 1
        draw = CellPainter(painter, self.font(), self._scale)
        draw.fill(part, theme().colour("window"))
        focus = self.hasFocus()
        for index in self.layout_.visible(top, bottom):
            area = self.area_of(index)
            if not region.intersects(area):
                continue
            card = self.cards.get(self.contents.ids[index])
            image = self.thumbnails.get(card.storage_id) if card is not None else None
            current = focus and index == self.contents.current
            selected = index in self.contents.selection
            look = Look(area, self.layout_.cell, selected, current, index == self.hovered)
            draw.cell(look, card, image)
        if self.contents.dated:
            for place in self.layout_.headings(self._offset, bottom):
                self._paint_heading(draw, place)
        if self.band is not None:
            draw.band(self.band)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width; what is at the top stays at the top."""
        held = self._hold()
        super().resizeEvent(event)
        self._lay_out()
        self._restore(None if self._offset == 0 else held)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.surface.setMouseTracking(True)
        self.surface.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Pictures"))
        dress(self, self.surface.update)

    def _lay_out(self) -> None:
        self.layout_ = Geometry(
            len(self.contents), self.contents.sections, self.surface.width(), self._cell
        )
        self.pinned = self.layout_.heading if self.contents.dated else 0
        self.set_extent(self.layout_.height, self.layout_.row // 3)
        self.setAccessibleDescription(self.tr("%n picture(s)", "", len(self.contents)))
        if len(self.contents) and not self.thumbnails.held:
            self._ask()  # the first pictures are decoded while the window is still drawn
        else:
            self._wish.start()
        self.surface.update()

    def _hold(self, anchor: QPoint | None = None) -> Held:
        """Return the picture at `anchor`, or those from the top of the view on, and where it is."""
        index = self.layout_.at(anchor.x(), anchor.y() + self._offset) if anchor else None
        span = self.in_view() if index is None else range(index, index + 1)
        return hold(self.contents, self.layout_, span, self._offset)

    def _restore(self, held: Held | None) -> None:
        """Bring the held line to the top again."""
        line = line_of(self.contents, self.layout_, held) if held else None
        self.scroll_to(self._offset if line is None else line)

    def _lay_out_around(self, held: Held, moved: Set[int] = frozenset()) -> None:
        """Lay out what changed; those in view stay, but at the very top the newest are seen."""
        self._lay_out()
        stay = held._replace(ids=tuple(one for one in held.ids if one not in moved))
        self._restore(stay if self._offset or self.gestures.selecting else None)
        self.gestures.follow(moved)

    def _sticky(self, place: int) -> QRect:
        end = self.layout_.section_top(place + 1) - self._offset - self.layout_.heading
        top = max(self.layout_.section_top(place) - self._offset, min(0, end))
        return QRect(0, top, self.surface.width(), self.layout_.heading)

    def _paint_heading(self, draw: CellPainter, place: int) -> None:
        section = self.contents.sections[place]
        if section.began is None:
            return
        after = self.contents.sections[place + 1 : place + 2]
        count = (after[0].start if after else len(self.contents)) - section.start
        words = self.tr("%n picture(s)", "", count)
        draw.heading(self._sticky(place), section.began, self.contents.grouping, words)

    def _ask(self) -> None:
        self._wish.stop()  # its pause spares a view which still moves
        height = self.surface.height()
        seen = self.in_view()
        if len(self.contents) and not seen:
            return  # it has no room yet; it asks once it is laid out
        around = self.layout_.visible(self._offset - height // 2, self._offset + height * 3 // 2)
        beside = self.beside[: max(0, len(self.contents) - self.beside.start)]
        ahead = (*beside, *range(seen.stop, around.stop), *range(around.start, seen.start))
        ids = [self.contents.ids[index] for index in dict.fromkeys((*seen, *ahead))]
        self.cards.want(ids)
        most = self.layout_.columns * (height // self.layout_.row + 2)
        pixels = min(round(self.layout_.cell * self._scale), finest(most))
        tier = SMALL_TIER if pixels <= SMALL_TIER else LARGE_TIER
        known = map(self.cards.get, ids)
        wishes = [Want(one.storage_id, tier, pixels) if one else None for one in known]
        now, later = wishes[: len(seen)], wishes[len(seen) :]
        self.thumbnails.want(list(filter(None, now)), list(filter(None, later)))

    def _on_cards(self, arrived: set[int]) -> None:
        if not self._wish.isActive():
            self._ask()
        self._repaint(index for index in self.in_view() if self.contents.ids[index] in arrived)

    def _on_thumbnails(self, arrived: set[str]) -> None:
        known = ((index, self.cards.get(self.contents.ids[index])) for index in self.in_view())
        self._repaint(index for index, card in known if card and card.storage_id in arrived)

    def _repaint(self, indices: Iterable[int]) -> None:
        """Paint the rows of these pictures; by rows, since drawing in a patchwork is slow."""
        for box in {self.layout_.box(index)._replace(left=0) for index in indices}:
            self.painted = False  # what can wait waits until these are seen
            self.surface.update(0, box.top - self._offset, self.surface.width(), box.height)

    def _follow_screen(self) -> None:
        """On a screen with finer pixels the pictures are decoded anew, as sharp as it is."""
        scale = self.devicePixelRatioF()
        if scale != self._scale:
            self._scale = scale
            self._wish.start()

    def _describe(self, index: int) -> None:
        card = self.cards.get(self.contents.ids[index])
        name = card.name if card is not None else ""
        where = self.tr("%1 of %2").replace("%1", str(index + 1))
        self.setAccessibleDescription(f"{name} {where.replace('%2', str(len(self.contents)))}")
