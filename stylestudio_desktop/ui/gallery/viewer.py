"""The viewer: one picture large or up to four in step, its story at the side, Esc to go back."""

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QLocale, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.ui.fidelity import FidelityView
from stylestudio_desktop.ui.gallery.camera import Camera
from stylestudio_desktop.ui.gallery.described import Described
from stylestudio_desktop.ui.gallery.filmstrip import Filmstrip
from stylestudio_desktop.ui.gallery.floor import MOST_STAGES, Floor
from stylestudio_desktop.ui.gallery.mips import Pictures
from stylestudio_desktop.ui.gallery.presenting import Presenting
from stylestudio_desktop.ui.gallery.shown import Shown, ViewerSource
from stylestudio_desktop.ui.gallery.stage import WHEEL_STEP
from stylestudio_desktop.ui.gallery.viewer_bar import ViewerBar
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.sections import insertion
from stylestudio_desktop.ui.widgets.side_panel import SidePanel


class Viewer(QWidget):
    """Shows pictures of the grid's list by id, so that new ones arriving move nothing.

    `closed(id)` tells which picture was looked at last; `more_like(generation)` asks Create,
    `larger_asked(id)` too; `changed_to(id)` follows the user. Its actions are `ViewerDeeds`.
    """

    closed = Signal(object)
    more_like = Signal(object)
    larger_asked = Signal(object)
    changed_to = Signal(object)

    def __init__(
        self, source: ViewerSource, grid: Grid, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._grid = grid
        self.camera = Camera()
        self.pictures = Pictures(self)
        self._floor = Floor(self.camera, self)
        self.stages = self._floor.stages
        self._ids: list[int] = []
        self._picked = 0
        self._described = Described(source, tasks, self)
        self.bar = ViewerBar(self)
        self.panel = SidePanel(self.tr("Information"), self)
        self.facts = Facts(narrow=True)
        self.fidelity = FidelityView()
        self.strip = Filmstrip(self._thumbnail_at, self)
        self.presenting = Presenting(self, [self.bar, self.panel, self.strip], self)
        self._build()
        self._connect()

    @property
    def current(self) -> int | None:
        """Return the id of the picture shown; of several the one that is framed."""
        return self._ids[self._picked] if self._ids else None

    @property
    def shown(self) -> Shown | None:
        """Return what is known of the picture shown, once it has been described."""
        return self._described.get(self.current)

    def open(self, ids: Sequence[int]) -> None:
        """Show one picture, or up to four side by side."""
        self.follow_screen()
        self._ids = list(ids[:MOST_STAGES])
        self.camera.reset()
        self._show_stages()
        self._refresh()
        self.setFocus()

    def step(self, by: int) -> bool:
        """Go on to a neighbour in the grid's list, if there is one; zoom and place stay."""
        index, gap = self._place()
        target = index + by - (gap and by > 0)
        if self.current is None or not 0 <= target < len(self._grid.contents):
            return False
        self._ids = [self._grid.contents.ids[target]]
        self._show_stages()
        self._refresh()
        self.changed_to.emit(self._ids[0])
        self.presenting.moved()
        return True

    def go(self, by: int) -> None:
        """Go on: to the next of several side by side, or to a neighbour in the list."""
        several = len(self._ids)
        if several > 1:
            self.pick((self._picked + by) % several)
        else:
            self.step(by)

    def ready(self) -> bool:
        """Return whether the picture in view is there in full."""
        return self.shown is not None and self.pictures.get(self.shown.path) is not None

    def reload(self) -> None:
        """Ask again for what is known, as after a change of rating; until then it stays."""
        self._described.renew([*self._ids, *self._neighbours()])
        self.show_place()

    def follow(self, changed: Collection[int] | None) -> None:
        """Show anew what others changed (None: anybody knows what)."""
        if self._described.concerned(changed):
            self.reload()

    def back(self) -> None:
        """Give the screen back, or else go back to the grid."""
        if not self.presenting.end():
            self.leave()

    def leave(self) -> None:
        """Go back to the grid."""
        self.presenting.end()
        last = self.current
        self._described.forget()
        self.pictures.clear()
        self._floor.let_go()
        self.strip.let_go()
        self.closed.emit(last)

    def toggle_before(self) -> None:
        """Show or hide the product photo beneath the slider."""
        self.bar.before.setChecked(not self.bar.before.isChecked())
        self._show_before()

    def toggle_panel(self) -> None:
        """Show or hide the information."""
        self.panel.setVisible(not self.panel.isVisible())
        self.bar.info.setChecked(self.panel.isVisible())

    def copy_facts(self) -> None:
        """Copy the information as text."""
        QGuiApplication.clipboard().setText(self.facts.text())

    def toggle_size(self) -> None:
        """Change between the whole picture and 1:1."""
        self.stages[0].toggle()

    def zoom(self, steps: int) -> None:
        """Zoom in by steps of the wheel, or out."""
        self.stages[0].zoom(WHEEL_STEP**steps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the keys that move about, whatever keys the actions have; pass the rest on."""
        table: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Escape: self.back, Qt.Key.Key_Space: self._on_space,
            Qt.Key.Key_Left: lambda: self.go(-1), Qt.Key.Key_Right: lambda: self.go(1),
        }  # fmt: skip
        run = table.get(event.key())
        if run is not None:
            run()
        else:
            super().keyPressEvent(event)

    def close_threads(self) -> None:
        """Wait for decoding; called before the application ends."""
        self.pictures.close()

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Viewer"))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._floor, 1)
        middle.addWidget(self.panel)
        self.panel.body.addWidget(self.facts)
        self.panel.body.addWidget(self.fidelity)
        self.panel.body.addStretch(1)
        self._more = button(self.tr("Make more like this"), self._ask_more, "primary", "sparkles")
        self.panel.foot.setSpacing(Space.S)
        self.panel.foot.addWidget(button(self.tr("Copy all"), self.copy_facts, icon="copy"))
        self.panel.foot.addWidget(self._more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(middle, 1)
        layout.addWidget(self.strip)

    def _connect(self) -> None:
        self.bar.left.connect(self.leave)
        self.bar.stepped.connect(self.go)
        self.bar.larger_asked.connect(lambda: self.larger_asked.emit(self.current))
        self.bar.filled.connect(self.presenting.toggle_full)
        self.bar.played.connect(self.presenting.toggle_play)
        self.bar.before.clicked.connect(self._show_before)
        self.bar.info.clicked.connect(self.panel.setVisible)
        self.bar.fitted.connect(lambda: self.stages[0].fit())
        self.bar.one_to_one.connect(lambda: self.stages[0].one_to_one())
        self.panel.closed.connect(lambda: self.bar.info.setChecked(False))
        self._described.told.connect(lambda _row_id: self._show_known())
        self._described.failed.connect(self._on_unknown)
        self.pictures.arrived.connect(self._on_picture)
        self.pictures.failed.connect(self._on_unreadable)
        self.strip.chosen.connect(self._on_strip)
        self.strip.looked.connect(self._grid.attend)
        self._grid.thumbnails.arrived.connect(lambda _arrived: self.strip.update())
        self._floor.looked.connect(self._on_looked)
        self._floor.picked.connect(self.pick)

    def _show_stages(self) -> None:
        self._picked = 0
        self._floor.show_stand_ins([self._source.stand_in(one) for one in self._ids])
        self._floor.mark(0 if len(self._ids) > 1 else None)

    def pick(self, place: int) -> None:
        """Describe, and rate from now on, another of several pictures side by side."""
        if place != self._picked and place < len(self._ids):
            self._picked = place
            self._floor.mark(place)
            self._refresh()
            self.changed_to.emit(self._ids[place])

    def _refresh(self) -> None:
        self._described.want([*self._ids, *self._neighbours()])
        self.show_place()
        index = self._index()
        if index is not None:
            self._grid.set_current(index)
        self._show_known()

    def show_place(self) -> None:
        """Show where in the list the picture stands, as after the list has changed."""
        (index, gap), total = self._place(), len(self._grid.contents)
        self.strip.show_at(index, total, framed=not gap)
        self.strip.setVisible(len(self._ids) == 1 and not self.presenting.full)
        of_them = self.tr("%1 of %2").replace("%2", QLocale().toString(total))
        where = "" if gap else of_them.replace("%1", QLocale().toString(index + 1))
        self.bar.show_place(where, back=index > 0, on=index + (not gap) < total)

    def _neighbours(self) -> list[int]:
        index = self._index()
        if index is None or len(self._ids) != 1:
            return []
        ids = self._grid.contents.ids
        return [ids[place] for place in (index + 1, index - 1) if 0 <= place < len(ids)]

    def _on_unknown(self, row_id: int, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        if row_id in self._ids:
            self.stages[self._ids.index(row_id)].show_message(spoken(error.sentence))

    def _show_known(self) -> None:
        wanted = self._described.among([*self._ids, *self._neighbours()])
        before = self.shown.before if self.shown and self.bar.before.isChecked() else None
        paths = [shown.path for shown in wanted]
        self.pictures.want([*paths[:1], *([before] if before else []), *paths[1:]])
        for shown in wanted:
            self._on_picture(str(shown.path))
        if self.shown is not None:
            self._show_facts(self.shown)

    def _show_facts(self, shown: Shown) -> None:
        self.bar.show_name(shown.name, shown.favourite, shown.rating)
        self.bar.before.setEnabled(shown.before is not None and len(self._ids) == 1)
        self._more.setVisible(shown.generation is not None)
        self.bar.offer_larger(shown.enlarges)
        self.facts.set_rows(list(shown.rows))
        self.fidelity.show_report(shown.fidelity, self._source.stand_in(shown.id)[0])
        self._on_looked()

    def _show_before(self) -> None:
        if not self.bar.before.isChecked():
            self.stages[0].set_before(None)
        self._show_known()

    def _on_picture(self, path: str) -> None:
        for row_id, stage in zip(self._ids, self.stages, strict=False):
            shown = self._described.get(row_id)
            if shown is None:
                continue
            mips = self.pictures.get(shown.path)
            if mips is not None and str(shown.path) == path:
                stage.show_picture(mips)
            if shown.before is not None and self.bar.before.isChecked() and len(self._ids) == 1:
                stage.set_before(self.pictures.get(shown.before))
        self._on_looked()

    def _on_unreadable(self, path: str) -> None:
        for row_id, stage in zip(self._ids, self.stages, strict=False):
            shown = self._described.get(row_id)
            if shown is not None and str(shown.path) == path:
                stage.show_message(
                    self.tr(
                        "This picture's file is missing or damaged. Its entry is safe. "
                        "Bring it back from a backup, or move the entry to the trash."
                    )
                )

    def _on_looked(self) -> None:
        for stage in self.stages:
            stage.update()
        self.bar.show_zoom(self.stages[0].percent())

    def _on_space(self) -> None:
        if self.presenting.full:
            self.presenting.toggle_play()
        else:
            self.leave()

    def follow_screen(self, _screen: object = None) -> None:
        """Take up the profile that the screen has now on which the window is."""
        from stylestudio_desktop.ui.screen_colour import profile_of

        if self.pictures.set_space(profile_of(self.screen())) and self._ids:
            self._refresh()

    def _on_strip(self, index: int) -> None:
        here, gap = self._place()
        self.step(index - here + (gap and index >= here))

    def _index(self) -> int | None:
        return None if self.current is None else self._grid.contents.index_of(self.current)

    def _place(self) -> tuple[int, bool]:
        """Return where the picture shown stands, or would if it had not left the list."""
        index, contents = self._index(), self._grid.contents
        if index is not None or self.current is None:
            return index or 0, index is None
        if contents.dated:
            return insertion(contents.ids, self.current), True
        return contents.current or 0, True  # who stood there last has made room for the next

    def _thumbnail_at(self, index: int) -> QImage | None:
        ids = self._grid.contents.ids
        return self._source.stand_in(ids[index])[0] if index < len(ids) else None

    def _ask_more(self) -> None:
        if self.shown is not None and self.shown.generation is not None:
            self.more_like.emit(self.shown.generation)
