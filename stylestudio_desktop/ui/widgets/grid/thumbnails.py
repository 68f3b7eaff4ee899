"""Decodes thumbnails on threads of its own, nearest to the view first, within bounded memory."""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from math import isqrt
from time import monotonic
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.tokens import Duration

_log = logging.getLogger(__name__)
BUDGET = 96 * 1024 * 1024
THREADS = 2
RETRY_SECONDS = 3.0
PER_FRAME = 24
FIRST_MS = 3


class Want(NamedTuple):
    """One thumbnail wanted: the stored file, the tier to read, the side in screen pixels."""

    storage_id: str
    tier: int
    side: int


class _Done(NamedTuple):
    want: Want
    image: QImage | None


class Thumbnails(QObject):
    """A bounded memory of decoded thumbnails with a list of wishes that is replaced as a whole.

    `arrived(storage ids)` is emitted at most once a frame, however many came in. Threads only ever
    touch QImage; a wish that is no longer in the list is never begun.
    """

    arrived = Signal(object)

    def __init__(
        self, fetch: Callable[[str, int], bytes | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._images: OrderedDict[str, tuple[QImage, int]] = OrderedDict()
        self._missing: dict[str, float] = {}
        self._bytes = 0
        self._near: set[str] = set()
        self._lock = threading.Condition()
        self._wanted: deque[Want] = deque()
        self._working: set[Want] = set()
        self._done: deque[_Done] = deque()
        self._closed = False
        self._threads: list[threading.Thread] = []
        self._frame = QTimer(self)
        self._frame.setInterval(Duration.FRAME)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._hand_over)

    @property
    def held(self) -> int:
        """Return the bytes of pixels now kept."""
        return self._bytes

    def get(self, storage_id: str) -> QImage | None:
        """Return what is decoded of a file, perhaps at another size than last wanted."""
        found = self._images.get(storage_id)
        return found[0] if found is not None else None

    def want(self, seen: Sequence[Want], ahead: Sequence[Want] = ()) -> None:
        """Replace the list of wishes, most urgent first.

        All that is `seen` is wanted, at a side for which it fits (see `finest`); of what is
        `ahead` of the view, as much as there is room for besides.
        """
        now = monotonic()
        side = max((wish.side for wish in seen), default=1)
        wishes = [*seen, *ahead[: max(0, BUDGET // _bytes(side) - len(seen))]]
        self._near = {wish.storage_id for wish in wishes}
        # Each once, also where a file is in view twice: two threads on equal wishes would count as
        # one, and what the slower one brought would wait for the next scrolling.
        todo = [wish for wish in dict.fromkeys(wishes) if self._lacks(wish, now)]
        for wish in wishes:
            if wish.storage_id in self._images:
                self._images.move_to_end(wish.storage_id)
        with self._lock:
            self._wanted = deque(wish for wish in todo if wish not in self._working)
            self._lock.notify_all()
        if todo:
            self._start()
            if not self._frame.isActive():
                # The very first are looked for at once: nothing is painted yet that would flicker.
                self._frame.start(Duration.FRAME if self._images else FIRST_MS)

    def forget(self, storage_id: str) -> None:
        """Drop one file's thumbnail, as when it was made anew."""
        self._missing.pop(storage_id, None)
        found = self._images.pop(storage_id, None)
        if found is not None:
            self._bytes -= found[0].sizeInBytes()

    def idle(self) -> bool:
        """Return whether nothing is wanted, in work or waiting to be shown."""
        with self._lock:
            return not (self._wanted or self._working or self._done)

    def close(self) -> None:
        """Stop the threads; called when the grid goes."""
        with self._lock:
            self._closed = True
            self._wanted.clear()
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(2.0)
        self._threads.clear()

    def _lacks(self, wish: Want, now: float) -> bool:
        if self._missing.get(wish.storage_id, 0.0) > now:
            return False
        found = self._images.get(wish.storage_id)
        return found is None or found[1] != wish.side

    def _start(self) -> None:
        if self._threads or self._closed:
            return
        for number in range(THREADS):
            thread = threading.Thread(target=self._work, name=f"thumbnails-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                data = self._fetch(wish.storage_id, wish.tier)
                image = decoding.thumbnail(data, wish.side) if data else None
            except Exception:  # one picture's cache being unreadable must not end the thread
                _log.warning("A thumbnail could not be read.", exc_info=True)
                image = None
            with self._lock:
                self._working.discard(wish)
                self._done.append(_Done(wish, image))

    def _next(self) -> Want | None:
        with self._lock:
            while not self._wanted and not self._closed:
                self._lock.wait()
            if self._closed:
                return None
            wish = self._wanted.popleft()
            self._working.add(wish)
            return wish

    def _hand_over(self) -> None:
        with self._lock:
            batch = [self._done.popleft() for _ in range(min(PER_FRAME, len(self._done)))]
            more = bool(self._wanted or self._working or self._done)
        for done in batch:
            self._keep(done)
        if not more:
            self._frame.stop()
        elif batch:
            self._frame.setInterval(Duration.FRAME)
        if batch:
            self.arrived.emit({done.want.storage_id for done in batch})

    def _keep(self, done: _Done) -> None:
        if done.image is None:
            self._missing[done.want.storage_id] = monotonic() + RETRY_SECONDS
            return
        self.forget(done.want.storage_id)
        self._images[done.want.storage_id] = (done.image, done.want.side)
        self._bytes += done.image.sizeInBytes()
        if done.want.storage_id not in self._near:
            # The view has left it meanwhile; it must not push out what is in view.
            self._images.move_to_end(done.want.storage_id, last=False)
        while self._bytes > BUDGET:
            _, (dropped, _) = self._images.popitem(last=False)
            self._bytes -= dropped.sizeInBytes()


def finest(number: int) -> int:
    """Return the longest side at which `number` thumbnails are within the budget together.

    A view of 8K has more pixels than the budget; decoded a little smaller, all of it is shown,
    where otherwise the last to come in would push out the first.
    """
    return max(1, isqrt(BUDGET // _bytes(1) // max(1, number)))


def _bytes(side: int) -> int:
    """Return the most that a decoded thumbnail can take: a square of four bytes a pixel."""
    return side * side * 4
