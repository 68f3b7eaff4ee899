"""Packages and purchases: what tokens cost, and what has been bought."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.purchase import PurchaseStatus
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label

translate = QCoreApplication.translate


class PackageCard(Card):
    """A package with its price, and what one token costs in it. It offers nothing to press."""

    def __init__(self, package: Package, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tokens = self.tr("%n token(s)", "", package.tokens)
        price = wording.money(package.cents, package.currency)
        each = wording.money(package.cents / package.tokens, package.currency)
        each_said = self.tr("%1 a token").replace("%1", each)
        self.setAccessibleName(f"{package.name}: {tokens}, {price}, {each_said}. {package.tag}")
        head = QHBoxLayout()
        head.addWidget(label(package.name, "label"))
        head.addSpacing(Space.XS)
        head.addStrut(Space.XL)
        head.addStretch(1)
        if package.tag:
            head.addWidget(StatusBadge(Status(_tag(package.tag), "sparkles", "accent")))
        self.body.addLayout(head)
        self.body.addWidget(label(tokens, "heading"))
        self.body.addWidget(label(price))
        self.body.addWidget(label(each_said, "faint"))


def _tag(text: str) -> str:
    return text[:1].upper() + text[1:]


class Purchases(QWidget):
    """What was bought, newest first, each with its state."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._inside: QWidget | None = None
        self.show_purchases([])

    def show_purchases(self, found: Sequence[Purchase]) -> None:
        """Show `found` in place of what was shown."""
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = _rows(found) if found else _none()
        self._layout.addWidget(self._inside)


def _none() -> QWidget:
    return label(translate("Purchases", "Nothing has been bought yet."), "muted")


def _rows(found: Sequence[Purchase]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.L)
    grid.setVerticalSpacing(Space.S)
    grid.setColumnStretch(0, 1)
    for row, one in enumerate(found):
        name = label(one.display_name)
        if one.error:
            name.setToolTip(one.error)
        grid.addWidget(name, row, 0)
        tokens = translate("Purchases", "%n token(s)", "", one.tokens_received)
        grid.addWidget(label(tokens, "muted"), row, 1)
        grid.addWidget(label(wording.money(one.amount, one.currency)), row, 2)
        grid.addWidget(label(wording.moment(one.created_at), "faint"), row, 3)
        grid.addWidget(StatusBadge(_state(one.status)), row, 4)
    return made


def _state(status: str) -> Status:
    known = {
        PurchaseStatus.PENDING.value: Status(translate("Purchases", "Waiting"), "clock"),
        PurchaseStatus.COMPLETED.value: Status(
            translate("Purchases", "Paid"), "circle-check", "good"
        ),
        PurchaseStatus.FAILED.value: Status(translate("Purchases", "Failed"), "circle-x", "bad"),
        PurchaseStatus.REFUNDED.value: Status(
            translate("Purchases", "Refunded"), "undo-2", "warning"
        ),
    }
    return known.get(status, Status(status, "circle-help"))
