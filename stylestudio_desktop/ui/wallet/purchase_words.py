"""Says how a purchase stands and what became of its money, in plain words."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.domain.purchase import (
    PurchaseStatus,
    Refund,
    RefundKind,
    RefundStatus,
    is_bounced,
    is_held,
    is_paying,
    is_returned,
)
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.labels import Status

translate = QCoreApplication.translate
_MOST_REMARK = 300


def tokens(number: int) -> str:
    """Return a number of tokens."""
    return translate("Purchases", "%n token(s)", "", number)


def got(one: Purchase) -> str:
    """Return the tokens that a purchase brought."""
    if is_returned(one):
        return translate("Purchases", "none credited")
    return tokens(one.tokens_received)


def remarks(one: Purchase, back: Sequence[Refund] = ()) -> list[str]:
    """Return when it was and what is to say of it; `back` are its refunds and disputes."""
    said = [wording.moment(one.created_at)]
    if one.mode == "test":
        said.append(translate("Purchases", "test payment"))
    if is_held(one):
        return [
            *said,
            translate(
                "Purchases",
                "The money is at the payment service. Refund it, or accept it for tokens.",
            ),
        ]
    if is_bounced(one):
        return [*said, _bounced(one)]
    if is_paying(one):
        words = translate(
            "Purchases", "The bank is working on it, which can take days. The tokens come then."
        )
        return [*said, words]
    if one.status == PurchaseStatus.COMPLETED.value:
        said += [_part(refund, one.currency) for refund in back]
    if one.error:
        said.append(spoken(one.error)[:_MOST_REMARK])
    elif one.refund_reason:
        said.append(_reason(one.refund_reason))
    return said


def _part(refund: Refund, currency: str) -> str:
    """Return what became of a part of a purchase's money."""
    settled = refund.status == RefundStatus.DONE.value
    if refund.kind == RefundKind.DISPUTE.value:
        said = (
            translate("Purchases", "%1 taken back by the payer's bank")
            if settled
            else translate("Purchases", "The payer's bank disputes %1 and has not decided yet")
        )
    elif settled:
        said = translate("Purchases", "%1 given back")
    else:
        said = translate("Purchases", "%1 on its way back")
    return said.replace("%1", wording.money(refund.amount, currency))


def _reason(text: str) -> str:
    """Return why money went back, the payment service's own words as people say them."""
    known = {
        "refunded": translate("Purchases", "Given back at the payment service"),
        "requested_by_customer": translate("Purchases", "Given back as asked for"),
        "duplicate": translate("Purchases", "Given back: it was paid twice"),
        "fraudulent": translate("Purchases", "Taken back: the payer says it was fraud"),
        "disputed": translate("Purchases", "Taken back by the payer's bank"),
    }
    return known.get(text, text.replace("_", " ")[:_MOST_REMARK])


def _bounced(one: Purchase) -> str:
    if one.status == PurchaseStatus.REFUNDED.value:
        return translate(
            "Purchases",
            "The refund could not be paid out, so the tokens are yours again. Ask for it once "
            "more, or keep them.",
        )
    return translate(
        "Purchases",
        "The refund could not be paid out, and the money is at the payment service again. Refund "
        "it once more, or see there how else it can be paid out.",
    )


def state(one: Purchase) -> Status:
    """Return where a purchase stands."""
    if is_held(one):
        return Status(translate("Purchases", "Your decision"), "circle-alert", "warning")
    if is_bounced(one):
        return Status(translate("Purchases", "Refund failed"), "circle-alert", "warning")
    if is_returned(one):
        return Status(translate("Purchases", "Given back"), "undo-2", "warning")
    if is_paying(one):
        return Status(translate("Purchases", "Being paid"), "loader-circle")
    status = one.status
    known = {
        PurchaseStatus.PENDING.value: Status(translate("Purchases", "Waiting"), "clock"),
        PurchaseStatus.COMPLETED.value: Status(
            translate("Purchases", "Paid"), "circle-check", "good"
        ),
        # Closed by the buyer, too late or declined: nothing was charged, so nothing is wrong.
        PurchaseStatus.FAILED.value: Status(translate("Purchases", "Not paid"), "circle-x"),
        PurchaseStatus.REFUNDED.value: Status(
            translate("Purchases", "Refunded"), "undo-2", "warning"
        ),
    }
    return known.get(status, Status(status, "circle-help"))
