"""Collects garbage on the UI thread only, since a Qt object must die on the thread it lives on.

Python starts a collection on whichever thread happens to allocate. If that is a thread of a pool,
and the garbage holds a widget or a timer, Qt's destructor runs there: a crash or a hang that
comes once in a thousand runs. So automatic collection is off and a timer of the UI thread looks
at the counters instead.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Collector(QObject):
    """Made once by the application, after its start; `close` leaves things as they were."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._before = gc.isenabled()
        gc.disable()
        # What was imported until now stays for good; leaving it out makes collections short.
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_EVERY_MS)

    def close(self) -> None:
        """Stop looking; Python collects by itself again, if it did."""
        self._timer.stop()
        gc.unfreeze()
        if self._before:
            gc.enable()

    def _look(self) -> None:
        """Collect the oldest generation whose counter is over its threshold, as Python would."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
