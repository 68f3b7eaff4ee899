"""What this program is made of, and a report about it that can be sent to somebody who helps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from stylestudio_desktop import __version__
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.aftermath import CrashDialog
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts, Fold
from stylestudio_desktop.ui.window import MainWindow

REPORT = 260
MADE_OF = (
    ("Qt and PySide6", "LGPL-3.0"),
    ("Python", "PSF-2.0"),
    ("SQLite", "public domain"),
    ("Peewee, filelock, platformdirs, keyring", "MIT"),
    ("Pillow", "MIT-CMU"),
    ("NumPy, psutil", "BSD-3-Clause"),
    ("OpenCV, OpenVINO, requests", "Apache-2.0"),
    ("Inter (typeface)", "OFL-1.1"),
    ("Lucide (icons)", "ISC"),
    ("Sample photos", "CC0-1.0"),
)


class AboutSection(Section):
    """Version, licences, and the report."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("About and diagnostics"), parent=parent)
        self._window = window
        self._studio = studio
        self._copying = False
        facts = Facts()
        facts.set_rows([(self.tr("Style Studio"), __version__)])
        self.body.addWidget(facts)
        licences = Fold(self.tr("Licences"))
        made_of = Facts()
        made_of.set_rows(list(MADE_OF))
        licences.body.addWidget(made_of)
        self.body.addWidget(licences)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMinimumHeight(REPORT)
        self.text.setAccessibleName(self.tr("Report"))
        self.text.setVisible(False)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(button(self.tr("Show the report"), self.show_report, icon="list"))
        foot.addWidget(button(self.tr("Copy the report"), self.copy_report, icon="copy"))
        foot.addWidget(button(self.tr("Crash reports"), self.show_crashes, icon="list"))
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.body.addWidget(self.text)

    def show_crashes(self) -> None:
        """Show what was written when the program ended unexpectedly; nothing is sent."""
        CrashDialog(self._studio.workspace.root, self._window).open()

    def show_report(self) -> None:
        """Examine everything and show what was found; it holds no keys and no pictures."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: _examined(studio)), self._on_read, self._on_failed, owner=self
        )

    def copy_report(self) -> None:
        """Put the report on the clipboard."""
        self._copying = True
        self.show_report()

    def _on_read(self, text: str) -> None:
        self.text.setPlainText(text)
        self.text.setVisible(True)
        if self._copying:
            self._copying = False
            QGuiApplication.clipboard().setText(text)
            self._window.toast(self.tr("Report copied. It holds no keys and no pictures."), "good")

    def _on_failed(self, error: Exception) -> None:
        self._copying = False
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)


def _examined(studio: Studio) -> str:
    from stylestudio_desktop.services import doctor

    return as_text(doctor.examine(studio.workspace, studio))


def as_text(report: Mapping[str, Any]) -> str:
    """Return a report as indented lines; the user's own folder is written as ~."""
    lines = list(_lines(report, 0))
    return "\n".join(lines).replace(str(Path.home()), "~") + "\n"


def _lines(value: object, depth: int) -> list[str]:
    pad = "  " * depth
    lines: list[str] = []
    pairs: list[tuple[str, object]] = []
    if isinstance(value, Mapping):
        pairs = [(f"{key}:", inside) for key, inside in value.items()]
    elif isinstance(value, list | tuple):
        pairs = [("-", inside) for inside in value]
    for head, inside in pairs:
        if isinstance(inside, Mapping | list | tuple):
            lines += [f"{pad}{head}", *_lines(inside, depth + 1)]
        else:
            lines.append(f"{pad}{head} {'–' if inside is None else inside}")
    return lines
