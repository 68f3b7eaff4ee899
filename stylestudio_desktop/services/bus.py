"""Tells listeners what has happened, once it is committed."""

import logging
import threading
from collections.abc import Callable

from stylestudio_desktop.domain.events import Event

Listener = Callable[[Event], None]
_log = logging.getLogger(__name__)


class Bus:
    """Carries facts from services to whoever listens, on the thread that publishes."""

    def __init__(self) -> None:
        """Begin without listeners."""
        self._listeners: tuple[Listener, ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the answer ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def end() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    def publish(self, event: Event) -> None:
        """Tell everybody. The fact is committed, so a listener's fault must not undo it."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                _log.exception("a listener failed on %s", type(event).__name__)
