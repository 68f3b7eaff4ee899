"""The embedded engine's files: what each adds, its size and licence, and fetching it."""

import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import engine_weights
from stylestudio_desktop.services.engine_weights import EngineFile
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label, rule
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import MainWindow


class Fetching(QObject):
    """One download at a time, on a thread of its own.

    `moved(title, share)`, then either `done()` or `failed(sentence)`; a cancelled one ends with
    `failed("")`.
    """

    moved = Signal(str, float)
    done = Signal()
    failed = Signal(str)

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = Tasks(self, threads=1)
        self._cancelled = threading.Event()
        self.busy = False
        window.closing.connect(self._on_closing)

    def start(self, names: Sequence[str]) -> None:
        """Fetch the files called `names`; nothing happens while one is under way."""
        if self.busy or not names:
            return
        self.busy = True
        self._cancelled = cancelled = threading.Event()
        studio, wanted = self._studio, list(names)
        self._tasks.run(
            lambda: engine_weights.fetch(studio, wanted, self.moved.emit, cancelled),
            self._on_done,
            self._on_failed,
            owner=self,
        )

    def cancel(self) -> None:
        """Stop within half a second; what is here already stays."""
        self._cancelled.set()

    def _on_done(self, _nothing: None) -> None:
        self.busy = False
        self.done.emit()

    def _on_failed(self, error: Exception) -> None:
        self.busy = False
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit("" if self._cancelled.is_set() else spoken(error.sentence))

    def _on_closing(self) -> None:
        self._cancelled.set()
        self._tasks.close()


class EngineSection(Section):
    """A row for each file; `changed()` follows a finished download."""

    changed = Signal()

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Engine files"),
            self.tr(
                "The engine on this computer makes plain studio pictures by itself. Each of these "
                "files adds something; they are fetched once and checked."
            ),
            parent,
        )
        self._window = window
        self.fetching = Fetching(window, studio, self)
        self._inside: QWidget | None = None
        self._wanted: list[str] = []
        self._rows = QVBoxLayout()
        self.body.addLayout(self._rows)
        self.progress = ProgressRow()
        self.progress.setVisible(False)
        self.progress.cancelled.connect(self.fetching.cancel)
        self.body.addWidget(self.progress)
        foot = QHBoxLayout()
        self.all = button("", lambda: self._start(self._wanted), "primary", "download")
        self.all.setVisible(False)
        foot.addWidget(self.all)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.fetching.moved.connect(self._on_moved)
        self.fetching.done.connect(self._on_done)
        self.fetching.failed.connect(self._on_failed)

    def refresh(self) -> None:
        """Look which files are here."""
        self._window.tasks.run(
            engine_weights.listing, self._on_listed, self._on_not_listed, owner=self
        )

    def _on_listed(self, found: list[EngineFile]) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = self._listed(found)
        self._rows.addWidget(self._inside)
        missing = [one for one in found if not one.present and not one.optional]
        self._wanted = [one.name for one in missing]
        amount = wording.size(sum(one.download for one in missing))
        self.all.setText(self.tr("Download what is missing (%1)").replace("%1", amount))
        self.all.setVisible(bool(missing) and not self.fetching.busy)

    def _listed(self, found: Sequence[EngineFile]) -> QWidget:
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        for place, one in enumerate(found):
            if place:
                layout.addWidget(rule())
            layout.addWidget(self._row(one))
        return made

    def _row(self, one: EngineFile) -> QWidget:
        made = QWidget()
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        title = spoken(one.title)
        head.addWidget(label(title))
        head.addStretch(1)
        if one.present:
            head.addWidget(StatusBadge(Status(self.tr("Here"), "circle-check", "good")))
        else:
            text = self.tr("Download %1").replace("%1", wording.size(one.download))
            fetch = button(text, lambda: self._start([one.name]), "quiet", "download")
            fetch.setAccessibleName(f"{title}: {text}")
            fetch.setEnabled(not self.fetching.busy)
            head.addWidget(fetch)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addLayout(head)
        adds = self.tr("Adds %1.").replace("%1", spoken(one.adds))
        if one.optional:
            adds += " " + self.tr("Optional.")
        layout.addWidget(label(adds, "muted", wrap=True))
        if one.damaged:
            layout.addWidget(label(self._damage(one), "bad", wrap=True))
        # What is fetched is an archive at times, so that it differs from what it takes here.
        room = self.tr("%1 on the disk").replace("%1", wording.size(one.size))
        origin = f"{room} · {one.licence} · {one.origin}"
        layout.addWidget(label(origin, "faint", wrap=True))
        return made

    def _damage(self, one: EngineFile) -> str:
        if one.present:
            return self.tr("The installed file is damaged; the one that was fetched is used.")
        return self.tr("The installed file is damaged. Fetch it, or install the program again.")

    def _start(self, names: Sequence[str]) -> None:
        self.progress.set(None, self.tr("Beginning the download"))
        self.progress.setVisible(True)
        self.all.setVisible(False)
        self.fetching.start(names)
        self.refresh()

    def _on_moved(self, title: str, share: float) -> None:
        self.progress.set(share, self.tr("Fetching %1").replace("%1", spoken(title)))

    def _on_done(self) -> None:
        self.progress.setVisible(False)
        self._window.toast(self.tr("The engine's files are here."), "good")
        self.refresh()
        self.changed.emit()

    def _on_failed(self, sentence: str) -> None:
        self.progress.setVisible(False)
        if sentence:
            self._window.toast(sentence, "bad")
        self.refresh()

    def _on_not_listed(self, error: Exception) -> None:
        # The list ships with the program: without it there is nothing to fetch, and a reason.
        if not isinstance(error, OSError | ValueError | StudioError):
            raise error
        self._on_listed([])
        self._window.toast(
            self.tr("The list of engine files can't be read. Install the program again."), "bad"
        )
