"""Says why a library can't be opened, and brings its last moment back if the person wants that."""

import threading

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QDialog, QMessageBox, QVBoxLayout

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.backup import moments, reading, restore, snapshots, swap
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.opening import STORAGE, tell_failure
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import REOPEN

_LOOK_MS = 50
_WIDTH = 400
Last = Moment | Snapshot


def offer(window: MainWindow, workspace: Workspace, error: StudioError) -> int:
    """Tell `error` in a dialog, with a way back if there is one; return the window's exit code."""
    last = _last(workspace) if error.code is Code.STORAGE_BROKEN else None
    if last is None:
        return tell_failure(window, error)
    translate = QCoreApplication.translate
    box = QMessageBox(QMessageBox.Icon.Critical, "Style Studio", error.sentence, parent=window)
    more = translate(
        "WayBack",
        "Or bring it back here as it was on %1. What is here now is kept beside it, whole.",
    )
    box.setInformativeText(more.replace("%1", wording.moment(last.moment)))
    bring = box.addButton(translate("WayBack", "Bring it back"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    if box.clickedButton() is not bring:
        window.close()
        return STORAGE
    return _bring_back(window, workspace, last)


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
        return tell_failure(window, error)
    if made.missing:
        text = QCoreApplication.translate(
            "WayBack",
            "The library is back. The files of %1 pictures are lost here: Settings, Health fetches "
            "them from the last full backup.",
        ).replace("%1", wording.count(len(made.missing)))
        QMessageBox.information(window, "Style Studio", text)
    window.close()
    return REOPEN


def _built(window: MainWindow, workspace: Workspace, last: Last) -> restore.Restored:
    """Build the library on a thread of its own, while a dialog shows how far that is."""
    text = QCoreApplication.translate("WayBack", "Bringing the library back")
    dialog = QDialog(window)
    dialog.setWindowTitle("Style Studio")
    dialog.setModal(True)
    dialog.setMinimumWidth(_WIDTH)
    row = ProgressRow(parent=dialog)
    QVBoxLayout(dialog).addWidget(row)
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
