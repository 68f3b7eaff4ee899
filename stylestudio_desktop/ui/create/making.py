"""Follows generations while they are made: asks the library again whenever something moved."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from stylestudio_desktop.domain.errors import NotFound, StudioError
from stylestudio_desktop.domain.events import (
    GenerationCompleted,
    GenerationEnded,
    GenerationMoved,
    GenerationProgressed,
    GenerationsChanged,
    GenerationStarted,
)
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import OPEN, Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import attempts, history
from stylestudio_desktop.services.estimates import left_ms
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import background
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.tasks import Tasks

_TOGETHER_MS = 80
_MOST = 60
_MOVES = (
    GenerationMoved, GenerationCompleted, GenerationEnded, GenerationStarted,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an open generation is; `left` milliseconds, None where nobody knows."""

    stage: str
    share: float | None
    left: float | None


class Making(QObject):
    """The generations that this pane follows, newest first.

    `changed(ids)` is emitted when stories of these ids have been read anew, `progressed(id)` when
    one went on, `failed(error)` when the library could not be read.
    """

    changed = Signal(list)
    progressed = Signal(object)
    failed = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, live: Live, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self.stories: dict[int, Story] = {}
        self._stages: dict[int, tuple[str, float | None]] = {}
        self._expected: dict[int, float] = {}
        self._ids: list[int] = []
        self._stale: set[int] = set()
        self._reading = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)
        self._soon.timeout.connect(self._read)
        live.happened.connect(self._on_happened)
        live.changed_elsewhere.connect(self._on_changed_elsewhere)

    @property
    def ids(self) -> tuple[int, ...]:
        """Return what is followed, newest first."""
        return tuple(self._ids)

    @property
    def open(self) -> int:
        """Return how many still wait or run."""
        return sum(1 for story in self.stories.values() if attempts.is_open(story.generation))

    @property
    def reading(self) -> bool:
        """Return whether something is being read, or soon will be."""
        return self._reading or self._soon.isActive()

    def follow(self, ids: Sequence[int], expected_ms: float | None = None) -> None:
        """Follow these too; `expected_ms` is how long each is thought to take."""
        new = [one for one in ids if one not in self._ids]
        self._ids = sorted({*self._ids, *new}, reverse=True)
        if expected_ms is not None:
            self._expected.update(dict.fromkeys(new, expected_ms))
        for old in self._ids[_MOST:]:
            if old in self.stories and not attempts.is_open(self.stories[old].generation):
                self._drop(old)
        self.look(ids)

    def look(self, ids: Sequence[int] | None = None) -> None:
        """Read stories anew (None: of all that still run)."""
        if ids is None:
            ids = [
                one for one in self._ids
                if one not in self.stories or attempts.is_open(self.stories[one].generation)
            ]  # fmt: skip
        self._stale.update(ids)
        if self._stale and not self._soon.isActive():
            self._soon.start()

    def look_for_running(self) -> None:
        """Follow whatever waits or runs, as after a start of the program."""

        def read() -> list[int]:
            found: list[int] = []
            for status in sorted(OPEN):
                wanted = GenerationFilter(status=status.value)
                page = history.listing(self._studio, wanted, limit=_MOST)
                found += [card.id for card in page.items]
            return found

        work = attached(self._studio, read)
        background.run(self._tasks, work, self.follow, self._on_failure, self)

    def forget_finished(self) -> None:
        """Take away what has ended."""
        gone = [
            one for one, story in self.stories.items() if not attempts.is_open(story.generation)
        ]
        for one in gone:
            self._drop(one)
        self.changed.emit(gone)

    def progress(self, generation_id: int) -> Progress:
        """Return how far an open generation is."""
        story = self.stories[generation_id]
        stage, share = self._stages.get(generation_id, ("", None))
        if story.job is not None and not stage:
            stage, share = story.job.stage, story.job.progress
        begun = [one.at for one in story.states if one.status == Status.UPLOADING.value]
        if not begun or story.generation.status == Status.PENDING.value:
            return Progress(stage, None, None)
        spent = max(0, now_ms() - begun[-1])
        return Progress(stage, share, left_ms(spent, share, self._expected.get(generation_id)))

    @Slot(object)
    def _on_happened(self, event: object) -> None:
        if isinstance(event, GenerationProgressed):
            if event.generation_id in self.stories:
                self._stages[event.generation_id] = (event.stage, event.progress)
                self.progressed.emit(event.generation_id)
        elif isinstance(event, _MOVES):
            if event.generation_id in self._ids:
                self.look([event.generation_id])
        elif isinstance(event, GenerationsChanged):
            self.look([one for one in event.generation_ids if one in self._ids])

    @Slot()
    def _on_changed_elsewhere(self) -> None:
        self.look()

    def _read(self) -> None:
        if self._reading:
            return
        wanted, self._stale = sorted(self._stale, reverse=True), set()
        self._reading = True
        studio = self._studio

        def read() -> dict[int, Story | None]:
            found: dict[int, Story | None] = {}
            for one in wanted:
                try:
                    found[one] = history.story(studio, one)
                except NotFound:
                    found[one] = None
            return found

        work = attached(studio, read)
        background.run(self._tasks, work, self._on_read, self._on_failure, self)

    def _on_read(self, found: dict[int, Story | None]) -> None:
        self._reading = False
        changed = []
        for one, story in found.items():
            if one not in self._ids:
                continue
            if story is None or story.generation.trashed_at is not None:
                self._drop(one)
            elif self.stories.get(one) == story:
                continue
            else:
                self.stories[one] = story
                self._stages.pop(one, None)
            changed.append(one)
        if changed:
            self.changed.emit(changed)
        if self._stale:
            self._soon.start()

    def _drop(self, generation_id: int) -> None:
        self._ids.remove(generation_id)
        for kept in (self.stories, self._stages, self._expected):
            kept.pop(generation_id, None)

    def _on_failure(self, error: Exception) -> None:
        self._reading = False
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error)
