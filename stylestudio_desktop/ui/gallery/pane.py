"""The Gallery pane: ties the list, the viewer, imports and actions to the services."""

from array import array
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedLayout

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import GenerationProgressed
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.acting import Acting
from stylestudio_desktop.ui.gallery.browser import Browser
from stylestudio_desktop.ui.gallery.deeds import Deeds
from stylestudio_desktop.ui.gallery.doing import Doing
from stylestudio_desktop.ui.gallery.foreseeing import Foreseen
from stylestudio_desktop.ui.gallery.importing import Importer
from stylestudio_desktop.ui.gallery.intake import Intake
from stylestudio_desktop.ui.gallery.listing import Listing
from stylestudio_desktop.ui.gallery.reselecting import Reselecting
from stylestudio_desktop.ui.gallery.source import LibrarySource
from stylestudio_desktop.ui.gallery.suggesting import Suggesting
from stylestudio_desktop.ui.gallery.viewer_deeds import ViewerDeeds
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.widgets.dropped import named_files, names_files
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.geometry import LARGEST, SMALLEST
from stylestudio_desktop.ui.widgets.progress import time_left
from stylestudio_desktop.ui.window import GALLERY, MainWindow
from stylestudio_desktop.ui.wishes import ShowFiles

if TYPE_CHECKING:
    from stylestudio_desktop.ui.gallery.narrowing import Narrowing
    from stylestudio_desktop.ui.gallery.viewer import Viewer

_LONG = 1000


class GalleryPane(Pane):
    """Every picture of the library."""

    def __init__(
        self, window: MainWindow, studio: Studio, foreseen: Foreseen | None = None
    ) -> None:
        super().__init__(window.place)
        self.search_hint = self.tr("Search prompts, file names and tags")
        self._window = window
        self._studio = studio
        self.export_choice: dict[str, str] = {}
        self._source = LibrarySource(studio)
        self.grid = Grid(self._source, window.tasks, self)
        self._source.use_grid(self.grid)
        self.acting = Acting(window, studio, self)
        self.doing = Doing(window, studio, self, self)
        self.importer = Importer(studio, self)
        self.intake = Intake(window, self.importer, self)
        self.deeds = Deeds(window.actions_, self, self.doing, self.intake)
        self.looking = ViewerDeeds(window.actions_, self, lambda: self.viewer)
        self.browser = Browser(self.grid, self.deeds, self)
        self.intake.use_browser(self.browser)
        self._viewer: Viewer | None = None
        self._narrowing: Narrowing | None = None
        self.suggesting = Suggesting(window, studio, self)
        self.listing = Listing(studio, window.tasks, self.grid, self._source, self, foreseen)
        self.reselecting = Reselecting(self.grid, self.listing, self)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.browser)
        self._loaded = False
        self._began: float | None = None
        self.setAcceptDrops(True)
        self._connect()

    @property
    def viewer(self) -> "Viewer":
        """The viewer, made when the first picture is opened: the first paint goes without."""
        if self._viewer is None:
            self._viewer = self._made_viewer()
        return self._viewer

    def shown(self) -> None:
        """Load at the first showing; afterwards events keep the list true."""
        if not self._loaded:
            self._loaded = True
            self._source.stacked = self.browser.filters.asked().stacked
            self.listing.load(self.browser.filters.asked())
        self.suggesting.attend(True)
        self.looking.offer(self.viewing())
        self._lift()
        self.grid.setFocus()

    def settled(self) -> bool:
        """Return whether the grid, if it is shown, was painted with everything in view."""
        return not self.grid.isVisible() or (self.grid.painted and self.grid.settled())

    def hidden(self) -> None:
        """Leave the search field and the screen to the pane that comes."""
        if self._viewer is not None:
            self._viewer.presenting.end()
        self.suggesting.attend(False)
        self.looking.offer(False)
        self._window.lift_toasts(0)

    def take_keys(self) -> None:
        """Go to the pictures."""
        (self.viewer if self.viewing() else self.grid).setFocus()

    def search(self, text: str) -> None:
        """Show the pictures that match."""
        self.browser.filters.set_search(text)

    def receive(self, wish: object) -> None:
        """Open the viewer on what another pane wants to be seen."""
        if isinstance(wish, ShowFiles) and wish.files:
            self.show_pictures(list(wish.files))

    def memory(self) -> dict[str, Any]:
        """Return zoom, filters, selection and the last export's choices."""
        return {
            "cell": self.grid.cell,
            "selected": self.reselecting.memory(),
            "filters": self.browser.filters.memory(),
            "export": self.export_choice,
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what an earlier `memory` returned."""
        cell = memory.get("cell")
        if isinstance(cell, int) and SMALLEST <= cell <= LARGEST:
            self.grid.set_cell(cell)
        filters = memory.get("filters")
        self.browser.filters.recall(filters if isinstance(filters, dict) else {})
        self.reselecting.recall(memory.get("selected"))
        export = memory.get("export")
        if isinstance(export, dict):
            self.export_choice = {str(key): str(value) for key, value in export.items()}

    def viewing(self) -> bool:
        """Return whether the viewer is in front."""
        return self._viewer is not None and self._layers.currentWidget() is self._viewer

    def chosen(self) -> "array[int]":
        """Return what an action is for: the picture in the viewer, or the selection."""
        if not self.viewing():
            return self.grid.contents.selected_array()
        current = self.viewer.current
        return array("q", [] if current is None else [current])

    def generation_shown(self) -> int | None:
        """Return what made the picture in the viewer, if it is in front and that is known."""
        shown = self.viewer.shown if self.viewing() else None
        return None if shown is None else shown.generation

    def show_pictures(self, ids: Sequence[int]) -> None:
        """Open the viewer on one picture, or on up to four side by side."""
        if ids:
            self._layers.setCurrentWidget(self.viewer)
            self.viewer.open(ids)
            self._show_numbers()

    def show_alike(self, file_id: int, name: str) -> None:
        """List what looks like one picture, the most alike first."""
        if self.viewing():
            self.viewer.leave()
        filters = self.browser.filters
        filters.show_alike(file_id, name)
        self.listing.load(filters.asked())

    def show_product(self, file_id: int, name: str) -> None:
        """List what was made from one photo."""
        self.browser.filters.show_product(file_id, name)

    def turn_stack(self, stack: int) -> None:
        """Open a stack of look-alikes in the list, or close it."""
        self.browser.filters.turn_stack(stack)
        self.listing.wanted = self.browser.filters.asked()
        self.listing.reload()

    def step_aside(self) -> None:
        """Show a neighbour of the picture that is about to go, or the grid if it was the last."""
        before = self.viewer.current
        self.viewer.step(1)
        if self.viewer.current == before:
            self.viewer.step(-1)
        if self.viewer.current == before:
            self.viewer.leave()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere in the pane."""
        if event.source() is None and names_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        named = named_files(event.mimeData())
        self.intake.bring_dropped(named.paths)
        self.intake.warn(named.left_out)
        event.acceptProposedAction()

    def _connect(self) -> None:
        live = listen(self._window, self._studio)
        live.happened.connect(self.listing.on_event)
        live.changed_elsewhere.connect(self.listing.on_elsewhere)
        live.changed_elsewhere.connect(self._touch_panel)
        live.happened.connect(self._touch_panel)
        self._window.closing.connect(self._on_closing)
        self.grid.menu = self.deeds.menu()
        self.browser.filters.date.add_action(self.deeds.jump)
        self.grid.opened.connect(self._on_opened)
        self.grid.selection_changed.connect(self._show_numbers)
        self.grid.files_dropped.connect(self.intake.bring_dropped)
        self.grid.told.connect(self.intake.warn)
        self.grid.typed.connect(self._window.top_bar.search.begin)
        self.grid.carried.connect(self.doing.tell_carried)
        self.grid.load_failed.connect(self._on_load_failed)
        self.browser.filters.changed.connect(self._on_filters)
        self.browser.filters.reworded.connect(lambda text: self._window.keep_search(GALLERY, text))
        self.browser.filters.panel_asked.connect(self._on_panel)
        self.browser.work.cancelled.connect(self._on_stop)
        self.browser.foot_changed.connect(self._lift)
        self.listing.counted.connect(self._show_numbers)
        self.listing.loaded.connect(self._show_numbers)
        self.listing.failed.connect(self._on_not_listed)
        self.acting.progressed.connect(self._on_acting)
        self.acting.finished.connect(self._on_acted)
        self._show_numbers()

    def _lift(self) -> None:
        """Keep notices from covering how far long work is, and its button that stops it."""
        if self.isVisible():
            self._window.lift_toasts(self.browser.foot)

    def _made_viewer(self) -> "Viewer":
        from stylestudio_desktop.ui.gallery.viewer import Viewer

        made = Viewer(self._source, self.grid, self._window.tasks, self)
        self._layers.addWidget(made)
        made.closed.connect(self._on_viewer_closed)
        self.listing.touched.connect(made.follow)
        made.presenting.filling.connect(self._window.fill_screen)
        handle = self._window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(made.follow_screen)
        made.more_like.connect(self.doing.ask_more)
        made.larger_asked.connect(self.doing.ask_larger)
        made.bar.favourite_asked.connect(self.doing.favour)
        made.bar.rated.connect(self.doing.rate)
        for name, part in made.bar.by_action.items():
            self.looking.name_keys(name, part)
        return made

    def _show_numbers(self) -> None:
        self.looking.offer(self.viewing())
        chosen = 1 if self.viewing() else len(self.grid.contents.selection)
        marked = 0 if self.viewing() else chosen
        self.browser.show_list(len(self.grid.contents), self.listing.complete, marked)
        if self.viewing():
            self.viewer.show_place()
        asked = self.browser.filters.asked()
        dated = self.grid.contents.dated and not self.viewing()
        self.deeds.jump.setEnabled(dated and len(self.grid.contents) > 0)
        self.deeds.offer(chosen, trash=asked.filter.trashed, stacks=asked.stacked)

    def _on_opened(self, index: int) -> None:
        self.show_pictures([self.grid.contents.ids[index]])

    def _on_viewer_closed(self, _last: object) -> None:
        self._layers.setCurrentWidget(self.browser)
        self.grid.setFocus()
        self._show_numbers()

    def _on_filters(self) -> None:
        self.reselecting.forget()
        if self.viewing():
            self.viewer.leave()
        stacked = self.browser.filters.asked().stacked
        if stacked != self._source.stacked:
            self._source.stacked = stacked
            self.grid.refresh_cards()
        if self._loaded:
            self.listing.load(self.browser.filters.asked())

    def _on_panel(self, wanted: bool) -> None:
        if self._narrowing is None:
            from stylestudio_desktop.ui.gallery.narrowing import open_panel

            self._narrowing = open_panel(self._window, self._studio, self.browser)
        self._narrowing.show(wanted)

    def _touch_panel(self, event: object = None) -> None:
        if self._narrowing is not None and not isinstance(event, GenerationProgressed):
            self._narrowing.touch()

    def _on_stop(self) -> None:
        self.importer.stop()
        self.acting.stop()

    def _on_acting(self, done: int, total: int) -> None:
        if total <= _LONG:
            return
        if self._began is None:
            self._began = monotonic()
        passed = monotonic() - self._began
        left = time_left(passed * (total - done) / done) if done and passed > 1 else ""
        text = self.tr("%1 of %2 pictures").replace("%1", QLocale().toString(done))
        text = text.replace("%2", QLocale().toString(total))
        self.browser.show_work(done / total, text, left)

    def _on_acted(self) -> None:
        self._began = None
        if not self.importer.running:
            self.browser.hide_work()
        if self.viewing():
            self.viewer.reload()

    def _on_load_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_not_listed(self, error: StudioError) -> None:
        if self.browser.filters.drop_alike():
            self.listing.load(self.browser.filters.asked())
        self._window.tell(error)

    def _on_closing(self) -> None:
        self.importer.close()
        if self._viewer is not None:
            self._viewer.presenting.end()
            self._viewer.close_threads()
        self.grid.close_threads()


def create_pane(
    window: MainWindow, studio: Studio, foreseen: Foreseen | None = None
) -> GalleryPane:
    """Return the Gallery for `window`, with what was read for it before it was there."""
    return GalleryPane(window, studio, foreseen)
