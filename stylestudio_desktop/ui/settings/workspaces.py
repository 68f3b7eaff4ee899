"""Workspaces in the settings: which there are, using another, and moving pictures between them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.config.workspaces import Known
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import environments
from stylestudio_desktop.services.adopting import Adopted
from stylestudio_desktop.services.environments import Difference
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.settings.workspace_dialogs import BringInDialog, NewDialog, kind_word
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label, plain_tip
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import SWITCH

_NAME_WIDTH = 300


class WorkspacesSection(Section):
    """A row for each workspace; long work shows its progress below them and can be stopped."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Workspaces"),
            self.tr(
                "Each is a library of its own, with its own tokens, services and keys. Pictures "
                "can be brought from one into another; tokens, purchases and people never are."
            ),
            parent,
        )
        self._window, self._studio = window, studio
        self.dialog: NewDialog | BringInDialog | None = None
        self.errand = Errand(window, studio, self)
        self.errand.moved.connect(self._on_moved)
        self.errand.done.connect(self._on_done)
        self.errand.failed.connect(self._on_stopped)
        self._text = ""
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.S)
        self.body.addLayout(self._rows)
        self.progress = ProgressRow(parent=self)
        self.progress.hide()
        self.progress.cancelled.connect(self.errand.stop)
        self.body.addWidget(self.progress)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(button(self.tr("New workspace…"), self.ask_new, icon="plus"))
        foot.addWidget(button(self.tr("Copy this one…"), self.ask_copy, icon="copy"))
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Read which workspaces there are, in the background."""
        look = partial(_listed, self._studio.workspace)
        self._window.tasks.run(look, self._show, self._on_failed, owner=self)

    def use(self, name: str) -> None:
        """Close this workspace and open that one; what is under way here goes on next time."""
        self._window.tasks.run(
            partial(workspaces.switch, name), self._on_switched, self._on_failed, owner=self
        )

    def ask_new(self) -> None:
        """Ask for a name and a purpose, and make an empty workspace."""
        self._ask(NewDialog(self._make, None, self))

    def ask_copy(self) -> None:
        """Show what would come along, ask for a name and a purpose, and copy this workspace."""
        studio = self._studio

        def look() -> dict[str, Difference]:
            all_ = environments.copying_all(studio, workspaces.PRODUCTION)
            return {
                kind: replace(all_, target=kind, scrubbed=kind != workspaces.PRODUCTION)
                for kind in workspaces.KINDS
            }

        self._window.tasks.run(
            attached(studio, look),
            lambda found: self._ask(NewDialog(self._copy, found, self)),
            self._on_failed,
            owner=self,
        )

    def ask_bring_in(self, other: Known) -> None:
        """Compare with another workspace, show the difference, and bring it in if wished."""
        studio, place = self._studio, Workspace(other.root)

        def show(found: Difference) -> None:
            self._ask(BringInDialog(other.name, found, partial(self._bring_in, place), self))

        self._window.tasks.run(
            attached(studio, lambda: environments.compare(studio, place)),
            show,
            self._on_failed,
            owner=self,
        )

    def _ask(self, dialog: NewDialog | BringInDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _show(self, found: list[tuple[Known, bool]]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one, is_open in found:
            self._rows.addWidget(self._row(one, is_open))

    def _row(self, one: Known, is_open: bool) -> QWidget:
        made = QWidget(self)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        name = label()
        middle = Qt.TextElideMode.ElideMiddle
        name.setText(name.fontMetrics().elidedText(one.name, middle, _NAME_WIDTH))
        plain_tip(name, str(one.root))
        row.addWidget(name)
        row.addWidget(label(kind_word(one.kind), "faint"))
        row.addStretch(1)
        if is_open:
            row.addWidget(label(self.tr("in use"), "muted"))
            return made
        bring = button(self.tr("Bring in…"), partial(self.ask_bring_in, one), "quiet")
        bring.setAccessibleName(self.tr("Bring in from %1").replace("%1", one.name))
        use = button(self.tr("Use"), partial(self.use, one.name))
        use.setAccessibleName(self.tr("Use %1").replace("%1", one.name))
        row.addWidget(bring)
        row.addWidget(use)
        return made

    def _make(self, name: str, kind: str) -> None:
        self._window.tasks.run(
            partial(workspaces.create, name, kind),
            lambda _made: self._on_made(name),
            self._on_failed,
            owner=self,
        )

    def _on_made(self, name: str) -> None:
        self._window.toast(self.tr("%1 is made. It is empty.").replace("%1", name), "good")
        self.refresh()

    def _copy(self, name: str, kind: str) -> None:
        studio, text = self._studio, self.tr("%1 pictures are in the copy.")

        def op(progress: Progress, cancelled: threading.Event) -> str:
            _, done = environments.copy(studio, name, kind, progress, cancelled)
            return self._told(text, done)

        self._begin(op, self.tr("Copying"))

    def _bring_in(self, place: Workspace) -> None:
        studio, text = self._studio, self.tr("%1 pictures came in.")

        def op(progress: Progress, cancelled: threading.Event) -> str:
            _, done = environments.sync(studio, place, progress, cancelled)
            return self._told(text, done)

        self._begin(op, self.tr("Bringing in"))

    def _told(self, text: str, done: Adopted) -> str:
        said = text.replace("%1", wording.count(len(done.new)))
        if done.missing:
            more = self.tr("%1 were left out: their files are missing there.")
            said += " " + more.replace("%1", wording.count(len(done.missing)))
        return said

    def _begin(self, op: Callable[[Progress, threading.Event], str], text: str) -> None:
        if self.errand.busy:
            self._window.toast(self.tr("One thing at a time: wait for it, or stop it."), "warning")
            return
        self._text = text
        self.progress.set(None, text)
        self.progress.show()
        self.errand.start(op)

    def _on_moved(self, share: float, held_up: str) -> None:
        self.progress.set(share, held_up or self._text, "" if held_up else self.errand.left())

    def _on_done(self, said: object) -> None:
        self.progress.hide()
        self._window.toast(str(said), "good")
        self.refresh()

    def _on_stopped(self, error: StudioError | None) -> None:
        self.progress.hide()
        if error is not None:
            self._window.tell(error)
        else:
            stopped = self.tr("Stopped. What came over stays; bringing in goes on where it ended.")
            self._window.toast(stopped)
        self.refresh()

    def _on_switched(self, _place: Workspace) -> None:
        self._window.setProperty("reopen", SWITCH)
        self._window.close()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)


def _listed(place: Workspace) -> list[tuple[Known, bool]]:
    """Return every workspace and whether it is the open one, `place`. Asks the disks."""
    here = place.root.resolve()
    found = [(one, one.root.resolve() == here) for one in workspaces.listing()]
    if any(is_open for _, is_open in found):
        return found
    kind = workspaces.character(place).kind  # it was opened as a folder
    return [(Known(str(place.root), place.root, kind, False), True), *found]
