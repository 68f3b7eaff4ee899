"""The History pane: the list with its filters, the story beside it, and the insights."""

from functools import cached_property, partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import library, timeline
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.acting import Acting
from stylestudio_desktop.ui.history.alone import Alone
from stylestudio_desktop.ui.history.filters import HistoryFilters
from stylestudio_desktop.ui.history.insights import InsightsView
from stylestudio_desktop.ui.history.loading import HistoryLoader
from stylestudio_desktop.ui.history.model import HistoryModel
from stylestudio_desktop.ui.history.queue_view import QueueView
from stylestudio_desktop.ui.history.remedies import Answers
from stylestudio_desktop.ui.history.story import StoryPanel
from stylestudio_desktop.ui.history.strip import WorkStrip
from stylestudio_desktop.ui.history.table import HistoryTable
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.fitting import FittingLabel
from stylestudio_desktop.ui.widgets.grid.thumbnails import Thumbnails
from stylestudio_desktop.ui.window import CREATE, HISTORY, MainWindow
from stylestudio_desktop.ui.wishes import ShowGeneration, ShowQueue

CLOCK_MS = 30_000
LIST, QUEUE, INSIGHTS = "list", "queue", "insights"


class HistoryPane(Pane):
    """Every generation, newest first, live."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window.place)
        self.search_hint = self.tr("Search prompts")
        self._window = window
        self._studio = studio
        services = {one.card.id: spoken(one.card.name) for one in studio.providers.values()}
        self.model = HistoryModel(window.tasks, services, self)
        self._thumbnails = Thumbnails(
            lambda storage_id, tier: library.thumbnail(studio, storage_id, _tier(tier)), self
        )
        self.table = HistoryTable(self.model, self._thumbnails, self)
        live = listen(window, studio)
        self.loader = HistoryLoader(studio, window.tasks, live, self.table, self.model)
        self.acting = Acting(window, studio, self)
        self.answers = Answers(window, studio, self.acting, self._open, self)
        self.story = StoryPanel(window, studio, self.answers, self)
        styles = [(one.id, spoken(one.name)) for one in studio.catalogue.styles]
        self.filters = HistoryFilters(styles, list(services.items()), self)
        self._live, self._stale = live, True
        self._seeking: int | None = None
        self._add_actions()
        self._build()
        self._connect()

    @cached_property
    def insights(self) -> InsightsView:
        """The charts, made when somebody first turns to them."""
        made = InsightsView(self._window, self._studio, self)
        self._middle.addWidget(made)
        return made

    @cached_property
    def queue(self) -> QueueView:
        """The queue, made when somebody first turns to it."""
        made = QueueView(self._window, self._studio, self._live, self)
        made.opened.connect(self._open)
        made.batch_asked.connect(self._show_batch)
        self._middle.addWidget(made)
        return made

    def shown(self) -> None:
        """Show what is true now."""
        if self._stale:
            self._stale = False
            self.loader.attend(True)
            self.model.refresh()
            self.loader.load(self.filters.value())
        if self.views.value() == INSIGHTS:
            self.insights.refresh()
        elif self.views.value() == QUEUE:
            self.queue.refresh()
        self._clock.start()

    def hidden(self) -> None:
        """Nobody looks: what comes in is read at the next showing."""
        self._stale = True
        self.loader.attend(False)
        self._clock.stop()

    def take_keys(self) -> None:
        """Go to the rows."""
        self.table.setFocus()

    def search(self, text: str) -> None:
        """Show generations whose prompts match."""
        self.filters.set_search(text)

    def receive(self, wish: object) -> None:
        """Open the story of a generation, or the queue."""
        if isinstance(wish, ShowGeneration):
            self._open(wish.generation)
        elif isinstance(wish, ShowQueue):
            self._turn(QUEUE)

    def memory(self) -> dict[str, Any]:
        """Return the filters, the view in front and the story that is told."""
        told = None if self.story.isHidden() else self.story.generation_id
        return {"filters": self.filters.memory(), "view": self.views.value(), "story": told}

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what an earlier `memory` returned."""
        kept = memory.get("filters")
        self.filters.recall(kept if isinstance(kept, dict) else {})
        if isinstance(memory.get("story"), int):
            self._seeking = memory["story"]
            self.story.show_story(memory["story"])
        if memory.get("view") in (INSIGHTS, QUEUE):
            self._turn(memory["view"])

    def close_threads(self) -> None:
        """End the thumbnails' threads; called when the window closes."""
        self._thumbnails.close()

    def _build(self) -> None:
        self.views = Segments(
            [
                (LIST, self.tr("Timeline"), None),
                (QUEUE, self.tr("Queue"), None),
                (INSIGHTS, self.tr("Insights"), None),
            ],
            self.tr("View"),
        )
        self.views.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._count = FittingLabel()
        self._export = tool("file-down", self.tr("Save as a table (CSV)"), self._on_export)
        bar = QFrame()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(self.views, 0, Qt.AlignmentFlag.AlignLeft)  # wherever they lead
        row.addWidget(self.filters)
        row.addWidget(self._count, 1)  # where there is no room, it goes first
        row.addWidget(self._export)
        self.strip = WorkStrip(self.acting, [self._retry, self._cancel, self._trash, self._back])
        self._middle = QStackedWidget()
        self._middle.addWidget(self.table)
        self._blank: QWidget = QWidget()
        self._middle.addWidget(self._blank)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(bar)
        left.addWidget(self._middle, 1)
        left.addWidget(self.strip)
        Alone(self, left, self.story)

    def _add_actions(self) -> None:
        add = partial(self._window.actions_.add, owner=self, group=self.tr("History"))
        self._retry = add(
            "history.retry", self.tr("Retry"), lambda: self.acting.retry(self.table.chosen()),
            keys="R", icon="rotate-ccw",
        )  # fmt: skip
        self._cancel = add(
            "history.cancel", self.tr("Cancel"), lambda: self.acting.cancel(self.table.chosen()),
            icon="ban",
        )  # fmt: skip
        self._trash = add(
            "history.trash", self.tr("Move to the trash"),
            lambda: self.acting.trash(self.table.chosen()), keys="Del", icon="trash-2",
        )  # fmt: skip
        self._back = add(
            "history.restore", self.tr("Bring back"),
            lambda: self.acting.restore(self.table.chosen()), icon="archive-restore",
        )  # fmt: skip
        table = self.tr("Save the history as a table (CSV)")
        add("history.export", table, self._on_export, icon="file-down")
        views = ((LIST, self.tr("Timeline")), (QUEUE, self.tr("Queue")))
        for view, text in (*views, (INSIGHTS, self.tr("Insights"))):
            add(f"history.{view}", text, partial(self._go, view))
        add("history.close", self.tr("Close the story"), self._on_escape, keys="Esc", icon="x")
        for action in (self._retry, self._cancel, self._trash, self._back):
            self.table.addAction(action)

    def _connect(self) -> None:
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self.table.viewport().update)
        self.views.picked.connect(self._on_view)
        self.filters.changed.connect(lambda: self.loader.load(self.filters.value()))
        self.table.opened.connect(self._on_opened)
        self.table.turned.connect(self._on_turned)
        self.table.chosen_changed.connect(self._on_chosen)
        self.loader.loaded.connect(self._on_loaded)
        self.loader.failed.connect(self._on_failed)
        self.model.failed.connect(self._on_failed)
        self.loader.touched.connect(self.story.refresh)
        self.loader.touched.connect(self._on_touched)
        self._window.closing.connect(self.close_threads)
        self._on_chosen()

    def _open(self, generation_id: int) -> None:
        self._turn(LIST)
        self.story.show_story(generation_id)
        # A generation that the filters leave out still tells its story beside the list.
        self._seeking = None if self.table.go_to(generation_id) else generation_id

    def _on_opened(self, row_id: int) -> None:
        """A generation tells its story; a batch shows its pictures."""
        row = self.model.batch_at(row_id)
        if row is None:
            self._open(row_id)
        else:
            self.story.close_panel()
            self.filters.set_batch(row_id, row.card.prompt)

    def _on_turned(self, row_id: int) -> None:
        if self.model.batch_at(row_id) is None:
            self.story.turn_to(row_id)

    def _go(self, view: str) -> None:
        self._window.open_pane(HISTORY)
        self._turn(view)

    def _turn(self, view: str) -> None:
        if self.views.value() != view:
            self.views.set_value(view)
            self._on_view(view)

    def _on_touched(self, _generation: int) -> None:
        if "insights" in vars(self):
            self.insights.touched()

    def _show_batch(self, batch_id: int) -> None:
        card = self.queue.cards.get(batch_id)
        self._turn(LIST)
        self.filters.set_batch(batch_id, self.tr("Batch") if card is None else card.name)

    def _on_view(self, view: str) -> None:
        listed = view == LIST
        self.filters.setVisible(listed)
        self._export.setVisible(listed)
        self._count.setVisible(listed)
        self.story.setVisible(listed and self.story.generation_id is not None)
        self.strip.setVisible(listed)
        if listed:
            self._on_loaded()
            self._on_chosen()
        else:
            shown = self.queue if view == QUEUE else self.insights
            self._middle.setCurrentWidget(shown)
            shown.refresh()

    def _on_loaded(self) -> None:
        number = len(self.model.ids)
        folded = timeline.folds(self.filters.value())
        text = self.tr("%n row(s)", "", number) if folded else self.tr("%n picture(s)", "", number)
        self._count.say([text])
        if self._seeking is not None and self.table.go_to(self._seeking):
            self._seeking = None
        if self.views.value() != LIST:
            return
        if number:
            self._middle.setCurrentWidget(self.table)
        else:
            self._show_blank(self._why_empty())

    def _why_empty(self) -> EmptyState:
        if self.filters.narrowed():
            return EmptyState(
                "search", self.tr("Nothing fits"),
                self.tr("No generation matches these filters and words."),
                [(self.tr("Show everything"), self._show_everything)],
            )  # fmt: skip
        if self.filters.value().trashed:
            return EmptyState(
                "trash-2", self.tr("The trash is empty"),
                self.tr("What you move here can be brought back until it is removed for good."),
            )  # fmt: skip
        return EmptyState(
            "history", self.tr("Nothing made yet"),
            self.tr("Every picture you ask for appears here, with its whole story and its cost."),
            [(self.tr("Make the first picture"), lambda: self._window.open_pane(CREATE))],
        )  # fmt: skip

    def _show_everything(self) -> None:
        self._window.top_bar.search.set_text("")
        self.filters.clear()

    def _show_blank(self, blank: QWidget) -> None:
        old, self._blank = self._blank, blank
        self._middle.addWidget(blank)
        self._middle.setCurrentWidget(blank)
        self._middle.removeWidget(old)
        old.deleteLater()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        if len(self.model.ids):
            self._window.tell(error)
            return
        self._count.say([])
        again = (self.tr("Try again"), lambda: self.loader.load(self.filters.value()))
        title = self.tr("The history can't be read")
        self._show_blank(EmptyState("circle-alert", title, spoken(error.sentence), [again]))

    def _on_chosen(self) -> None:
        number = self.table.chosen_count()
        trashed = self.filters.value().trashed
        for action in (self._retry, self._cancel, self._trash):
            action.setEnabled(number > 0 and not trashed)
        self._back.setEnabled(number > 0 and trashed)
        self._back.setVisible(trashed)
        self.strip.show_chosen(number if self.views.value() == LIST else 0, trashed)

    def _on_export(self) -> None:
        number = self.table.chosen_count()
        self.acting.export(self.loader.wanted, self.table.chosen() if number > 1 else None)

    def _on_escape(self) -> None:
        if self.story.isVisible():
            self.story.close_panel()
        else:
            self.table.clearSelection()
        self.table.setFocus()


def _tier(side: int) -> Any:
    from stylestudio_desktop.files.scaling import Tier

    return Tier(side)


def create_pane(window: MainWindow, studio: Studio) -> Pane:
    """Return the History pane of `window`."""
    return HistoryPane(window, studio)
