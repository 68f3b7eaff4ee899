"""One exchange with a service while it runs, and the watch that cuts it off when it must end."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from threading import Event

from stylestudio_desktop.providers.protocol import Kind, ProviderError

_GLANCE_S = 0.2

STOPPED = "It was stopped, as you wished, before it was finished."


@dataclass
class Call:
    """What the network layers know of the exchange that runs in their thread.

    `nearby` allows this machine and the local network, `host` is the only name that may be
    connected to, `until` is the monotonic second at which
    it is cut off, `sent` whether a byte of the request may have left, `link` the connection.
    """

    cancelled: Event
    until: float
    nearby: bool
    host: str = ""
    sent: bool = False
    link: socket.socket | None = None
    cut: bool = False

    def look_up(self) -> None:
        """Raise ProviderError if the call is no longer wanted."""
        if self.cancelled.is_set():
            raise ProviderError(Kind.CANCELLED, STOPPED)

    def watch(self) -> None:
        """Cut the connection, which ends any wait on it, if the call must end now."""
        if not self.cancelled.is_set() and time.monotonic() < self.until:
            return
        self.cut = True
        link = self.link
        if link is not None:
            with contextlib.suppress(OSError):  # it has ended by itself meanwhile
                link.shutdown(socket.SHUT_RDWR)


class Watch:
    """Looks at all running calls five times a second; its thread lives only while there are any.

    A read that blocks for minutes can't look at an Event, so that somebody else must.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._awake = False

    def add(self, call: Call) -> None:
        """Keep an eye on `call` until it is removed."""
        with self._lock:
            self._calls.append(call)
            if not self._awake:
                self._awake = True
                threading.Thread(target=self._run, name="network watch", daemon=True).start()

    def remove(self, call: Call) -> None:
        """Let go of `call`."""
        with self._lock:
            self._calls = [one for one in self._calls if one is not call]

    def _run(self) -> None:
        while True:
            time.sleep(_GLANCE_S)
            with self._lock:
                calls = list(self._calls)
                if not calls:
                    self._awake = False
                    return
            for call in calls:
                call.watch()


class _Here(threading.local):
    call: Call | None = None


here = _Here()
"""The call that runs in this thread; the connections below ask it, being made by the library."""


def current() -> Call:
    """Return this thread's call. Raises RuntimeError outside of one, which is a fault of ours."""
    if here.call is None:
        raise RuntimeError("a connection was opened outside of a call")
    return here.call
