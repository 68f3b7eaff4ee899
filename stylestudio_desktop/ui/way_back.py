"""Says why a library can't be opened, and brings its last moment back if the person wants that."""

import threading
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QVBoxLayout

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, reading, restore, snapshots, swap
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.opening import STORAGE
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import breakable, label
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.widgets.question import WIDTH, Answer, Question
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import REOPEN

_LOOK_MS = 50
Last = Moment | Snapshot


class Choice(Enum):
    """What somebody wants who was told that the library can't be opened."""

    CLOSE = auto()
    AGAIN = auto()
    BACK = auto()


class Unopened(Question):
    """Why a library can't be opened, and what can be done; `chosen` is what somebody wants."""

    def __init__(
        self, window: MainWindow, workspace: Workspace, error: StudioError, last: Last | None
    ) -> None:
        translate = QCoreApplication.translate
        self.chosen = Choice.CLOSE
        title, text = translate("WayBack", "Your library can't be opened"), error.sentence
        if last is not None:
            way = Answer(translate("WayBack", "Bring it back"), "primary", self._bring)
            text = translate(
                "WayBack",
                "Its database is damaged or gone. It can be brought back as it was on %1. What is "
                "here now is kept beside it, whole.",
            ).replace("%1", wording.moment(last.moment))
        else:
            way = Answer(translate("WayBack", "Try again"), "primary", self._again)
        super().__init__(window, title, text, way, translate("WayBack", "Close"))
        self._place = workspace.root
        if last is not None:
            self.body.addWidget(label(breakable(error.sentence), "faint", wrap=True))
        elif error.code is Code.STORAGE_NEWER:
            self.yes.hide()
        else:
            shown = button(
                translate("WayBack", "Open the folder"), self._reveal, icon="folder-open"
            )
            self.body.addWidget(shown, 0, Qt.AlignmentFlag.AlignLeft)

    def _bring(self) -> None:
        self.chosen = Choice.BACK
        self.accept()

    def _again(self) -> None:
        self.chosen = Choice.AGAIN
        self.accept()

    def _reveal(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._place)))


def offer(window: MainWindow, workspace: Workspace, error: StudioError) -> int:
    """Tell `error` in a dialog, with a way back if there is one; return the window's exit code."""
    last = _last(workspace) if error.code is Code.STORAGE_BROKEN else None
    if (chosen := _asked(window, workspace, error, last)) is Choice.BACK and last is not None:
        return _bring_back(window, workspace, last)
    window.close()
    return REOPEN if chosen is Choice.AGAIN else STORAGE


def _asked(
    window: MainWindow, workspace: Workspace, error: StudioError, last: Last | None
) -> "Choice":
    asking = Unopened(window, workspace, error, last)
    asking.exec()
    asking.deleteLater()
    return asking.chosen


def _last(workspace: Workspace) -> Last | None:
    """Return the last moment that can be brought back, None if there is none."""
    try:
        return moments.find(workspace, now_ms())
    except StudioError:
        return None


def _bring_back(window: MainWindow, workspace: Workspace, last: Last) -> int:
    try:
        made = _built(window, workspace, last)
        swap.plan(workspace, made.stage, made.settings)
    except StudioError as error:
        chosen = _asked(window, workspace, error, None)
        window.close()
        return REOPEN if chosen is Choice.AGAIN else STORAGE
    if made.missing:
        _tell_lost(window, len(made.missing))
    window.close()
    return REOPEN


def _tell_lost(window: MainWindow, number: int) -> None:
    translate = QCoreApplication.translate
    text = translate(
        "WayBack",
        "The files of %1 pictures are lost here: Settings, Health fetches them from the last full "
        "backup.",
    ).replace("%1", wording.count(number))
    go_on = Answer(translate("WayBack", "Open it"), "primary", lambda: told.accept())
    told = Question(window, translate("WayBack", "The library is back"), text, go_on, "")
    told.no.hide()
    told.exec()
    told.deleteLater()


def _built(window: MainWindow, workspace: Workspace, last: Last) -> restore.Restored:
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
            ended.append(_staged(workspace, last, progress, cancelled))
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
    last: Last,
    progress: reading.Progress,
    cancelled: threading.Event,
) -> restore.Restored:
    """Build the last moment; where the journal is damaged too, the last snapshot."""
    try:
        return restore.stage(workspace, last, None, progress, cancelled)
    except StudioError as error:
        there = snapshots.listing(workspace)
        if error.code is not Code.STORAGE_BROKEN or not there or cancelled.is_set():
            raise
        return restore.stage(workspace, there[0], None, progress, cancelled)
