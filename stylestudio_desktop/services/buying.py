"""Buys tokens: the purchase is committed first, then the payment page is made, then it is paid.

From the first commit on nothing here is needed any more: the program may end at any instant,
and `reconciling` brings the purchase to its end.
"""

import json
import time
import uuid
from dataclasses import asdict, dataclass, replace

from stylestudio_desktop.domain.errors import Code, IllegalStep, NotFound, PaymentError
from stylestudio_desktop.domain.events import PurchaseChanged
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.purchase import PurchaseStatus, is_held, is_paying
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.payments.gateway import Checkout, Gateway, Order
from stylestudio_desktop.services import settling, till
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import purchases, seals

PAGE_LIVES_S = 3600
"""A payment page can be paid for this long; Stripe takes 30 minutes to 24 hours."""
KEY_LIVES_S = 23 * 3600
"""A repeat is one request for 24 hours (docs.stripe.com/api/idempotent_requests)."""
_SLACK_S = 600


@dataclass(frozen=True, slots=True)
class Back:
    """Where the browser goes when the buyer is done, or has changed their mind."""

    success_url: str
    cancel_url: str


def buy(studio: Studio, package_id: str, back: Back) -> Purchase:
    """Begin a purchase and return it with the address where it is paid.

    Raises NotFound for an unknown package and PaymentError where there is no way to pay; then
    nothing was begun, or the purchase says that it failed. An error with `again` set leaves the
    purchase pending: it is completed by itself once the network is back.
    """
    gateway = till.gateway(studio)
    try:
        row = begin(studio, package_id, back, gateway)
        return open_page(studio, row, gateway)
    finally:
        gateway.close()


def begin(studio: Studio, package_id: str, back: Back, gateway: Gateway) -> Purchase:
    """Commit a pending purchase with everything that its payment page will be asked for.

    Raises WalletReadOnly: nobody is sent to pay for what could not be credited.
    """
    package = studio.catalogue.package(package_id)
    reference = uuid.uuid4().hex
    moment = now_ms()
    order = Order(
        reference=reference,
        key=f"purchase/{reference}",
        workspace=till.workspace_id(studio),
        package=package.id,
        name=f"Style Studio – {package.name}, {package.tokens} tokens",
        tokens=package.tokens,
        amount=package.cents,
        currency=package.currency.lower(),
        expires_at=moment // 1000 + PAGE_LIVES_S,
        success_url=back.success_url,
        cancel_url=back.cancel_url,
    )
    row = Purchase(
        id=new_id(),
        user_id=studio.user_id,
        amount=package.cents,
        currency=package.currency.upper(),
        tokens_received=package.tokens,
        status=PurchaseStatus.PENDING.value,
        transaction_id=reference,
        stripe_checkout_session_id=None,
        stripe_payment_intent_id=None,
        payment_method=None,
        package_name=package.id,
        display_name=package.name,
        error=None,
        refund_reason=None,
        created_at=moment,
        completed_at=None,
        gateway=gateway.name,
        mode=gateway.mode.value,
        request=json.dumps(asdict(order)),
    )
    with studio.database.write():
        seals.check_writable(seals.told(studio.database))
        purchases.insert(studio.database, row)
        if till.cursor(studio, gateway.mode) is None:
            till.heard(studio, gateway.mode, moment // 1000 - _SLACK_S)
        studio.tell(PurchaseChanged(row.user_id, row.id, row.status))
    return row


def open_page(studio: Studio, row: Purchase, gateway: Gateway) -> Purchase:
    """Ask for the payment page of a purchase that was just begun, and keep where it is."""
    try:
        seen = _page_of(studio, row, gateway)
    except PaymentError as error:
        if not error.again:
            settling.give_up(studio, row.id, error.sentence)
        raise
    settling.settle(studio, seen)
    return purchase(studio, row.id)


def _page_of(studio: Studio, row: Purchase, gateway: Gateway) -> Checkout:
    """Ask for the page; where no page of this computer is taken as the way back, for another.

    Stripe may want https for real payments (“Livemode requests must always be redirected via
    HTTPS”). The way back credits nothing, so any page does.
    """
    order = order_of(row)
    try:
        return gateway.begin(order)
    except PaymentError as error:
        local = order.success_url.startswith("http://")
        if error.again or error.code is Code.PAYMENT_KEY or not local:
            raise
    elsewhere = studio.settings.value.payment_return_page
    order = replace(order, key=f"{order.key}/https", success_url=elsewhere, cancel_url=elsewhere)
    with studio.database.write():
        purchases.asked(studio.database, row.id, json.dumps(asdict(order)))
    return gateway.begin(order)


def carry_on(studio: Studio, row: Purchase, gateway: Gateway) -> settling.Outcome:
    """Bring a pending purchase as far as it has come at the gateway. Raises PaymentError."""
    return book(studio, row, look(row, gateway))


def look(row: Purchase, gateway: Gateway) -> Checkout | None:
    """Return how a pending purchase's page stands, None if it was never made and never will be.

    Without a payment page's id it is not known whether the request arrived. The same request
    with the same key finds out for a day; later only the list of all pages can. Raises
    PaymentError.
    """
    if row.stripe_checkout_session_id is not None:
        return gateway.look(row.stripe_checkout_session_id)
    if time.time() - row.created_at / 1000 < KEY_LIVES_S:
        try:
            return gateway.begin(order_of(row))
        except PaymentError as error:
            if error.again or error.code is Code.PAYMENT_KEY:
                raise
    begun = row.created_at // 1000
    return gateway.find(row.transaction_id, begun - _SLACK_S, begun + KEY_LIVES_S + 3600)


def book(studio: Studio, row: Purchase, seen: Checkout | None) -> settling.Outcome:
    """Book what `look` found."""
    if seen is not None:
        return settling.settle(studio, seen)
    return settling.give_up(
        studio, row.id, "The payment page was never made, so nothing was charged. Buy again."
    )


def cancel(studio: Studio, purchase_id: int) -> Purchase:
    """Close the payment page of a pending purchase; if it was just paid, it is completed.

    Raises NotFound, IllegalStep or PaymentError; IllegalStep also while a bank works on it.
    """
    row = purchase(studio, purchase_id)
    if row.status != PurchaseStatus.PENDING.value:
        raise IllegalStep(f"This purchase is {row.status} already. Nothing was changed.")
    if is_held(row):
        raise IllegalStep("This purchase is paid. Nothing was changed. Refund it, or accept it.")
    gateway = till.gateway(studio)
    try:
        if row.stripe_checkout_session_id is None:
            carry_on(studio, row, gateway)
            row = purchase(studio, purchase_id)
        if row.stripe_checkout_session_id is not None:
            settling.settle(studio, gateway.expire(row.stripe_checkout_session_id))
    finally:
        gateway.close()
    row = purchase(studio, purchase_id)
    if is_paying(row):
        raise IllegalStep(
            "The bank is working on this payment already, so it can't be cancelled any more. "
            "Nothing was changed. The tokens come by themselves; you can refund them then."
        )
    return row


def look_again(studio: Studio, purchase_id: int) -> Purchase:
    """Ask the gateway about one purchase, and return how it stands. Raises PaymentError."""
    row = purchase(studio, purchase_id)
    if row.status == PurchaseStatus.PENDING.value and not is_held(row):
        gateway = till.gateway(studio)
        try:
            carry_on(studio, row, gateway)
        finally:
            gateway.close()
    return purchase(studio, purchase_id)


def purchase(studio: Studio, purchase_id: int) -> Purchase:
    """Return a purchase of the person at the desk. Raises NotFound."""
    row = purchases.get(studio.database, purchase_id)
    if row is None or row.user_id != studio.user_id:
        raise NotFound(f"There is no purchase {purchase_id} in this library.")
    return row


def order_of(row: Purchase) -> Order:
    """Return what the gateway was asked for, word for word."""
    return Order(**json.loads(row.request or "{}"))
