"""Asks for a new workspace's name and purpose, or shows what another workspace would bring in."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.config import workspaces
from stylestudio_desktop.services.environments import Difference
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.settings.fields import Choice
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts, FormRow
from stylestudio_desktop.ui.widgets.labels import label

_WIDTH = 460
_SHOWN = 5


def kind_word(kind: str) -> str:
    """Return what a workspace is for, in a word or two."""
    translate = QCoreApplication.translate
    words = {
        workspaces.PRODUCTION: translate("Workspaces", "real work"),
        workspaces.STAGING: translate("Workspaces", "rehearsal"),
        workspaces.DEVELOPMENT: translate("Workspaces", "development"),
    }
    return words.get(kind, kind)


class _Asking(QDialog):
    """A heading, what is asked or shown, and two buttons."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        self.body.setSpacing(Space.M)
        self.body.addWidget(label(title, "heading", wrap=True))

    def end_with(self, text: str, wanted: Callable[[], None]) -> QWidget:
        """Add the buttons: one that does it, one that does not. Return the first."""
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        done = button(text, wanted, "primary")
        done.setDefault(True)
        foot.addWidget(done)
        self.body.addLayout(foot)
        return done


class NewDialog(_Asking):
    """Calls `wanted(name, kind)`; with `copied`, the differences by kind, it shows what comes."""

    def __init__(
        self,
        wanted: Callable[[str, str], None],
        copied: Mapping[str, Difference] | None,
        parent: QWidget,
    ) -> None:
        translate = QCoreApplication.translate
        new = translate("Workspaces", "New workspace")
        title = new if copied is None else translate("Workspaces", "Copy this workspace")
        super().__init__(title, parent)
        self._wanted, self._copied = wanted, copied
        self.name = QLineEdit()
        self.name.setMaxLength(40)
        hint = self.tr("Small letters, digits, - and _.")
        self.body.addWidget(FormRow(self.tr("Name"), self.name, hint))
        kinds = (workspaces.STAGING, workspaces.DEVELOPMENT, workspaces.PRODUCTION)
        self.kind = Choice([(one, kind_word(one)) for one in kinds])
        hint = self.tr("Only in a workspace for real work can real money move.")
        self.body.addWidget(FormRow(self.tr("For"), self.kind, hint))
        self.facts = Facts()
        self.body.addWidget(self.facts)
        self.facts.setVisible(copied is not None)
        self.scrubbed = label(_scrubbed(), "muted", wrap=True)
        self.body.addWidget(self.scrubbed)
        self.go = self.end_with(
            self.tr("Make it") if copied is None else self.tr("Copy"), self._on_wanted
        )
        self.go.setEnabled(False)
        self.name.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.kind.currentIndexChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        found = None if self._copied is None else self._copied[str(self.kind.currentData())]
        self.scrubbed.setVisible(found is not None and found.scrubbed)
        if found is not None:
            self.facts.set_rows(_rows(found))

    def _on_wanted(self) -> None:
        self._wanted(self.name.text().strip(), str(self.kind.currentData()))
        self.accept()


class BringInDialog(_Asking):
    """Shows a difference, and calls `wanted()` if it shall come in."""

    def __init__(
        self, name: str, found: Difference, wanted: Callable[[], None], parent: QWidget
    ) -> None:
        title = QCoreApplication.translate("Workspaces", "What %1 has and this workspace has not")
        super().__init__(title.replace("%1", name), parent)
        self._wanted = wanted
        if found.nothing:
            self.said = label(self.tr("Nothing: everything of it is here."), "muted", wrap=True)
            self.body.addWidget(self.said)
        else:
            self.facts = Facts()
            self.facts.set_rows(_rows(found))
            self.body.addWidget(self.facts)
        if found.scrubbed:
            self.body.addWidget(label(_scrubbed(), "muted", wrap=True))
        self.go = self.end_with(self.tr("Bring in"), self._on_wanted)
        self.go.setEnabled(not found.nothing)

    def _on_wanted(self) -> None:
        self._wanted()
        self.accept()


def _rows(found: Difference) -> list[tuple[str, str]]:
    translate = QCoreApplication.translate
    pictures = f"{wording.count(found.pictures)} · {wording.size(found.size)}"
    rows = [(translate("Workspaces", "Pictures"), pictures)]
    for name, what in (
        (translate("Workspaces", "Collections"), found.collections),
        (translate("Workspaces", "Kept searches"), found.searches),
        (translate("Workspaces", "Replaced files"), found.files),
    ):
        if what:
            more = len(what) - _SHOWN
            text = ", ".join(what[:_SHOWN]) + (f" + {wording.count(more)}" if more > 0 else "")
            rows.append((name, text))
    return rows


def _scrubbed() -> str:
    return QCoreApplication.translate(
        "Workspaces", "It is for trials, so notes and the addresses pictures came from stay behind."
    )
