"""The pictures in the making and those just made, newest first."""

from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.services import attempts
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.making import Making
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.photos import Photos
from stylestudio_desktop.ui.create.result_card import Ask, ResultCard
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.widgets.flow import FlowLayout

_CARDS_AT_ONCE = 2  # all at once would be felt
_CELL = 260
_TICK_MS = 1000


class PicturesPage(Page):
    """`asked(verb, generation id)` passes on what a card asks for."""

    asked = Signal(object, object)

    def __init__(self, making: Making, photos: Photos, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Pictures"),
            words.tr("You can close the program meanwhile: work goes on at the next start."),
            parent,
        )
        self._making, self._photos = making, photos
        self.cards: dict[int, ResultCard] = {}
        self._empty = EmptyState(
            "sparkles",
            words.tr("Nothing in the making"),
            words.tr("What you generate appears here while it is made, and in the gallery."),
        )
        self._flow = FlowLayout(spacing=Space.L)
        self.column.addLayout(self._flow)
        foot = QHBoxLayout()
        self.clear = button(words.tr("Clear what is finished"), making.forget_finished, "quiet")
        foot.addWidget(self.clear)
        foot.addStretch(1)
        self.column.addLayout(foot)
        self.column.addWidget(self._empty)
        self.column.addStretch(1)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._lay)
        making.changed.connect(self._on_changed)
        making.progressed.connect(self._on_progressed)
        self._lay()

    def first_field(self) -> QWidget | None:
        """The newest card's best button."""
        for generation_id in self._making.ids:
            card = self.cards.get(generation_id)
            if card is not None and card.buttons:
                return card.buttons[0]
        return None

    @property
    def complete(self) -> bool:
        """Return whether every generation that is followed has its card."""
        return not self._later.isActive()

    @Slot(list)
    def _on_changed(self, ids: list[int]) -> None:
        for one in ids:
            story = self._making.stories.get(one)
            card = self.cards.get(one)
            if story is None:
                continue
            if card is not None:
                card.show_story(story)
                self._show_progress(one)
        self._lay()

    @Slot(object)
    def _on_progressed(self, generation_id: int) -> None:
        self._show_progress(generation_id)

    def _lay(self) -> None:
        wanted = [one for one in self._making.ids if one in self._making.stories]
        for gone in [one for one in self.cards if one not in wanted]:
            card = self.cards.pop(gone)
            self._flow.removeWidget(card)
            card.hide()
            card.deleteLater()
        missing = [one for one in wanted if one not in self.cards]
        if missing:
            while self._flow.takeAt(0) is not None:
                pass
            for one in missing[:_CARDS_AT_ONCE]:
                self._make(one)
            for one in wanted:
                if one in self.cards:
                    self._flow.addWidget(self.cards[one])
        if len(missing) > _CARDS_AT_ONCE:
            self._later.start()
        self._empty.setVisible(not wanted)
        stories = self._making.stories.values()
        ended = [one for one in stories if not attempts.is_open(one.generation)]
        self.clear.setVisible(bool(ended))
        self.remark.setVisible(len(ended) < len(wanted))
        if len(ended) < len(wanted):
            self._tick.start()
        else:
            self._tick.stop()

    def _make(self, generation_id: int) -> ResultCard:
        card = ResultCard(self._making.stories[generation_id], self._photos)
        card.setFixedWidth(_CELL)
        card.asked.connect(partial(self._on_asked, generation_id))
        self.cards[generation_id] = card
        self._show_progress(generation_id)
        return card

    def _on_asked(self, generation_id: int, ask: Ask) -> None:
        self.asked.emit(ask, generation_id)

    def _on_tick(self) -> None:
        for one in self.cards:
            self._show_progress(one)

    def _show_progress(self, generation_id: int) -> None:
        card, story = self.cards.get(generation_id), self._making.stories.get(generation_id)
        if card is not None and story is not None and attempts.is_open(story.generation):
            card.show_progress(story, self._making.progress(generation_id))
