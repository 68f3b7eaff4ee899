"""Keeps all threads' sessions, the watch over running calls, and the switch for no network."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from stylestudio_desktop.providers.http.call import Watch

if TYPE_CHECKING:
    import requests

_FRESH_AFTER_S = 2.0


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
        self._sessions: dict[threading.Thread, tuple[requests.Session, list[float]]] = {}

    @contextlib.contextmanager
    def session(self, fresh: bool = False) -> Iterator["requests.Session"]:
        """Lend this thread's session; `fresh` avoids a connection that has lain idle.

        A kept connection may be closed by the other side at the very moment of sending. For an
        order that would leave open whether it arrived.
        """
        from stylestudio_desktop.providers.http import connection

        me = threading.current_thread()
        with self._lock:
            gone = [thread for thread in self._sessions if not thread.is_alive()]
            left = [self._sessions.pop(thread)[0] for thread in gone]
            if me not in self._sessions:
                self._sessions[me] = (connection.new_session(self._agent), [0.0])
            session, used = self._sessions[me]
        for one in left:
            connection.drop_idle(one)
        if fresh and time.monotonic() - used[0] > _FRESH_AFTER_S:
            connection.drop_idle(session)
        try:
            yield session
        finally:
            used[0] = time.monotonic()

    def close(self) -> None:
        """Close every connection; a later call opens new ones."""
        with self._lock:
            sessions = [session for session, _ in self._sessions.values()]
            self._sessions.clear()
        for session in sessions:
            session.close()


def chunks_of(response: "requests.Response") -> Iterator[bytes]:
    """Yield the body as it arrives: a break loses nothing of what came before it."""
    return iter(lambda: response.raw.read1(65_536, decode_content=True), b"")
