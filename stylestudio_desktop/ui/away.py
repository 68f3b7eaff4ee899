"""Says that a library is not where it belongs, goes on by itself once it is, or asks for another.

Two things end here: a disk that does not answer, and a folder in which a library was and none is,
as when its disk is not connected. Nothing was opened yet, so nobody's settings are known.
"""

import threading
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from stylestudio_desktop.config import remembered
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.files.answering import answers
from stylestudio_desktop.ui.opening import application
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.question import Answer, Question

_AGAIN_MS = 1000


def found(workspace: Workspace) -> bool:
    """Say whether the library can be opened, or begun where none was ever known.

    Takes some seconds where the disk does not answer.
    """
    return answers(workspace.root) and not remembered.is_away(workspace)


def search(workspace: Workspace) -> Workspace | None:
    """Ask until there is a library to open, and return it; None if the person gave up."""
    app = application()
    install(app)
    theme().set_appearance(Appearance.SYSTEM)
    asking = Away(workspace)
    asking.exec()
    asking.deleteLater()
    return asking.chosen


class Away(Question):
    """The dialog over no window; `chosen` is the library to open, None until there is one."""

    def __init__(self, workspace: Workspace) -> None:
        translate = QCoreApplication.translate
        silent = not answers(workspace.root)
        title = (
            translate("Away", "The disk of your library does not answer")
            if silent
            else translate("Away", "Your library is not there")
        )
        text = translate(
            "Away",
            "It belongs in %1. Nothing was changed, and nothing was made in its place. Connect its "
            "disk or network drive: the window opens by itself as soon as the library is there.",
        ).replace("%1", str(workspace.root))
        again = Answer(translate("Away", "Look again"), "primary", self.look)
        super().__init__(None, title, text, again, translate("Away", "Close"))
        self.chosen: Workspace | None = None
        self._place = workspace
        self._there = threading.Event()
        self._looking: threading.Thread | None = None
        self._offer(silent)
        self.yes.setAutoDefault(True)
        self.yes.setFocus()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_AGAIN_MS)

    def _offer(self, silent: bool) -> None:
        column = QVBoxLayout()
        column.setSpacing(Space.S)
        offers = [button(self.tr("Choose another folder"), self.choose)]
        if not silent:
            offers.append(button(self.tr("Begin a new library here"), self.begin))
        for one in offers:
            column.addWidget(one, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(column)
        if not silent:
            hint = self.tr(
                "If it is gone for good: begin a new one, then Settings, Backups brings a full "
                "backup back into it."
            )
            self.body.addWidget(label(hint, "faint", wrap=True))

    def look(self) -> None:
        """Go on if the library is there; a disk that does not answer is asked on a thread."""
        if self._there.is_set():
            self._take(self._place)
        elif self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._ask, name="looking for it", daemon=True)
            self._looking.start()
            self._looking.join(_AGAIN_MS / 20_000)  # most disks answer at once
            if self._there.is_set():
                self._take(self._place)

    def _ask(self) -> None:
        if found(self._place):
            self._there.set()

    def choose(self) -> None:
        """Ask for another folder and open the library in it."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose the library's folder"))
        if name:
            self._take(Workspace(Path(name).absolute()))

    def begin(self) -> None:
        """Begin a new library where the other one was."""
        remembered.forget(self._place)
        self._take(self._place)

    def _take(self, workspace: Workspace) -> None:
        self._timer.stop()
        self.chosen = workspace
        self.accept()
