"""Takes pictures of the History pane: `python -m tests.ui.history.shots OUTDIR [NAME...]`."""

import os
import sys
from pathlib import Path
from threading import Event

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from stylestudio_desktop.domain.batch import Wish
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import batch_feeding, batches, history, steering
from stylestudio_desktop.services import queue as lines
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.pane import HistoryPane
from stylestudio_desktop.ui.window import HISTORY, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue
from tests.ui.pane_shots import Scene, settle, take
from tests.ui.studios import furnish, import_drawings


def _pane(window: MainWindow) -> HistoryPane:
    pane = window.open_pane(HISTORY)
    assert isinstance(pane, HistoryPane)
    settle(window)
    return pane


def plain(window: MainWindow, _studio: Studio) -> None:
    """Show the list alone."""
    _pane(window)


def story_of(state: str, review: bool = False) -> Scene:
    """Return a scene that opens the newest generation in `state`."""

    def scene(window: MainWindow, studio: Studio) -> None:
        pane = _pane(window)
        rows = history.rows(studio, GenerationFilter(status=state), limit=20).items
        found = [
            row for row in rows if (row.job is not None and row.job.review is not None) == review
        ]
        pane.table.opened.emit(found[0].card.id)
        settle(window)

    return scene


def many(window: MainWindow, _studio: Studio) -> None:
    """Show several rows selected, and a notice with an undo."""
    pane = _pane(window)
    pane.table.selectRow(3)
    for row in (4, 5, 8):
        index = pane.model.index(row, 0)
        flags = pane.table.selectionModel().SelectionFlag
        pane.table.selectionModel().select(index, flags.Select | flags.Rows)
    window.toast("4 generations moved to the trash", "good", ("Undo", lambda: None))


def insights(window: MainWindow, _studio: Studio) -> None:
    """Show the insights."""
    pane = _pane(window)
    pane.views.set_value("insights")
    pane.views.picked.emit("insights")


def queue(window: MainWindow, studio: Studio) -> None:
    """Show the queue with two batches."""
    if not batches.listing(studio):
        folder = studio.workspace.root.parent / "Autumn 2027"
        folder.mkdir()
        import_drawings(studio, folder, 6)
        wish = Wish((), quality="draft", prompt="Folded on pale oak, morning light")
        for budget in (4, None):
            found = plan(studio, Sources((str(folder),), settings=wish, budget=budget))
            batches.start(studio, found)
        batch_feeding.feed(studio, Event())
        batches.pause(studio, batches.listing(studio)[1].batch.id)
    window.open_pane(HISTORY, ShowQueue())


def pauses(window: MainWindow, studio: Studio) -> None:
    """Show the queue while it, a service and its neighbour rest, each for a reason of its own."""
    steering.pause_queue(studio)
    lines.pause_service(
        studio, "local", None, Code.NEEDS_PAYMENT,
        "FASHN asks for credit before it goes on. It says: “Out of credits”. Top up your account "
        "there.",
    )  # fmt: skip
    window.open_pane(HISTORY, ShowQueue())


SCENES = {
    "history-pauses": (furnish, pauses),
    "history-queue": (furnish, queue),
    "history": (furnish, plain),
    "history-empty": (None, plain),
    "history-completed": (furnish, story_of("completed")),
    "history-failed": (furnish, story_of("failed")),
    "history-running": (furnish, story_of("processing")),
    "history-decide": (furnish, story_of("processing", review=True)),
    "history-many": (furnish, many),
    "insights": (furnish, insights),
}

if __name__ == "__main__":
    take(SCENES, Path(sys.argv[1]), sys.argv[2:])
