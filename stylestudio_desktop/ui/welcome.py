"""The first start: a calm card in the window that offers photos, samples and the engine's files."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import accounts, engine_weights, library
from stylestudio_desktop.services.engine_weights import EngineFile
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.engine_files import Fetching
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.dropped import named_files, names_files
from stylestudio_desktop.ui.widgets.labels import label, rule
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.widgets.step import Step
from stylestudio_desktop.ui.window import CREATE, MainWindow
from stylestudio_desktop.ui.wishes import UseAsProduct

WIDTH = 560


def offer_welcome(window: MainWindow, studio: Studio) -> "Welcome | None":
    """Welcome somebody who is here for the first time, once; return the card if it is shown."""
    if studio.settings.value.engine_weights_offered:
        return None
    studio.settings.change(engine_weights_offered=True)
    from stylestudio_desktop.services.backup.schedule import waits_for_a_look

    if waits_for_a_look(studio):  # nobody is here for the first time in a library brought back
        return None
    return Welcome(window, studio)


class Welcome(Card):
    """Lies over the middle of the window without blocking it; `left()` follows its going."""

    left = Signal()
    _moved = Signal(int, int, str)

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        ground = window.centralWidget() or window
        super().__init__(ground, margin=Space.XL)
        self._ground: QWidget = ground
        self._window = window
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._stopped = threading.Event()
        self._importing = False
        self._names: list[str] = []
        self.fetching = Fetching(window, studio, self)
        self.setFixedWidth(WIDTH)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Welcome"))
        self._build()
        self._connect()
        self.show()
        self._place()

    def leave(self) -> None:
        """Go; work under way goes on and tells its end as a notice."""
        self.hide()
        self.left.emit()
        self._tidy()

    def bring_in(self, paths: Sequence[str | Path]) -> None:
        """Import product photos."""
        studio, stopped = self._studio, self._stopped
        self._import(
            lambda: library.import_files(
                studio, list(map(Path, paths)), Category.PRODUCT,
                progress=self._moved.emit, cancelled=stopped,
            )
        )  # fmt: skip

    def load_samples(self) -> None:
        """Import the sample collection."""
        studio, stopped = self._studio, self._stopped

        def op() -> Imported:
            from stylestudio_desktop.services import samples

            return samples.load(studio, self._moved.emit, stopped)

        self._import(op)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if names_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        named = named_files(event.mimeData())
        if named.paths:
            event.acceptProposedAction()
            self.bring_in(named.paths)
        if named.left_out:
            self._window.toast(named.left_out, "warning")

    def event(self, event: QEvent) -> bool:
        """Be as high as the words in it need, whenever they are others."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the window is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Welcome to Style Studio"), "heading"), 1)
        head.addWidget(tool("x", self.tr("Close"), self.leave))
        self.body.setSpacing(Space.M)
        self.body.addLayout(head)
        there = accounts.current_user(self._studio).token_balance
        standard = self._studio.catalogue.qualities[0]
        text = self.tr("%n token(s) are in your wallet:", "", there) + " "
        text += self.tr("enough for %n picture(s) in %1.", "", there // standard.tokens).replace(
            "%1", spoken(standard.name)
        )
        text += " " + self.tr(
            "You pay only for a picture that is saved. No photo leaves this computer unless you "
            "choose a service elsewhere."
        )
        self.body.addWidget(label(text, "muted", wrap=True))
        self.body.addWidget(rule())
        self._photos = self._step(
            self.tr("1. Bring in photos of your products"),
            self.tr("Drop them here, choose them, or begin with our sample collection."),
            [
                (self.tr("Choose photos"), self._choose, "upload"),
                (self.tr("Load the samples"), self.load_samples, "images"),
            ],
        )
        self._photos_progress = self._progress_row(self._stop)
        self.body.addWidget(rule())
        self._engine = self._step(
            self.tr("2. Fetch the engine's files"),
            self.tr("Looking what is here."),
            [(self.tr("Fetch"), self._fetch, "download")],
        )
        self._engine_progress = self._progress_row(self.fetching.cancel)
        self.body.addWidget(rule())
        foot = QHBoxLayout()
        said = self.tr("All of this is in Settings and the Gallery too.")
        foot.addWidget(label(said, "faint", wrap=True), 1)
        foot.addWidget(button(self.tr("Skip"), self.leave, "quiet"))
        self._begin = button(self.tr("Make the first picture"), self._create, "primary")
        foot.addWidget(self._begin)
        self.body.addLayout(foot)
        self._brought: tuple[FileId, ...] = ()

    def _step(
        self,
        title: str,
        text: str,
        offers: Sequence[tuple[str, Callable[[], object], str]],
    ) -> Step:
        made = Step(title, text, offers)
        self.body.addWidget(made)
        return made

    def _progress_row(self, stop: Callable[[], object]) -> ProgressRow:
        made = ProgressRow()
        made.setVisible(False)
        made.cancelled.connect(lambda: stop())
        self.body.addWidget(made)
        return made

    def _connect(self) -> None:
        self._moved.connect(self._on_moved)
        self.fetching.moved.connect(self._on_fetching)
        self.fetching.done.connect(self._on_fetched)
        self.fetching.failed.connect(self._on_not_fetched)
        self._window.pane_opened.connect(self._on_pane_opened)
        self._window.closing.connect(self._on_closing)
        self._ground.installEventFilter(self)
        self._window.tasks.run(
            engine_weights.missing, self._on_missing, self._on_unknown, owner=self
        )

    def _on_pane_opened(self, _name: str) -> None:
        if self.isVisible():
            self.leave()

    def _place(self) -> None:
        parent = self._ground
        height = self.heightForWidth(WIDTH)
        self.resize(WIDTH, height if height > 0 else self.sizeHint().height())
        self.move(
            (parent.width() - WIDTH) // 2, max(Space.L, (parent.height() - self.height()) // 2)
        )
        self.raise_()

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Choose product photos"), str(Path.home()),
            self.tr("Pictures (*.jpg *.jpeg *.png *.webp)"),
        )  # fmt: skip
        if names:
            self.bring_in([Path(name) for name in names])

    def _import(self, op: Callable[[], Imported]) -> None:
        if self._importing:
            return
        self._importing = True
        self._stopped.clear()
        self._photos.offer(False)
        self._photos_progress.set(None, self.tr("Bringing in photos"))
        self._photos_progress.setVisible(True)
        self._place()
        wanted = attached(self._studio, op)
        self._tasks.run(wanted, self._on_imported, self._on_not_imported, owner=self)

    def _stop(self) -> None:
        self._stopped.set()

    def _on_moved(self, done: int, of: int, name: str) -> None:
        self._photos_progress.set(done / of if of else None, name or self.tr("Bringing in photos"))

    def _on_imported(self, found: Imported) -> None:
        products = [FileId(one.id) for one in found.files if one.category == Category.PRODUCT.value]
        self._brought = (*self._brought, *products)
        text = self.tr("%n photo(s) are in your library.", "", len(found.files))
        if found.rejected:
            refused = self.tr("%n could not be taken:", "", len(found.rejected))
            text += f" {refused} {spoken(found.rejected[0].reason)}"
        self._end_import(text)

    def _on_not_imported(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._end_import(spoken(error.sentence))

    def _end_import(self, text: str) -> None:
        self._importing = False
        self._photos.say(text)
        self._photos.offer(True)
        self._photos_progress.setVisible(False)
        self._told(text)

    def _on_missing(self, found: list[EngineFile]) -> None:
        self._names = [one.name for one in found]
        if not found:
            self._engine.say(self.tr("They are all here."))
            self._engine.withdraw()
        else:
            size = wording.size(sum(one.download for one in found))
            adds = "; ".join(dict.fromkeys(spoken(one.adds.partition(" (")[0]) for one in found))
            text = self.tr("%1, once. They add %2. Without them you get plain studio pictures.")
            self._engine.say(text.replace("%1", size).replace("%2", adds))
        self._place()

    def _on_unknown(self, error: Exception) -> None:
        if not isinstance(error, OSError | ValueError):
            raise error
        self._engine.say(self.tr("The list of files can't be read. Install the program again."))
        self._engine.withdraw()

    def _fetch(self) -> None:
        self._engine.offer(False)
        self._engine_progress.set(None, self.tr("Beginning the download"))
        self._engine_progress.setVisible(True)
        self._place()
        self.fetching.start(self._names)

    def _on_fetching(self, title: str, share: float) -> None:
        self._engine_progress.set(share, self.tr("Fetching %1").replace("%1", spoken(title)))

    def _on_fetched(self) -> None:
        self._engine_progress.setVisible(False)
        text = self.tr("The engine's files are here.")
        self._engine.say(text)
        self._engine.withdraw()
        self._told(text)

    def _on_not_fetched(self, sentence: str) -> None:
        self._engine_progress.setVisible(False)
        self._engine.offer(True)
        if sentence:
            self._engine.say(sentence)
            self._told(sentence)

    def _create(self) -> None:
        wish = UseAsProduct(self._brought[:1]) if self._brought else None
        self._window.open_pane(CREATE, wish)

    def _told(self, text: str) -> None:
        """Say an outcome where it can be seen, and go for good once nothing is under way."""
        if self.isVisible():
            self._place()
        else:
            self._window.toast(text)
            self._tidy()

    def _tidy(self) -> None:
        if not self._importing and not self.fetching.busy:
            self.deleteLater()

    def _on_closing(self) -> None:
        self._stopped.set()
        self._tasks.close()


__all__ = ["Welcome", "offer_welcome"]
