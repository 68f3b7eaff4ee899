"""The library's health in the settings: check it, read what is wrong, and mend it by one button."""

import threading

from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import health, mending
from stylestudio_desktop.services.backup.standing import standing
from stylestudio_desktop.services.health import Health
from stylestudio_desktop.services.mending import Mended
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.points import Points
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import MainWindow

SHOWN = 30


class HealthSection(Section):
    """Every rule of the library held against what is there."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Health"), parent=parent)
        self._window = window
        self._studio = studio
        self.errand = Errand(window, studio, self)
        self.errand.moved.connect(self._on_moved)
        self.errand.done.connect(self._on_done)
        self.errand.failed.connect(self._on_failed)
        self._text = ""
        self.verified = label("", "muted", wrap=True)
        self.found = Points()
        self.found.hide()
        self.progress = ProgressRow(parent=self)
        self.progress.hide()
        self.progress.stop.hide()
        for part in (self.verified, self.progress, self.found):
            self.body.addWidget(part)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(button(self.tr("Check the library"), self.check, icon="check"))
        self.mend = button(self.tr("Mend what can be mended"), self.repair, "primary")
        self.mend.hide()
        foot.addWidget(self.mend)
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Show of when the last proven backup is."""
        studio = self._studio

        def read() -> int:
            return standing(studio).verified_at

        self._window.tasks.run(attached(studio, read), self._show_verified, owner=self)

    def _show_verified(self, at: int) -> None:
        if at:
            text = self.tr("Last verified backup: %1").replace("%1", wording.when(at, now_ms()))
        else:
            text = self.tr("There is no verified backup yet.")
        self.verified.setText(text)

    def check(self) -> None:
        """Prove every rule; nothing is changed."""
        studio = self._studio

        def op(progress: Progress, _cancelled: threading.Event) -> Health:
            return health.verify(studio, deep=True, progress=progress)

        self._begin(self.tr("Checking the library"))
        self.errand.start(op)

    def repair(self) -> None:
        """Mend; a snapshot is taken first, and what is removed goes to a quarantine."""
        studio = self._studio

        def op(progress: Progress, _cancelled: threading.Event) -> Mended:
            return mending.repair(studio, progress)

        self._begin(self.tr("Mending"))
        self.errand.start(op)

    def _begin(self, text: str) -> None:
        self._text = text
        self.progress.set(None, text)
        self.progress.show()

    def _on_moved(self, share: float, held_up: str) -> None:
        self.progress.set(share, held_up or self._text, "" if held_up else self.errand.left())

    def _on_done(self, result: object) -> None:
        self.progress.hide()
        lines: list[str] = []
        left = result if isinstance(result, Health) else None
        if isinstance(result, Mended):
            lines += map(spoken, result.done)
            left = result.left
            if result.quarantine is not None:
                text = self.tr("What was set aside lies in %1.")
                lines.append(text.replace("%1", str(result.quarantine)))
        problems = () if left is None else left.problems
        lines += [spoken(one.sentence) for one in problems[:SHOWN]]
        if len(problems) > SHOWN:
            more = wording.count(len(problems) - SHOWN)
            lines.append(self.tr("… and %1 more.").replace("%1", more))
        if not problems:
            lines.append(self.tr("Everything is as it should be."))
        self.found.set_lines(lines)
        self.found.show()
        self.mend.setVisible(bool(problems) and isinstance(result, Health))
        self.refresh()

    def _on_failed(self, error: StudioError | None) -> None:
        self.progress.hide()
        if error is not None:
            self._window.tell(error)
