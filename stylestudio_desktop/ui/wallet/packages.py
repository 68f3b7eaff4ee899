"""Packages and purchases: what tokens cost, what has been bought, and what can be done with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.purchase import (
    PurchaseStatus,
    Refund,
    is_bounced,
    is_held,
    is_paying,
    only_goes_back,
)
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.services import buying
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.turns import Turns
from stylestudio_desktop.ui.wallet import purchase_words
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import Role, Status, StatusBadge, breakable, label

translate = QCoreApplication.translate
AT_ONCE = 4
"""Purchases that are shown without a pause: their rows are a few milliseconds' work."""

_LONGEST_TAG = 12
"""Characters of a package's tag that are shown; screen readers hear all of it."""


class PackageCard(Card):
    """A package with its price, what one token costs in it, and the button that buys it."""

    asked = Signal(str)

    def __init__(self, package: Package, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tokens = self.tr("%n token(s)", "", package.tokens)
        price = wording.money(package.cents, package.currency)
        each = wording.money(package.cents / package.tokens, package.currency)
        each_said = self.tr("%1 a token").replace("%1", each)
        tag = spoken(package.tag)
        self.setAccessibleName(f"{package.name}: {tokens}, {price}, {each_said}. {tag}")
        head = QHBoxLayout()
        head.setSpacing(Space.XS)
        head.addStrut(Space.XL)
        head.addWidget(label(breakable(package.name), "label", wrap=True), 1)
        if tag:
            badge = StatusBadge(Status(_tag(tag), "sparkles", "accent"))
            head.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self.body.addWidget(label(tokens, "heading"))
        self.body.addWidget(label(each_said, "faint"))
        self.body.addSpacing(Space.XS)
        words = self.tr("Buy for %1").replace("%1", price)
        self.buy = button(words, lambda: self.asked.emit(package.id))
        self.buy.setAccessibleName(f"{words}: {package.name}")
        self.body.addWidget(self.buy)

    def set_ready(self, ready: bool, why: str) -> None:
        """Let it be bought, or say in a tip why not."""
        self.buy.setEnabled(ready)
        self.buy.setToolTip("" if ready else why)


def _tag(text: str) -> str:
    shown = text if len(text) <= _LONGEST_TAG else f"{text[: _LONGEST_TAG - 1].rstrip()}…"
    return shown[:1].upper() + shown[1:]


class Purchases(QWidget):
    """What was bought, newest first, each with its state and what can be done about it.

    Each of the signals carries the Purchase; the last two want another page of them.
    """

    pay_asked = Signal(object)
    cancel_asked = Signal(object)
    refund_asked = Signal(object)
    receipt_asked = Signal(object)
    accept_asked = Signal(object)
    older_asked = Signal()
    newest_asked = Signal()
    look_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._inside: QWidget | None = None
        self._making: QWidget | None = None
        self._turns = Turns(self)
        self._shown: tuple[Purchase, ...] | None = None
        self._back: Mapping[int, Sequence[Refund]] = {}
        self.older = button(translate("Purchases", "Older"), self.older_asked.emit, "quiet")
        self.newest = button(translate("Purchases", "Newest"), self.newest_asked.emit, "quiet")
        pages = QHBoxLayout()
        pages.addWidget(self.newest)
        pages.addWidget(self.older)
        pages.addStretch(1)
        self._layout.addLayout(pages)
        self.show_purchases([])

    def show_purchases(
        self,
        found: Sequence[Purchase],
        older: bool = False,
        newer: bool = False,
        back: Mapping[int, Sequence[Refund]] | None = None,
    ) -> None:
        """Show `found` in place of what was shown; the same again changes nothing.

        `back` holds their refunds and disputes, by purchase.
        Buttons lead to `older` ones and back to the newest, where there are any.
        """
        self.older.setVisible(older)
        self.newest.setVisible(newer)
        back = back or {}
        if (self._shown, self._back) == (tuple(found), back):
            return
        self._shown, self._back = tuple(found), back
        if self._making is not None:
            self._making.deleteLater()
        self._making = QWidget(self) if found else _none(self)
        self._making.hide()
        self._turns.begin(self._replace(self._making, found))
        if len(found) <= AT_ONCE:
            self._turns.finish()

    def _replace(self, made: QWidget, found: Sequence[Purchase]) -> Iterator[None]:
        """Make the rows, styled already, and then change the old ones for them."""
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(Space.XS)
        grid.setColumnStretch(0, 1)
        for one in found:
            before = len(made.children())
            self._add_row(grid, one)
            yield
            for part in made.children()[before:]:
                if isinstance(part, QWidget):
                    part.ensurePolished()
            yield
        self._making = None
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = made
        self._layout.insertWidget(0, made)
        made.show()

    def _add_row(self, grid: QGridLayout, one: Purchase) -> None:
        row = grid.rowCount()
        grid.addWidget(label(breakable(one.display_name), wrap=True), row, 0)
        grid.addWidget(StatusBadge(purchase_words.state(one)), row, 3)
        grid.addLayout(self._deeds(one), row, 4, Qt.AlignmentFlag.AlignRight)
        if only_goes_back(one):
            row = _two_sums(grid, row + 1, one)
        else:
            grid.addWidget(label(purchase_words.got(one), "muted"), row, 1)
            grid.addWidget(label(wording.money(one.amount, one.currency)), row, 2)
        said = " · ".join(purchase_words.remarks(one, self._back.get(one.id, ())))
        grid.addWidget(label(said, "faint", wrap=True), row + 1, 0, 1, 5)
        if only_goes_back(one):
            grid.addLayout(self._choices(one), row + 2, 0, 1, 5)
        grid.setRowMinimumHeight(row + 3, Space.S)

    def _deeds(self, one: Purchase) -> QHBoxLayout:
        layout = QHBoxLayout()
        layout.setSpacing(Space.XS)
        layout.addStretch(1)
        for icon, tip, signal in self._possible(one):
            made = tool(icon, tip, _emitting(signal, one))
            made.setAccessibleName(f"{tip}: {one.display_name}")
            layout.addWidget(made)
        return layout

    def _choices(self, one: Purchase) -> QHBoxLayout:
        """Return the buttons, in words, of a payment that somebody has to decide about."""
        layout = QHBoxLayout()
        layout.setContentsMargins(0, Space.XS, 0, 0)
        layout.setSpacing(Space.S)
        back = translate("Purchases", "Refund %1…").replace(
            "%1", wording.money(one.amount, one.currency)
        )
        layout.addWidget(button(back, _emitting(self.refund_asked, one), "primary"))
        if is_held(one):
            accept = translate("Purchases", "Accept it…")
            layout.addWidget(button(accept, _emitting(self.accept_asked, one)))
        if one.gateway == "stripe":
            show = translate("Purchases", "Show it at Stripe")
            layout.addWidget(button(show, _emitting(self.look_asked, one), "quiet"))
        layout.addStretch(1)
        return layout

    def _possible(self, one: Purchase) -> list[tuple[str, str, SignalInstance]]:
        if only_goes_back(one):
            return []
        if is_paying(one):
            return []
        if one.status == PurchaseStatus.PENDING.value:
            cancel = ("x", translate("Purchases", "Cancel this purchase"), self.cancel_asked)
            if not one.checkout_url:
                return [cancel]
            pay = ("external-link", translate("Purchases", "Open the payment page"), self.pay_asked)
            return [pay, cancel]
        receipt = ("receipt", translate("Purchases", "Save the receipt"), self.receipt_asked)
        if one.status == PurchaseStatus.FAILED.value:
            return []
        if one.status == PurchaseStatus.REFUNDED.value and not is_bounced(one):
            return [receipt]
        back = ("undo-2", translate("Purchases", "Refund what is unspent"), self.refund_asked)
        return [receipt, back] if one.gateway else [receipt]


def _emitting(signal: SignalInstance, one: Purchase) -> Callable[[], None]:
    return lambda: signal.emit(one)


def _two_sums(grid: QGridLayout, row: int, one: Purchase) -> int:
    """Show what was asked above what was paid instead; return the last row of the grid."""
    order = buying.order_of(one)
    asked = (
        translate("Purchases", "Asked"), purchase_words.tokens(order.tokens),
        wording.money(order.amount, order.currency),
    )  # fmt: skip
    paid = (
        translate("Purchases", "Paid"), translate("Purchases", "none credited"),
        wording.money(one.amount, one.currency),
    )  # fmt: skip
    for below, words in enumerate((asked, paid)):
        for column, text in enumerate(words):
            stands_out = below == 1 and column == len(words) - 1
            role: Role = "title" if stands_out else "body" if below else "muted"
            grid.addWidget(label(text, role), row + below, column)
    return row + 1


def _none(parent: QWidget) -> QWidget:
    return label(translate("Purchases", "Nothing has been bought yet."), "muted", parent=parent)
