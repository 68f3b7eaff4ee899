"""The wallet's first card: what is there, what is held or owed, and how many pictures it buys."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.catalog import Quality
from stylestudio_desktop.services.budget import Month
from stylestudio_desktop.services.wallet import Wallet
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space, Type
from stylestudio_desktop.ui.widgets.cards import Card, MetricCard
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label

METRIC = 96


class BalanceCard(Card):
    """Shows a wallet, or no number at all while the ledger does not bear one out."""

    def __init__(self, qualities: Sequence[Quality], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Wallet | None = None
        self._closed = False
        self.balance = label("", "display")
        self.words = label("", "muted")
        # So that both stand on one line: a letter reaches below it by a quarter of its size.
        self.words.setContentsMargins(0, 0, 0, (Type.DISPLAY - Type.BODY) // 4)
        self.debt = label("", wrap=True)
        self._held = label("", "faint", wrap=True)
        self.low = StatusBadge(Status(self.tr("Running low"), "triangle-alert", "warning"))
        self.used_up = StatusBadge(Status(self.tr("Budget used up"), "triangle-alert", "warning"))
        number = QHBoxLayout()
        number.setSpacing(Space.M)
        number.addWidget(self.balance)
        number.addWidget(self.words, 0, Qt.AlignmentFlag.AlignBottom)
        for badge in (self.low, self.used_up):
            badge.hide()
            number.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        number.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(Space.XS)
        left.addWidget(label(self.tr("Balance"), "label"))
        left.addLayout(number)
        self.debt.hide()
        left.addWidget(self.debt)
        left.addWidget(self._held)
        self.body.addLayout(left)
        self.body.addSpacing(Space.M)
        self.body.addWidget(label(self.tr("Pictures this buys"), "label"))
        buys = QWidget()
        flow = FlowLayout(buys, Space.M, fill=METRIC)
        self.buys: list[tuple[int, MetricCard]] = []
        for quality in qualities:
            card = MetricCard(spoken(quality.name))
            flow.addWidget(card)
            self.buys.append((quality.tokens, card))
        self.body.addWidget(buys)

    def show_wallet(self, found: Wallet, month: Month) -> None:
        """Show `found`, and whether the budget of `month` is used up."""
        self._shown = found
        self._held.setText(self._held_words(found))
        owed = self.tr(
            "%n token(s) owed after a refund. The next purchase pays them first.", "", found.debt
        )
        self.debt.setText(owed)
        self.debt.setVisible(bool(found.debt))
        self.used_up.setVisible(bool(month.budget) and not month.left)
        self._show_balance()

    def set_closed(self, closed: bool) -> None:
        """Show no balance while the ledger is broken."""
        self._closed = closed
        self._show_balance()

    def _show_balance(self) -> None:
        found = self._shown
        if found is None:
            return
        balance = found.user.token_balance
        counted = QCoreApplication.translate("Purchases", "%n token(s)", "", balance)
        words = counted.partition(" ")[2]  # the number stands large beside it
        unknown = self.tr("not known until the ledger is in order")
        self.balance.setText("–" if self._closed else wording.count(balance))
        self.words.setText(unknown if self._closed else words)
        self.low.setVisible(found.low and not self._closed)
        for price, card in self.buys:
            number = "–" if self._closed else wording.count(balance // price)
            card.set(number, self.tr("at %n token(s)", "", price))

    def _held_words(self, found: Wallet) -> str:
        used = self.tr("%n used so far", "", found.user.total_tokens_used)
        if not found.held:
            return self.tr("Nothing is set aside for running work. %1.").replace("%1", used)
        held = self.tr("%n more set aside for pictures that wait or run", "", found.held)
        return f"{held}. {used}."
