"""Hosts what goes on beside the queue while a window is open, and tells what came in."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.at_work import AtWork
from stylestudio_desktop.ui.lookout import Lookout
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.window import GALLERY, MainWindow
from stylestudio_desktop.ui.wishes import ShowFiles

if TYPE_CHECKING:
    from stylestudio_desktop.services.watching import Report
    from stylestudio_desktop.worker.besides import Besides

MOST_TOLD = 2


class BesidesHost(QObject):
    """`came(Report)` is emitted on the UI thread when a watched folder brought something."""

    came = Signal(object)

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        self._window, self._studio = window, studio
        self._besides: Besides | None = None
        self.at_work = AtWork(window)
        self._lookout: Lookout | None = None
        self.came.connect(self._on_came)
        window.closing.connect(self.close)

    def start(self) -> None:
        """Begin, once the window stands."""
        from stylestudio_desktop.worker.besides import Besides

        self._besides = Besides(self._studio, self.came.emit, at_work=self.at_work.now)
        self._besides.start()
        self._lookout = Lookout(self._window, self._studio)
        self._lookout.begin()

    def close(self) -> None:
        """Stop, in bounded time."""
        if self._lookout is not None:
            self._lookout.close()
        if self._besides is not None:
            self._besides.close()
            self._besides = None

    def _on_came(self, report: "Report") -> None:
        if report.taken:
            text = self.tr("%n picture(s) came in from watched folders", "", len(report.taken))
            first = ShowFiles((FileId(report.taken[0]),))
            show = (self.tr("Show"), lambda: self._window.open_pane(GALLERY, first))
            self._window.toast(text, "good", show)
        for refused in report.rejected[:MOST_TOLD]:
            name = Path(refused.path).name
            self._window.toast(
                f"{name}: {spoken(refused.reason)}" if name else spoken(refused.reason), "warning"
            )
        if len(report.rejected) > MOST_TOLD:
            more = len(report.rejected) - MOST_TOLD
            text = self.tr("%n more file(s) in watched folders were not taken.", "", more)
            self._window.toast(text, "warning")
