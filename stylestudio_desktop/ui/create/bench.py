"""What the Create pane holds: the pages, the panel at the right, and what passes between."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain import events
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services.sources import Sample
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wishes
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.answers import Answers
from stylestudio_desktop.ui.create.beside import Beside
from stylestudio_desktop.ui.create.consent import ask_consent
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import MOST_ALONE, Draft, Step
from stylestudio_desktop.ui.create.intake import Intake, holds_photos
from stylestudio_desktop.ui.create.making import Making
from stylestudio_desktop.ui.create.many import Many
from stylestudio_desktop.ui.create.page import centred
from stylestudio_desktop.ui.create.pages import Pages
from stylestudio_desktop.ui.create.picker import Picker
from stylestudio_desktop.ui.create.steps_bar import StepsBar
from stylestudio_desktop.ui.create.summary import Summary
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import set_icon
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import CREATE, MainWindow

_LAST = Step.REVIEW


class Bench(QWidget):
    """From photos to pictures in four steps that can be taken in any order."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self.window_, self._studio = window, studio
        self.desk = Desk(studio, window.tasks, self)
        self.intake = Intake(studio, self.desk, self)
        live = listen(window, studio)
        self.making = Making(studio, window.tasks, live, self)
        self.many = Many(window, studio, self.desk, self)
        self.answers = Answers(window, self.desk, self.making, self.go)
        self.step = Step.PRODUCT
        self._seen = False
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._register()
        live.happened.connect(self._on_happened)
        live.changed_elsewhere.connect(self._on_changed_elsewhere)
        window.closing.connect(self.desk.close)

    def refresh(self) -> None:
        """Show what is true now; what runs since an earlier start appears too."""
        self.desk.refresh()
        self.desk.ask_services()
        self.pages.refresh()
        self.pages.make_the_rest()
        if not self._seen:
            self._seen = True
            self.making.look_for_running()
        self.making.look()
        self._focus()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the focus when the window opens on this pane, so that its keys work at once."""
        super().showEvent(event)
        self._focus()

    def receive(self, wish: object) -> None:
        """Take up settings or photos that another pane hands over."""
        if isinstance(wish, wishes.MakeMoreLike):
            self.desk.like(wish.generation, partial(self.go, Step.LOOK))
        elif isinstance(wish, wishes.MakeLarger):
            self.desk.larger(wish.picture, partial(self.go, Step.REVIEW))
        elif isinstance(wish, wishes.UseAsProduct):
            self.desk.edit(products=())
            self.desk.use(Category.PRODUCT, wish.files)
            self.go(Step.PRODUCT)
        elif isinstance(wish, wishes.UseAsModel):
            self.desk.use(Category.MODEL, wish.files)
            self.go(Step.MODEL)
        elif isinstance(wish, wishes.UseAsBackground):
            self.desk.use(Category.BACKGROUND, (wish.file,))
            self.go(Step.LOOK)

    def memory(self) -> dict[str, Any]:
        """Return the draft and the page."""
        return {"draft": self.desk.memory(), "step": int(self.step)}

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up the draft where it was left, or begin at the first page."""
        draft = memory.get("draft")
        if isinstance(draft, dict):
            self.desk.recall(draft)
        if memory.get("step") in [int(step) for step in Step if step is not Step.PICTURES]:
            self.go(Step(memory["step"]))
        else:
            self.go(Step.PRODUCT)

    def go(self, step: Step) -> None:
        """Bring a page to the front."""
        self.step = step
        self.pages.bring(step)
        self.bar.mark(step)
        self._back.setVisible(step is not Step.PRODUCT)
        self._next.setVisible(step < _LAST)
        if step < _LAST:
            name = words.step_name(Step(step + 1))
            self._next.setText(words.tr("Next: %1").replace("%1", name))
        before = Step.PRODUCT if step in (Step.PRODUCT, Step.PICTURES) else Step(step - 1)
        self._back.setText(words.tr("Back to %1").replace("%1", words.step_name(before)))
        self._show()
        if self.isVisible():
            self._focus()

    def generate(self) -> None:
        """Start what the draft asks for, go where something is missing, or get tokens."""
        problems = self.desk.problems()
        if problems:
            service = spoken(self.desk.card.name)
            self.window_.toast(words.sentence(problems[0], service), "warning")
            self.go(problems[0].step)
        elif self.desk.bill().short:
            self.answers.get_tokens()
        else:
            self.desk.start()

    def start_over(self) -> None:
        """Begin with an empty draft; the old one can be had back."""
        old = self.desk.draft
        self.desk.put(
            Draft(style=old.style, quality=old.quality, ratio=old.ratio, provider=old.provider)
        )
        self.go(Step.PRODUCT)
        undo = (words.tr("Undo"), partial(self.desk.put, old))
        self.window_.toast(words.tr("Started over"), "neutral", undo)

    def paste(self) -> None:
        """Take photos from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if not self.intake.take_mime(data, self._category()):
            text = words.tr("There is no photo on the clipboard. Copy one, or its file, first.")
            self.window_.toast(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Photos may be dropped anywhere on the pane."""
        if holds_photos(event.mimeData()):
            event.acceptProposedAction()
            if self._category() is Category.PRODUCT:
                self.go(Step.PRODUCT)
            self.pages.products.set_hot(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """What was dragged has gone."""
        self.pages.products.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped: people on the second page, a background on the third."""
        self.pages.products.set_hot(False)
        if self.intake.take_mime(event.mimeData(), self._category()):
            event.acceptProposedAction()

    def _build(self) -> None:
        self.bar = StepsBar(self)
        self.summary = Summary(self.desk, self)
        self.pages = Pages(self.desk, self.making, self)
        self._arriving = ProgressRow(parent=self)
        self._arriving.hide()
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addLayout(centred(self.bar))
        left.addWidget(self.pages, 1)
        left.addLayout(centred(self._foot()))
        Beside(self, left, self.summary)

    def _foot(self) -> QWidget:
        foot = QWidget(self)
        row = QHBoxLayout(foot)
        row.setContentsMargins(Space.XL, Space.S, Space.XL, Space.M)
        row.setSpacing(Space.S)
        self._back = button("", self._on_back, "quiet", "arrow-left")
        self._over = button(words.tr("Start over"), self.start_over, "quiet", "rotate-ccw")
        self._next = button("", self._on_next)
        self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        set_icon(self._next, "arrow-right", Size.ICON_SMALL)
        row.addWidget(self._back)
        row.addWidget(self._over)
        row.addWidget(self._arriving, 1)
        row.addStretch(1)
        row.addWidget(self._next)
        return foot

    def _connect(self) -> None:
        self.bar.chosen.connect(self.go)
        self.desk.changed.connect(self._show)
        self.desk.started.connect(self._on_started)
        self.desk.failed.connect(self._on_failed)
        self.making.failed.connect(self._on_failed)
        self.making.changed.connect(self._on_made)
        self.intake.refused.connect(self._on_refused)
        self.intake.went_on.connect(self._on_arriving)
        self.intake.ended.connect(self._arriving.hide)
        self._arriving.cancelled.connect(self.intake.cancel)
        self.pages.browse.connect(partial(self.intake.browse, self))
        self.pages.gallery.connect(self._pick)
        self.pages.paste.connect(self.paste)
        self.pages.many.connect(self.many.choose)
        self.pages.several.connect(self.many.vary)
        self.many.step_wanted.connect(self._open)
        self.pages.sample_picked.connect(self._on_sample)
        self.pages.asked.connect(self.answers.answer)
        self.summary.step_asked.connect(self.go)
        self.desk.consent_wanted.connect(partial(ask_consent, self, self.desk.agree))
        self.summary.generate_asked.connect(self.generate)
        self.summary.tokens_asked.connect(self.answers.get_tokens)

    def _register(self) -> None:
        add = partial(self.window_.actions_.add, owner=self, group=words.tr("Create"))
        for step in Step:
            name = words.step_name(step)
            go: Callable[[], None] = partial(self._open, step)
            add(f"create.{step.name.lower()}", name, go, keys=f"Alt+{int(step) + 1}")
        add(
            "create.generate", words.tr("Generate"), self.generate,
            keys=("Ctrl+Return", "Ctrl+Enter"), icon="sparkles",
        )  # fmt: skip
        add("create.paste", words.tr("Paste photos"), self.paste, keys="Ctrl+V", icon="copy")
        add("create.browse", words.tr("Add photos…"), self._on_browse, keys="Ctrl+O", icon="plus")
        self.many.register(add)
        add("create.over", words.tr("Start over"), self.start_over, keys="Ctrl+Shift+N")

    def _open(self, step: Step) -> None:
        self.window_.open_pane(CREATE)
        self.go(step)

    def _show(self) -> None:
        draft, catalogue = self.desk.draft, self._studio.catalogue
        wrong = {problem.step for problem in self.desk.problems()}
        texts = {
            Step.PRODUCT: words.products_shortly(draft),
            Step.MODEL: words.people(draft),
            Step.LOOK: words.look(draft, catalogue),
            Step.REVIEW: words.tokens(self.desk.bill().total),
        }
        for step, text in texts.items():
            done = step is Step.PRODUCT and bool(draft.products)
            sign = "check" if done and step not in wrong else ""
            if step in wrong and step is not Step.PRODUCT:
                sign = "triangle-alert"
            self.bar.tabs[step].tell(text, sign)
        self._over.setVisible(bool(draft.products or draft.models or draft.prompt))
        self._show_made()
        self.pages.page(self.step).show_desk()
        self.summary.show_desk()

    def _show_made(self) -> None:
        running, all_ = self.making.open, len(self.making.stories)
        if running:
            text = words.tr("%n in the making", running)
        else:
            text = words.tr("%n finished", all_) if all_ else words.tr("None yet")
        self.bar.tabs[Step.PICTURES].tell(text, "images")

    def _focus(self) -> None:
        field = self.pages.page(self.step).first_field()
        target: QWidget = field if field is not None and field.isVisible() else self.summary.go
        target.setFocus()

    def _category(self) -> Category:
        if self.step is Step.LOOK and self.desk.able.scenes and not self.desk.draft.models:
            return Category.BACKGROUND
        return Category.MODEL if self.step is Step.MODEL else Category.PRODUCT

    def _pick(self, category: Category) -> None:
        people = max(1, self.desk.able.max_models) if category is Category.MODEL else 1
        most = MOST_ALONE if category is Category.PRODUCT else people
        picker = Picker(self._studio, self.window_.tasks, category, most, self)
        picker.picked.connect(partial(self.desk.use, category))
        picker.open()

    @Slot(object)
    def _on_happened(self, event: object) -> None:
        mine = isinstance(event, events.BalanceChanged) and event.user_id == self._studio.user_id
        if isinstance(event, events.GenerationCompleted | events.LedgerChecked) or mine:
            self.desk.refresh()
        elif isinstance(event, events.ServicesChanged):
            self.desk.ask_services()

    @Slot()
    def _on_changed_elsewhere(self) -> None:
        if self.isVisible():
            self.desk.refresh()

    @Slot(list)
    def _on_started(self, made: Sequence[Generation]) -> None:
        expected = self.desk.expected_ms()
        each = None if expected is None else expected / len(made)
        self.making.follow([row.id for row in made], each)
        self.go(Step.PICTURES)

    @Slot(list)
    def _on_made(self, _ids: list[int]) -> None:
        self._show_made()

    @Slot(object)
    def _on_failed(self, error: StudioError) -> None:
        self.window_.tell(error)

    @Slot(str)
    def _on_refused(self, text: str) -> None:
        self.window_.toast(text, "warning")

    @Slot(int, int, str)
    def _on_arriving(self, done: int, total: int, name: str) -> None:
        self._arriving.setVisible(done < total)
        text = words.tr("Importing %1").replace("%1", name)
        self._arriving.set(done / max(1, total), text)

    def _on_sample(self, category: Category, sample: Sample) -> None:
        self.intake.take([sample.path], category, {sample.path.name: sample.kind})

    def _on_browse(self) -> None:
        self.intake.browse(self, self._category())

    def _on_back(self) -> None:
        self.go(Step.PRODUCT if self.step is Step.PICTURES else Step(self.step - 1))

    def _on_next(self) -> None:
        self.go(Step(self.step + 1))
