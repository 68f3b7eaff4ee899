"""Brings single pictures, generations and collections back: out of a snapshot or full backup."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.keeping import unstamp
from stylestudio_desktop.domain.records import Collection
from stylestudio_desktop.services.adopting import Adopted
from stylestudio_desktop.services.backup import pieces, reading
from stylestudio_desktop.services.backup.pieces import Page, Seen, Spread
from stylestudio_desktop.services.backup.standing import standing
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import decoding, icons, wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.settings.fields import Choice
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.widgets.search import clearable
from stylestudio_desktop.ui.window import MainWindow

_SIZE = QSize(720, 620)
_PICTURE = 64
_SEEN = Qt.ItemDataRole.UserRole


class PiecesDialog(QDialog):
    """Lists what a backup has and the library has not; `brought(number)` tells what came back."""

    brought = Signal(int)

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Bring single pieces back"))
        self.resize(_SIZE)
        self._studio = studio
        self._tasks = Tasks(self, threads=1)  # one at a time: a later search waits for a former
        self._cancelled = threading.Event()
        self._spread: Spread | None = None
        self._after: int | None = None
        self._asked = 0
        self.errand = Errand(window, studio, self)
        self.errand.moved.connect(self._on_moved)
        self.errand.done.connect(self._on_brought)
        self.errand.failed.connect(self._on_stopped)
        self._build()
        self.finished.connect(self._on_finished)
        window.closing.connect(self.reject)
        self._run(lambda: standing(studio), self._show_origins)

    def busy(self) -> bool:
        """Return whether anything is being looked at or brought back."""
        return self.errand.busy or self._tasks.busy()

    def look_into(self, what: str) -> None:
        """Lay out the snapshot of that name or the full backup at that place, and list it."""
        studio, cancelled, former = self._studio, self._cancelled, self._spread
        self._spread = None
        self.list.clear()
        self._say(self.tr("Opening the backup…"))

        def op() -> Spread:
            if former is not None:
                former.close()
            return Spread(studio, what, cancelled)

        self._run(op, self._on_spread)

    def search(self) -> None:
        """List anew, with what is typed and ticked."""
        self.list.clear()
        self._page(LARGEST_ID, first=True)

    def bring_back(self) -> None:
        """Bring back what is chosen, with their stories and free of charge."""
        spread, wanted = self._spread, self._wanted()
        if spread is None or not wanted or self.errand.busy:
            return

        def op(progress: Progress, cancelled: threading.Event) -> Adopted:
            with spread.open() as inside:
                return inside.bring_back(wanted, progress, cancelled)

        self.progress.set(None, self.tr("Bringing back"))
        self.progress.show()
        self.go.setEnabled(False)
        self.errand.start(op)

    def _build(self) -> None:
        self.origins = Choice([])
        self.origins.setMaximumWidth(_SIZE.width())
        self.origins.setAccessibleName(self.tr("From"))
        self.origins.activated.connect(lambda _: self.look_into(str(self.origins.currentData())))
        self.words = QLineEdit()
        self.words.setPlaceholderText(self.tr("Search names and prompts"))
        self.words.setAccessibleName(self.tr("Search names and prompts"))
        clearable(self.words)
        self.words.returnPressed.connect(self.search)
        self.words.textEdited.connect(self._on_edited)
        self.all = QCheckBox(self.tr("Show also what is here"))
        self.all.toggled.connect(self.search)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What is in the backup"))
        self.list.setIconSize(QSize(_PICTURE, _PICTURE))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._on_selected)
        self.said = label("", "muted", wrap=True)
        self.more = button(self.tr("Show more"), self._on_more, "quiet")
        self.more.hide()
        self.whole = QCheckBox(self.tr("With all pictures of the same generation"))
        self._empty = QIcon(_square())
        self.progress = ProgressRow(parent=self)
        self.progress.hide()
        self.progress.cancelled.connect(self.errand.stop)
        self.go = button(self.tr("Bring back"), self.bring_back, "primary")
        self.go.setEnabled(False)
        self._lay_out()

    def _lay_out(self) -> None:
        top, middle, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (top, middle, foot):
            row.setSpacing(Space.S)
        top.addWidget(self.origins, 1)
        top.addWidget(tool("folder-open", self.tr("A backup in a folder…"), self._browse_folder))
        top.addWidget(tool("package", self.tr("A backup in one file…"), self._browse_file))
        middle.addWidget(self.words, 1)
        middle.addWidget(self.all)
        foot.addWidget(self.whole, 1)
        foot.addWidget(button(self.tr("Close"), self.reject))
        foot.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(label(self.windowTitle(), "heading"))
        hint = self.tr(
            "They come with their stories and free of charge; what is here stays as it is."
        )
        layout.addWidget(label(hint, "muted", wrap=True))
        layout.addLayout(top)
        layout.addLayout(middle)
        layout.addWidget(self.list, 1)
        state = QHBoxLayout()
        state.addWidget(self.said, 1)
        state.addWidget(self.more)
        layout.addLayout(state)
        layout.addWidget(self.progress)
        layout.addLayout(foot)

    def _run(self, op: Callable[[], object], told: Callable[..., None]) -> None:
        self._tasks.run(attached(self._studio, op), told, self._on_failed, owner=self)

    def _show_origins(self, now: object) -> None:
        from stylestudio_desktop.services.backup.standing import Standing

        assert isinstance(now, Standing)  # noqa: S101 - what was asked for
        for version in reading.versions(Path(now.place)) if now.place else []:
            text = self.tr("Full backup, %1").replace("%1", wording.moment(unstamp(version.name)))
            self.origins.addItem(text, str(version))
        for one in now.snapshots:
            text = self.tr("Snapshot, %1").replace("%1", wording.moment(one.moment))
            self.origins.addItem(text, one.path.name)
        if self.origins.count():
            self.look_into(str(self.origins.currentData()))
        else:
            self._say(self.tr("There is no backup yet. Choose the folder or file of one."))

    def _browse_folder(self) -> None:
        self._other(QFileDialog.getExistingDirectory(self, self.tr("A folder of backups")))

    def _browse_file(self) -> None:
        name = self.tr("Backups (*.zip)")
        self._other(QFileDialog.getOpenFileName(self, self.tr("A backup"), "", name)[0])

    def _other(self, place: str) -> None:
        if place:
            self.origins.addItem(place, place)
            self.origins.setCurrentIndex(self.origins.count() - 1)
            self.look_into(place)

    def _on_spread(self, spread: Spread) -> None:
        self._spread = spread
        self.search()

    def _page(self, before: int, *, first: bool = False) -> None:
        spread, words, everything = self._spread, self.words.text(), self.all.isChecked()
        if spread is None:
            return
        self._asked += 1
        asked = self._asked
        self._say(self.tr("Looking…"))

        def op() -> tuple[Page, list[Collection]]:
            with spread.open() as inside:
                sets = inside.collections() if first and not words else []
                if not everything:
                    return inside.lacking(words, before), sets
                seen = inside.pictures(words, before)
                after = seen[-1].row.id if len(seen) == pieces.PAGE else None
                return Page(seen, after), sets

        self._run(op, partial(self._on_page, asked))

    def _on_page(self, asked: int, found: tuple[Page, list[Collection]]) -> None:
        if asked != self._asked:
            return  # something else was asked for meanwhile
        page, sets = found
        for one in sets:
            text = self.tr("Collection “%1”, %2 pictures").replace("%1", one.name)
            item = QListWidgetItem(text.replace("%2", wording.count(one.number)))
            item.setData(_SEEN, one)
            item.setIcon(_in_square(icons.image("images", theme().palette.text_muted, _PICTURE)))
            self.list.addItem(item)
        for seen in page.seen:
            item = QListWidgetItem(f"{seen.row.filename}\n{self._standing(seen)}")
            item.setIcon(self._empty)
            item.setData(_SEEN, seen)
            self.list.addItem(item)
            self._run(
                partial(self._thumbnail, asked, seen), partial(self._on_thumbnail, asked, item)
            )
        self._after = page.after
        self.more.setVisible(page.after is not None)
        if self.list.count():
            self._say(self.tr("%1 listed. Choose what shall come back.").replace(
                "%1", wording.count(self.list.count())))  # fmt: skip
        else:
            self._say(self.tr("Nothing of it is missing here."))

    def _standing(self, seen: Seen) -> str:
        now = {
            "here": self.tr("is here"),
            "trash": self.tr("lies in the trash"),
            "gone": self.tr("is gone"),
        }[seen.here]
        return f"{wording.category(seen.row.category)} · {now}"

    def _thumbnail(self, asked: int, seen: Seen) -> QImage | None:
        spread = self._spread
        if spread is None or self._cancelled.is_set() or asked != self._asked:
            return None
        with spread.open() as inside:
            data = inside.thumbnail(seen.row)
        return None if data is None else decoding.thumbnail(data, _PICTURE * 2)

    def _on_thumbnail(self, asked: int, item: QListWidgetItem, image: QImage | None) -> None:
        if asked == self._asked and image is not None:
            item.setIcon(_in_square(image))

    def _wanted(self) -> list[int]:
        found: list[int] = []
        for item in self.list.selectedItems():
            one = item.data(_SEEN)
            if isinstance(one, Collection):
                found.append(one.id)
            elif self.whole.isChecked() and one.row.generation_id is not None:
                found.append(one.row.generation_id)
            else:
                found.append(one.row.id)
        return list(dict.fromkeys(found))

    def _on_selected(self) -> None:
        self.go.setEnabled(bool(self.list.selectedItems()) and not self.errand.busy)

    def _on_edited(self, text: str) -> None:
        if not text:
            self.search()

    def _on_more(self) -> None:
        if self._after is not None:
            self._page(self._after)

    def _on_moved(self, share: float, held_up: str) -> None:
        self.progress.set(share, held_up or self.tr("Bringing back"))

    def _on_brought(self, done: Adopted) -> None:
        self.progress.hide()
        number = len(done.new) + len(done.untrashed)
        text = self.tr("%1 pictures are back.").replace("%1", wording.count(number))
        if done.missing:
            lost = self.tr("%1 are not: their files are in neither the library nor the backup.")
            text += " " + lost.replace("%1", wording.count(len(done.missing)))
        self.search()
        self.brought.emit(number)
        self._tasks.run(lambda: text, self._say, owner=self)  # after the list has had its word

    def _on_stopped(self, error: StudioError | None) -> None:
        self.progress.hide()
        self.search()
        stopped = self.tr("Stopped. What came back stays.")
        self._tasks.run(lambda: spoken(error.sentence) if error else stopped, self._say, owner=self)

    def _say(self, text: str) -> None:
        self.said.setText(text)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._say(spoken(error.sentence))

    def _on_finished(self) -> None:
        self._cancelled.set()
        self.errand.stop()
        self._tasks.close()
        if self._spread is not None:
            self._spread.close()


def _square() -> QPixmap:
    made = QPixmap(2 * _PICTURE, 2 * _PICTURE)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _in_square(image: QImage) -> QIcon:
    """Return a picture in the middle of a square, so that all words begin at one line."""
    made = _square()
    painter = QPainter(made)
    painter.drawImage(
        (made.width() - image.width()) // 2, (made.height() - image.height()) // 2, image
    )
    painter.end()
    return QIcon(made)
