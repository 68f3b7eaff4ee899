"""The Wallet pane: balance, what it buys, packages, purchases, and every movement of tokens."""

from dataclasses import dataclass
from functools import cached_property, partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.events import BalanceChanged, GenerationProgressed
from stylestudio_desktop.domain.ids import GenerationId
from stylestudio_desktop.domain.purchase import Refund
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import budget, insights, wallet
from stylestudio_desktop.services.budget import Month
from stylestudio_desktop.services.insights import Insights
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.till import Standing
from stylestudio_desktop.services.wallet import Wallet
from stylestudio_desktop.ui.listening import attached, listen
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.tasks import Task
from stylestudio_desktop.ui.tokens import Duration, Space
from stylestudio_desktop.ui.wallet.balance import BalanceCard
from stylestudio_desktop.ui.wallet.desk import PurchaseDesk
from stylestudio_desktop.ui.wallet.ledger import LedgerModel, LedgerTable
from stylestudio_desktop.ui.wallet.packages import PackageCard, Purchases
from stylestudio_desktop.ui.wallet.spending import SpendingCard
from stylestudio_desktop.ui.wallet.standing import LedgerNotice
from stylestudio_desktop.ui.wallet.waiting import WaitingCard
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import HISTORY, SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens, ShowGeneration

SOON_MS = 120
PURCHASES = 20
LEDGER_LEAST = 360
PACKAGE = 170
WIDEST = 720
NARROW = 960
"""Below so many pixels balance and ledger are shown one at a time."""
DAYS = 30
_MANY = 1 << 60


@dataclass(frozen=True)
class _Seen:
    wallet: Wallet
    bought: tuple[Purchase, ...]
    back: dict[int, list[Refund]]
    older: str | None
    spent: Insights
    month: Month


class WalletPane(Pane):
    """What is there, live."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window.place)
        self._window = window
        self._studio = studio
        self._back: str | None = None
        self._before = _MANY
        self._after: str | None = None
        self._older: str | None = None
        self._task: Task[_Seen] | None = None
        self.now: Wallet | None = None
        self._payments: Standing | None = None
        self._closed = False
        self.model = LedgerModel(studio, window.tasks, self)
        self.table = LedgerTable(self.model, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._refresh)
        self._build()
        live = listen(window, studio)
        live.happened.connect(self._on_happened)
        live.changed_elsewhere.connect(self._on_elsewhere)
        self.table.opened.connect(self._open_generation)
        self.model.failed.connect(self._on_failed)

    # What is further down comes in turns of its own, once there is something to show in it.
    @cached_property
    def purchases(self) -> Purchases:
        """What was bought, below what is offered."""
        made = Purchases()
        made.older_asked.connect(lambda: self._turn(self._older))
        made.newest_asked.connect(lambda: self._turn(None))
        self.desk.serve(made)
        self._column.insertWidget(self._offered, _framed(self.tr("Purchases"), made))
        return made

    @cached_property
    def spending(self) -> SpendingCard:
        """What was spent, at the foot."""
        made = SpendingCard(self._window, self._studio)
        self._column.insertWidget(self._column.count() - 1, made)
        return made

    def shown(self) -> None:
        """Show what is true now."""
        self._refresh()
        self.desk.ask_standing(self._on_standing)

    def receive(self, wish: object) -> None:
        """Somebody needs tokens: show the packages, and the way back."""
        if isinstance(wish, GetTokens):
            self._back = wish.back
            self._before = self.now.user.token_balance if self.now else _MANY
            self._way.setText(self.tr("What you had begun is kept as it is."))
            self._return.setVisible(True)
            self._show_parts()
            self._scroll.ensureWidgetVisible(self._packages)

    def hidden(self) -> None:
        """The way back has been taken or is no longer wanted."""
        self._back = None
        self._return.setVisible(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show one part at a time where the window is narrow."""
        super().resizeEvent(event)
        self._divide()

    def _build(self) -> None:
        self._views: Segments[bool] = Segments(
            [(False, self.tr("Wallet"), None), (True, self.tr("Every movement"), None)],
            self.tr("Which part of the wallet is shown"),
        )
        self._choice = QWidget(self)
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.addWidget(self._views)
        row.addStretch(1)
        # From the outside in: what moves to another parent is styled anew with all it holds.
        self._scroll = QScrollArea(self)
        inside = QWidget()
        self._scroll.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.XL, Space.L, Space.XL)
        column.setSpacing(Space.L)
        self.desk = PurchaseDesk(self._window, self._studio, self)
        self._return = self._way_back()
        column.addWidget(self._return)
        self.notice = LedgerNotice(self._window, self._studio)
        self.notice.closed.connect(self._on_ledger)
        column.addWidget(self.notice)
        self.standing = BalanceCard(self._studio.catalogue.qualities)
        column.addWidget(self.standing)
        self.waiting = WaitingCard()
        self.desk.watch(self.waiting)
        self.waiting.appeared.connect(self._show_waiting)
        column.addWidget(self.waiting)
        column.addWidget(self._offer())
        self.desk.changed.connect(self._soon.start)
        column.addStretch(1)
        self._column, self._offered = column, column.count() - 1
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMaximumWidth(WIDEST)
        self._ledger = self._movements()
        self._views.picked.connect(lambda _ledger: self._divide())
        whole = QHBoxLayout()
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 4)
        whole.addWidget(self._ledger, 5)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        outside.addWidget(self._choice)
        outside.addLayout(whole, 1)

    def _divide(self) -> None:
        """Show both parts, or the chosen one where there is no room for two."""
        narrow, ledger = self.width() < NARROW, self._views.value()
        self._choice.setVisible(narrow)
        self._scroll.setVisible(not (narrow and ledger))
        self._ledger.setVisible(not narrow or ledger)

    def _show_parts(self) -> None:
        """Bring what is not the ledger to the front."""
        self._views.set_value(False)
        self._divide()

    def _movements(self) -> QWidget:
        made = QFrame()
        made.setObjectName("sidePanel")
        column = QVBoxLayout(made)
        column.setContentsMargins(1, Space.XL, 0, 0)  # the panel's own line stays in sight
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.setContentsMargins(Space.S, 0, Space.S, 0)  # as the table's cells
        head.addWidget(label(self.tr("Every movement"), "title"))
        column.addLayout(head)
        column.addWidget(self.table, 1)
        made.setMinimumWidth(LEDGER_LEAST)
        return made

    def _way_back(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(button(self.tr("Back"), self._go_back, "quiet", "arrow-left"))
        self._way = label("", "muted")
        row.addWidget(self._way)
        row.addStretch(1)
        made.setVisible(False)
        return made

    def _offer(self) -> QWidget:
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        layout.addWidget(label(self.tr("Packages"), "title"))
        self.honest = label("", "muted", wrap=True)
        self._to_settings = button(self.tr("Enter a payment key"), self._open_settings, icon="key")
        self._to_settings.setVisible(False)
        row = QHBoxLayout()
        row.addWidget(self.honest, 1)
        row.addWidget(self._to_settings)
        layout.addLayout(row)
        self._packages = QWidget()
        flow = FlowLayout(self._packages, Space.M, fill=PACKAGE)
        self.cards = [PackageCard(package) for package in self._studio.catalogue.packages]
        for card in self.cards:
            card.asked.connect(self.desk.buy)
            card.set_ready(False, "")
            flow.addWidget(card)
        layout.addWidget(self._packages)
        return made

    def _refresh(self) -> None:
        if self._task is not None:
            self._task.cancel()
        studio, after = self._studio, self._after

        def op() -> _Seen:
            bought = wallet.bought(studio, after, PURCHASES)
            spent = insights.insights(studio, DAYS)
            found, month = wallet.summary(studio), budget.month(studio)
            back = wallet.given_back(studio, bought.items)
            return _Seen(found, tuple(bought.items), back, bought.next, spent, month)

        self._task = self._window.tasks.run(
            attached(studio, op), self._on_read, self._on_failed, owner=self
        )
        self.model.refresh()
        self.notice.refresh()

    def _on_read(self, seen: _Seen) -> None:
        found = self.now = seen.wallet
        self.standing.set_closed(self._closed)
        self.standing.show_wallet(found, seen.month)
        self._older = seen.older
        newer = self._after is not None
        if not newer:
            self.waiting.show_waiting(seen.bought)
        if self._back is not None and found.user.token_balance > self._before:
            self._way.setText(self.tr("Your tokens are there. What you had begun is kept."))
        # Twenty purchases and the charts are lines of many parts: each has a turn of its own.
        QTimer.singleShot(Duration.FRAME, self, partial(self._show_bought, seen, newer))
        QTimer.singleShot(2 * Duration.FRAME, self, partial(self._show_spent, seen))

    def _show_spent(self, seen: _Seen) -> None:
        self.spending.show_spending(seen.spent, seen.month)

    def _show_bought(self, seen: _Seen, newer: bool) -> None:
        self.purchases.show_purchases(seen.bought, seen.older is not None, newer, seen.back)

    def _show_waiting(self) -> None:
        self._show_parts()
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(self.waiting))

    def _turn(self, after: str | None) -> None:
        self._after = after
        self._refresh()

    def _on_happened(self, event: object) -> None:
        if not self.isVisible():
            return  # it is read at the next showing
        quiet = isinstance(event, GenerationProgressed)
        if isinstance(event, BalanceChanged) or not (quiet or self._soon.isActive()):
            self._soon.start()

    def _on_elsewhere(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _open_generation(self, generation_id: int) -> None:
        self._window.open_pane(HISTORY, ShowGeneration(GenerationId(generation_id)))

    def _on_standing(self, found: Standing) -> None:
        self.honest.setText(spoken(found.sentence))
        self._to_settings.setVisible(not found.ready)
        self._payments = found
        self._allow_buying()

    def _on_ledger(self, closed: bool) -> None:
        opened, self._closed = self._closed and not closed, closed
        self.waiting.set_closed(closed)
        self._allow_buying()
        if closed:
            self.standing.set_closed(True)
        elif opened:
            self._refresh()  # what is known was read from a ledger that was not in order

    def _allow_buying(self) -> None:
        found = self._payments
        if found is None:
            return
        why = self.tr("The wallet is read-only") if self._closed else spoken(found.sentence)
        for card in self.cards:
            card.set_ready(found.ready and not self._closed, why)

    def _open_settings(self) -> None:
        self._window.open_pane(SETTINGS, Part.PAYMENTS)

    def _go_back(self) -> None:
        if self._back is not None:
            self._window.open_pane(self._back)


def _framed(name: str, inside: QWidget) -> Card:
    made = Card()
    made.body.addWidget(label(name, "title"))
    made.body.addWidget(inside)
    return made


def create_pane(window: MainWindow, studio: Studio) -> Pane:
    """Return the Wallet pane of `window`."""
    return WalletPane(window, studio)
