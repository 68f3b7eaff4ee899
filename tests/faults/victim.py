"""Makes one picture from start to end, to be struck at any instant, and plants bugs in that."""

import hashlib
import logging
import sys
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.files.probe import probe
from stylestudio_desktop.services import finishing, generate, history, library, queue
from stylestudio_desktop.services.health import sweep_after_crash
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from stylestudio_desktop.worker import journey
from stylestudio_desktop.worker import runner as runner_room
from stylestudio_desktop.worker.journey import Journey
from stylestudio_desktop.worker.runner import Runner
from tests.faults.service import LastingService

PATIENCE = 3
"""How often the disk may refuse: once is what a single failing call does."""
cures: list[Callable[[], object]] = []
"""What puts the disk right once it has refused that often; then the work must go on by itself."""


class OnOneThread(Runner):
    """Runs each journey on the calling thread, so that a point is the same call in each run."""

    def _begin(self, claimed: queue.Claimed | None) -> bool:
        if claimed is None:
            return False
        row, job = claimed
        Journey(self._studio, row, job, self._closing).run()
        self._wake.set()
        return True


def plant_row_before_file() -> None:
    """A bug: the row is committed first, and the bytes get their final name afterwards."""
    real_complete = finishing.complete
    waiting: list[Path] = []

    def save(_studio: Studio, partial: Path, output: Any, _made: Any) -> finishing.Saved:
        found = probe(partial, finishing.RESULT_LIMITS, decode=True)
        waiting.append(partial)
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()
        return finishing.Saved(output.position, digest, found, output.facts)

    def complete(studio: Studio, row: Any, saved: Sequence[finishing.Saved]) -> list[int]:
        ids = real_complete(studio, row, saved)
        for partial in waiting:
            studio.files.adopt(partial)
        return ids

    finishing.save_result, finishing.complete = save, complete  # type: ignore[assignment]
    finishing._check_there = lambda *_: None  # the guard that refuses just this bug


def plant_charge_apart() -> None:
    """A bug: the charge is written in a transaction of its own, after the completion."""
    real_append, real_complete = entries.append, finishing.complete
    later: list[tuple[Any, ...]] = []

    def append(db: Any, user_id: int, move: Any, at: int) -> int:
        if move.kind.value == "settle":
            later.append((db, user_id, move, at))
            return 1
        return real_append(db, user_id, move, at)

    def complete(studio: Studio, row: Any, saved: Sequence[finishing.Saved]) -> list[int]:
        ids = real_complete(studio, row, saved)
        for db, user_id, move, at in later:
            with db.write():
                real_append(db, user_id, move, at)
        return ids

    entries.append, finishing.complete = append, complete


def plant_fresh_key() -> None:
    """A bug: every attempt to send uses a new intent instead of the one that was committed."""
    real = queue.prepare

    def prepare(studio: Studio, row: Any, job: Any) -> Any:
        return real(studio, row, job._replace(intent_id=str(uuid.uuid4())))

    queue.prepare = prepare


BUGS = {
    "row_before_file": plant_row_before_file,
    "charge_apart": plant_charge_apart,
    "fresh_key": plant_fresh_key,
}


class _Refusals(logging.Handler):
    """Cures the disk, or sets `stop`, once it refused so often that it won't end by itself."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(logging.WARNING)
        self._stop, self._number = stop, 0

    def emit(self, record: logging.LogRecord) -> None:
        self._number += "storage" in record.msg or "stranded" in record.msg
        if self._number == PATIENCE:
            for cure in cures:
                cure()
            if not cures:
                self._stop.set()


def work_off(runner: Runner) -> bool:
    """Work until nothing is left to do, or the disk stays full; say whether that was so."""
    # People's patience is no part of what is proven here, and there are thousands of points.
    journey.STORAGE_MS, runner_room.LOOK_EVERY_S = 20, 0.01
    stop = threading.Event()
    logging.getLogger("stylestudio_desktop.worker").addHandler(_Refusals(stop))
    guard = threading.Timer(40, stop.set)
    guard.daemon = True
    guard.start()
    runner.run(stop, until=runner.idle)
    guard.cancel()
    return stop.is_set()


def main(workspace: Path, service: Path) -> None:
    """Start one generation unless there is one, and work until nothing is left to do."""
    studio = open_studio(Workspace(workspace), {"local": LastingService(service)})
    if not history.ids(studio, GenerationFilter()):
        product = library.ids(studio, FileFilter(category=Category.PRODUCT.value))[0]
        generate.start(studio, Brief(products=(FileId(product),), count=2, quality="draft"))
    runner = OnOneThread(studio, lambda: sweep_after_crash(studio))
    full = work_off(runner)
    close_studio(studio)
    sys.exit(3 if full else 0)
