"""The rules of the token ledger: kinds of entries, their keys, and what the sums must say."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Kind(str, Enum):
    """Why tokens moved.

    `hold` takes the quoted price from the balance when a generation starts; exactly one
    `settle` (pictures saved: what was charged, the rest returned) or `release` (nothing saved:
    all returned) closes it. A `refund` takes back what was bought and is refunded or disputed;
    `reinstate` gives it back when that was reversed.
    """

    GRANT = "grant"
    PURCHASE = "purchase"
    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"
    REFUND = "refund"
    REINSTATE = "reinstate"


class Movement(NamedTuple):
    """One entry about to be written: `delta` changes the balance, `settled` counts as used."""

    kind: Kind
    delta: int
    settled: int
    key: str
    generation_id: int | None = None
    purchase_id: int | None = None


def grant(user_id: int, tokens: int, reason: str) -> Movement:
    """Free tokens, given once for each `reason`."""
    if tokens <= 0:
        raise ValueError("a grant is positive")
    return Movement(Kind.GRANT, tokens, 0, f"grant/{user_id}/{reason}")


def hold(generation_id: int, attempt: int, price: int) -> Movement:
    """Set the price of one attempt aside."""
    if price < 0:
        raise ValueError("a price is not negative")
    return Movement(Kind.HOLD, -price, 0, f"hold/{generation_id}/{attempt}", generation_id)


def settle(generation_id: int, attempt: int, price: int, charged: int) -> Movement:
    """Close an attempt whose pictures are saved: `charged` is used, the rest comes back."""
    if not 0 <= charged <= price:
        raise ValueError("what is charged lies between nothing and the quoted price")
    key = closing_key(generation_id, attempt)
    return Movement(Kind.SETTLE, price - charged, charged, key, generation_id)


def release(generation_id: int, attempt: int, price: int) -> Movement:
    """Close an attempt that saved nothing: all of its tokens come back."""
    key = closing_key(generation_id, attempt)
    return Movement(Kind.RELEASE, price, 0, key, generation_id)


def purchase(purchase_id: int, payment_id: str, tokens: int) -> Movement:
    """Credit a paid purchase, once for each payment however often it is told."""
    if tokens <= 0:
        raise ValueError("a purchase is positive")
    return Movement(Kind.PURCHASE, tokens, 0, f"purchase/{payment_id}", None, purchase_id)


def claw_back(purchase_id: int, refund_id: int, tokens: int, occasion: int) -> Movement:
    """Take refunded tokens; what was spent is owed and taken at later occasions (purchases)."""
    if tokens <= 0:
        raise ValueError("what is taken is positive")
    key = f"refund/{refund_id}/{occasion}"
    return Movement(Kind.REFUND, -tokens, 0, key, None, purchase_id)


def reinstate(purchase_id: int, refund_id: int, tokens: int) -> Movement:
    """Give back what a refund or dispute took that was reversed."""
    if tokens <= 0:
        raise ValueError("what is given back is positive")
    key = f"reinstate/{refund_id}"
    return Movement(Kind.REINSTATE, tokens, 0, key, None, purchase_id)


def closing_key(generation_id: int, attempt: int) -> str:
    """The key that settle and release share, so that an attempt is closed at most once."""
    return f"close/{generation_id}/{attempt}"


class Sums(NamedTuple):
    """What a user's entries add up to, in tokens."""

    balance: int = 0
    purchased: int = 0
    used: int = 0
    granted: int = 0
    held: int = 0


def add_up(entries: Iterable[tuple[Kind, int, int]]) -> Sums:
    """Add up (kind, delta, settled) triples of one user."""
    balance = purchased = used = granted = held = 0
    for kind, delta, settled in entries:
        balance += delta
        used += settled
        if kind is Kind.GRANT:
            granted += delta
        elif kind is Kind.PURCHASE:
            purchased += delta
        elif kind in (Kind.HOLD, Kind.SETTLE, Kind.RELEASE):
            held -= delta + settled
    return Sums(balance, purchased, used, granted, held)
