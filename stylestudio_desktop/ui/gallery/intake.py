"""How pictures come into the gallery: asked for, dropped, or from the sample collection."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.gallery.browser import Browser
from stylestudio_desktop.ui.gallery.importing import Importer
from stylestudio_desktop.ui.window import CREATE, MainWindow
from stylestudio_desktop.ui.wishes import UseAsModel, UseAsProduct

MOST_PRODUCTS = 5
MOST_PEOPLE = 3


class Intake(QObject):
    """Asks for files, hands them to the importer, and shows how far it is and what it refused."""

    def __init__(self, window: MainWindow, importer: Importer, owner: QWidget) -> None:
        super().__init__(owner)
        self._window = window
        self._importer = importer
        self._owner = owner
        self._browser: Browser | None = None
        importer.started.connect(self._on_started)
        importer.progressed.connect(self._on_progressed)
        importer.finished.connect(self._on_finished)
        importer.failed.connect(self._on_failed)

    def use_browser(self, browser: Browser) -> None:
        """Show work and refusals in `browser`."""
        self._browser = browser

    def browse_files(self) -> None:
        """Ask for product photos."""
        self._browse(Category.PRODUCT)

    def browse_people(self) -> None:
        """Ask for photos of people."""
        self._browse(Category.MODEL)

    def browse_folder(self) -> None:
        """Ask for a folder of product photos."""
        from PySide6.QtWidgets import QFileDialog  # a start need not wait for it

        folder = QFileDialog.getExistingDirectory(self._owner, self.tr("Import a folder"))
        if folder:
            self._importer.bring([Path(folder)], Category.PRODUCT)

    def load_samples(self) -> None:
        """Bring the sample collection in."""
        self._importer.bring_samples()

    def bring_dropped(self, paths: list[str]) -> None:
        """Import dropped files as what the gallery shows: people, backgrounds, or else products."""
        chosen = self._browser.filters.category.value() if self._browser is not None else ""
        kept = (Category.MODEL.value, Category.BACKGROUND.value)
        if paths:
            category = Category(chosen) if chosen in kept else Category.PRODUCT
            self._importer.bring(paths, category)

    def warn(self, text: str) -> None:
        """Say what was left out of a drop, if anything was."""
        if text:
            self._window.toast(text, "warning")

    def _browse(self, category: Category) -> None:
        from PySide6.QtWidgets import QFileDialog

        kinds = self.tr("Pictures (*.jpg *.jpeg *.png *.webp)")
        names, _ = QFileDialog.getOpenFileNames(self._owner, self.tr("Import photos"), "", kinds)
        if names:
            self._importer.bring([Path(name) for name in names], category)

    def _on_started(self) -> None:
        if self._browser is not None:
            self._browser.rejected.show_rejected(())
            self._browser.show_work(None, self.tr("Looking for pictures"))

    def _on_progressed(self, done: int, total: int, name: str) -> None:
        if self._browser is None:
            return
        text = self.tr("Importing %1").replace("%1", name) if name else self.tr("Importing")
        text = wording.held_up(name) or text
        self._browser.show_work(done / total if total else None, text, f"{done} / {total}")

    def _on_finished(self, result: Imported) -> None:
        if self._browser is not None:
            self._browser.hide_work()
            self._browser.rejected.show_rejected(result.rejected)
        if result.files:
            text = self.tr("%n picture(s) imported", "", len(result.files))
            use = (self.tr("Make pictures"), lambda: self._use(result))
            self._window.toast(text, "good", use)
        elif not result.rejected:
            self._window.toast(self.tr("No pictures were found there."), "warning")

    def _use(self, result: Imported) -> None:
        people = [row.id for row in result.files if row.category == Category.MODEL.value]
        products = [row.id for row in result.files if row.category == Category.PRODUCT.value]
        if products:
            chosen = tuple(FileId(row_id) for row_id in products[:MOST_PRODUCTS])
            self._window.open_pane(CREATE, UseAsProduct(chosen))
        else:
            chosen = tuple(FileId(row_id) for row_id in people[:MOST_PEOPLE])
            self._window.open_pane(CREATE, UseAsModel(chosen))

    def _on_failed(self, error: Exception) -> None:
        if self._browser is not None:
            self._browser.hide_work()
        if isinstance(error, StudioError):
            self._window.tell(error)
