"""The child process's conversation: JSON lines in and out, one job at a time."""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from stylestudio_desktop.engine import limits, weights
from stylestudio_desktop.engine.faults import Cancelled, EngineFault
from stylestudio_desktop.engine.foreseen import asked_by
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import SIDES, Order

MAX_LINE = 1_000_000
JOBS = ("render", "cutout", "check", "examine", "plane")


class Line:
    """The way out: whole lines only, from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:
        """Send one message; a parent that is gone ends the process."""
        data = json.dumps(message, ensure_ascii=True).encode("ascii") + b"\n"
        with self._lock:
            try:
                self._stream.write(data)
                self._stream.flush()
            except OSError:
                os._exit(0)


class Server:
    """Takes requests, works on one job at a time, and looks for cancellation between steps."""

    def __init__(self, line: Line, networks: Networks) -> None:
        self._line = line
        self._networks = networks
        self._waiting: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._stopped: set[str] = set()
        self._current: str | None = None
        self._closing = threading.Event()

    def listen(self, source: Iterable[bytes]) -> None:
        """Read requests until the end of `source` (the parent is gone) or a quit."""
        for raw in source:
            try:
                message = json.loads(raw)
                if len(raw) > MAX_LINE or not isinstance(message, dict):
                    raise ValueError("not an object of acceptable size")
            except ValueError:
                self._line.say(
                    job="", event="failed", kind="provider", sentence="Unreadable request."
                )
                continue
            if message.get("op") == "quit":
                break
            self._take(message)
        self._closing.set()
        self._waiting.put(None)

    def _take(self, message: dict[str, Any]) -> None:
        job = str(message.get("job", ""))
        if message.get("op") == "cancel":
            self._stopped.add(job)
        elif message.get("op") in JOBS:
            self._waiting.put(message)
        else:
            self._fail(job, "provider", "The engine does not know this request.")

    def work(self) -> None:
        """Work on jobs until the conversation ends."""
        while (message := self._waiting.get()) is not None and not self._closing.is_set():
            job = str(message.get("job", ""))
            self._current = job
            try:
                self._report(job, "Starting", 0.0)
                self._line.say(job=job, event="done", **self._answer(job, message))
            except Cancelled:
                self._line.say(job=job, event="cancelled")
            except EngineFault as fault:
                self._fail(job, fault.kind, fault.sentence)
            except MemoryError:
                self._fail(job, "provider", OUT_OF_MEMORY)
            except Exception as error:
                self._unforeseen(job, error)
            finally:
                self._current = None
                self._stopped.discard(job)
            self._networks.preserve(self._idle)

    def _idle(self) -> bool:
        """Say whether nobody waits for a job; at the end a moment is left for what is kept."""
        return self._waiting.empty() or self._closing.is_set()

    def _answer(self, job: str, message: dict[str, Any]) -> dict[str, Any]:
        """Do one job; most rooms are imported at the first one, while its networks load."""

        def report(stage: str, progress: float) -> None:
            self._report(job, stage, progress)

        if message["op"] in ("render", "check"):
            return self._ordered(Order.read(message), message, report)
        if message["op"] == "cutout":
            from stylestudio_desktop.engine import render

            target = Path(str(message["out"]))
            drawn = message.get("mask")
            given = Path(str(message["photo"])), None if drawn is None else Path(str(drawn))
            side = min(int(message.get("side", render.PREVIEW_SIDE)), SIDES[1])
            sheer = str(message.get("sheer", "auto"))
            render.preview(*given, target, side, self._networks, report, sheer)
            return {"out": str(target)}
        if message["op"] == "plane":
            from stylestudio_desktop.engine.scene.reading import guess

            guessed = guess(Path(str(message["photo"])), str(message.get("arrangement", "auto")))
            return {"plane": guessed.plane.text(), "sure": round(guessed.sure, 2)}
        from stylestudio_desktop.engine.fidelity.report import examine

        photos = [Path(str(path)) for path in message["products"]]
        shown, grade = Path(str(message["picture"])), str(message.get("grade", ""))
        masks = [None if path is None else Path(str(path)) for path in message.get("masks", ())]
        worn = bool(message.get("worn", False))
        made = examine(photos, shown, self._networks, report, grade, masks, worn=worn)
        return {"report": made}

    def _ordered(
        self, order: Order, message: dict[str, Any], report: Callable[[str, float], None]
    ) -> dict[str, Any]:
        """Make the pictures of an order, or only check its photos."""
        checked = message["op"] == "check"
        self._networks.begin(asked_by(order, self._networks, checked=checked))
        if checked:
            from stylestudio_desktop.engine.suitability import reasons

            return {"reasons": reasons(order, self._networks, report)}
        from stylestudio_desktop.engine.render import render

        made = render(order, Path(str(message["out"])), self._networks, report)
        return {"pictures": [each.facts() for each in made]}

    def _report(self, job: str, stage: str, progress: float) -> None:
        if job in self._stopped or self._closing.is_set():
            raise Cancelled
        self._line.say(job=job, event="stage", stage=stage, progress=round(progress, 3))

    def _unforeseen(self, job: str, error: Exception) -> None:
        """Tell out-of-memory errors of image libraries from our own mistakes; log the rest."""
        if any(sign in str(error) for sign in _NO_MEMORY):
            self._fail(job, "provider", OUT_OF_MEMORY)
            return
        sys.excepthook(type(error), error, error.__traceback__)
        self._fail(
            job,
            "provider",
            f"The engine met a fault of its own ({type(error).__name__}). Nothing was charged; "
            "try again, or try another photo.",
        )

    def _fail(self, job: str, kind: str, sentence: str) -> None:
        self._line.say(job=job, event="failed", kind=kind, sentence=sentence)

    def out_of_memory(self) -> None:
        """End the process before the machine suffers; the current job gets its sentence."""
        self._fail(self._current or "", "provider", OUT_OF_MEMORY)
        os._exit(3)


_NO_MEMORY = (
    "Insufficient memory", "bad_alloc", "bad allocation", "can't alloc", "Cannot allocate memory",
    "failed to map segment", "can't start new thread",
)  # fmt: skip
"""What the libraries of pictures and networks, and the system's loader, say without memory."""

OUT_OF_MEMORY = (
    "The engine needed more memory than it may use. Nothing was charged; "
    "ask for a lower quality or use a smaller photo."
)


def serve() -> None:
    """Serve requests on standard input until it ends; libraries can't write to the answers.

    The real standard output is kept for answers, and descriptor 1 is turned to standard error,
    so that a library's chatter lands in the log.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limits.settle()
    limits.give_way()
    line = Line(answers)
    server = Server(line, Networks(weights.folder(), limits.threads()))
    limits.watch_memory(server.out_of_memory)
    worker = threading.Thread(target=server.work, name="engine-work", daemon=True)
    worker.start()
    line.say(job="", event="ready")
    server.listen(sys.stdin.buffer)
    worker.join(timeout=2.0)
    os._exit(0)
