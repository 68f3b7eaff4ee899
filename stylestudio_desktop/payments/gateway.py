"""What a payment service is to the rest of the house: five questions and four facts.

A gateway never decides anything about tokens. It tells what is so at the payment service, and
the services hold that against their own rows. Every call waits for a network.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from stylestudio_desktop.domain.purchase import Mode, RefundKind, RefundStatus


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of the gateway; kept with the purchase, since a repeat must be the same.

    `reference` is our own, `key` makes a repeated request one request; `expires_at` in UTC
    seconds; `amount` in the smallest unit of `currency` (lower case).
    """

    reference: str
    key: str
    workspace: str
    package: str
    name: str
    tokens: int
    amount: int
    currency: str
    expires_at: int
    success_url: str
    cancel_url: str


class CheckoutState(Enum):
    """Where a payment page stands: only PAID is money."""

    OPEN = "open"
    PROCESSING = "processing"  # the buyer is done, the bank is not
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment page as the gateway tells it; `payment_id` is there once it is paid."""

    id: str
    mode: Mode
    reference: str
    state: CheckoutState
    amount: int
    currency: str
    url: str | None = None
    payment_id: str | None = None
    method: str | None = None
    reason: str | None = None
    receipt: str | None = None
    tokens: int | None = None
    """What was sold, where the gateway says so; only a relay does."""


@dataclass(frozen=True, slots=True)
class RefundFact:
    """A refund or dispute as the gateway tells it; `asked_id` is our own row's id, if any."""

    id: str
    mode: Mode
    kind: RefundKind
    status: RefundStatus
    payment_id: str
    amount: int
    currency: str
    reason: str | None = None
    asked_id: int | None = None


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund that is asked of the gateway; `key` as in Order."""

    asked_id: int
    key: str
    payment_id: str
    amount: int
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened at the gateway: a payment page to look at, or a refund.

    `at` is when, in UTC seconds; `checkout_id` and `refund` exclude each other.
    """

    at: int
    reference: str | None = None
    checkout_id: str | None = None
    refund: RefundFact | None = None


class Gateway(Protocol):
    """One payment service with one key. Every method raises PaymentError."""

    @property
    def name(self) -> str:
        """Return the name that is kept with each purchase."""

    @property
    def mode(self) -> Mode:
        """Return whether money really moves."""

    @property
    def horizon_s(self) -> int:
        """Return how many seconds back `news` reaches."""

    def check(self) -> str:
        """Ask whether the key works, and return a sentence about it."""

    def begin(self, order: Order) -> Checkout:
        """Make the payment page for an order; a repeat with the same key gives the same page."""

    def look(self, checkout_id: str) -> Checkout:
        """Return how a payment page stands now."""

    def find(self, reference: str, since: int, until: int) -> Checkout | None:
        """Return the page with our reference that was made in a span (UTC seconds), if any."""

    def expire(self, checkout_id: str) -> Checkout:
        """Close an open payment page, and return how it stands: it may have been paid just now."""

    def refund(self, order: RefundOrder) -> RefundFact:
        """Give money back; a repeat with the same key gives it back once."""

    def refunds_of(self, payment_id: str) -> list[RefundFact]:
        """Return all refunds and disputes of a payment as they stand now."""

    def news(self, since: int) -> Iterator[News]:
        """Yield what happened since a moment (UTC seconds), oldest first."""

    def close(self) -> None:
        """Let go of connections."""
