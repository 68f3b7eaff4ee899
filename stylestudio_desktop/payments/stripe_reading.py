"""Reads what Stripe answers into facts of ours, and trusts no field to be what it should be."""

from collections.abc import Mapping
from typing import Any, NoReturn

from stylestudio_desktop.domain.errors import PaymentError
from stylestudio_desktop.domain.purchase import Mode, RefundKind, RefundStatus
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState, RefundFact

Told = Mapping[str, Any]
_LONGEST = 255
# docs.stripe.com/api/refunds/object#refund_object-status
_REFUNDS = {
    "succeeded": RefundStatus.DONE,
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "failed": RefundStatus.REVERSED,
    "canceled": RefundStatus.REVERSED,
}
# docs.stripe.com/api/disputes/object#dispute_object-status; a “warning” has taken no money.
_DISPUTES = {
    "needs_response": RefundStatus.PENDING,
    "under_review": RefundStatus.PENDING,
    "lost": RefundStatus.DONE,
    "won": RefundStatus.REVERSED,
    "prevented": RefundStatus.REVERSED,
}


def checkout(told: Told, *, failed: str | None = None) -> Checkout:
    """Read a Checkout Session; `failed` is why its payment came to nothing, if it did.

    https://docs.stripe.com/api/checkout/sessions/object. Raises PaymentError.
    """
    state = _state(told, failed)
    payment = told.get("payment_intent")
    return Checkout(
        id=text(told, "id"),
        mode=_mode(told),
        reference=_optional(told, "client_reference_id") or "",
        state=state,
        amount=number(told, "amount_total"),
        currency=text(told, "currency").lower(),
        url=_address(told),
        payment_id=_id(payment),
        method=_method(told),
        reason=failed,
    )


def refund(told: Told) -> RefundFact:
    """Read a Refund (https://docs.stripe.com/api/refunds/object). Raises PaymentError."""
    metadata = told.get("metadata")
    asked = metadata.get("refund") if isinstance(metadata, Mapping) else None
    return RefundFact(
        id=text(told, "id"),
        mode=_mode(told, default=Mode.LIVE),
        kind=RefundKind.REFUND,
        status=_REFUNDS.get(text(told, "status"), RefundStatus.PENDING),
        payment_id=_id(told.get("payment_intent")) or "",
        amount=number(told, "amount"),
        currency=text(told, "currency").lower(),
        reason=_optional(told, "reason"),
        asked_id=int(asked) if isinstance(asked, str) and _is_number(asked) else None,
    )


def dispute(told: Told) -> RefundFact | None:
    """Read a Dispute; None while it is only a warning, which has moved no money.

    https://docs.stripe.com/api/disputes/object. Raises PaymentError.
    """
    status = _DISPUTES.get(text(told, "status"))
    if status is None:
        return None
    return RefundFact(
        id=text(told, "id"),
        mode=_mode(told, default=Mode.LIVE),
        kind=RefundKind.DISPUTE,
        status=status,
        payment_id=_id(told.get("payment_intent")) or "",
        amount=number(told, "amount"),
        currency=text(told, "currency").lower(),
        reason=_optional(told, "reason"),
    )


def text(told: Told, name: str) -> str:
    """Return a field that must be a text of reasonable length."""
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable():
        odd(name)
    return str(value)


def number(told: Told, name: str) -> int:
    """Return a field that must be a whole number, none of them negative here."""
    value = told.get(name)
    if type(value) is not int or value < 0:
        odd(name)
    return int(value)


def odd(name: str) -> NoReturn:
    """Refuse an answer whose field `name` is not what Stripe documents."""
    raise PaymentError(
        f"Stripe answered with something this program does not understand ({name}). Nothing was "
        "changed; it is asked again later. If this stays so, install the newest version.",
        again=True,
    )


def _state(told: Told, failed: str | None) -> CheckoutState:
    status, paid = told.get("status"), told.get("payment_status")
    if status == "open":
        return CheckoutState.OPEN
    if status == "expired":
        return CheckoutState.EXPIRED
    if status != "complete":
        odd("status")
    if paid == "paid":
        return CheckoutState.PAID if _id(told.get("payment_intent")) else odd("payment_intent")
    return CheckoutState.PROCESSING if failed is None else CheckoutState.FAILED


def _mode(told: Told, default: Mode | None = None) -> Mode:
    live = told.get("livemode")
    if not isinstance(live, bool):
        if live is None and default is not None and "livemode" not in told:
            return default
        odd("livemode")
    return Mode.LIVE if live else Mode.TEST


def _id(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None


def _address(told: Told) -> str | None:
    url = told.get("url")
    fits = isinstance(url, str) and len(url) < 4000 and url.isprintable()
    # A browser is opened on it, so nothing but a web page may come through.
    return url if fits and str(url).startswith(("https://", "http://127.0.0.1:")) else None


def _method(told: Told) -> str | None:
    kinds = told.get("payment_method_types")
    if not isinstance(kinds, list) or not kinds:
        return None
    return ", ".join(str(kind)[:30] for kind in kinds[:4])


def _optional(told: Told, name: str) -> str | None:
    value = told.get(name)
    return value[:_LONGEST] if isinstance(value, str) and value else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 20
