"""Asks for a service's key, settings and ceiling; nothing is kept before it is in order."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.config.chosen import LARGEST_CEILING
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.providers.catalogue import Field, ServiceEntry
from stylestudio_desktop.services import connections
from stylestudio_desktop.services.connections import Added, Connection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings import service_words as words
from stylestudio_desktop.ui.settings.fields import Choice, Number
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.forms import Fold, FormRow
from stylestudio_desktop.ui.widgets.labels import label

_WIDTH = 520
_TALLEST = 720
_SELDOM = (
    "organization", "project", "rest_url", "api_url", "image_field", "steps_field",
)  # fmt: skip
_NO_LIMIT = -1.0


class ServiceDialog(QDialog):
    """`saved(Added)` is emitted once the service is added or changed."""

    saved = Signal(object)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        entry: ServiceEntry,
        now: Connection | None,
        keeping: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self.entry, self._now = studio, tasks, entry, now
        title = self.tr("Add %1") if now is None else self.tr("Change %1")
        self.setWindowTitle(title.replace("%1", entry.name))
        self.setMinimumWidth(_WIDTH)
        self._read: dict[str, Callable[[], str]] = {}
        self.fields: dict[str, QWidget] = {}
        self._build(keeping)

    def save(self) -> None:
        """Add or change the service in the background."""
        self._problem.setVisible(False)
        self._save.setEnabled(False)
        studio, name, key = self._studio, self.entry.id, self.key.text().strip()
        settings = {field: read().strip() for field, read in self._read.items()}
        wanted = round(self.ceiling.value())
        ceiling = None if wanted < 0 else wanted

        def op() -> Added:
            added = connections.add(studio, name, settings, key)
            connections.set_ceiling(studio, name, ceiling)
            return added

        self._tasks.run(attached(studio, op), self._on_saved, self._on_failed, owner=self)

    def _build(self, keeping: str) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.M)
        layout.setSpacing(Space.M)
        layout.addWidget(label(spoken(self.entry.summary), "muted", wrap=True))
        for note in self.entry.notes:
            layout.addWidget(label(f"· {spoken(note)}", "faint", wrap=True))
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        if self._now is not None and self._now.ending:
            there = self.tr("Leave empty to keep %1").replace("%1", self._now.ending)
            self.key.setPlaceholderText(there)
        key = self.tr("Key") if self.entry.needs_key else self.tr("Key, if the server asks for one")
        layout.addWidget(FormRow(key, self.key, keeping))
        seldom = [one for one in self.entry.fields if self._is_seldom(one)]
        kept: Mapping[str, str] = self._now.settings if self._now is not None else {}
        often = [one for one in self.entry.fields if one not in seldom]
        self._add_fields(layout, often, kept)
        self.ceiling = Number(_NO_LIMIT, LARGEST_CEILING, self.tr("pictures a month"))
        self.ceiling.setMaximumWidth(_WIDTH)
        self.ceiling.setSpecialValueText(self.tr("No limit"))
        most = self._now.ceiling if self._now is not None else None
        self.ceiling.set_value(_NO_LIMIT if most is None else most)
        hint = self.tr("What would go beyond it is not sent before the next month.")
        layout.addWidget(FormRow(self.tr("Monthly ceiling"), self.ceiling, hint))
        if seldom:
            fold = Fold(self.tr("Seldom needed"), opened=any(one.name in kept for one in seldom))
            self._add_fields(fold.body, seldom, kept)
            layout.addWidget(fold)
        self._problem = label("", "bad", wrap=True)
        self._problem.setVisible(False)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        self._lay_out(inside, layout)

    def _lay_out(self, inside: QWidget, layout: QVBoxLayout) -> None:
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.setContentsMargins(Space.XL, Space.M, Space.XL, Space.XL)
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        self._save = button(self.tr("Save and test"), self.save, "primary")
        self._save.setDefault(True)
        foot.addWidget(self._save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)
        wanted = layout.totalHeightForWidth(_WIDTH) + whole.minimumSize().height()
        self.resize(_WIDTH, min(_TALLEST, wanted))

    def _is_seldom(self, field: Field) -> bool:
        elsewhere = field.name == "base_url" and self.entry.needs_key
        return elsewhere or field.name in _SELDOM

    def _add_fields(
        self, layout: QVBoxLayout, fields: Sequence[Field], kept: Mapping[str, str]
    ) -> None:
        for one in fields:
            widget = self._field(one, kept.get(one.name, ""))
            if one.kind == "yes":
                layout.addWidget(widget)
            else:
                layout.addWidget(FormRow(words.field_name(one.name), widget))

    def _field(self, field: Field, value: str) -> QWidget:
        if field.kind == "yes":
            box = QCheckBox(words.field_name(field.name))
            box.setChecked(value == "yes")
            self._read[field.name] = lambda: "yes" if box.isChecked() else ""
            self.fields[field.name] = box
            return box
        if field.kind == "choice":
            usual = (self.tr("As usual"), "")
            choice = Choice([("", usual[0]), *((one, one) for one in field.choices)])
            choice.set_value(value)
            self._read[field.name] = lambda: str(choice.currentData() or "")
            self.fields[field.name] = choice
            return choice
        line = QLineEdit(value)
        if field.name == "base_url":
            line.setPlaceholderText(self.entry.base_url)
        self._read[field.name] = line.text
        self.fields[field.name] = line
        return line if field.kind != "folder" else self._with_browser(line)

    def _with_browser(self, line: QLineEdit) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(line, 1)

        def browse() -> None:
            folder = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"))
            if folder:
                line.setText(folder)

        row.addWidget(tool("folder-open", self.tr("Choose a folder"), browse))
        return made

    def _on_saved(self, added: Added) -> None:
        self.saved.emit(added)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._save.setEnabled(True)
        self._problem.setText(spoken(error.sentence))
        self._problem.setVisible(True)
