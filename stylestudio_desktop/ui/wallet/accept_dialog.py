"""Asks why a payment is accepted that is not what was asked for, and says what it credits."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.services import buying
from stylestudio_desktop.services.deciding import LONGEST_REASON, Held
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label

_WIDTH = 460


class AcceptDialog(QDialog):
    """Calls `wanted(reason)` once a reason was typed and the button pressed."""

    def __init__(self, shown: Held, wanted: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wanted = wanted
        money = wording.money(shown.amount, shown.currency)
        title = self.tr("Accept %1?").replace("%1", money)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(self.tr("Why is it accepted?"))
        self.reason.setAccessibleName(self.tr("Why is it accepted?"))
        self.accept_button = button(self.tr("Accept the payment"), self._on_accept, "primary")
        self.accept_button.setEnabled(False)
        self.reason.textChanged.connect(
            lambda text: self.accept_button.setEnabled(bool(text.strip()))
        )
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        foot.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(label(title, "heading", wrap=True))
        layout.addLayout(self._sums(shown))
        layout.addWidget(self.reason)
        hint = self.tr("Your reason is kept with the purchase for ever.")
        layout.addWidget(label(hint, "faint", wrap=True))
        layout.addLayout(foot)

    def _sums(self, shown: Held) -> QGridLayout:
        """Return what was asked, what was paid, and what accepting credits, one below the other."""
        order = buying.order_of(shown.purchase)
        sums = QGridLayout()
        sums.setHorizontalSpacing(Space.XL)
        sums.setVerticalSpacing(Space.XS)
        sums.setColumnStretch(3, 1)
        self.said = label(self.tr("%n token(s)", "", shown.tokens), "title")
        money = wording.money(order.amount, order.currency)
        tokens = self.tr("%n token(s)", "", order.tokens)
        for row, (name, first, second) in enumerate((
            (self.tr("Asked"), label(money), label(tokens, "muted")),
            (self.tr("Paid"), label(wording.money(shown.amount, shown.currency), "title"), None),
            (self.tr("You credit"), self.said, label(self.tr("at the package's price"), "muted")
             if shown.purchase.gateway != "relay" else None),
        )):  # fmt: skip
            sums.addWidget(label(name, "muted"), row, 0)
            sums.addWidget(first, row, 1)
            if second is not None:
                sums.addWidget(second, row, 2)
        return sums

    def _on_accept(self) -> None:
        self._wanted(self.reason.text())
        self.accept()
