"""Says which files were not taken and why, at the side, until the user closes it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.services.library import Rejected
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label, plain_tip
from stylestudio_desktop.ui.widgets.side_panel import SidePanel

MOST_SHOWN = 200


class RejectedPanel(SidePanel):
    """Lists names and reasons; all of them can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Files that were not imported"))
        self._all: tuple[Rejected, ...] = ()
        self.foot.addWidget(button(self.tr("Copy all"), self._copy, icon="copy"))
        self.hide()

    def show_rejected(self, rejected: Sequence[Rejected]) -> None:
        """Show another list; an empty one closes the panel."""
        self._all = tuple(rejected)
        while (item := self.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.set_title(self.tr("%n file(s) not imported", "", len(self._all)))
        for one in self._all[:MOST_SHOWN]:
            name = label(Path(one.path).name, wrap=True)
            plain_tip(name, one.path)
            self.body.addWidget(name)
            self.body.addWidget(label(spoken(one.reason), "faint", wrap=True))
        if len(self._all) > MOST_SHOWN:
            more = self.tr("and %n more", "", len(self._all) - MOST_SHOWN)
            self.body.addWidget(label(more, "muted"))
        self.body.addStretch(1)
        self.setVisible(bool(self._all))

    def _copy(self) -> None:
        lines = (f"{one.path}\t{spoken(one.reason)}" for one in self._all)
        QGuiApplication.clipboard().setText("\n".join(lines))
