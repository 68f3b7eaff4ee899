"""The panel that tells one generation's whole story and offers what can be done with it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import Remedy, StudioError
from stylestudio_desktop.domain.generation import OPEN, Review, Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.services.estimates import left_ms
from stylestudio_desktop.services.steering import REMEDIES
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.fidelity import FidelityView
from stylestudio_desktop.ui.history import parts
from stylestudio_desktop.ui.history.remedies import Answers
from stylestudio_desktop.ui.history.telling import Told, tell
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Task
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.forms import Facts, Fold
from stylestudio_desktop.ui.widgets.labels import StatusBadge, label
from stylestudio_desktop.ui.widgets.progress import ProgressRow, time_left
from stylestudio_desktop.ui.widgets.side_panel import SidePanel
from stylestudio_desktop.ui.window import MainWindow

WIDTH = Size.SIDE_PANEL + Space.HUGE + Space.XXL
RESULTS = WIDTH - 3 * Space.L
PHOTO = 64
SOON_MS = 60


class StoryPanel(SidePanel):
    """Shows the generation given to `show_story`; `told(id)` follows each showing."""

    told = Signal(object)

    def __init__(
        self, window: MainWindow, studio: Studio, answers: Answers, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("The whole story"), parent)
        self.setFixedWidth(WIDTH)
        self._window = window
        self._studio = studio
        self._answers = answers
        self._id: int | None = None
        self._task: Task[Told] | None = None
        self._content: QWidget | None = None
        self._buttons: QWidget | None = None
        self._progress: ProgressRow | None = None
        self.now: Told | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._load)
        self.closed.connect(self._on_closed)
        self.hide()

    @property
    def generation_id(self) -> int | None:
        """Return whose story is shown."""
        return self._id

    def show_story(self, generation_id: int) -> None:
        """Open the panel on a generation."""
        self._id = generation_id
        self.show()
        self._load()

    def turn_to(self, generation_id: int) -> None:
        """Follow the list while the panel is open, without reading every row one passes."""
        if self.isVisible() and generation_id != self._id:
            self._id = generation_id
            self._soon.start()

    def refresh(self, generation_id: int) -> None:
        """Read the story anew if it is this generation's (or any may have changed: 0)."""
        if self.isVisible() and generation_id in (0, self._id) and not self._soon.isActive():
            self._soon.start()

    def close_panel(self) -> None:
        """Close the panel as its own button does."""
        self.hide()
        self.closed.emit()

    def _on_closed(self) -> None:
        self._id = None

    def _load(self) -> None:
        if self._id is None:
            return
        if self._task is not None:
            self._task.cancel()
        studio, wanted = self._studio, self._id
        self._task = self._window.tasks.run(
            attached(studio, lambda: tell(studio, wanted)),
            self._on_told,
            self._on_failed,
            owner=self,
        )

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._put(parts.notice(spoken(error.sentence), []), None)

    def _on_told(self, told: Told) -> None:
        same = self.now is not None and told.story.generation.id == self.now.story.generation.id
        moved = same and self._only_moved(told)
        self.now = told
        if moved:
            self._show_progress(told.story.job)
            return
        self._put(self._build(told), self._foot(told), keep=same)
        self.told.emit(told.story.generation.id)

    def _only_moved(self, told: Told) -> bool:
        """Say whether nothing but the progress is new, so that nothing needs to be built."""
        old = self.now
        if old is None or self._progress is None or told.story.job is None:
            return False
        still = (told.story.states, told.story.entries, told.price, told.balance)
        before = (old.story.states, old.story.entries, old.price, old.balance)
        old_review = old.story.job.review if old.story.job is not None else None
        return still == before and told.story.job.review == old_review

    def _put(self, content: QWidget, foot: QWidget | None, *, keep: bool = False) -> None:
        scroll = self.findChild(QScrollArea)
        place = scroll.verticalScrollBar().value() if scroll is not None and keep else 0
        for old in (self._content, self._buttons):
            if old is not None:
                old.hide()
                old.deleteLater()
        self._content, self._buttons = content, foot
        self.body.insertWidget(0, content)
        content.show()
        if self.body.count() == 1:
            self.body.addStretch(1)
        if foot is not None:
            self.foot.addWidget(foot)
            foot.show()
        if scroll is not None:
            QTimer.singleShot(0, scroll, lambda: scroll.verticalScrollBar().setValue(place))

    def _build(self, told: Told) -> QWidget:
        story, row = told.story, told.story.generation
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.L)
        layout.addLayout(self._head(told))
        self._progress = None
        for part in (self._decision(told), self._error(told), self._running(told)):
            if part is not None:
                layout.addWidget(part)
        if story.results:
            found = [(one.storage_id, one.filename) for one in story.results]
            ids = [one.id for one in story.results]
            across = min(3, len(found))
            side = (RESULTS - Space.S * (across - 1)) // across
            shown = parts.pictures(
                found,
                told.images,
                side,
                lambda place: self._answers.show_files(ids[place:] + ids[:place]),
            )
            layout.addWidget(parts.section(self.tr("Pictures"), shown))
            for one in story.results:
                view = FidelityView(made)
                view.show_report(told.fidelity.get(one.id), told.images.get(one.storage_id))
                layout.addWidget(view)
        layout.addWidget(self._asked(told))
        layout.addWidget(parts.section(self.tr("Settings"), self._facts(told)))
        layout.addWidget(parts.section(self.tr("Steps"), parts.states(story.states)))
        layout.addWidget(parts.section(self.tr("Tokens"), parts.entries(story.entries)))
        layout.addWidget(label(self.tr("Number %1").replace("%1", str(row.id)), "faint"))
        return made

    def _head(self, told: Told) -> QHBoxLayout:
        row, job = told.story.generation, told.story.job
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(
            StatusBadge(wording.badge(row.status, job.review if job is not None else None))
        )
        head.addWidget(label(wording.when(row.created_at, now_ms()), "faint"))
        head.addStretch(1)
        tokens = self.tr("%n token(s)", "", row.tokens_used)
        head.addWidget(label(tokens, "muted"))
        return head

    def _decision(self, told: Told) -> QWidget | None:
        job = told.story.job
        if job is None or job.review is None:
            return None
        if job.review == Review.CRASHED_TWICE.value:
            text = self.tr(
                "The program ended twice while this was being made, so it was set aside. "
                "Run it again, or let it go and get your tokens back?"
            )
        elif job.review == Review.RESTORED.value:
            text = self.tr(
                "This was being made when the backup was taken that the library was restored to. "
                "Run it again, or let it go and get your tokens back?"
            )
        else:
            text = self.tr(
                "The answer of %1 was lost, so it may have been charged there, and would be a "
                "second time if it runs again. Your tokens here are still set aside. Run it again, "
                "or let it go and get them back?"
            ).replace("%1", told.service)
        row = told.story.generation
        return parts.notice(
            text,
            [
                (self.tr("Run it again"), lambda: self._answers.send_again(row.id)),
                (self.tr("Let it go"), lambda: self._answers.let_go(row.id)),
            ],
        )

    def _error(self, told: Told) -> QWidget | None:
        row = told.story.generation
        if row.status not in (Status.FAILED.value, Status.CANCELLED.value) or not row.error:
            return None
        offers = []
        if row.status == Status.FAILED.value and row.trashed_at is None:
            remedy = REMEDIES.get(row.error_code or "", Remedy.RETRY)
            offers = self._answers.offers(remedy, row.id, told.story.instead)
        return parts.notice(spoken(row.error), offers)

    def _running(self, told: Told) -> QWidget | None:
        row, job = told.story.generation, told.story.job
        if Status(row.status) not in OPEN or job is None or job.review is not None:
            return None
        self._progress = ProgressRow()
        self._progress.cancelled.connect(lambda: self._answers.cancel(row.id))
        self._show_progress(job)
        return self._progress

    def _show_progress(self, job: Job | None) -> None:
        if self._progress is None or job is None:
            return
        if job.cancel_requested:
            self._progress.set(None, self.tr("Stopping"))
            return
        if job.host is None:
            self._progress.set(0.0, spoken(job.stage) or self.tr("Waiting for its turn"))
            return
        stage = spoken(job.stage) or self.tr("Starting")
        expected = self.now.expected_ms if self.now is not None else None
        self._progress.set(job.progress, stage, time_left(seconds_left(job, now_ms(), expected)))

    def _asked(self, told: Told) -> QWidget:
        story, row = told.story, told.story.generation
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        found = [(one.storage_id, one.filename) for one in story.inputs]
        ids = [one.file_id for one in story.inputs]
        layout.addWidget(
            parts.pictures(
                found, told.images, PHOTO, lambda place: self._answers.show_files([ids[place]])
            )
        )
        words = label(row.prompt or self.tr("No words of your own"), wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(words)
        full = Fold(self.tr("Everything that was sent"))
        sent = Facts(narrow=True)
        rows = [(self.tr("Prompt"), row.full_prompt)]
        if row.negative_prompt:
            rows.append((self.tr("Not wanted"), row.negative_prompt))
        sent.set_rows([*rows, *parts.sent(story)])
        full.body.addWidget(sent)
        layout.addWidget(full)
        return parts.section(self.tr("What was asked"), made)

    def _facts(self, told: Told) -> QWidget:
        made = Facts(narrow=True)
        made.set_rows(parts.facts(told.story, told.service))
        return made

    def _foot(self, told: Told) -> QWidget | None:
        row = told.story.generation
        if row.trashed_at is not None:
            return None
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        # A failed one is retried at its frozen price, an open one is not over yet.
        over = row.status in (Status.COMPLETED.value, Status.CANCELLED.value)
        if over and told.again is not None:
            layout.addWidget(self._run_again(told.again, told))
            if told.balance < told.price:
                layout.addWidget(button(self.tr("Get tokens"), self._answers.get_tokens))
        use = button(
            self.tr("Use these settings"),
            lambda: self._answers.use_settings(row.id),
            icon="sliders-horizontal",
        )
        beside = QHBoxLayout()
        beside.setSpacing(Space.S)
        beside.addWidget(use, 1)
        if row.status == Status.COMPLETED.value and self._answers.enlarges(row.provider, row.model):
            tip = self.tr("Make it larger")
            beside.addWidget(tool("maximize", tip, lambda: self._answers.make_larger(row.id)))
        if Status(row.status) not in OPEN:
            beside.addWidget(
                tool("trash-2", self.tr("Move to the trash"), lambda: self._answers.trash(row.id))
            )
        layout.addLayout(beside)
        return made

    def _run_again(self, brief: Brief, told: Told) -> QWidget:
        text = self.tr("Run again for %n token(s)", "", told.price)
        made = button(text, lambda: self._answers.run_again(brief), "primary", "rotate-ccw")
        left = told.balance - told.price
        made.setEnabled(left >= 0)
        made.setToolTip(
            self.tr("A new variation with the same settings. %n token(s) stay.", "", left)
            if left >= 0
            else self.tr("This needs %n more token(s).", "", -left)
        )
        return made


def seconds_left(job: Job, now: int, expected_ms: float | None) -> float | None:
    """Return how long a running job still takes; None while nobody can know."""
    if job.submitted_at is None:
        return None
    left = left_ms(now - job.submitted_at, job.progress, expected_ms)
    return None if left is None else left / 1000
