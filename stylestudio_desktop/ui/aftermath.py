"""Says at the start that the last run ended unexpectedly, and shows the reports of crashes."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from stylestudio_desktop.config import crashes
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

translate = QCoreApplication.translate
_WIDTH, _HEIGHT = 640, 460


def tell_of_crash(window: MainWindow, root: Path) -> None:
    """Say that the last run ended unexpectedly, what is safe, and offer its report."""
    action = None
    found, fault = _reports(root)
    if found or fault:
        action = (
            translate("Aftermath", "Show the report"),
            lambda: CrashDialog(root, window).open(),
        )
    text = translate(
        "Aftermath",
        "Style Studio ended unexpectedly last time. What was saved is all here, what was sent "
        "already is fetched, and the rest waits for you.",
    )
    window.toast(text, "neutral", action)


def _reports(root: Path) -> tuple[list[crashes.Report], str]:
    """Return what there is, or why it can't be read."""
    try:
        return crashes.listing(root), ""
    except StorageError as error:
        return [], spoken(error.sentence)


class CrashDialog(QDialog):
    """The reports, whole and as they are; only the person's own hand takes them anywhere."""

    def __init__(self, root: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Crash reports"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._root = root
        self.remark = label("", "muted", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Crash reports"))
        self.copying = button(self.tr("Copy"), self.copy, icon="copy")
        self.deleting = button(self.tr("Delete all"), self.delete, "danger")
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.copying)
        foot.addWidget(self.deleting)
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Close"), self.accept, "primary"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        whole.setSpacing(Space.M)
        whole.addWidget(self.remark)
        whole.addWidget(self.text, 1)
        whole.addLayout(foot)
        self._show()

    def _show(self) -> None:
        found, remark = _reports(self._root)
        if found:
            remark = self.tr(
                "These reports stay on this computer until you send them yourself. They hold "
                "versions and lines of the program, no names, prompts, keys or pictures."
            )
        self.remark.setText(remark or self.tr("There is no report of a crash."))
        self.text.setPlainText("\n\n".join(one.text for one in found))
        for part in (self.text, self.copying, self.deleting):
            part.setVisible(bool(found))

    def copy(self) -> None:
        """Put what is shown on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def delete(self) -> None:
        """Delete every report."""
        crashes.clear(self._root)
        self._show()
