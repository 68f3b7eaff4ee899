"""Says what a movement of tokens was, in plain words."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.domain.ledger import Kind
from stylestudio_desktop.domain.records import TokenEntry
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.widgets.labels import Tone

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Told:
    """A movement in words, its change of the balance with a sign, and how it is meant."""

    text: str
    change: str
    icon: str
    tone: Tone


def movement(entry: TokenEntry) -> Told:
    """Return `entry` as people read it."""
    text, icon, tone = _words(entry)
    return Told(text, signed(entry.delta), icon, tone)


def signed(number: int) -> str:
    """Return a change with its sign; a proper minus lines up with the plus."""
    if number == 0:
        return "0"
    return f"{'+' if number > 0 else '−'}{wording.count(abs(number))}"


def _words(entry: TokenEntry) -> tuple[str, str, Tone]:
    if entry.kind == Kind.GRANT.value:
        return translate("Ledger", "Free tokens"), "sparkles", "good"
    if entry.kind == Kind.PURCHASE.value:
        return translate("Ledger", "Bought"), "receipt", "good"
    if entry.kind == Kind.HOLD.value:
        return translate("Ledger", "Set aside for pictures"), "lock", "neutral"
    if entry.kind == Kind.SETTLE.value:
        return _settled(entry), "circle-check", "accent"
    if entry.kind == Kind.RELEASE.value:
        return translate("Ledger", "Returned, nothing was saved"), "undo-2", "neutral"
    if entry.kind == Kind.REFUND.value:
        return translate("Ledger", "Refunded"), "undo-2", "warning"
    if entry.kind == Kind.REINSTATE.value:
        return translate("Ledger", "Given back, the refund was reversed"), "rotate-ccw", "good"
    return entry.kind, "circle-help", "neutral"


def _settled(entry: TokenEntry) -> str:
    paid = translate("Ledger", "Paid %n token(s) for saved pictures", "", entry.settled)
    if not entry.delta:
        return paid
    return f"{paid}, {translate('Ledger', '%n returned', '', entry.delta)}"
