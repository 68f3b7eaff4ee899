"""Takes in photos that are dropped, pasted or browsed for, in the background, and says how far."""

import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library, sources
from stylestudio_desktop.services.library import Imported
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.create.desk import Desk, as_photo
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.dropped import named_files, names_files
from stylestudio_desktop.ui.widgets.pasted import Pasted, holds_picture, keep, picture_in

_MOST_SHOWN = 3


class Intake(QObject):
    """Imports photos and lays them on the desk.

    `went_on(done, all, name)` shows progress, `ended()` its end; `refused(text)` names the files
    that were not taken, and why.
    """

    went_on = Signal(int, int, str)
    ended = Signal()
    refused = Signal(str)

    def __init__(self, studio: Studio, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._desk = desk
        self._stop = Event()
        self._running = 0

    def take(
        self, paths: Sequence[str | Path], category: Category, kinds: dict[str, str] | None = None
    ) -> None:
        """Import files and use them; `kinds` gives known garments by file name."""
        known = kinds or {}
        self._import(lambda: self._read(paths, category), category, known)

    def take_mime(self, data: QMimeData, category: Category) -> bool:
        """Take what was pasted or dropped; False if no photo is in it."""
        named = named_files(data)
        if named.left_out:
            self.refused.emit(named.left_out)
        if named.paths:
            self.take(named.paths, category)
            return True
        pasted = picture_in(data)
        if pasted is not None:
            self._import(lambda: self._read_pasted(pasted, category), category, {})
        return pasted is not None

    def browse(self, parent: QWidget, category: Category) -> None:
        """Ask for files with the system's own dialog, which does not block the window."""
        dialog = QFileDialog(parent, words.tr("Choose photos"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        suffixes = " ".join(f"*{one}" for one in sorted(library.PICTURE_SUFFIXES))
        dialog.setNameFilter(f"{words.tr('Photos')} ({suffixes})")
        dialog.filesSelected.connect(
            lambda names: self.take([Path(name) for name in names], category)
        )
        dialog.open()

    def cancel(self) -> None:
        """Stop importing; what is in stays."""
        self._stop.set()

    def _import(
        self, read: Callable[[], Imported], category: Category, kinds: dict[str, str]
    ) -> None:
        self._stop.clear()
        self._running += 1

        def taken(found: Imported) -> None:
            self._end()
            photos = [
                as_photo(sources.as_card(row), kinds.get(row.filename, "auto"))
                for row in found.files
            ]
            if photos:
                self._desk.add(category, photos)
            if found.rejected:
                self.refused.emit(_rejections(found))

        def failed(error: Exception) -> None:
            self._end()
            sentence = getattr(error, "sentence", None)
            if sentence is None:
                raise error
            self.refused.emit(spoken(str(sentence)))

        background.run(self._desk.tasks, attached(self._studio, read), taken, failed, self)

    def _end(self) -> None:
        self._running -= 1
        if self._running == 0:
            self.ended.emit()

    def _read(self, paths: Sequence[str | Path], category: Category) -> Imported:
        return library.import_files(
            self._studio,
            [Path(one) for one in paths],
            category,
            progress=self.went_on.emit,
            cancelled=self._stop,
        )

    def _read_pasted(self, pasted: Pasted, category: Category) -> Imported:
        folder = self._studio.workspace.tmp / f"paste-{uuid.uuid4()}"
        try:
            folder.mkdir(mode=0o700)
            return self._read([keep(pasted, folder, self._studio.limits)], category)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def holds_photos(data: QMimeData) -> bool:
    """Say whether something could be taken from what is dragged or pasted."""
    return names_files(data) or holds_picture(data)


def _rejections(found: Imported) -> str:
    shown: list[Any] = list(found.rejected[:_MOST_SHOWN])
    lines = [spoken(one.reason) for one in shown]
    more = len(found.rejected) - len(shown)
    if more:
        lines.append(words.tr("And %n more.", more))
    return " ".join(lines)
