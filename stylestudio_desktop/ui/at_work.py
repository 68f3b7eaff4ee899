"""Knows whether somebody is at work in a window, so that what nobody waits for rests meanwhile."""

from time import monotonic

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

REST_S = 1.5
"""Seconds after the last sign of somebody; scrolling pauses are shorter."""

_SIGNS = frozenset(
    {
        QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove,
        QEvent.Type.Wheel, QEvent.Type.TouchUpdate, QEvent.Type.TabletMove,
        QEvent.Type.InputMethod, QEvent.Type.Drop, QEvent.Type.DragMove,
    }
)  # fmt: skip


class AtWork(QObject):
    """Looks at what the system sends to `window`: keys, pointer, wheel, touch. It must be shown.

    The window's own handle gets each of them once, before any widget does, and nothing else.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._last = monotonic()
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def touch(self) -> None:
        """Take it that somebody is at work now, as where a list is scrolled."""
        self._last = monotonic()

    def now(self) -> bool:
        """Return whether somebody is at work; may be asked on any thread."""
        return monotonic() - self._last < REST_S

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note what comes, and let it go on."""
        if event.type() in _SIGNS:
            self._last = monotonic()
        return False
