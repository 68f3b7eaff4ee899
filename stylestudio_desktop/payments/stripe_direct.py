"""The studio's own Stripe account: payment pages, their fate, refunds, disputes and events.

Stripe's library takes half a second to import, so it is loaded with the first call. Only
documented parameters of its pinned API version are sent; a test holds them to its own types.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from stylestudio_desktop.domain.errors import Code, PaymentError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments import stripe_reading as reading
from stylestudio_desktop.payments.gateway import (
    Checkout,
    CheckoutState,
    News,
    Order,
    RefundFact,
    RefundOrder,
)
from stylestudio_desktop.payments.stripe_keys import mode_of
from stylestudio_desktop.payments.stripe_saying import explained

NAME = "stripe"
HORIZON_S = 29 * 86_400
"""Events are kept for 30 days (docs.stripe.com/api/events); one day is left for clocks."""
_TIMEOUT_S = (5.0, 20.0)
_RETRIES = 2
_PAGE = 100
_ABOUT_PAGES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
_ABOUT_REFUNDS = ("refund.created", "refund.updated", "refund.failed")
_ABOUT_DISPUTES = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
_DEAD = ("requires_payment_method", "canceled")


class StripeDirect:
    """A Gateway on one restricted key."""

    def __init__(self, key: str, api: str | None = None) -> None:
        """Use `key`; `api` stands in for Stripe's address, for tests on this computer.

        Raises PaymentError for a key that is none, or too powerful, or a live one for a stand-in.
        """
        self._key = key.strip()
        self._mode = mode_of(self._key)
        if api is not None and (self._mode is Mode.LIVE or not api.startswith("http://127.0.0.1:")):
            raise PaymentError(
                "A stand-in for Stripe is only used on this computer and with a test key. Nothing "
                "was sent.",
                code=Code.PAYMENT_KEY,
            )
        self._api = api
        self._made: Any = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"StripeDirect({self._mode.value})"

    @property
    def name(self) -> str:
        """Return “stripe”."""
        return NAME

    @property
    def mode(self) -> Mode:
        """Return what the key's prefix says."""
        return self._mode

    @property
    def horizon_s(self) -> int:
        """Return how far back events reach."""
        return HORIZON_S

    def check(self) -> str:
        """Try one harmless reading of each kind that buying needs."""
        self._call(lambda api: api.checkout.sessions.list({"limit": 1}), "look at payment pages")
        self._call(lambda api: api.events.list({"limit": 1}), "read events")
        self._call(lambda api: api.refunds.list({"limit": 1}), "look at refunds")
        kind = "Test payments" if self._mode is Mode.TEST else "Real payments"
        return f"Stripe accepts the key. {kind} can be made."

    def begin(self, order: Order) -> Checkout:
        """Make a Checkout Session (docs.stripe.com/api/checkout/sessions/create)."""
        parameters = session_parameters(order)
        options = {"idempotency_key": order.key}
        told = self._call(
            lambda api: api.checkout.sessions.create(parameters, options), "make a payment page"
        )
        return reading.checkout(told)

    def look(self, checkout_id: str) -> Checkout:
        """Retrieve a Session, and its PaymentIntent while the bank still works on it."""
        told = self._call(
            lambda api: api.checkout.sessions.retrieve(checkout_id), "look at a payment page"
        )
        seen = reading.checkout(told)
        if seen.state is not CheckoutState.PROCESSING or seen.payment_id is None:
            return seen
        payment_id = seen.payment_id
        intent = self._call(
            lambda api: api.payment_intents.retrieve(payment_id), "look at a payment"
        )
        if intent.get("status") not in _DEAD:
            return seen
        error = intent.get("last_payment_error")
        said = error.get("message") if isinstance(error, dict) else None
        return reading.checkout(told, failed=str(said or "the bank refused it")[:200])

    def find(self, reference: str, since: int, until: int) -> Checkout | None:
        """List the Sessions of a span and return the one with our reference."""
        span = {"created": {"gte": since, "lte": until}, "limit": _PAGE}
        for told in self._pages(lambda api: api.checkout.sessions, span, "list payment pages"):
            if told.get("client_reference_id") == reference:
                return self.look(reading.text(told, "id"))
        return None

    def expire(self, checkout_id: str) -> Checkout:
        """Expire an open Session; one that is complete or expired stays as it is."""
        try:
            told = self._call(
                lambda api: api.checkout.sessions.expire(checkout_id), "close a payment page"
            )
        except PaymentError:
            seen = self.look(checkout_id)
            if seen.state is CheckoutState.OPEN:
                raise
            return seen
        return reading.checkout(told)

    def refund(self, order: RefundOrder) -> RefundFact:
        """Create a Refund (docs.stripe.com/api/refunds/create)."""
        parameters = refund_parameters(order)
        options = {"idempotency_key": order.key}
        told = self._call(lambda api: api.refunds.create(parameters, options), "give money back")
        return self._of_mode(reading.refund(told))

    def refunds_of(self, payment_id: str) -> list[RefundFact]:
        """List a payment's Refunds and Disputes."""
        wanted = {"payment_intent": payment_id, "limit": _PAGE}
        found = [
            self._of_mode(reading.refund(told))
            for told in self._pages(lambda api: api.refunds, wanted, "look at refunds")
        ]
        for told in self._pages(lambda api: api.disputes, wanted, "look at disputes"):
            seen = reading.dispute(told)
            if seen is not None:
                found.append(self._of_mode(seen))
        return found

    def news(self, since: int) -> Iterator[News]:
        """List Events, which come newest first, and yield them oldest first.

        An event's object is as it was then; what it leads to is looked at anew, or booked in one
        direction only, so late, repeated and reordered events do no harm.
        """
        kinds = [*_ABOUT_PAGES, *_ABOUT_REFUNDS, *_ABOUT_DISPUTES]
        wanted = {"types": kinds, "created": {"gte": since}, "limit": _PAGE}
        found = list(self._pages(lambda api: api.events, wanted, "read events"))
        for event in reversed(found):
            if bool(event.get("livemode")) is (self._mode is Mode.LIVE):
                seen = self._news(event)
                if seen is not None:
                    yield seen

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made[1].close()

    def _news(self, event: reading.Told) -> News | None:
        at, kind = reading.number(event, "created"), reading.text(event, "type")
        data = event.get("data")
        about = data.get("object") if isinstance(data, dict) else None
        if not isinstance(about, dict):
            reading.odd("data")
        if kind in _ABOUT_PAGES:
            reference = about.get("client_reference_id")
            if not isinstance(reference, str):
                return None  # made by something else on the same account
            return News(at, reference=reference, checkout_id=reading.text(about, "id"))
        seen = reading.refund(about) if kind in _ABOUT_REFUNDS else reading.dispute(about)
        return None if seen is None else News(at, refund=self._of_mode(seen))

    def _of_mode(self, fact: RefundFact) -> RefundFact:
        # A Refund says nothing of its mode; the key that it was asked with does.
        return replace(fact, mode=self._mode)

    def _pages(
        self, service: Callable[[Any], Any], wanted: dict[str, Any], doing: str
    ) -> Iterator[dict[str, Any]]:
        """Yield every object of a list, page by page (docs.stripe.com/api/pagination)."""
        last: str | None = None
        while True:
            asked = wanted if last is None else {**wanted, "starting_after": last}
            page = self._call(partial(_listed, service, asked), doing)
            found = page.get("data")
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                reading.odd("data")
            yield from found
            if not found or not page.get("has_more"):
                return
            following = reading.text(found[-1], "id")
            if following == last:
                reading.odd("has_more")
            last = following

    def _call(self, ask: Callable[[Any], Any], doing: str) -> dict[str, Any]:
        import stripe

        try:
            answer = ask(self._client().v1)
        except stripe.StripeError as error:
            raise explained(error, doing) from error
        told = answer.to_dict()
        return told if isinstance(told, dict) else reading.odd("object")

    def _client(self) -> Any:
        import stripe

        with self._lock:
            if self._made is None:
                # How long its calls take is nobody's business.
                stripe.enable_telemetry = False
                http = stripe.RequestsClient(timeout=_TIMEOUT_S)
                bases = {} if self._api is None else {"base_addresses": {"api": self._api}}
                client = stripe.StripeClient(
                    self._key, max_network_retries=_RETRIES, http_client=http, **bases
                )
                self._made = (client, http)
            return self._made[0]


def _listed(service: Callable[[Any], Any], wanted: dict[str, Any], api: Any) -> Any:
    return service(api).list(wanted)


def session_parameters(order: Order) -> dict[str, Any]:
    """Return the parameters of `checkout.sessions.create` for an order."""
    about = {"purchase": order.reference, "workspace": order.workspace}
    return {
        "mode": "payment",
        "client_reference_id": order.reference,
        "metadata": {**about, "package": order.package, "tokens": str(order.tokens)},
        "payment_intent_data": {"metadata": about},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency,
                    "unit_amount": order.amount,
                    "product_data": {"name": order.name},
                },
            }
        ],
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": order.expires_at,
    }


def refund_parameters(order: RefundOrder) -> dict[str, Any]:
    """Return the parameters of `refunds.create` for an order."""
    return {
        "payment_intent": order.payment_id,
        "amount": order.amount,
        "reason": "requested_by_customer",
        "metadata": {"refund": str(order.asked_id)},
    }
