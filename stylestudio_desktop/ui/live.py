"""Turns what the services tell after a commit, here or in another process, into Qt signals."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

POLL_MS = 100
"""Asking takes some microseconds; what another process commits is to be seen within 300 ms."""


class Live(QObject):
    """Brings events to the UI thread.

    `happened(event)` carries one of this process's own events (`domain.events`) in order.
    `changed_elsewhere()` says that another process committed. `publish` may be called from any
    thread. `data_version` is a callable returning SQLite's `PRAGMA data_version` on a connection
    of the UI thread: its number changes when, and only when, another connection has committed
    (https://www.sqlite.org/pragma.html#pragma_data_version).
    """

    happened = Signal(object)
    changed_elsewhere = Signal()
    _arrived = Signal(object)

    def __init__(
        self,
        data_version: Callable[[], int] | None = None,
        parent: QObject | None = None,
        poll_ms: int = POLL_MS,
    ) -> None:
        super().__init__(parent)
        self._data_version = data_version
        self._seen = data_version() if data_version is not None else 0
        # Queued by Qt when the caller is another thread, direct when it is the UI thread.
        self._arrived.connect(self.happened)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        if data_version is not None:
            self._timer.start(poll_ms)

    def publish(self, event: object) -> None:
        """Tell `event` to the window; safe from any thread."""
        self._arrived.emit(event)

    def close(self) -> None:
        """Stop looking; called before the connection is closed."""
        self._timer.stop()

    def _poll(self) -> None:
        if self._data_version is None:
            return
        version = self._data_version()
        if version != self._seen:
            self._seen = version
            self.changed_elsewhere.emit()
