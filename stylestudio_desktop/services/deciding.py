"""Accepts money that was paid otherwise than asked: what it buys, and a person's reason for it.

Giving such money back is a refund like any other; see `refunding`.
"""

from dataclasses import dataclass

from stylestudio_desktop.domain.errors import BadInput, IllegalStep, PaymentError
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.purchase import Mode, is_held
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState
from stylestudio_desktop.services import buying, settling, till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import refunds

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Held:
    """Money that waits for a decision: `amount` of `currency` would buy `tokens` here."""

    purchase: Purchase
    tokens: int
    amount: int
    currency: str
    method: str


def look(studio: Studio, purchase_id: int) -> Held:
    """Ask the payment service what was really paid, and return what accepting would credit.

    Tokens are counted at the package's price, unless a relay signed how many it sold. Raises
    NotFound, IllegalStep, BadInput where the money can't be counted in tokens, PaymentError.
    """
    row = buying.purchase(studio, purchase_id)
    if not is_held(row):
        raise IllegalStep(
            "No money of this purchase waits for a decision, so there is nothing to accept. "
            "Nothing was changed."
        )
    if refunds.in_force(refunds.of_purchase(studio.database, row.id)).money:
        raise IllegalStep(
            "Some of this money went back already, so it can't be accepted any more. Nothing was "
            "changed. Refund the rest."
        )
    gateway = till.gateway(studio)
    try:
        seen = gateway.look(row.stripe_checkout_session_id or "")
    finally:
        gateway.close()
    _same(row, seen)
    return Held(row, _tokens(row, seen), row.amount, row.currency, seen.method or "card")


def accept(studio: Studio, purchase_id: int, reason: str, shown: Held | None = None) -> Purchase:
    """Credit what was paid; `reason` is kept with the purchase for ever.

    With `shown`, nothing is done when accepting would credit something else by now. Raises what
    `look` raises, and BadInput without a reason.
    """
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise BadInput(
            f"Say in at most {LONGEST_REASON} characters why this payment is accepted; it is kept "
            "with the purchase. Nothing was changed."
        )
    found = look(studio, purchase_id)
    if shown is not None and (shown.tokens, shown.amount) != (found.tokens, found.amount):
        raise BadInput("The payment is another one by now. Nothing was changed. Look at it again.")
    if not settling.accept(studio, found.purchase, found.tokens, found.method, why):
        raise IllegalStep("Somebody decided about this payment meanwhile. Nothing was changed.")
    return buying.purchase(studio, purchase_id)


def _same(row: Purchase, seen: Checkout) -> None:
    known = (row.transaction_id, row.mode, row.stripe_payment_intent_id, row.amount, row.currency)
    told = (seen.reference, seen.mode.value, seen.payment_id, seen.amount, seen.currency.upper())
    if seen.state is not CheckoutState.PAID or known != told:
        raise PaymentError(
            "The payment service tells something else about this payment than before. Nothing was "
            "changed. Refund it, or ask the payment service."
        )


def _tokens(row: Purchase, seen: Checkout) -> int:
    if seen.tokens is not None:
        return seen.tokens
    order = buying.order_of(row)
    same = order.currency.upper() == row.currency and order.amount > 0
    tokens = order.tokens * row.amount // order.amount if same else 0
    if tokens <= 0:
        raise BadInput(
            f"{written(row.amount, row.currency)} can't be counted in tokens of a package that "
            f"costs {written(order.amount, order.currency)}. Nothing was changed. Refund it."
        )
    return tokens


def payment_page(row: Purchase) -> str | None:
    """Return the page of the payment service on which a held payment can be looked at."""
    if row.gateway != "stripe" or row.stripe_payment_intent_id is None:
        return None
    test = "test/" if row.mode == Mode.TEST.value else ""
    return f"https://dashboard.stripe.com/{test}payments/{row.stripe_payment_intent_id}"
