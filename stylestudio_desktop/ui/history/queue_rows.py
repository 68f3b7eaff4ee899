"""The pieces of the queue's view: a batch with its progress, and a job in line."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QToolButton, QVBoxLayout, QWidget

from stylestudio_desktop.domain.batch import BatchStatus, Progress
from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.services.lineup import Place
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import StatusBadge, label, plain_tip
from stylestudio_desktop.ui.widgets.progress import time_left

translate = QCoreApplication.translate
Act = Callable[[str, int], object]
_STEPS = 1000
_STATE_WIDTH = 120


class BatchCard(Card):
    """One batch: `act(verb, id)` is asked to pause, resume, cancel or show it."""

    def __init__(self, seen: Progress, act: Act) -> None:
        super().__init__(margin=Space.M)
        batch_id = seen.batch.id
        self.name = seen.batch.name
        name = label(wording.clipped(self.name), "title")
        plain_tip(name, self.name)
        self._words = label("", "muted", wrap=True)
        self._why = label("", "faint", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self.show_ = tool(
            "list", translate("Queue", "Show its pictures"), lambda: act("show", batch_id)
        )
        self.pause = tool(
            "pause", translate("Queue", "Pause this batch"), lambda: act("pause", batch_id)
        )
        self.resume = tool(
            "play", translate("Queue", "Let it go on"), lambda: act("resume", batch_id)
        )
        self.cancel = tool(
            "x", translate("Queue", "Give this batch up"), lambda: act("cancel", batch_id)
        )
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(name, 1)
        for one in (self.show_, self.pause, self.resume, self.cancel):
            head.addWidget(one)
        self.body.addLayout(head)
        for part in (self._bar, self._words, self._why):
            self.body.addWidget(part)
        self.show_progress(seen)

    def show_progress(self, seen: Progress) -> None:
        """Show how far it is now."""
        resting = seen.batch.status == BatchStatus.PAUSED.value
        self._bar.setValue(round(seen.share * _STEPS))
        self._bar.setVisible(not seen.over)
        self._words.setText(batch_words(seen))
        self._why.setText(spoken(seen.batch.sentence or ""))
        self._why.setVisible(bool(seen.batch.sentence) and not seen.over)
        self.pause.setVisible(not seen.over and not resting)
        self.resume.setVisible(not seen.over and resting)
        self.cancel.setVisible(not seen.over)
        self.setAccessibleName(f"{seen.batch.name}: {self._words.text()}")


def batch_words(seen: Progress) -> str:
    """Return how far a batch is, in words, with its tokens."""
    done = translate("Queue", "%1 of %2 made").replace("%1", wording.count(seen.completed))
    parts = [done.replace("%2", wording.count(seen.batch.total))]
    lost = (
        (seen.open, translate("Queue", "%n under way", "", seen.open)),
        (seen.failed, translate("Queue", "%n failed", "", seen.failed)),
        (seen.refused, translate("Queue", "%n refused", "", seen.refused)),
        (
            seen.cancelled + seen.dropped,
            translate("Queue", "%n cancelled", "", seen.cancelled + seen.dropped),
        ),
    )
    parts += [text for number, text in lost if number]
    tokens = translate("Queue", "%1 of %n token(s)", "", seen.batch.budget)
    parts.append(tokens.replace("%1", wording.count(seen.tokens)))
    return " · ".join(parts)


class JobRow(QWidget):
    """A place in line: `act(verb, id)` is asked to move, cancel, open its job or do it elsewhere.

    Jobs move through the places and the places stay, so that nothing has to be laid out and
    painted anew that looks the same as before.
    """

    def __init__(self, act: Act) -> None:
        super().__init__()
        self._act = act
        self._pressed_for = 0
        self._others: dict[str, str] = {}
        self.job_id = 0
        self._badge = StatusBadge(wording.badge("pending"))
        self._name, self._facts = label(wrap=True), label("", "faint", wrap=True)
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(self._name)
        text.addWidget(self._facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, Space.XS, 0, Space.XS)
        row.setSpacing(Space.S)
        state = QHBoxLayout()  # as wide as any state, so that the names stand below each other
        state.addWidget(self._badge)
        state.addStretch(1)
        held = QWidget()
        state.setContentsMargins(0, 0, 0, 0)
        held.setLayout(state)
        held.setMinimumWidth(_STATE_WIDTH)
        row.addWidget(held)
        row.addLayout(text, 1)
        self.buttons: dict[str, QToolButton] = {}
        for verb, icon, tip in (
            ("top", "arrow-up-to-line", translate("Queue", "To the top")),
            ("up", "chevron-up", translate("Queue", "Before the one above")),
            ("down", "chevron-down", translate("Queue", "Behind the one below")),
            ("open", "eye", translate("Queue", "Show its story")),
            ("cancel", "x", translate("Queue", "Cancel")),
            ("elsewhere", "external-link", translate("Queue", "Have it made by another service")),
        ):
            made = tool(icon, tip, partial(self._do, verb))
            made.pressed.connect(self._on_pressed)
            self.buttons[verb] = made
            row.addWidget(made)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill_menu)
        self.buttons["elsewhere"].setMenu(menu)
        self.buttons["elsewhere"].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = menu

    def show_place(self, place: Place, service: str, others: dict[str, str]) -> None:
        """Show what stands here now; `others` are services that might do it, id → name."""
        job = place.job
        self.job_id, self._others = job.generation_id, others
        words = " ".join(place.card.prompt.split())
        self._name.setText(wording.clipped(words or spoken(place.card.style.capitalize()), 80))
        plain_tip(self._name, place.card.prompt)
        self._badge.set_status(wording.badge(place.card.status, job.review))
        parts = [service]
        if job.stage and not job.review:  # what waits for a person is at no stage of work
            share = "" if job.progress is None else f" {wording.percent(job.progress)}"
            parts.append(f"{spoken(job.stage)}{share}")
        if job.review:
            parts.append(translate("Queue", "Waits for your decision: show its story"))
        elif place.ready_ms is not None:
            parts.append(time_left(place.ready_ms / 1000))
        self._facts.setText(" · ".join(parts))
        waits = waiting(job)
        for verb in ("top", "up", "down", "elsewhere"):
            self.buttons[verb].setEnabled(waits)
        self.buttons["elsewhere"].setVisible(bool(others))

    def _on_pressed(self) -> None:
        self._pressed_for = self.job_id

    def _do(self, verb: str) -> None:
        # Another job may have come to stand here between the press and the release.
        if self._pressed_for == self.job_id:
            self._act(verb, self.job_id)

    def _fill_menu(self) -> None:
        self.menu.clear()
        wanted = self.job_id
        for provider, name in self._others.items():
            self.menu.addAction(name).triggered.connect(
                lambda _checked=False, provider=provider: self._act(f"elsewhere {provider}", wanted)
            )


def waiting(job: Job) -> bool:
    """Say whether a job may still be moved."""
    return job.host is None and job.submitted_at is None and not job.review
