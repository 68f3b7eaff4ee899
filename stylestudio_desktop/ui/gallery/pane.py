"""The Gallery pane: ties the list, the viewer, imports and actions to the services."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedLayout

from stylestudio_desktop.domain.events import GenerationProgressed
from stylestudio_desktop.domain.ids import FileId, GenerationId
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.acting import Acting
from stylestudio_desktop.ui.gallery.browser import Browser
from stylestudio_desktop.ui.gallery.deeds import Deeds
from stylestudio_desktop.ui.gallery.importing import Importer
from stylestudio_desktop.ui.gallery.intake import Intake
from stylestudio_desktop.ui.gallery.listing import Listing
from stylestudio_desktop.ui.gallery.source import LibrarySource
from stylestudio_desktop.ui.gallery.suggesting import Suggesting
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.geometry import LARGEST, SMALLEST
from stylestudio_desktop.ui.window import CREATE, GALLERY, MainWindow
from stylestudio_desktop.ui.wishes import MakeMoreLike, ShowFiles, UseAsModel, UseAsProduct

if TYPE_CHECKING:
    from stylestudio_desktop.services.exporting import Exports
    from stylestudio_desktop.ui.gallery.narrowing import Narrowing
    from stylestudio_desktop.ui.gallery.viewer import Viewer

MOST_COMPARED = 4
MOST_USED = 5
MOST_PEOPLE = 3
_LONG = 1000


class GalleryPane(Pane):
    """Every picture of the library."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        self.search_hint = self.tr("Search prompts, file names and tags")
        self._window = window
        self._studio = studio
        self._export_choice: dict[str, str] = {}
        self._source = LibrarySource(studio)
        self.grid = Grid(self._source, window.tasks, self)
        self._source.use_grid(self.grid)
        self.acting = Acting(window, studio, self)
        self.importer = Importer(studio, self)
        self.intake = Intake(window, self.importer, self)
        self.deeds = Deeds(window.actions_, self, self, self.intake)
        self.browser = Browser(self.grid, self.deeds, self)
        self.intake.use_browser(self.browser)
        self._viewer: Viewer | None = None
        self._narrowing: Narrowing | None = None
        self.suggesting = Suggesting(window, studio, self)
        self.listing = Listing(studio, window.tasks, self.grid, self)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.browser)
        self._loaded = False
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
            self.listing.load(self.browser.filters.asked())
        self.suggesting.attend(True)
        self.grid.setFocus()

    def hidden(self) -> None:
        """Leave the search field to the pane that comes."""
        self.suggesting.attend(False)

    def search(self, text: str) -> None:
        """Show the pictures that match."""
        self.browser.filters.set_search(text)

    def receive(self, wish: object) -> None:
        """Open the viewer on what another pane wants to be seen."""
        if isinstance(wish, ShowFiles) and wish.files:
            self._open(list(wish.files))

    def memory(self) -> dict[str, Any]:
        """Return zoom, filters and the last export's choices."""
        return {
            "cell": self.grid.cell,
            "filters": self.browser.filters.memory(),
            "export": self._export_choice,
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what an earlier `memory` returned."""
        cell = memory.get("cell")
        if isinstance(cell, int) and SMALLEST <= cell <= LARGEST:
            self.grid.set_cell(cell)
        filters = memory.get("filters")
        self.browser.filters.recall(filters if isinstance(filters, dict) else {})
        export = memory.get("export")
        if isinstance(export, dict):
            self._export_choice = {str(key): str(value) for key, value in export.items()}

    def view(self) -> None:
        """Open the viewer on the current picture."""
        current = self.grid.contents.current
        if current is not None:
            self._open([self.grid.contents.ids[current]])

    def compare(self) -> None:
        """Show up to four selected pictures side by side."""
        self._open(self.grid.selected_ids(MOST_COMPARED))

    def favour(self) -> None:
        """Mark what is chosen as favourites; when all are already, unmark them."""
        ids = self._chosen()
        cards = [self.grid.cards.get(row_id) for row_id in ids[:_LONG]]
        every = all(card is not None and card.favourite for card in cards)
        self.acting.favour(ids, not every)

    def rate(self, stars: int) -> None:
        """Rate what is chosen."""
        self.acting.rate(self._chosen(), stars)

    def more_like(self) -> None:
        """Ask Create for more like the chosen picture."""
        shown = self.viewer.shown if self._viewing() else None
        if shown is not None and shown.generation is not None:
            self._ask_more(shown.generation)
            return
        ids = self._chosen()
        if ids:
            self._window.tasks.run(
                lambda: self._generation_of(ids[0]), self._ask_more_or_product, owner=self
            )

    def use_as_product(self) -> None:
        """Take the chosen photos to Create as products."""
        files = tuple(FileId(row_id) for row_id in self._chosen()[:MOST_USED])
        self._window.open_pane(CREATE, UseAsProduct(files))

    def use_as_model(self) -> None:
        """Take the chosen photos to Create as people."""
        files = tuple(FileId(row_id) for row_id in self._chosen()[:MOST_PEOPLE])
        self._window.open_pane(CREATE, UseAsModel(files))

    def export(self) -> None:
        """Ask how and where, and export what is chosen."""
        ids = self._chosen()
        if not ids:
            return
        from stylestudio_desktop.ui.gallery.export_dialog import ExportDialog

        dialog = ExportDialog(self._studio, ids, self._export_choice, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.exported.connect(self._on_exported)
        dialog.accepted.connect(lambda: self._export_choice.update(dialog.chosen()))
        dialog.open()

    def trash(self) -> None:
        """Move what is chosen to the trash; the viewer goes on to the next."""
        ids = self._chosen()
        if self._viewing():
            self._step_aside()
        self.acting.trash(ids)

    def restore(self) -> None:
        """Bring what is chosen back."""
        ids = self._chosen()
        if self._viewing():
            self._step_aside()
        self.acting.restore(ids)

    def undo(self) -> None:
        """Take back the last action."""
        self.acting.undo()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere in the pane."""
        if event.source() is None and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        urls = event.mimeData().urls()
        self.intake.bring_dropped([url.toLocalFile() for url in urls if url.isLocalFile()])
        event.acceptProposedAction()

    def _connect(self) -> None:
        live = listen(self._window, self._studio)
        live.happened.connect(self.listing.on_event)
        live.changed_elsewhere.connect(self.listing.on_elsewhere)
        live.changed_elsewhere.connect(self._touch_panel)
        live.happened.connect(self._touch_panel)
        self._window.closing.connect(self._on_closing)
        self.grid.menu = self.deeds.menu()
        self.grid.opened.connect(self._on_opened)
        self.grid.selection_changed.connect(self._show_numbers)
        self.grid.files_dropped.connect(self.intake.bring_dropped)
        self.grid.load_failed.connect(self._on_load_failed)
        self.browser.filters.changed.connect(self._on_filters)
        self.browser.filters.reworded.connect(lambda text: self._window.keep_search(GALLERY, text))
        self.browser.filters.panel_asked.connect(self._on_panel)
        self.browser.work.cancelled.connect(self._on_stop)
        self.listing.counted.connect(self._show_numbers)
        self.listing.loaded.connect(self._show_numbers)
        self.listing.failed.connect(self._on_sentence)
        self.acting.progressed.connect(self._on_acting)
        self.acting.finished.connect(self._on_acted)
        self._show_numbers()

    def _made_viewer(self) -> "Viewer":
        from stylestudio_desktop.ui.gallery.viewer import Viewer

        made = Viewer(self._source, self.grid, self._window.tasks, self)
        self._layers.addWidget(made)
        made.closed.connect(self._on_viewer_closed)
        made.more_like.connect(self._ask_more)
        made.bar.favourite_asked.connect(self.favour)
        made.bar.rated.connect(self.rate)
        return made

    def _viewing(self) -> bool:
        return self._viewer is not None and self._layers.currentWidget() is self._viewer

    def _chosen(self) -> list[int]:
        """Return what an action is for: the picture in the viewer, or the selection."""
        if self._viewing():
            return [self.viewer.current] if self.viewer.current is not None else []
        return self.grid.selected_ids()

    def _open(self, ids: Sequence[int]) -> None:
        if ids:
            self._layers.setCurrentWidget(self.viewer)
            self.viewer.open(ids)
            self._show_numbers()

    def _step_aside(self) -> None:
        """Show a neighbour of the picture that is about to go, or the grid if it was the last."""
        before = self.viewer.current
        self.viewer.step(1)
        if self.viewer.current == before:
            self.viewer.step(-1)
        if self.viewer.current == before:
            self.viewer.leave()

    def _generation_of(self, file_id: int) -> tuple[int, int | None]:
        return file_id, library.picture(self._studio, file_id).generation_id

    def _ask_more_or_product(self, found: tuple[int, int | None]) -> None:
        file_id, generation = found
        if generation is not None:
            self._ask_more(generation)
        else:
            self._window.open_pane(CREATE, UseAsProduct((FileId(file_id),)))

    def _ask_more(self, generation: int) -> None:
        self._window.open_pane(CREATE, MakeMoreLike(GenerationId(generation)))

    def _show_numbers(self) -> None:
        chosen = 1 if self._viewing() else len(self.grid.contents.selection)
        marked = 0 if self._viewing() else chosen
        self.browser.show_list(len(self.grid.contents), self.listing.complete, marked)
        if self._viewing():
            self.viewer.show_place()
        self.deeds.offer(chosen, trash=self.browser.filters.trash.isChecked())

    def _on_opened(self, index: int) -> None:
        self._open([self.grid.contents.ids[index]])

    def _on_viewer_closed(self, _last: object) -> None:
        self._layers.setCurrentWidget(self.browser)
        self.grid.setFocus()
        self._show_numbers()

    def _on_filters(self) -> None:
        if self._viewing():
            self.viewer.leave()
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
        if total > _LONG:
            text = self.tr("%1 of %2 pictures").replace("%1", str(done))
            self.browser.show_work(done / total, text.replace("%2", str(total)))

    def _on_acted(self) -> None:
        if not self.importer.running:
            self.browser.hide_work()
        if self._viewing():
            self.viewer.reload()

    def _on_exported(self, exports: "Exports") -> None:
        from stylestudio_desktop.ui.gallery.export_dialog import reveal

        if exports.exported:
            text = self.tr("%n picture(s) exported", "", len(exports.exported))
            show = (self.tr("Show folder"), lambda: reveal(exports))
            self._window.toast(text, "good", show)
        for refused in exports.rejected[:2]:
            self._window.toast(refused.reason, "warning")

    def _on_load_failed(self, error: Exception) -> None:
        sentence = getattr(error, "sentence", None)
        if sentence is None:
            raise error
        self._window.toast(str(sentence), "bad")

    def _on_sentence(self, sentence: str) -> None:
        self._window.toast(sentence, "bad")

    def _on_closing(self) -> None:
        self.importer.close()
        if self._viewer is not None:
            self._viewer.close_threads()
        self.grid.close_threads()


def create_pane(window: MainWindow, studio: Studio) -> GalleryPane:
    """Return the Gallery for `window`."""
    return GalleryPane(window, studio)
