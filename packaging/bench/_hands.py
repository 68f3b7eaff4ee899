"""What people do in the window, as scripts that a benchmark can run one after the other."""

import random
import time
from collections.abc import Callable, Generator
from pathlib import Path

from _photos import photo

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.events import Event, GenerationCompleted, GenerationEnded
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.services import attempts, generate, library, samples
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.widgets.grid.thumbnails import BUDGET
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET

FRAMES = 45
FULL = 0.95
MOST_ORDERED = 3
WORDS = ("", "linen", "style:vintage", "rating:>=3", "linen style:vintage", "is:favourite", "date:")
Script = Generator[Callable[[], bool], None, None]


class Hands:
    """Everything that one can do in the window; each script yields what it waits for."""

    def __init__(self, session: Session, studio: Studio, folder: Path, seed: int) -> None:
        self._window, self._studio, self._folder = session.window, studio, folder
        self._dice = random.Random(seed)  # noqa: S311 - the same afternoon in every run
        pane = self._window.open_pane(GALLERY)
        if not isinstance(pane, GalleryPane):
            raise TypeError("The gallery is not there.")
        self._pane = pane
        self._photos = [photo(640, 480, number) for number in range(6)]
        # The engine refuses what is imported here: patterns in which no product is seen.
        loaded = samples.load(studio).files
        self._products = [FileId(one.id) for one in loaded if one.category == "product_image"]
        self._taken = 0
        self._ordered: dict[int, float] = {}
        self.made: list[float] = []
        self.refused: list[str] = []
        listen(self._window, studio).happened.connect(self._on_happened)
        self.frames: list[float] = []
        self.deeds: dict[str, tuple[int, Callable[[], Script]]] = {
            "import": (12, self.bring), "generate": (4, self.generate), "scroll": (24, self.scroll),
            "search": (20, self.search), "rate": (12, self.rate), "trash": (8, self.trash),
            "restore": (6, self.restore), "undo": (4, self.undo), "view": (14, self.view),
            "pane": (8, self.go),
        }  # fmt: skip

    def next(self) -> tuple[str, Script]:
        """Return a deed by chance, and its script."""
        names = list(self.deeds)
        weights = [weight for weight, _ in self.deeds.values()]
        name = self._dice.choices(names, weights)[0]
        return name, self.deeds[name][1]()

    def pictures_mb(self) -> float:
        """Return what the gallery's grid keeps of decoded pictures, in MB."""
        return self._pane.grid.thumbnails.held / 1_048_576

    def fill(self) -> Script:
        """Scroll over the library until what is kept of pictures is filled to its bound."""
        grid, top = self._grid(), 0
        while top < grid.layout_.height and grid.thumbnails.held < FULL * BUDGET:
            grid.scroll_to(top)
            top += grid.viewport().height()
            yield grid.settled

    def bring(self) -> Script:
        """Import a photo that is not in the library yet."""
        self._taken += 1
        note = f"soak {self._taken} {time.time_ns()}".encode()
        base = self._dice.choice(self._photos)
        path = self._folder / "soak.jpg"
        comment = b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note
        path.write_bytes(base[:2] + comment + base[2:])
        self._pane.importer.bring([path], Category.PRODUCT)
        yield lambda: not self._pane.importer.running

    def generate(self) -> Script:
        """Order a picture from the embedded engine; it is made while other things are done."""
        yield lambda: len(self._ordered) < MOST_ORDERED
        here = list(filter(self._here, self._products))
        if not here:
            return
        product = self._dice.choice(here)
        with self._studio.database.write():
            move = ledger.grant(self._studio.user_id, 2, f"soak {time.time_ns()}")
            entries.append(self._studio.database, self._studio.user_id, move, now_ms())
        style = self._dice.choice(("vintage", "realistic"))
        brief = Brief((product,), quality="draft", style=style)
        self._ordered[generate.start(self._studio, brief).id] = time.monotonic()

    def _here(self, file_id: FileId) -> bool:
        return library.picture(self._studio, file_id).trashed_at is None

    def scroll(self) -> Script:
        """Scroll on from anywhere, one step a frame, and wait for what is then in view."""
        grid = self._grid()
        height = max(1, grid.layout_.height)
        top = self._dice.randrange(height)
        step = self._dice.choice((6, 120, 2400))
        for number in range(FRAMES):
            began = time.thread_time()
            grid.scroll_to((top + number * step) % height)
            grid.viewport().repaint()
            self.frames.append((time.thread_time() - began) * 1000)
            yield lambda: True
        yield grid.settled

    def search(self) -> Script:
        """Type a search and wait for the whole list."""
        self._grid()
        self._window.top_bar.search.set_text("")
        text = self._dice.choice(WORDS)
        if text == "date:":
            text = f"date:{time.strftime('%Y-%m')}"
        self._pane.search(text)
        yield self._listed

    def rate(self) -> Script:
        """Rate a few pictures, or a thousand."""
        yield from self._choose(self._dice.choice((1, 5, 1000)))
        self._pane.doing.rate(self._dice.randrange(6))
        yield self._rested

    def trash(self) -> Script:
        """Move a few pictures to the trash."""
        yield from self._choose(3)
        self._pane.doing.trash()
        yield self._rested

    def restore(self) -> Script:
        """Bring a few pictures back from the trash."""
        self._grid()
        yield from self._turn_trash(True)
        yield from self._choose(5)
        self._pane.doing.restore()
        yield self._rested
        yield from self._turn_trash(False)

    def undo(self) -> Script:
        """Take the last step back."""
        self._grid()
        self._pane.doing.undo()
        yield self._rested

    def view(self) -> Script:
        """Open the viewer, go on twice, and go back."""
        grid = self._grid()
        if not len(grid.contents):
            return
        index = self._dice.randrange(len(grid.contents))
        self._pane.show_pictures([grid.contents.ids[index]])
        yield self._pane.viewer.ready
        for _ in range(2):
            if self._pane.viewer.step(1):
                yield self._pane.viewer.ready
        self._pane.viewer.leave()

    def go(self) -> Script:
        """Look at another pane."""
        self._window.open_pane(self._dice.choice((CREATE, HISTORY, WALLET, SETTINGS)))
        yield lambda: not self._window.tasks.busy()

    def _on_happened(self, event: Event) -> None:
        if not isinstance(event, GenerationCompleted | GenerationEnded):
            return
        ordered = self._ordered.pop(event.generation_id, None)
        if isinstance(event, GenerationEnded):
            row = attempts.owned(self._studio, event.generation_id)
            self.refused.append(f"generate: it ended as {event.status}: {row.error}")
        elif ordered is not None:
            self.made.append((time.monotonic() - ordered) * 1000)

    def _grid(self) -> Grid:
        self._window.open_pane(GALLERY)
        return self._pane.grid

    def _choose(self, number: int) -> Script:
        grid = self._grid()
        yield self._listed
        total = len(grid.contents)
        first = self._dice.randrange(max(1, total - number))
        grid.select(Ranges([(first, min(total, first + number))] if total else []))

    def _turn_trash(self, on: bool) -> Script:
        filters = self._pane.browser.filters
        if filters.trash.isChecked() != on:
            filters.trash.setChecked(on)
            filters.changed.emit()
        yield self._listed

    def _listed(self) -> bool:
        return self._pane.listing.complete and not self._window.tasks.busy()

    def _rested(self) -> bool:
        return not self._pane.acting.busy and not self._window.tasks.busy()
