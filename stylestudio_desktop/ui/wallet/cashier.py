"""Buys tokens for the window: opens the browser, looks whether it was paid, and says what came."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from stylestudio_desktop.domain.errors import PaymentError, StudioError
from stylestudio_desktop.domain.events import PurchaseChanged
from stylestudio_desktop.domain.purchase import PurchaseStatus, Refund, RefundStatus
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import buying, deciding, reconciling, refunding
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached, listen
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.window import WALLET, MainWindow

if TYPE_CHECKING:
    from stylestudio_desktop.payments.return_page import ReturnPage

FIRST_MS, LATER_MS, RARELY_MS = 2_000, 30_000, 600_000
FOCUS_S = 20.0
T = TypeVar("T")


class Cashier(QObject):
    """One for a window; `changed()` says that purchases or their refunds moved.

    `looked(sentence)` follows each look at the payment service, empty where nothing waits any more.

    While something waits for the payment service it is asked after 2 to 30 seconds, else every
    ten minutes and when the window comes to the front.
    """

    changed = Signal()
    failed = Signal(str)
    looked = Signal(str)
    _returned = Signal(bool)

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._page: ReturnPage | None = None
        self._busy = False
        self._pause = FIRST_MS
        self._looked = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self._returned.connect(self._on_returned)
        listen(window, studio).happened.connect(self._on_happened)
        window.closing.connect(self._on_closing)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._on_state)

    def start(self) -> None:
        """Look now if anything could have happened while the window was closed."""
        self._do(partial(reconciling.needed, self._studio), self._on_needed)

    def buy(self, package_id: str) -> None:
        """Begin a purchase and open its payment page in the browser."""
        studio = self._studio

        def op() -> Purchase:
            page = self._return_page()
            return buying.buy(studio, package_id, buying.Back(page.success_url, page.cancel_url))

        self._do(op, self._on_begun)

    def pay(self, row: Purchase) -> None:
        """Open a purchase's payment page again."""
        url = row.checkout_url or ""
        if not QDesktopServices.openUrl(QUrl(url)):
            words = self.tr("No browser answered. Pay here: %1").replace("%1", url)
            self._window.toast(words, "warning")
        self._soon()

    def cancel(self, purchase_id: int) -> None:
        """Close a purchase's payment page."""
        self._do(partial(buying.cancel, self._studio, purchase_id), self._on_moved)

    def offer(self, purchase_id: int, then: Callable[[refunding.Offer], None]) -> None:
        """Find out what a refund would be, and tell `then`."""
        self._do(partial(refunding.offer, self._studio, purchase_id), then)

    def refund(self, shown: refunding.Offer) -> None:
        """Give back what was shown."""
        op = partial(refunding.ask, self._studio, shown.purchase.id, shown)
        self._do(op, self._on_refunded)

    def hold(self, purchase_id: int, then: Callable[[deciding.Held], None]) -> None:
        """Find out what accepting a held payment would credit, and tell `then`."""
        self._do(partial(deciding.look, self._studio, purchase_id), then)

    def accept(self, shown: deciding.Held, reason: str) -> None:
        """Credit what was shown."""
        op = partial(deciding.accept, self._studio, shown.purchase.id, reason, shown)
        self._do(op, self._on_moved)

    def show_payment(self, row: Purchase) -> None:
        """Open a held payment at the payment service."""
        QDesktopServices.openUrl(QUrl(deciding.payment_page(row) or ""))

    def look(self) -> None:
        """Reconcile now, unless that is under way."""
        if self._busy:
            return
        self._busy = True
        self._looked = time.monotonic()
        studio = self._studio

        def op() -> tuple[reconciling.Reconciled, bool]:
            return reconciling.reconcile(studio), reconciling.waiting(studio)

        self._window.tasks.run(
            attached(studio, op), self._on_reconciled, self._on_unreconciled, owner=self
        )

    def _do(self, op: Callable[[], T], done: Callable[[T], None]) -> None:
        self._window.tasks.run(attached(self._studio, op), done, self._on_failed, owner=self)

    def _return_page(self) -> "ReturnPage":
        """Return the page that the browser comes back to; called in the background."""
        if self._page is None:
            from stylestudio_desktop.payments.return_page import ReturnPage

            self._page = ReturnPage(self._returned.emit)
        return self._page

    def _soon(self) -> None:
        self._pause = FIRST_MS
        self._timer.start(FIRST_MS)

    def _on_needed(self, needed: bool) -> None:
        if needed:
            self.look()

    def _on_begun(self, row: Purchase) -> None:
        self.changed.emit()
        if row.checkout_url:
            self.pay(row)

    def _on_moved(self, _row: Purchase) -> None:
        self.changed.emit()

    def _on_refunded(self, done: Refund) -> None:
        on_way = done.status == RefundStatus.PENDING.value
        words = self.tr("The refund is on its way.") if on_way else self.tr("The refund is made.")
        self._window.toast(words, "good")
        self.changed.emit()

    def _on_returned(self, _paid: bool) -> None:
        self._window.raise_()
        self.look()

    def _on_reconciled(self, outcome: tuple[reconciling.Reconciled, bool]) -> None:
        found, waiting = outcome
        self._busy = False
        if found.completed or found.failed or found.refunds or found.held:
            self.changed.emit()
        if found.held:
            words = self.tr("A payment is not what was asked for: please decide.")
            self._window.toast(words, "warning", self._way_here())
        self.looked.emit(self.tr("No payment is found yet.") if waiting else "")
        self._next(waiting)

    def _on_unreconciled(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, StudioError):
            raise error
        again = isinstance(error, PaymentError) and error.again
        if not again:
            self.failed.emit(spoken(error.sentence))
        self.looked.emit(spoken(error.sentence))
        self._next(again)

    def _next(self, waiting: bool) -> None:
        self._timer.start(self._pause if waiting else RARELY_MS)
        self._pause = min(LATER_MS, round(self._pause * 1.4)) if waiting else FIRST_MS

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)
        self.changed.emit()
        if isinstance(error, PaymentError) and error.again:
            self._soon()

    def _on_happened(self, event: object) -> None:
        if not isinstance(event, PurchaseChanged) or event.user_id != self._studio.user_id:
            return
        telling = {
            PurchaseStatus.COMPLETED.value: self._tell_paid,
            PurchaseStatus.FAILED.value: self._tell_failed,
        }
        if event.status in telling:
            look = partial(buying.purchase, self._studio, event.purchase_id)
            self._do(look, telling[event.status])
        self.changed.emit()

    def _tell_paid(self, row: Purchase) -> None:
        if row.completed_at is None or time.time() - row.completed_at / 1000 > 60:
            return  # it moved because of a refund
        words = self.tr("%n token(s) bought", "", row.tokens_received)
        price = wording.money(row.amount, row.currency)
        self._window.toast(f"{words}, {price}", "good", self._way_here())

    def _tell_failed(self, row: Purchase) -> None:
        if row.error:  # cancelled, too late, or a bank said no, perhaps days later
            self._window.toast(spoken(row.error), "neutral", self._way_here())

    def _way_here(self) -> tuple[str, Callable[[], object]] | None:
        if self._window.current == WALLET:
            return None
        return (self.tr("Open the wallet"), partial(self._window.open_pane, WALLET))

    def _on_state(self, state: Qt.ApplicationState) -> None:
        active = state == Qt.ApplicationState.ApplicationActive
        if active and time.monotonic() - self._looked > FOCUS_S:
            self._looked = time.monotonic()
            self.start()

    def _on_closing(self) -> None:
        self._timer.stop()
        page, self._page = self._page, None
        if page is not None:
            page.close()


def cashier(window: MainWindow, studio: Studio) -> Cashier:
    """Return the window's cashier, made at first use."""
    found = window.findChild(Cashier)
    return found if found is not None else Cashier(window, studio)
