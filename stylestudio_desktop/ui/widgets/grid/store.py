"""Keeps the cards near the view, asking for missing ones in the background, nearest first."""

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.ui.tasks import Task, Tasks
from stylestudio_desktop.ui.widgets.grid.card import Card, Source

MOST = 6000
BATCH = 256


class CardStore(QObject):
    """A bounded memory of cards; one question at a time is on its way.

    `arrived(ids)` is emitted after cards came in, or were found gone. What is asked for replaces
    what was asked before, so that positions which the view has long left are never fetched.
    """

    arrived = Signal(object)
    failed = Signal(object)

    def __init__(self, source: Source, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._tasks = tasks
        self._cards: OrderedDict[int, Card] = OrderedDict()
        self._gone: set[int] = set()
        self._stale: set[int] = set()
        self._wanted: list[int] = []
        self._most = MOST
        self._asked: Task[Sequence[Card]] | None = None
        self._batch: list[int] = []
        self._newer: set[int] = set()  # put since the batch was asked for
        self._late: set[int] = set()  # stale since then: what comes was read before

    def get(self, row_id: int) -> Card | None:
        """Return a card that is here, or None."""
        return self._cards.get(row_id)

    def put(self, cards: Sequence[Card]) -> None:
        """Take cards that the caller has, as after an action of the user."""
        for card in cards:
            self._cards[card.id] = card
            self._cards.move_to_end(card.id)
            self._stale.discard(card.id)
            self._late.discard(card.id)
            self._newer.add(card.id)
        while len(self._cards) > self._most:
            self._cards.popitem(last=False)

    def want(self, ids: Sequence[int]) -> None:
        """Ask for the cards of `ids`, most urgent first, in place of what was asked before.

        All of them are kept, however many a large screen shows: the last to come in would push
        out the first, which would be asked for again without end.
        """
        self._most = max(MOST, len(ids) + BATCH)
        self._wanted = [
            row_id
            for row_id in ids
            if row_id not in self._gone and (row_id not in self._cards or row_id in self._stale)
        ]
        for row_id in ids:
            if row_id in self._cards:
                self._cards.move_to_end(row_id)
        self._ask()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Fetch `ids` (None: all) anew when next wanted; what is shown stays until then."""
        self._gone.clear()
        changed = (*self._cards, *self._batch) if ids is None else ids
        self._stale.update(changed)
        self._late.update(changed)

    def forget(self) -> None:
        """Drop everything, as for another library."""
        self._cards.clear()
        self._gone.clear()
        self._stale.clear()

    def _ask(self) -> None:
        if self._asked is not None or not self._wanted:
            return
        batch = self._batch = self._wanted[:BATCH]
        self._newer, self._late = set(), set()
        self._asked = self._tasks.run(
            lambda: self._source.fetch_cards(batch),
            lambda cards: self._on_fetched(batch, cards),
            self._on_failed,
            owner=self,
        )

    def _on_fetched(self, batch: list[int], cards: Sequence[Card]) -> None:
        self._asked, self._batch = None, []
        asked, late = set(batch), set(self._late)
        self._gone |= asked - {card.id for card in cards} - late - self._newer
        self.put([card for card in cards if card.id not in self._newer])
        self._stale = self._stale - asked | late
        self._wanted = [row_id for row_id in self._wanted if row_id not in asked or row_id in late]
        self.arrived.emit(asked)
        self._ask()

    def _on_failed(self, error: Exception) -> None:
        self._asked, self._batch = None, []
        self._wanted = []
        self.failed.emit(error)
