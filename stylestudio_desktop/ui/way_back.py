"""Says why a library can't be opened, and brings its last moment back if the person wants that."""

import contextlib
import threading
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code, Remedy, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import (
    anew,
    moments,
    places,
    reading,
    restore,
    snapshots,
    swap,
)
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.backup.places import Kept
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.opening import STORAGE
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import breakable, label
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.widgets.question import WIDTH, Answer, Question
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import REOPEN

_LOOK_MS = 50


class Pictures:
    """The library's own pictures, of which it is made anew where nothing else is left."""


_PATIENCE_S = 1.0
"""How long a disk of backups is waited for before the question is asked without it."""
Last = Moment | Snapshot | Kept
Origin = Last | Path | Pictures
_LOST = (Remedy.BRING_BACK, Remedy.CHECK_LIBRARY)
_NOT_LOST = (Code.STORAGE_FULL, Code.STORAGE_NEWER, Code.STORAGE_BUSY)


class Choice(Enum):
    """What somebody wants who was told that the library can't be opened."""

    CLOSE = auto()
    AGAIN = auto()
    BACK = auto()


class Unopened(Question):
    """Why a library can't be opened, and what can be done; `chosen` is what somebody wants.

    With `here` it is open, and damaged; with `lost` its database is damaged or gone for certain.
    """

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        error: StudioError,
        last: Last | None,
        here: bool = False,
        lost: bool = False,
    ) -> None:
        translate = QCoreApplication.translate
        alone = lost and last is None and anew.has_pictures(workspace)
        self.chosen = Choice.CLOSE
        title, text = translate("WayBack", "Your library can't be opened"), spoken(error.sentence)
        if here:
            title = translate("WayBack", "Your library is damaged")
        if last is not None:
            way = Answer(translate("WayBack", "Bring it back"), "primary", self._bring)
            text = translate(
                "WayBack",
                "Its database is damaged or gone. It can be brought back as it was on %1. What is "
                "here now is kept beside it, whole.",
            ).replace("%1", wording.moment(last.moment))
        else:
            way = Answer(translate("WayBack", "Try again"), "primary", self._again)
            if alone:
                text = translate(
                    "WayBack",
                    "Its database is damaged or gone, and no snapshot of it is here. Bring it back "
                    "from a full backup. If there is none, its pictures are untouched and can make "
                    "it anew.",
                )
        leave = translate("WayBack", "Not now") if here else translate("WayBack", "Close")
        super().__init__(window, title, text, way, leave)
        self.origin: Origin | None = last
        self._place = workspace
        if last is not None or here:
            self.body.addWidget(label(breakable(spoken(error.sentence)), "faint", wrap=True))
        elif alone:
            self.body.addWidget(label(spoken(error.sentence), "faint", wrap=True))
        self.yes.setVisible(error.code is not Code.STORAGE_NEWER and not (here and last is None))
        self._offer_more(error.code, last is None)
        if alone:
            self._offer_pictures()

    def _offer_more(self, code: Code, alone: bool) -> None:
        """Offer full backups where the library is lost, and its folder if nothing else helps."""
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        offers = []
        if code not in _NOT_LOST:
            offers += [
                button(self.tr("From a full backup…"), self._choose_folder, icon="archive-restore"),
                button(self.tr("From a backup in one file…"), self._choose_file, icon="package"),
            ]
        if alone and code is not Code.STORAGE_NEWER:
            shown = self.tr("Open the library's folder")
            offers.append(button(shown, self._reveal, icon="folder-open"))
        for one in offers:
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(column)

    def _offer_pictures(self) -> None:
        """Offer the last resort, and say what comes of it."""
        told = self.tr(
            "Its pictures tell how they were made. Tokens, purchases, notes and collections are "
            "not in them. What is here now is kept beside the new library, whole."
        )
        make = button(self.tr("Make it anew of its pictures"), self._make_anew, icon="images")
        self.body.addWidget(make, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(label(told, "faint", wrap=True))

    def _choose_folder(self) -> None:
        self._take(QFileDialog.getExistingDirectory(self, self.tr("A folder of backups")))

    def _choose_file(self) -> None:
        name = self.tr("Backups (*.zip)")
        self._take(QFileDialog.getOpenFileName(self, self.tr("A backup"), "", name)[0])

    def _take(self, place: str) -> None:
        if place:
            self.origin = Path(place)
            self._bring()

    def _make_anew(self) -> None:
        self.origin = Pictures()
        self._bring()

    def _bring(self) -> None:
        self.chosen = Choice.BACK
        self.accept()

    def _again(self) -> None:
        self.chosen = Choice.AGAIN
        self.accept()

    def _reveal(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._place.root)))


def offer(window: MainWindow, workspace: Workspace, error: StudioError) -> int:
    """Tell `error` in a dialog, with the ways back there are; return the window's exit code."""
    last = _last(workspace) if error.code is Code.STORAGE_BROKEN else None
    chosen = _ask(window, workspace, error, last)
    window.close()
    return STORAGE if chosen is Choice.CLOSE else REOPEN


def offer_here(window: MainWindow, workspace: Workspace, error: StudioError) -> None:
    """Offer the ways back while the library is open; where one is taken, it opens again."""

    def ask(last: Last | None) -> None:
        if _ask(window, workspace, error, last, here=True) is Choice.BACK:
            window.open_again()

    window.tasks.run(lambda: _last(workspace), ask, owner=window)


def _ask(
    window: MainWindow,
    workspace: Workspace,
    error: StudioError,
    last: Last | None,
    here: bool = False,
) -> Choice:
    """Ask until a way back is taken, or none; what went wrong on a way is told in the next one."""
    lost = error.remedy in _LOST or not workspace.database.is_file()
    trouble: StudioError | None = error
    chosen = Choice.BACK
    while trouble is not None and chosen is Choice.BACK:
        way = last if trouble is error else None
        asking = Unopened(window, workspace, trouble, way, here, lost)
        asking.exec()
        asking.deleteLater()
        if (chosen := asking.chosen) is Choice.BACK:
            trouble = _bring_back(window, workspace, asking.origin or last)
    return chosen


def _last(workspace: Workspace) -> Last | None:
    """Return the last moment that can be brought back, None if there is none.

    That is a snapshot with what was written since, or a full backup that is newer.
    """
    found: list[Last] = []
    with contextlib.suppress(StudioError):
        found.append(moments.find(workspace, now_ms()))
    for place in places.reachable(workspace, _PATIENCE_S):
        found += places.backups(place)[:1]
    return max(found, key=lambda one: one.moment, default=None)


def _bring_back(
    window: MainWindow, workspace: Workspace, origin: Origin | None
) -> StudioError | None:
    """Build the library anew and have it put in place; return why that can't be."""
    if origin is None:
        return None
    try:
        made = _built(window, workspace, origin)
        swap.plan(workspace, made.stage, made.settings)
    except StudioError as error:
        return error
    translate = QCoreApplication.translate
    if isinstance(origin, Pictures):
        text = translate(
            "WayBack",
            "%1 pictures are in the new library. The old one is kept in %2. Choose a place for "
            "full backups in Settings, Backups.",
        )
        text = text.replace("%1", wording.count(made.pictures)).replace("%2", str(workspace.kept))
        _tell(window, breakable(text))
    elif made.missing:
        text = translate(
            "WayBack",
            "The files of %1 pictures are lost here: Settings, Health fetches them from the last "
            "full backup.",
        )
        _tell(window, text.replace("%1", wording.count(len(made.missing))))
    return None


def _tell(window: MainWindow, text: str) -> None:
    translate = QCoreApplication.translate
    go_on = Answer(translate("WayBack", "Open it"), "primary", lambda: told.accept())
    told = Question(window, translate("WayBack", "The library is back"), text, go_on, "")
    told.no.hide()
    told.exec()
    told.deleteLater()


def _built(window: MainWindow, workspace: Workspace, origin: Origin) -> restore.Restored:
    """Build the library on a thread of its own, while a dialog shows how far that is."""
    text = QCoreApplication.translate("WayBack", "Bringing the library back")
    dialog = QDialog(window)
    dialog.setWindowTitle(text)
    dialog.setModal(True)
    dialog.setFixedWidth(WIDTH)
    row = ProgressRow(parent=dialog)
    inside = QVBoxLayout(dialog)
    inside.setContentsMargins(Space.XL, Space.L, Space.XL, Space.XL)
    inside.addWidget(row)
    row.set(None, text)
    cancelled, share, words = threading.Event(), [0.0], [""]
    row.cancelled.connect(cancelled.set)
    dialog.rejected.connect(cancelled.set)
    ended: list[restore.Restored | Exception] = []

    def progress(done: int, whole: int, name: str) -> None:
        share[0], words[0] = done / max(1, whole), wording.held_up(name)

    def work() -> None:
        try:
            ended.append(_staged(workspace, origin, progress, cancelled))
        except Exception as error:  # raised again where it is waited for
            ended.append(error)

    thread = threading.Thread(target=work, name="way-back", daemon=True)
    thread.start()
    loop, look = QEventLoop(), QTimer()

    def on_look() -> None:
        if share[0] or words[0]:
            row.set(share[0], words[0] or text)
        if ended:
            loop.quit()

    look.timeout.connect(on_look)
    look.start(_LOOK_MS)
    dialog.show()
    loop.exec()
    look.stop()
    dialog.hide()
    dialog.deleteLater()
    thread.join()
    if isinstance(ended[0], Exception):
        raise ended[0]
    return ended[0]


def _staged(
    workspace: Workspace,
    origin: Origin,
    progress: reading.Progress,
    cancelled: threading.Event,
) -> restore.Restored:
    """Build the last moment, the full backup at a place, or one of the pictures themselves.

    Where the journal is damaged too, the last snapshot takes the last moment's part.
    """
    if isinstance(origin, Pictures):
        return anew.stage(workspace, progress, cancelled)
    if isinstance(origin, Path | Kept):
        home = origin if isinstance(origin, Path) else origin.home
        with contextlib.closing(reading.find(home)) as backup:
            return restore.stage(workspace, backup, None, progress, cancelled)
    try:
        return restore.stage(workspace, origin, None, progress, cancelled)
    except StudioError as error:
        there = snapshots.listing(workspace)
        if error.code is not Code.STORAGE_BROKEN or not there or cancelled.is_set():
            raise
        return restore.stage(workspace, there[0], None, progress, cancelled)
