"""Shows the purchase that waits for its payment, where it can't be overlooked."""

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.domain.purchase import PurchaseStatus, is_held, is_paying
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import buying
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.wallet import purchase_words
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, breakable, label


class WaitingCard(Card):
    """Hidden while nothing is to be paid.

    `pay_asked` and `cancel_asked` carry the newest Purchase that waits, `look_asked()` wants to
    know at once whether it was paid, and `appeared()` says that there is one now.
    """

    pay_asked = Signal(object)
    cancel_asked = Signal(object)
    look_asked = Signal()
    appeared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Purchase | None = None
        self._closed = False
        self._more = 0
        self._title = label("", "title", wrap=True)
        self.said = label("", "muted", wrap=True)
        self._found = label("", "faint", wrap=True)
        badge = StatusBadge(Status(self.tr("Waiting"), "clock", "accent"))
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(self.said)
        self.body.addWidget(self._found)
        self.pay = button(self.tr("Open the payment page"), self._pay, "primary", "external-link")
        self.paid = button(self.tr("I have paid"), self._look)
        self.cancel = button(self.tr("Cancel it"), self._cancel, "quiet")
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        for one in (self.pay, self.paid, self.cancel):
            foot.addWidget(one)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.hide()

    def show_waiting(self, found: Sequence[Purchase]) -> None:
        """Show the newest of `found` that is not paid yet, if there is one."""
        waiting = [one for one in found if _waits(one)]
        known = self._row
        self._row = waiting[0] if waiting else None
        self.setVisible(bool(waiting))
        if self._row is None:
            return
        if known is None or known.id != self._row.id:
            self._say_found("")
            self.appeared.emit()
        money = wording.money(self._row.amount, self._row.currency)
        sold = purchase_words.tokens(self._row.tokens_received)
        what = f"{breakable(self._row.display_name)}, {sold}"
        self._title.setText(self.tr("%1 to be paid: %2").replace("%1", money).replace("%2", what))
        self._more = len(waiting) - 1
        self._allow_paying()

    def set_closed(self, closed: bool) -> None:
        """Send nobody to pay while the wallet is read-only and nothing could be credited."""
        self._closed = closed
        self._allow_paying()

    def _allow_paying(self) -> None:
        if self._row is None:
            return
        self.said.setText(self._words(self._row, self._more))
        payable = bool(self._row.checkout_url)
        self.pay.setVisible(payable and not self._closed)
        self.paid.setText(self.tr("I have paid") if payable else self.tr("Try again"))

    def found(self, sentence: str) -> None:
        """Say what a look at the payment service found, to who asked; they may ask again.

        It stays while it is looked at by itself, as it is all the time.
        """
        if not self.paid.isEnabled():
            self.paid.setEnabled(True)
            self._say_found(sentence)

    def _say_found(self, sentence: str) -> None:
        self._found.setText(sentence)
        self._found.setVisible(bool(sentence))

    def _words(self, row: Purchase, more: int) -> str:
        if self._closed:
            said = self.tr(
                "The wallet is read-only, so don't pay now. What was paid already is credited once "
                "it is open again."
            )
        elif row.checkout_url:
            said = self.tr(
                "Pay on the page in your browser, until %1. The tokens come by themselves, even if "
                "you close this window."
            ).replace("%1", _clock(buying.order_of(row).expires_at))
        else:
            said = self.tr(
                "The payment page could not be made yet. It is tried again by itself, and nothing "
                "is charged before."
            )
        return f"{said} {self.tr('%n more wait below.', '', more)}" if more else said

    def _pay(self) -> None:
        if self._row is not None:
            self.pay_asked.emit(self._row)

    def _cancel(self) -> None:
        if self._row is not None:
            self.cancel_asked.emit(self._row)

    def _look(self) -> None:
        self.paid.setEnabled(False)
        self._say_found("")
        self.look_asked.emit()


def _waits(row: Purchase) -> bool:
    waits = row.status == PurchaseStatus.PENDING.value
    return waits and not is_held(row) and not is_paying(row)


def _clock(seconds: int) -> str:
    """Return a moment (UTC seconds) as the time of day here."""
    time = QDateTime.fromSecsSinceEpoch(seconds).time()
    return QLocale().toString(time, QLocale.FormatType.ShortFormat)
