"""Keeps the sessions, the watch over running calls, and the switch for no network at all."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from stylestudio_desktop.providers.http.call import Watch

if TYPE_CHECKING:
    import requests

_FRESH_AFTER_S = 2.0
_MOST_IDLE = 16


class Network:
    """Holds what all services share: sessions, the watch, and the switch for no network at all."""

    def __init__(
        self,
        offline: Callable[[], bool] = lambda: False,
        agent: str = "StyleStudio",
        pause_s: float = 0.5,
    ) -> None:
        """While `offline()` is true no socket is opened and no name is looked up.

        `pause_s` is the first pause before something is asked again; each further one doubles.
        """
        self.pause_s = pause_s
        self.offline = offline
        self.watch = Watch()
        self._agent = agent
        self._lock = threading.Lock()
        self._idle: list[tuple[requests.Session, float]] = []

    @contextlib.contextmanager
    def session(self, fresh: bool = False) -> Iterator["requests.Session"]:
        """Lend a session to one exchange; `fresh` avoids a connection that has lain idle.

        Sessions outlive the threads that use them, since each job has a thread of its own and
        would else begin with a new connection. A kept connection may be closed by the other side
        at the very moment of sending, which for an order would leave open whether it arrived.
        """
        from stylestudio_desktop.providers.http import connection

        with self._lock:
            session, used = self._idle.pop() if self._idle else (None, 0.0)
        if session is None:
            session = connection.new_session(self._agent)
        elif fresh and time.monotonic() - used > _FRESH_AFTER_S:
            connection.drop_idle(session)
        try:
            yield session
        finally:
            with self._lock:
                kept = len(self._idle) < _MOST_IDLE
                if kept:
                    self._idle.append((session, time.monotonic()))
            if not kept:
                connection.drop_idle(session)

    def close(self) -> None:
        """Close every idle connection; a later call opens new ones."""
        with self._lock:
            idle = [session for session, _ in self._idle]
            self._idle.clear()
        for session in idle:
            session.close()


def chunks_of(response: "requests.Response") -> Iterator[bytes]:
    """Yield the body as it arrives: a break loses nothing of what came before it."""
    return iter(lambda: response.raw.read1(65_536, decode_content=True), b"")
